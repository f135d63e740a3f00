"""Patterns of ``matches`` and ``format``: no regular expressions, so that no pattern can take long."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from xlsc.server.expressions.failures import EvaluationError
from xlsc.server.expressions.limits import NUMBERS

#: A place of a pattern: None = any text, "" = any character, else the set of characters that fit.
_Place = frozenset[str] | str | None

_SIGNS: dict[str, _Place] = {"?": "", "#": frozenset("0123456789")}
_MOMENT_PART = re.compile(r"yyyy|yy|MM|M|dd|d|HH|H|mm|ss|[^A-Za-z]|.", re.DOTALL)
_NUMBER_FORM = re.compile(r"(?P<group>#,##)?(?P<whole>0{1,30})(?:\.(?P<places>0{1,12}))?")


@lru_cache(maxsize=256)
def _read_pattern(pattern: str) -> tuple[_Place, ...]:
    places: list[_Place] = []
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "[":
            end = pattern.find("]", index + 1)
            if end < index + 2:
                raise EvaluationError(f"The pattern '{pattern}' has a [ without its ]")
            places.append(_read_set(pattern[index + 1 : end]))
            index = end
        elif character == "*":
            if not places or places[-1] is not None:
                places.append(None)
        else:
            places.append(_SIGNS.get(character, frozenset(character)))
        index += 1
    return tuple(places)


def _read_set(inner: str) -> frozenset[str]:
    """Characters and ranges such as ``A-Z0-9_``."""
    found: set[str] = set()
    index = 0
    while index < len(inner):
        if inner[index + 1 : index + 2] == "-" and index + 2 < len(inner):
            first, last = ord(inner[index]), ord(inner[index + 2])
            if last - first > 255:
                raise EvaluationError(f"The range {inner[index : index + 3]} is too wide")
            found.update(map(chr, range(first, last + 1)))
            index += 3
        else:
            found.add(inner[index])
            index += 1
    return frozenset(found)


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits: ``?`` any character, ``#`` a digit, ``*`` any text, ``[A-Z]`` one of these.

    Takes at most len(text) × len(pattern) steps.

    >>> matches("WA-98052", "[A-Z][A-Z]-#####"), matches("WA", "W*x")
    (True, False)
    """
    places = _read_pattern(pattern)
    at, place = 0, 0
    star, star_at = -1, 0
    while at < len(text):
        if place < len(places) and places[place] is None:
            star, star_at = place, at
            place += 1
        elif place < len(places) and _fits(places[place], text[at]):
            at += 1
            place += 1
        elif star >= 0:
            star_at += 1
            at, place = star_at, star + 1
        else:
            return False
    return all(rest is None for rest in places[place:])


def _fits(place: _Place, character: str) -> bool:
    return place == "" or (place is not None and character in place)


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address: one @, a name before it, a domain with a dot behind it.

    >>> is_email("ann@example.com"), is_email("ann@example"), is_email("ann example.com")
    (True, False, False)
    """
    name, at, domain = text.partition("@")
    if (
        not at
        or not name
        or len(text) > 254
        or any(character.isspace() or character in ',;<>()"' for character in text)
    ):
        return False
    labels = domain.split(".")
    well_named = all(label and all(c.isalnum() or c == "-" for c in label) for label in labels)
    return len(labels) > 1 and well_named and len(labels[-1]) > 1 and not name.startswith(".") and ".." not in name


def format_moment(moment: datetime, pattern: str) -> str:
    """A date by a pattern of yyyy yy MM M dd d HH H mm ss; other characters stand for themselves.

    Raises:
        EvaluationError: The pattern has other letters.
    """
    parts = {
        "yyyy": f"{moment.year:04d}",
        "yy": f"{moment.year % 100:02d}",
        "MM": f"{moment.month:02d}",
        "M": str(moment.month),
        "dd": f"{moment.day:02d}",
        "d": str(moment.day),
        "HH": f"{moment.hour:02d}",
        "H": str(moment.hour),
        "mm": f"{moment.minute:02d}",
        "ss": f"{moment.second:02d}",
    }
    found = _MOMENT_PART.findall(pattern)
    for part in found:
        if part not in parts and part.isascii() and part.isalpha() and part != "T":
            raise EvaluationError(f"'{pattern}' is no pattern of a date: '{part}' means nothing in it")
    return "".join(parts.get(part, part) for part in found)


def format_number(number: Decimal, pattern: str) -> str:
    """A number by a pattern such as ``0.00``, ``#,##0.00`` or ``000000``.

    Raises:
        EvaluationError: The pattern is of another form, or the number is too large.
    """
    form = _NUMBER_FORM.fullmatch(pattern)
    if form is None:
        raise EvaluationError(f"'{pattern}' is no pattern of a number; write 0.00, #,##0.00 or 0000")
    if number.adjusted() > 100:
        raise EvaluationError("The number is too large")
    places = len(form["places"] or "")
    rounded = round_number(number, places)
    digits = format(abs(rounded), f"{',' if form['group'] else ''}.{places}f")
    whole, dot, rest = digits.partition(".")
    sign = "-" if rounded < 0 else ""
    return sign + whole.rjust(len(form["whole"]), "0") + dot + rest


def round_number(number: Decimal, places: int) -> Decimal:
    """A number to so many decimal places, halves away from zero.

    Raises:
        decimal.InvalidOperation: There are more digits than numbers have.
    """
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=NUMBERS)
