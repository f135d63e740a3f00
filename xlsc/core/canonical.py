"""One spelling for wire texts that mean the same: numbers, dates, clock times, booleans, blanks.

Two steps, each wider than the one before: ``canonical`` changes spelling only, ``loose`` also forgives what a typed
column of the service does to codes (leading zeros, case). Whoever compares loosely has to look for ambiguity.
Source: P §5.1 (ISO and en-US forms on the wire), P §2.5 [obs] (``9/16/2018`` comes back as ``9/16/2018 12:00:00 AM``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

_DIGITS = frozenset("0123456789")
_NUMBER_START = frozenset("0123456789-.")
_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)?(?:\.([0-9]+))?\Z")
_TOLERANT = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?\Z")
_DECIMAL_COMMA = re.compile(r"([+-]?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]+)\Z")
_CLOCK_PART = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:\s*([AaPp])\.?[Mm]\.?)?"
_CLOCK = re.compile(_CLOCK_PART + r"\Z")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|\s+)" + _CLOCK_PART + r")?\Z")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})(?:,?\s+" + _CLOCK_PART + r")?\Z")
_ZONE = re.compile(r"(.*[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\s*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})\Z")

#: Digits that a cell's number can carry; what stands behind them is noise (Excel's published limit).
SIGNIFICANT_DIGITS = 15
#: .NET Framework reads two-digit years up to this one as 20xx.
_LAST_SHORT_YEAR = 29
#: Distinct texts that one Memo keeps; more would hold every cell of a million rows in memory.
_MEMO_LIMIT = 65_536

Normalise = Callable[[str | None], str | None]


class Memo(dict[str | None, str | None]):
    """A normalising function with its latest answers; sheets repeat themselves.

    >>> Memo(canonical)["50.00"]
    '50'
    """

    def __init__(self, normalise: Normalise) -> None:
        super().__init__()
        self._normalise = normalise

    def __missing__(self, text: str | None) -> str | None:
        answer = self._normalise(text)
        if len(self) < _MEMO_LIMIT:
            self[text] = answer
        return answer


def exact(text: str | None) -> str | None:
    """The text itself; a blank one is no value."""
    return text if text and not text.isspace() else None


def canonical(text: str | None, *, day_first: bool = False) -> str | None:
    """The one spelling of a wire text: ``50.00`` is ``50``, ``9/16/2018 12:00:00 AM`` is ``2018-09-16``.

    Leading zeros, a leading plus, exponents and case of texts are left alone: they can be part of a code.

    Args:
        text: Wire text; None or blank is no value.
        day_first: Read ``3/4/2018`` as the third of April instead of the fourth of March.

    >>> canonical(" 1,234.50 "), canonical("TRUE"), canonical("00100")
    ('1234.5', 'true', '00100')
    """
    text = text.strip() if text else ""
    if not text:
        return None
    if text[0] in _NUMBER_START:
        return _canonical_number(text) or _canonical_moment(text, day_first=day_first) or _canonical_text(text)
    if len(text) <= 5 and text.lower() in ("true", "false"):
        return text.lower()
    return _canonical_text(text)


def canonical_day_first(text: str | None) -> str | None:
    """As ``canonical``, with the day before the month in dates with slashes."""
    return canonical(text, day_first=True)


def loose(text: str | None) -> str | None:
    """A canonical text with all that a service may have dropped: zeros in front, case, doubled blanks, a time zone.

    Different codes can become equal, so an answer counts only where it is the only one.

    >>> loose("00100"), loose("Main  Street"), loose("true"), loose("5E2")
    ('100', 'main street', '1', '500')
    """
    if text is None:
        return None
    if text in ("true", "false"):
        return "1" if text == "true" else "0"
    if text[0] in _DIGITS or text[0] in "+-.":
        return _loose_number(text) or _loose_moment(text) or _folded(text)
    return _folded(text)


def parse_number(text: str) -> Decimal | None:
    """The number of a wire text, with a decimal point and commas between thousands; None when it is none.

    >>> parse_number("1,234.50"), parse_number("twelve")
    (Decimal('1234.50'), None)
    """
    match = _TOLERANT.match(text.strip())
    if not match or not (match[2] or match[3]):
        return None
    sign, whole, fraction, exponent = match.groups()
    return Decimal(f"{sign}{whole.replace(',', '') or '0'}.{fraction or '0'}E{exponent or '0'}")


def parse_moment(text: str, *, day_first: bool = False, short_years: bool = False) -> datetime | None:
    """The date or date with time of an ISO or en-US text; None when it is none or no such day exists.

    >>> parse_moment("9/16/2018 2:05:00 PM")
    datetime.datetime(2018, 9, 16, 14, 5)
    """
    text = text.strip()
    if match := _ISO.match(text):
        year, month, day = match[1], match[2], match[3]
    elif match := _SLASHED.match(text):
        month, day, year = match[1], match[2], match[3]
        if day_first:
            month, day = day, month
    else:
        return None
    if len(year) == 2 and not short_years:
        return None
    clock = _clock(match.groups()[3:]) if match[4] else (0, 0, 0, 0)
    return _moment(_full_year(year), int(month), int(day), clock)


def without_zone(text: str) -> str:
    """The text of a date with time without its time zone: the clock time stays as it was written.

    .NET's DataTable.WriteXml puts the sender's zone behind every DateTime; a sheet and a table have none.

    >>> without_zone("2026-01-31T00:00:00+02:00"), without_zone("2026-01-31")
    ('2026-01-31T00:00:00', '2026-01-31')
    """
    zoned = _ZONE.match(text.strip())
    return zoned[1] if zoned else text


def is_day_first(texts: Iterable[str | None]) -> bool:
    """Whether dates with slashes among the texts can only have the day before the month.

    >>> is_day_first(["3/4/2018", "16/9/2018"]), is_day_first(["3/4/2018", "9/16/2018"])
    (True, False)
    """
    found = False
    for text in [text for text in texts if text and "/" in text]:
        match = _SLASHED.match(text.strip())
        if match:
            if int(match[2]) > 12:
                return False
            found = found or int(match[1]) > 12
    return found


def _canonical_number(text: str) -> str | None:
    match = _NUMBER.match(text)
    if not match or (match[2] is None and match[3] is None):
        return None
    sign, whole, fraction = match.groups()
    number = (whole or "0").replace(",", "")
    rest = fraction.rstrip("0") if fraction else ""
    if rest:
        return f"{sign}{number}.{rest}"
    return number if number == "0" else sign + number


def _canonical_moment(text: str, *, day_first: bool) -> str | None:
    moment = parse_moment(text, day_first=day_first)
    if moment is not None:
        return _moment_text(moment)
    match = _CLOCK.match(text)
    clock = _clock(match.groups()) if match else None
    moment = _moment(2000, 1, 1, clock)
    return _trimmed(moment.time().isoformat()) if moment else None


def _canonical_text(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _moment_text(moment: datetime) -> str:
    text = moment.isoformat()
    return text.removesuffix("T00:00:00") if moment.microsecond == 0 else _trimmed(text)


def _trimmed(text: str) -> str:
    return text.rstrip("0") if "." in text else text


def _clock(parts: tuple[str | None, ...]) -> tuple[int, int, int, int] | None:
    """Hour, minute, second, microsecond; None for a clock time that does not exist."""
    hour, minute, second, fraction, half = parts
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half in "Pp" else 0)
    return hours, int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")[:6])


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int, int] | None) -> datetime | None:
    if clock is None:
        return None
    try:
        return datetime(year, month, day, *clock)  # noqa: DTZ001 - dates of a sheet have no zone
    except ValueError:
        return None


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) <= _LAST_SHORT_YEAR else 1900)


def _loose_number(text: str) -> str | None:
    if text.isascii() and text.isdigit():
        return text.lstrip("0") or "0"
    number = parse_number(text)
    if number is None and (match := _DECIMAL_COMMA.match(text)):
        number = Decimal(f"{match[1]}{match[2].replace('.', '')}.{match[3]}")
    if number is None:
        return None
    digits = len(number.as_tuple().digits)
    if digits > SIGNIFICANT_DIGITS and number != number.to_integral_value():
        number = Decimal(f"{number:.{SIGNIFICANT_DIGITS}g}")
    return _canonical_number(f"{number:f}")


def _loose_moment(text: str) -> str | None:
    moment = parse_moment(without_zone(text), short_years=True)
    return _moment_text(moment) if moment else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
