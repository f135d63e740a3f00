"""The functions that work on their arguments alone. Those that see rows, tables or the clock stand in forms.py."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from xlsc.core.canonical import parse_moment, parse_number
from xlsc.server.expressions.comparing import is_equal, order
from xlsc.server.expressions.failures import EvaluationError
from xlsc.server.expressions.limits import MAX_PLACES, MAX_TEXT, NUMBERS
from xlsc.server.expressions.patterns import format_moment, format_number, is_email, matches, round_number
from xlsc.server.expressions.values import (
    Value,
    checked_text,
    is_blank,
    to_moment,
    to_number,
    to_text,
    to_truth,
    to_whole,
)

#: More arguments than anybody writes.
MANY = 60
MAX_MONTHS = 12 * 9998


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments it takes, and what it makes of them."""

    low: int
    high: int
    apply: Callable[[Sequence[Value]], Value]


def _left(a: Sequence[Value]) -> str:
    return to_text(a[0])[: to_whole(a[1], 0, MAX_TEXT)]


def _right(a: Sequence[Value]) -> str:
    count = to_whole(a[1], 0, MAX_TEXT)
    return to_text(a[0])[-count:] if count else ""


def _mid(a: Sequence[Value]) -> str:
    start = to_whole(a[1], 1, MAX_TEXT) - 1
    count = to_whole(a[2], 0, MAX_TEXT) if len(a) > 2 else MAX_TEXT
    return to_text(a[0])[start : start + count]


def _replace(a: Sequence[Value]) -> str:
    text, old, new = to_text(a[0]), to_text(a[1]), to_text(a[2])
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise EvaluationError(f"The text would be longer than {MAX_TEXT:,} characters")
    return text.replace(old, new)


def _pad(a: Sequence[Value]) -> str:
    fill = to_text(a[2]) if len(a) > 2 else "0"
    if len(fill) != 1:
        raise EvaluationError("padleft fills with one character")
    return to_text(a[0]).rjust(to_whole(a[1], 0, MAX_TEXT), fill)


def _round(a: Sequence[Value]) -> Decimal:
    return round_number(to_number(a[0]), to_whole(a[1], -MAX_PLACES, MAX_PLACES) if len(a) > 1 else 0)


def _whole(rounding: str) -> Callable[[Sequence[Value]], Value]:
    return lambda a: to_number(a[0]).quantize(Decimal(1), rounding=rounding, context=NUMBERS)


def _mod(a: Sequence[Value]) -> Decimal:
    return NUMBERS.remainder(to_number(a[0]), to_number(a[1]))


def _date(a: Sequence[Value]) -> Value:
    if len(a) == 2:
        raise EvaluationError("date takes a text, or year, month and day")
    if len(a) == 1:
        return None if is_blank(a[0]) else to_moment(a[0]).replace(hour=0, minute=0, second=0, microsecond=0)
    year, month, day = to_whole(a[0], 1, 9999), to_whole(a[1], 1, 12), to_whole(a[2], 1, 31)
    if day > monthrange(year, month)[1]:
        raise EvaluationError(f"There is no day {day} in {year}-{month:02d}")
    return datetime(year, month, day)  # noqa: DTZ001 - dates of documents have no zone


def add_days(value: Value, days: int) -> Value:
    """A date some days later; blank stays blank.

    Raises:
        EvaluationError: The value is no date, or the calendar ends before.
    """
    if is_blank(value):
        return None
    try:
        return to_moment(value) + timedelta(days=days)
    except OverflowError as error:
        raise EvaluationError("The date is beyond the year 9999 or before the year 1") from error


def add_months(value: Value, months: int) -> Value:
    """A date some months later, on the same day or the month's last; blank stays blank.

    Raises:
        EvaluationError: The value is no date, or the calendar ends before.
    """
    if is_blank(value):
        return None
    moment = to_moment(value)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise EvaluationError("The date is beyond the year 9999 or before the year 1")
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def month_edge(value: Value, *, last: bool) -> Value:
    """The first or the last day of a date's month; blank stays blank."""
    if is_blank(value):
        return None
    moment = to_moment(value).replace(hour=0, minute=0, second=0, microsecond=0)
    return moment.replace(day=monthrange(moment.year, moment.month)[1] if last else 1)


def _days(a: Sequence[Value]) -> Value:
    if is_blank(a[0]) or is_blank(a[1]):
        return None
    return Decimal((to_moment(a[1]) - to_moment(a[0])).days)


def _part(name: str) -> Callable[[Sequence[Value]], Value]:
    return lambda a: None if is_blank(a[0]) else Decimal(getattr(to_moment(a[0]), name))


def _format(a: Sequence[Value]) -> Value:
    value, pattern = a[0], to_text(a[1])
    if is_blank(value):
        return None
    if isinstance(value, datetime) or any(letter in pattern for letter in "yMdHs"):
        return format_moment(to_moment(value), pattern)
    return format_number(to_number(value), pattern)


def _extreme(sign: str) -> Callable[[Sequence[Value]], Value]:
    def pick(values: Sequence[Value]) -> Value:
        best: Value = None
        for value in values:
            if not is_blank(value) and (best is None or order(sign, value, best)):
                best = value
        return best

    return pick


least = _extreme("<")
greatest = _extreme(">")


def _coalesce(values: Sequence[Value]) -> Value:
    return next((value for value in values if not is_blank(value)), None)


def _truth(a: Sequence[Value]) -> Value:
    word = to_text(a[0]).strip().lower()
    if word in ("yes", "y", "no", "n"):
        return word.startswith("y")
    return to_truth(a[0])


def _number(a: Sequence[Value]) -> Value:
    return None if is_blank(a[0]) else to_number(a[0])


def _is_number(a: Sequence[Value]) -> Value:
    return isinstance(a[0], Decimal) or (isinstance(a[0], str) and parse_number(a[0]) is not None)


def _is_date(a: Sequence[Value]) -> Value:
    return isinstance(a[0], datetime) or (isinstance(a[0], str) and parse_moment(a[0]) is not None)


FUNCTIONS: dict[str, Function] = {
    "abs": Function(1, 1, lambda a: to_number(a[0]).copy_abs()),
    "adddays": Function(2, 2, lambda a: add_days(a[0], to_whole(a[1], -4_000_000, 4_000_000))),
    "addmonths": Function(2, 2, lambda a: add_months(a[0], to_whole(a[1], -MAX_MONTHS, MAX_MONTHS))),
    "boolean": Function(1, 1, _truth),
    "ceiling": Function(1, 1, _whole(ROUND_CEILING)),
    "coalesce": Function(1, MANY, _coalesce),
    "concat": Function(1, MANY, lambda a: checked_text("".join(map(to_text, a)))),
    "contains": Function(2, 2, lambda a: to_text(a[1]) in to_text(a[0])),
    "date": Function(1, 3, _date),
    "day": Function(1, 1, _part("day")),
    "days": Function(2, 2, _days),
    "endofmonth": Function(1, 1, lambda a: month_edge(a[0], last=True)),
    "endswith": Function(2, 2, lambda a: to_text(a[0]).endswith(to_text(a[1]))),
    "floor": Function(1, 1, _whole(ROUND_FLOOR)),
    "format": Function(2, 2, _format),
    "greatest": Function(1, MANY, greatest),
    "in": Function(2, MANY, lambda a: any(is_equal(a[0], value) for value in a[1:])),
    "isblank": Function(1, 1, lambda a: is_blank(a[0])),
    "isdate": Function(1, 1, _is_date),
    "isemail": Function(1, 1, lambda a: is_email(to_text(a[0]).strip())),
    "isnumber": Function(1, 1, _is_number),
    "least": Function(1, MANY, least),
    "left": Function(2, 2, _left),
    "len": Function(1, 1, lambda a: Decimal(len(to_text(a[0])))),
    "lower": Function(1, 1, lambda a: checked_text(to_text(a[0]).lower())),
    "matches": Function(2, 2, lambda a: matches(to_text(a[0]), to_text(a[1]))),
    "mid": Function(2, 3, _mid),
    "mod": Function(2, 2, _mod),
    "month": Function(1, 1, _part("month")),
    "number": Function(1, 1, _number),
    "padleft": Function(2, 3, _pad),
    "replace": Function(3, 3, _replace),
    "right": Function(2, 2, _right),
    "round": Function(1, 2, _round),
    "startofmonth": Function(1, 1, lambda a: month_edge(a[0], last=False)),
    "startswith": Function(2, 2, lambda a: to_text(a[0]).startswith(to_text(a[1]))),
    "text": Function(1, 1, lambda a: to_text(a[0])),
    "trim": Function(1, 1, lambda a: to_text(a[0]).strip()),
    "upper": Function(1, 1, lambda a: checked_text(to_text(a[0]).upper())),
    "year": Function(1, 1, _part("year")),
}
