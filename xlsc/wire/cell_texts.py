"""Values of Python to texts of the wire, by rules that depend on no country and no number format.

Number formats of a sheet are core's business; here stands what holds for any caller. Source: P §5.1 ("send ISO dates,
invariant decimals").
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from xlsc.core.table import CellError


def to_wire_text(value: object) -> str | None:
    """The wire's text of a value; None and "not a number" are no value.

    Whole floats lose their ``.0``, other numbers are written without exponent; dates are ISO, and a datetime at
    midnight is a date; booleans are ``true`` and ``false``; durations are ``h:mm:ss``.

    Raises:
        ValueError: The value is infinite, a cell error, or of a type that has no text; the message ends a sentence
            that begins with the cell.

    >>> to_wire_text(1001.0), to_wire_text(True), to_wire_text(0.1), to_wire_text(date(2024, 1, 31))
    ('1001', 'true', '0.1', '2024-01-31')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, (float, Decimal)):
        return _number_text(value)
    return _other_text(value)


def _number_text(value: float | Decimal) -> str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise ValueError("holds an infinite number")
    if isinstance(value, Decimal):
        return format(value, "f")
    text = format(Decimal(repr(float(value))), "f").removesuffix(".0")
    return "0" if text == "-0" else text


def _other_text(value: object) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, CellError):
        raise ValueError(f"shows the error {value.text}")
    raise ValueError(f"holds a {type(value).__name__}, which has no text on the wire")


def _duration_text(value: timedelta) -> str:
    sign = "-" if value < timedelta() else ""
    seconds, micros = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"
