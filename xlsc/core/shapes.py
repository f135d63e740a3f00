r"""What values look like, in a person's words: ``00000`` is five digits, ``AA`` two letters; made into expressions.

``0`` is a digit, ``A`` a letter, ``?`` any character, ``*`` any text, ``\`` takes the next character as it is;
all else stands for itself. Several shapes stand with ``;`` between them. ``/…/`` is a regular expression.
"""

from __future__ import annotations

import re

from xlsc.errors import UsageError

_SIGNS = {"0": "[0-9]", "A": r"[^\W\d_]", "?": r"(?s:.)", "*": r"(?s:.*)"}
_SHORTEST_EXPRESSION = 2


def shape_pattern(text: str, place: str) -> str:
    r"""The regular expression of a shape.

    Args:
        text: The shape.
        place: Where it stands, for messages.

    Raises:
        UsageError: A regular expression that is none.

    >>> shape_pattern("00000; 00000-0000", "row 2")
    '[0-9][0-9][0-9][0-9][0-9]|[0-9][0-9][0-9][0-9][0-9]\\-[0-9][0-9][0-9][0-9]'
    """
    if text.startswith("/") and text.endswith("/") and len(text) > _SHORTEST_EXPRESSION:
        try:
            re.compile(text[1:-1])
        except re.error as error:
            message = f"{place}: the pattern {text!r} cannot be read: {error}."
            raise UsageError(message, "Correct the regular expression, or write a shape such as AA-0000.") from error
        return text[1:-1]
    return "|".join(_shape(part.strip()) for part in text.split(";") if part.strip())


def _shape(text: str) -> str:
    found = []
    characters = iter(text)
    for character in characters:
        if character == "\\":
            found.append(re.escape(next(characters, character)))
        else:
            found.append(_SIGNS.get(character, re.escape(character)))
    return "".join(found)


def describe_shape(text: str) -> str:
    """A shape for a message.

    >>> describe_shape("00000; 00000-0000")
    '00000 or 00000-0000'
    """
    if text.startswith("/"):
        return text
    return " or ".join(part.strip() for part in text.split(";") if part.strip())
