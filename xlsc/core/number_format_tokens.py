"""Excel's number formats cut into sections and tokens; nothing is rendered here.

Source: Excel's published rules of number format codes (four sections, placeholders, bracketed parts).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache


class Kind(Enum):
    """What a token of a number format stands for."""

    LITERAL = auto()
    DIGIT = auto()  # 0 # ?
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    TEXT = auto()  # @
    GENERAL = auto()
    DATE = auto()  # a run of y m d h s
    ELAPSED = auto()  # [h] [mm] [ss]
    HALF_DAY = auto()  # AM/PM or A/P


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a section; ``text`` is the literal, or the code as it stands in lower case."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of up to four parts of a format.

    Attributes:
        tokens: In order.
        condition: Operator and bound, such as ("<=", 9999999); None without one.
        english: False where a locale other than English decides the names of months and days.
    """

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    english: bool = True

    def has(self, *kinds: Kind) -> bool:
        """Whether a token of one of the kinds is there."""
        return any(token.kind in kinds for token in self.tokens)


_LEX = re.compile(
    r"""
      "(?P<quoted>[^"]*)"
    | \\(?P<escaped>.)
    | _(?P<space>.)
    | \*(?P<fill>.)
    | \[(?P<elapsed>h+|m+|s+)\]
    | \[\$(?P<currency>[^\]-]*)(?:-(?P<locale>[^\]]*))?\]
    | \[(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|color\s?[0-9]+)\]
    | \[(?P<operator><=|>=|<>|<|>|=)(?P<bound>-?[0-9]+(?:\.[0-9]+)?)\]
    | (?P<general>general)
    | (?P<half>am/pm|a/p)
    | (?P<date>y+|m+|d+|h+|s+)
    | (?P<digit>[0#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<text>@)
    | (?P<plain>[-+/():\ $!^&'~{}<>=]|[^\x00-\x7f])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SEPARATOR = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|;|[^;]', re.DOTALL)
_CODES = {
    "digit": Kind.DIGIT,
    "point": Kind.POINT,
    "comma": Kind.COMMA,
    "percent": Kind.PERCENT,
    "text": Kind.TEXT,
    "general": Kind.GENERAL,
    "date": Kind.DATE,
    "elapsed": Kind.ELAPSED,
    "half": Kind.HALF_DAY,
}
_LITERALS = frozenset(("quoted", "escaped", "plain"))
_ENGLISH = 0x09
_LANGUAGE_BITS = 0x3FF
_FIRST_SYSTEM_LOCALE = 0xF000


@lru_cache(maxsize=1024)
def parse_format(number_format: str) -> tuple[Section, ...] | None:
    """The sections of a number format; None where something in it is not understood.

    >>> [token.text for token in parse_format('0.0"x"')[0].tokens]
    ['0', '.', '0', 'x']
    """
    sections: list[Section] = []
    for text in split_sections(number_format):
        section = _parse_section(text)
        if section is None:
            return None
        sections.append(section)
    return tuple(sections) if len(sections) <= 4 else None


def split_sections(number_format: str) -> list[str]:
    """The texts between the semicolons that are neither quoted nor escaped.

    >>> split_sections('0;"a;b"')
    ['0', '"a;b"']
    """
    sections = [""]
    for piece in _SEPARATOR.findall(number_format):
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return sections


def _parse_section(text: str) -> Section | None:
    tokens: list[Token] = []
    condition: tuple[str, Decimal] | None = None
    english = True
    position = 0
    while position < len(text):
        match = _LEX.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match["operator"]:
            condition = (match["operator"], Decimal(match["bound"]))
        elif match["locale"]:
            language = _is_english(match["locale"])
            if language is None:
                return None
            english = english and language
        token = _token(match)
        if token:
            tokens.append(token)
    return Section(tuple(tokens), condition, english)


def _token(match: re.Match[str]) -> Token | None:
    name = match.lastgroup or ""
    if name in _CODES:
        return Token(_CODES[name], match[name].lower())
    if name in _LITERALS:
        return Token(Kind.LITERAL, match[name])
    if match["currency"]:
        return Token(Kind.LITERAL, match["currency"])
    return Token(Kind.LITERAL, " ") if name == "space" else None


def _is_english(locale: str) -> bool | None:
    """Whether a locale's names are English; None for formats that the system's settings decide."""
    if re.fullmatch(r"[0-9A-Fa-f]{1,8}", locale):
        number = int(locale, 16)
        if number & 0xFFFF >= _FIRST_SYSTEM_LOCALE:
            return None
        return number & _LANGUAGE_BITS in (0, _ENGLISH)
    if locale.lower().startswith("x-"):
        return None
    return locale.lower().startswith("en")
