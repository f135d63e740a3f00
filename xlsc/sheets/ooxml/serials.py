"""Excel's serial numbers ↔ dates, clock times and durations, and which number formats mean which.

Source: ECMA-376 part 1 §18.17.4 (date systems), §18.8.30 (built-in formats); Excel's 29 February 1900, which never was.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

Moment = datetime | date | time | timedelta

#: Formats that a file names by number only, as Excel's en-US shows them. 27–36 and 50–58 are dates in East Asian
#: editions and unused elsewhere.
BUILTIN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);[Red]("$"#,##0)', 7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58), "yyyy-mm-dd"),
    32: "h:mm", 33: "h:mm:ss",
}  # fmt: skip

_DAY = timedelta(days=1)
#: Day 0 of the 1900 system for days from 1 March 1900 on; before that Excel counts one day less.
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - dates of a sheet have no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LEAP_SERIAL = 60
_END = datetime(9999, 12, 31, 23, 59, 59, 999000)  # noqa: DTZ001
_MILLISECONDS = 86_400_000

_NOISE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_HALF_DAY = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_ERA = re.compile(r"[eg]", re.IGNORECASE)


class Meaning(Enum):
    """What a number under a number format stands for."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"


@lru_cache(maxsize=4096)
def format_meaning(number_format: str) -> Meaning:
    """What a number in that format stands for, by the format's first section.

    >>> format_meaning("yyyy-mm-dd hh:mm"), format_meaning('0.00" days"')
    (<Meaning.DATE: 'date'>, <Meaning.NUMBER: 'number'>)
    """
    text = _NOISE.sub("", number_format).partition(";")[0]
    if "general" in text.lower():
        return Meaning.NUMBER
    if _ELAPSED.search(text):
        return Meaning.DURATION
    clock, _ = _HALF_DAY.subn("h", text)
    letters = set(clock.lower())
    if letters & set("#?") or ("0" in letters and not letters & set("s")):
        return Meaning.NUMBER
    if letters & set("yd") or _ERA.search(clock):
        return Meaning.DATE
    if letters & set("hs"):
        return Meaning.TIME
    return Meaning.DATE if "m" in letters else Meaning.NUMBER


def from_serial(serial: float, meaning: Meaning, *, from_1904: bool = False) -> Moment | float:
    """The moment of a serial number, to the millisecond; the number itself where there is no such day.

    Args:
        serial: Days since the epoch, as stored.
        meaning: From ``format_meaning``. A time without a date is a ``time`` below one day, else a datetime.
        from_1904: Whether the workbook counts from 1904.

    >>> from_serial(46023.5, Meaning.DATE)
    datetime.datetime(2026, 1, 1, 12, 0)
    """
    try:
        since = timedelta(milliseconds=round(serial * _MILLISECONDS))
    except (OverflowError, ValueError):
        return serial
    if meaning is Meaning.NUMBER:
        return serial
    if meaning is Meaning.DURATION:
        return since
    if meaning is Meaning.TIME and timedelta(0) <= since < _DAY:
        return (_EPOCH_1904 + since).time()
    if since < timedelta(0) or (not from_1904 and since.days == _LEAP_SERIAL):
        return serial
    epoch = _EPOCH_1904 if from_1904 else _EPOCH_1900 + (_DAY if since.days < _LEAP_SERIAL else timedelta(0))
    return epoch + since if since <= _END - epoch else serial


def to_serial(value: Moment, *, from_1904: bool = False) -> float | None:
    """The serial number of a moment; None for days before the workbook's epoch, which no cell can show.

    >>> to_serial(date(2026, 1, 1))
    46023.0
    """
    if isinstance(value, timedelta):
        return value / _DAY
    if isinstance(value, time):
        return (datetime.combine(_EPOCH_1904, value.replace(tzinfo=None)) - _EPOCH_1904) / _DAY
    moment = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())
    if from_1904:
        return (moment - _EPOCH_1904) / _DAY if moment >= _EPOCH_1904 else None
    since = moment - _EPOCH_1900
    if since.days <= _LEAP_SERIAL:
        since -= _DAY
    return since / _DAY if since >= timedelta(0) else None


def moment_format(value: Moment) -> str:
    """The number format that a moment gets in a cell that has none.

    >>> moment_format(date(2026, 1, 1))
    'yyyy-mm-dd'
    """
    if isinstance(value, timedelta):
        return "[h]:mm:ss"
    if isinstance(value, time):
        return "hh:mm:ss"
    if isinstance(value, datetime) and value.time() != time():
        return "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd"
