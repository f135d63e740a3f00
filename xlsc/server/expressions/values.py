"""What expressions work with, and how one kind of value is taken for another.

Blank (None) is 0 in arithmetic and "" in texts; an empty text is blank. A text that holds a number is taken as one
where a number is needed, and so for dates; anything else is an error that quotes the value.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from xlsc.core.canonical import parse_moment, parse_number
from xlsc.server.expressions.failures import EvaluationError
from xlsc.server.expressions.limits import MAX_TEXT, NUMBERS

#: Dates are datetimes; at midnight they are a day.
Value = Decimal | str | bool | datetime | None

ZERO = Decimal(0)


def is_blank(value: Value) -> bool:
    """Whether a value is blank: None, or a text of blanks only."""
    return value is None or (isinstance(value, str) and not value.strip())


def to_number(value: Value) -> Decimal:
    """A value as a number; blank is 0.

    Raises:
        EvaluationError: It is none.
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and value.strip():
        number = parse_number(value)
        if number is not None:
            return number
    elif value is None or isinstance(value, str):
        return ZERO
    raise EvaluationError(f"{quoted(value)} is not a number")


def to_whole(value: Value, low: int, high: int) -> int:
    """A value as a whole number within bounds.

    Raises:
        EvaluationError: It is none.
    """
    number = to_number(value)
    if number != number.to_integral_value() or not low <= number <= high:
        raise EvaluationError(f"{quoted(value)} is not a whole number from {low} to {high}")
    return int(number)


def to_moment(value: Value) -> datetime:
    """A value as a date.

    Raises:
        EvaluationError: It is none.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        moment = parse_moment(value)
        if moment is not None:
            return moment
    raise EvaluationError(f"{quoted(value)} is not a date")


def to_truth(value: Value) -> bool | None:
    """A value as true or false; blank stays blank.

    Raises:
        EvaluationError: It is neither.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "false"):
            return word == "true"
        if not word:
            return None
    if isinstance(value, Decimal) and value in (0, 1):
        return value == 1
    raise EvaluationError(f"{quoted(value)} is neither true nor false")


def to_text(value: Value) -> str:
    """A value as a text: numbers without exponent, dates ISO, true and false in small letters.

    >>> to_text(Decimal("1E+3")), to_text(datetime(2024, 1, 31))
    ('1000', '2024-01-31')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")


def number_text(number: Decimal) -> str:
    """Digits without exponent and without zeros at the end.

    Raises:
        EvaluationError: There would be too many of them.
    """
    if abs(number.adjusted()) > 100:
        raise EvaluationError("The number is too large or too small")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def checked_text(text: str) -> str:
    """The text.

    Raises:
        EvaluationError: It is longer than a cell can hold.
    """
    if len(text) > MAX_TEXT:
        raise EvaluationError(f"The text would be longer than {MAX_TEXT:,} characters")
    return text


def checked_number(number: Decimal) -> Decimal:
    """The number, rounded to the digits that numbers have."""
    return NUMBERS.plus(number)


def as_moment(value: date | datetime) -> datetime:
    """A date as expressions know it."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def quoted(value: Value) -> str:
    """A value in quotes, cut to what a message can show."""
    text = to_text(value) if not isinstance(value, Decimal) else str(value)
    return f"'{text[:197]}...'" if len(text) > 200 else f"'{text}'"
