"""Wire texts to values by the types of columns, and values back to the texts of an error table.

ISO and en-US forms are read (P §5.1); error rows show a date as .NET prints it (P §2.3 [obs]).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from xlsc.core.canonical import parse_moment, parse_number, without_zone
from xlsc.server.expressions import Value
from xlsc.server.processes import Definition, SourceColumn
from xlsc.server.processes.definition import ColumnType

#: Powers of ten that a number can have; what expressions and databases can write out.
_LARGEST_EXPONENT = 100
_TRUE = frozenset({"true", "1", "yes", "y"})
_FALSE = frozenset({"false", "0", "no", "n"})


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as the process sees it.

    Attributes:
        values: In the order of the process's columns; None where blank or wrong.
        problems: What is wrong, by 0-based index of the column.
    """

    values: tuple[Value, ...]
    problems: tuple[tuple[int, str], ...] = ()


class TypeProblem(ValueError):
    """The end of a sentence that begins with the quoted value."""


def _read_string(text: str) -> Value:
    return text


def _read_decimal(text: str) -> Decimal:
    number = parse_number(text)
    if number is None:
        raise TypeProblem("is not a number")
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise TypeProblem("is too large or too small a number")
    return number


def _read_integer(text: str) -> Value:
    number = _read_decimal(text)
    if number != number.to_integral_value():
        raise TypeProblem("is not a whole number")
    return number


def _read_date(text: str) -> Value:
    moment = _read_datetime(text)
    if moment.time() != time():
        raise TypeProblem("has a time of day, but takes a date only")
    return moment


def _read_datetime(text: str) -> datetime:
    moment = parse_moment(without_zone(text))
    if moment is None:
        raise TypeProblem("is not a date")
    return moment


def _read_boolean(text: str) -> Value:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise TypeProblem("is neither true nor false")


_READERS: dict[ColumnType, Callable[[str], Value]] = {
    ColumnType.STRING: _read_string,
    ColumnType.INTEGER: _read_integer,
    ColumnType.DECIMAL: _read_decimal,
    ColumnType.DATE: _read_date,
    ColumnType.DATETIME: _read_datetime,
    ColumnType.BOOLEAN: _read_boolean,
}


class RowTypes:
    """Reads the rows of one call.

    Args:
        definition: Its columns say how texts are read.
        columns: Names of the given columns; found exactly, else without regard to case.
    """

    def __init__(self, definition: Definition, columns: Sequence[str]) -> None:
        self.definition = definition
        self.given = tuple(columns)
        exact = {name: index for index, name in reversed(list(enumerate(columns)))}
        folded = {name.lower(): index for index, name in reversed(list(enumerate(columns)))}
        self._places = tuple(exact.get(c.name, folded.get(c.name.lower())) for c in definition.columns)
        self._readers = tuple(_READERS[column.type] for column in definition.columns)
        self._types = {
            place: column.type
            for place, column in zip(self._places, definition.columns, strict=True)
            if place is not None and column.type is not ColumnType.STRING
        }
        self._missing = tuple(
            column.name for place, column in zip(self._places, definition.columns, strict=True) if place is None
        )
        self.key_indexes = tuple(index for index, column in enumerate(definition.columns) if column.is_key)

    @property
    def echoed(self) -> tuple[str, ...]:
        """Columns of an error table: those given, in their order, then the process's that were not given."""
        return self.given + self._missing

    def text(self, row: Sequence[str | None], index: int) -> str | None:
        """The text of a process's column; None when blank or not given."""
        place = self._places[index]
        text = row[place] if place is not None and place < len(row) else None
        return text if text and not text.isspace() else None

    def read(self, row: Sequence[str | None]) -> TypedRow:
        """A row's values and what is wrong with them."""
        values: list[Value] = []
        problems: list[tuple[int, str]] = []
        for index, column in enumerate(self.definition.columns):
            value, problem = self._read_cell(row, index, column)
            values.append(value)
            if problem:
                problems.append((index, problem))
        return TypedRow(tuple(values), tuple(problems))

    def _read_cell(self, row: Sequence[str | None], index: int, column: SourceColumn) -> tuple[Value, str]:
        text = self.text(row, index)
        if text is None:
            return None, f"{column.name} is missing." if column.required else ""
        if column.max_length is not None and len(text) > column.max_length:
            return None, f"{column.name}: {_shown(text)} is longer than {column.max_length} characters."
        try:
            return self._readers[index](text), ""
        except TypeProblem as problem:
            return None, f"{column.name}: {_shown(text)} {problem}."

    def key(self, row: Sequence[str | None]) -> tuple[object, ...] | None:
        """What groups a row; None when a key is blank. Values of one kind are alike however they are written."""
        found: list[object] = []
        for index in self.key_indexes:
            text = self.text(row, index)
            if text is None:
                return None
            try:
                found.append(self._readers[index](text))
            except TypeProblem:
                found.append((text,))
        return tuple(found)

    def echo(self, row: Sequence[str | None]) -> tuple[str | None, ...]:
        """A row's texts as an error table shows them."""
        texts: list[str | None] = list(row[: len(self.given)])
        for place, column_type in self._types.items():
            if place < len(texts):
                texts[place] = echo_text(texts[place], column_type)
        return (*texts, *([None] * (len(self.echoed) - len(texts))))


def echo_text(text: str | None, column_type: ColumnType) -> str | None:
    """A text as .NET prints the value; one that is of another kind stays as it is.

    >>> echo_text("2018-09-16", ColumnType.DATE), echo_text("1,234.50", ColumnType.DECIMAL)
    ('9/16/2018 12:00:00 AM', '1234.50')
    """
    if text is None or not text.strip():
        return text
    try:
        value = _READERS[column_type](text)
    except TypeProblem:
        return text
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        hour = value.hour % 12 or 12
        half = "AM" if value.hour < 12 else "PM"
        return f"{value.month}/{value.day}/{value.year} {hour}:{value.minute:02d}:{value.second:02d} {half}"
    return _echo_number(text, value) if isinstance(value, Decimal) else text


def _echo_number(text: str, value: Decimal) -> str:
    plain = text.strip().replace(",", "").lstrip("+")
    return format(value, "f") if "e" in plain.lower() else plain


def _shown(text: str) -> str:
    return f"'{text[:197]}...'" if len(text) > 200 else f"'{text}'"
