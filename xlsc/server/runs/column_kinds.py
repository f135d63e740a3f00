"""Values to what a database column takes, and back; wrong ones are told before the database meets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy.types import TypeEngine

from xlsc.server.expressions import EvaluationError, Value, to_text
from xlsc.server.expressions.values import as_moment, number_text, quoted, to_moment, to_number, to_truth

#: What SQLite and PostgreSQL can hold as a whole number.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """What a column takes: a Python type, or None when the database does not say; and its longest text."""

    name: str
    python: type | None
    length: int | None = None


def kind_of(name: str, type_: TypeEngine[Any]) -> ColumnKind:
    """The kind of a reflected column."""
    try:
        python: type | None = type_.python_type
    except NotImplementedError:
        python = None
    return ColumnKind(name, python, getattr(type_, "length", None) if python is str else None)


def adapt(value: Value, kind: ColumnKind | None, *, is_sqlite: bool) -> Any:  # noqa: ANN401
    """A value as a database driver takes it for a column.

    Raises:
        EvaluationError: The column cannot hold it.
    """
    if value is None or (value == "" and kind is not None and kind.python is not str):
        return None
    python = None if kind is None else kind.python
    if python is str:
        return _text(value, kind)
    if python is bool:
        truth = to_truth(value)
        return int(truth) if is_sqlite and truth is not None else truth
    if python is int:
        return _whole(value)
    if python in (float, Decimal):
        value = to_number(value)
    elif python in (date, datetime):
        moment = to_moment(value)
        value = moment
        if python is date:
            return _day(moment, is_sqlite=is_sqlite)
    return _as_driver(value, is_sqlite=is_sqlite)


def _text(value: Value, kind: ColumnKind | None) -> str:
    text = to_text(value)
    if kind is not None and kind.length is not None and len(text) > kind.length:
        raise EvaluationError(f"{quoted(text)} is longer than {kind.length} characters")
    return text


def _whole(value: Value) -> int:
    number = Decimal(value) if isinstance(value, bool) else to_number(value)
    if number != int(number) or abs(number) > _LARGEST:
        raise EvaluationError(f"{quoted(value)} is not a whole number")
    return int(number)


def _day(moment: datetime, *, is_sqlite: bool) -> date | str:
    if moment.time() != time():
        raise EvaluationError(f"{quoted(moment)} has a time of day")
    return moment.date().isoformat() if is_sqlite else moment.date()


def _as_driver(value: Value, *, is_sqlite: bool) -> Any:  # noqa: ANN401
    """SQLite has neither decimals nor dates: exact texts, which columns of numbers take as numbers."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) <= _LARGEST:
            return int(value)
        return number_text(value) if is_sqlite else value
    if is_sqlite and isinstance(value, datetime):
        return to_text(value)
    if is_sqlite and isinstance(value, bool):
        return int(value)
    return value


def from_database(value: Any) -> Value:  # noqa: ANN401
    """What a database gave, as expressions know it."""
    if value is None or isinstance(value, str | bool | datetime | Decimal):
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, date):
        return as_moment(value)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
