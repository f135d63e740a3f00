"""Rules for columns and documents, and what a rule says about one text. Which rows a table has is checks.py's business.

Tolerant where the service is: numbers and dates in ISO and en-US forms (P §5.1), decimal arithmetic throughout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from xlsc.core.canonical import parse_moment, parse_number
from xlsc.core.results import Code
from xlsc.errors import UsageError

Kind = Literal["text", "number", "integer", "date", "boolean"]
Bound = int | float | Decimal | date | str
#: One thing wrong with a text: why, and the sentence for the person; None where nothing is.
Verdict = tuple[Code, str] | None
Verdicts = tuple[tuple[Code, str], ...]

#: What a kind looks like, for messages.
KIND_NAMES = {
    "number": "a number like 1234.50",
    "integer": "a whole number like 12",
    "date": "a date like 2026-01-31",
    "boolean": "true or false",
}
_BOOLEANS = frozenset(("true", "false", "yes", "no", "1", "0"))
_LISTED_CHOICES = 8
_SHOWN = 60
_MEMO_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What the values of one column have to be; blank cells meet every rule but ``required``.

    Attributes:
        column: Technical name, in any case.
        required: Whether every row needs a value.
        kind: What the text has to read as; "boolean" takes true, false, yes, no, 1 and 0.
        max_length: Characters.
        choices: The only values that are allowed.
        ignore_case: Whether choices match in any case.
        pattern: Regular expression for the whole text.
        shape: The pattern in a person's words, for messages; the pattern itself when "".
        minimum: Smallest number, or earliest date for kind "date".
        maximum: Greatest number, or latest date for kind "date".
        unique: Whether a value may stand only once; later rows are wrong.

    Raises:
        UsageError: Pattern or bound cannot be read.
    """

    column: str
    required: bool = False
    kind: Kind = "text"
    max_length: int | None = None
    choices: tuple[str, ...] | None = None
    ignore_case: bool = False
    pattern: str | None = None
    shape: str = ""
    minimum: Bound | None = None
    maximum: Bound | None = None
    unique: bool = False

    def __post_init__(self) -> None:
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as reason:
                message = f"The pattern of column {self.column} cannot be read: {reason}."
                raise UsageError(message, "Correct the regular expression.") from reason
        for bound in (self.minimum, self.maximum):
            if bound is not None and _bound_value(bound, self.kind) is None:
                message = f"The bound {bound!r} of column {self.column} is no {_bound_kind(self.kind)}."
                raise UsageError(message, "Write numbers like 1234.50 and dates like 2026-01-31.")


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """What the rows of one document have to be together.

    Attributes:
        kind: "balance": one column adds up to zero, or the first of two (debit) adds up to the second (credit);
            "total": the first column says in every row what the second one adds up to;
            "max_rows": at most ``limit`` rows; "same_value": each column is the same in all rows.
        columns: Technical names, in any case.
        limit: Rows, for "max_rows".

    Raises:
        UsageError: The kind needs other columns or a limit.
    """

    kind: Literal["balance", "total", "max_rows", "same_value"]
    columns: tuple[str, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        fits = {
            "balance": len(self.columns) in (1, 2),
            "total": len(self.columns) == 2,
            "max_rows": self.limit is not None and self.limit > 0,
            "same_value": bool(self.columns),
        }
        if not fits.get(self.kind, False):
            raise UsageError(
                f"The document rule {self.kind!r} is not complete.",
                "balance needs one or two columns, total two, max_rows a limit above 0, same_value one or more.",
            )


class Judged(dict[str | None, Verdicts]):
    """All that a rule says about a text; sheets repeat themselves, so equal texts are judged once."""

    def __init__(self, rule: ColumnRule) -> None:
        super().__init__()
        self._required = rule.required
        self._column = rule.column
        self._judges = _judges(rule)

    def __missing__(self, value: str | None) -> Verdicts:
        verdicts = self._judge(value)
        if len(self) < _MEMO_LIMIT:
            self[value] = verdicts
        return verdicts

    def _judge(self, value: str | None) -> Verdicts:
        if value is None or not value.strip():
            return ((Code.REQUIRED, f"{self._column} must not be blank."),) if self._required else ()
        return tuple(verdict for judge in self._judges if (verdict := judge(value)))


def _judges(rule: ColumnRule) -> list[Callable[[str], Verdict]]:
    """One function per demand of a rule, in the order in which a person would want to read them."""
    judges: list[Callable[[str], Verdict]] = []
    if rule.kind != "text":
        judges.append(lambda value: _judge_kind(value, rule.kind))
    if rule.choices is not None:
        judges.append(_choice_judge(rule.choices, rule.ignore_case))
    if rule.max_length is not None:
        judges.append(lambda value: _judge_length(value, rule.max_length or 0))
    if rule.pattern is not None:
        judges.append(_pattern_judge(rule.pattern, rule.shape or rule.pattern))
    if rule.minimum is not None or rule.maximum is not None:
        judges.append(lambda value: _judge_range(value, rule))
    return judges


def _judge_kind(value: str, kind: Kind) -> Verdict:
    if kind == "date":
        fits = parse_moment(value) is not None
    elif kind == "boolean":
        fits = value.strip().lower() in _BOOLEANS
    else:
        number = parse_number(value)
        fits = number is not None and (kind == "number" or number == number.to_integral_value())
    return None if fits else (Code.TYPE, f"{quote(value)} is not {KIND_NAMES[kind]}.")


def _choice_judge(choices: Sequence[str], ignore_case: bool) -> Callable[[str], Verdict]:
    allowed = {choice.casefold() for choice in choices} if ignore_case else set(choices)
    listed = ", ".join(choices[:_LISTED_CHOICES])
    more = f" and {len(choices) - _LISTED_CHOICES} more" if len(choices) > _LISTED_CHOICES else ""

    def judge(value: str) -> Verdict:
        if (value.casefold() if ignore_case else value) in allowed:
            return None
        return Code.CHOICE, f"{quote(value)} is none of the allowed values: {listed}{more}."

    return judge


def _judge_length(value: str, limit: int) -> Verdict:
    if len(value) <= limit:
        return None
    return Code.TOO_LONG, f"{quote(value)} is {len(value):,} characters long; at most {limit:,} are allowed."


def _pattern_judge(pattern: str, shape: str) -> Callable[[str], Verdict]:
    match = re.compile(pattern).fullmatch
    return lambda value: None if match(value) else (Code.PATTERN, f"{quote(value)} does not match {shape}.")


def _judge_range(value: str, rule: ColumnRule) -> Verdict:
    found = _bound_value(value, rule.kind)
    if found is None:
        return Code.TYPE, f"{quote(value)} is not {KIND_NAMES['date' if rule.kind == 'date' else 'number']}."
    for bound, word in ((rule.minimum, "below"), (rule.maximum, "above")):
        limit = _bound_value(bound, rule.kind) if bound is not None else None
        if limit is not None and (_is_less(found, limit) if word == "below" else _is_less(limit, found)):
            name = "smallest" if word == "below" else "greatest"
            return Code.RANGE, f"{quote(value)} is {word} {bound}, the {name} value allowed."
    return None


def _is_less(one: Decimal | datetime, other: Decimal | datetime) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one < other
    return isinstance(one, datetime) and isinstance(other, datetime) and one < other


def _bound_kind(kind: Kind) -> str:
    return "date" if kind == "date" else "number"


def _bound_value(bound: Bound, kind: Kind) -> Decimal | datetime | None:
    if isinstance(bound, date):
        moment = bound if isinstance(bound, datetime) else datetime.combine(bound, time())
        return moment if kind == "date" else None
    return parse_moment(str(bound)) if kind == "date" else parse_number(str(bound))


def quote(value: str) -> str:
    """A value for a message, cut where it is long."""
    text = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return f"'{text}'"
