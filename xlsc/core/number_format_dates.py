"""Dates, clock times and durations as a section of a number format shows them, with English names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xlsc.core.number_format_tokens import Kind, Section, Token

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: a moment, or a duration without a date.

    Attributes:
        moment: Date and time; for a duration only its clock time counts.
        elapsed: What ``[h]``, ``[m]`` and ``[s]`` count.
        has_date: Whether year, month and day mean something.
    """

    moment: datetime
    elapsed: timedelta
    has_date: bool


def render_moment(shown: Shown, section: Section) -> str | None:
    """The text of a moment in a section with date codes; None where the section asks for what is not known.

    That is: names of months in a language other than English, a date of a mere duration, digits outside a second's
    fraction.
    """
    tokens = _name_minutes(section.tokens)
    digits = _fraction_digits(tokens)
    if digits is None:
        return None
    shown = _rounded(shown, tokens, digits)
    twelve = section.has(Kind.HALF_DAY)
    parts: list[str] = []
    for token in tokens:
        text = _render(token, shown, section.english, twelve)
        if text is None:
            return None
        parts.append(text)
    return "".join(parts)


def _name_minutes(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with ``m`` as ``i`` where it means minutes, and ``.000`` behind seconds as one DIGIT token."""
    codes = [index for index, token in enumerate(tokens) if token.kind in (Kind.DATE, Kind.ELAPSED)]
    named = list(tokens)
    for place, index in enumerate(codes):
        if tokens[index].text not in ("m", "mm") or tokens[index].kind is not Kind.DATE:
            continue
        before = tokens[codes[place - 1]].text[0] if place else ""
        after = tokens[codes[place + 1]].text[0] if place + 1 < len(codes) else ""
        if before == "h" or after == "s":
            named[index] = Token(Kind.DATE, "i" * len(tokens[index].text))
    return _join_fractions(named)


def _join_fractions(tokens: Sequence[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if token.kind is Kind.DIGIT and token.text == "0" and last and last.kind in (Kind.POINT, Kind.DIGIT):
            joined[-1] = Token(Kind.DIGIT, last.text + "0")
        else:
            joined.append(token)
    return joined


def _fraction_digits(tokens: Sequence[Token]) -> int | None:
    """Digits of a second that are shown; None where digits stand anywhere else."""
    digits = 0
    before = ""
    for token in tokens:
        if token.kind is Kind.DIGIT:
            if before[:1] != "s" or token.text[0] != ".":
                return None
            digits = len(token.text) - 1
        elif token.kind in (Kind.PERCENT, Kind.TEXT, Kind.GENERAL):
            return None
        before = token.text if token.kind in (Kind.DATE, Kind.ELAPSED) else ""
    return digits if digits <= 6 else None


def _rounded(shown: Shown, tokens: Sequence[Token], digits: int) -> Shown:
    """Seconds are rounded to what is shown; without seconds nothing is, as in Excel."""
    if not any(token.kind in (Kind.DATE, Kind.ELAPSED) and token.text[0] == "s" for token in tokens):
        return shown
    step: int = 10 ** (6 - digits)
    micros = shown.moment.microsecond
    shift = timedelta(microseconds=(micros + step // 2) // step * step - micros)
    return Shown(shown.moment + shift, shown.elapsed + shift, shown.has_date)


def _render(token: Token, shown: Shown, english: bool, twelve: bool) -> str | None:
    if token.kind is Kind.DATE:
        if token.text[0] in "ymd":
            return _render_date(token.text, shown.moment, english) if shown.has_date else None
        return _render_clock(token.text, shown.moment, twelve)
    if token.kind is Kind.ELAPSED:
        return _render_elapsed(token.text, shown.elapsed)
    if token.kind is Kind.HALF_DAY:
        half = "PM" if shown.moment.hour >= 12 else "AM"
        return half if token.text == "am/pm" else half[0]
    if token.kind is Kind.DIGIT:
        return "." + f"{shown.moment.microsecond:06d}"[: len(token.text) - 1]
    return token.text


def _render_date(code: str, moment: datetime, english: bool) -> str | None:
    if len(code) > 2 and code[0] in "md" and not english:
        return None
    if code[0] == "y":
        return f"{moment.year:04d}" if len(code) > 2 else f"{moment.year % 100:02d}"
    number = moment.month if code[0] == "m" else moment.day
    if len(code) <= 2:
        return f"{number:02d}" if len(code) == 2 else str(number)
    name = _MONTHS[moment.month - 1] if code[0] == "m" else _DAYS[moment.weekday()]
    if len(code) == 3:
        return name[:3]
    return name[0] if code == "mmmmm" else name


def _render_clock(code: str, moment: datetime, twelve: bool) -> str:
    number = {"h": moment.hour, "i": moment.minute, "s": moment.second}[code[0]]
    if code[0] == "h" and twelve:
        number = (number - 1) % 12 + 1
    return f"{number:02d}" if len(code) > 1 else str(number)


def _render_elapsed(code: str, elapsed: timedelta) -> str:
    seconds = abs(elapsed) // timedelta(seconds=1)
    number = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}[code[0]]
    sign = "-" if elapsed < timedelta() else ""
    return f"{sign}{number:0{len(code)}d}"
