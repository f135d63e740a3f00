"""Text to tokens: numbers, texts, names, signs; each with its 1-based position."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsc.server.expressions.failures import ExpressionError
from xlsc.server.expressions.limits import MAX_LENGTH

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})(?![0-9.]|\w))
    | (?P<text>'[^']*+'(?:'[^']*+')*+|"[^"]*+"(?:"[^"]*+")*+)
    | (?P<bracket>\[[^\[\]]++\])
    | (?P<name>[^\W\d]\w*+)
    | (?P<sign><>|<=|>=|==|!=|[-+*/&=<>(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes:
        kind: "number", "text", "name", "column" (a name in brackets), "sign" or "end".
        text: Its meaning: the text without quotes, the name without brackets.
        position: 1-based character where it begins.
    """

    kind: str
    text: str
    position: int


def read_tokens(text: str) -> list[Token]:
    """The tokens of an expression; the last one is of the kind "end".

    Raises:
        ExpressionError: The text is too long, or holds a character that begins no token.

    >>> [token.text for token in read_tokens("[Posting Date] <> 'x'")]
    ['Posting Date', '<>', 'x', '']
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The expression is longer than {MAX_LENGTH:,} characters", MAX_LENGTH)
    tokens = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(_complaint(text[place]), place + 1)
        if match.lastgroup != "space":
            tokens.append(_make(str(match.lastgroup), match[0], place + 1))
        place = match.end()
    tokens.append(Token("end", "", len(text) + 1))
    return tokens


def _make(kind: str, found: str, position: int) -> Token:
    if kind == "text":
        quote = found[0]
        return Token("text", found[1:-1].replace(quote * 2, quote), position)
    if kind == "bracket":
        return Token("column", found[1:-1].strip(), position)
    return Token(kind, found, position)


def _complaint(character: str) -> str:
    if character in "'\"":
        return "The text has no closing quote"
    if character in "[]":
        return "A name in brackets needs one [ and one ]"
    if character.isdigit() or character == ".":
        return "The number cannot be read"
    return f"The character {character!r} means nothing here"
