"""Tables: what a sheet gave (Block) and what goes to a process (Column, Row, Table)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from xlsc.core.addresses import Area


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value in a cell, such as ``#N/A``."""

    text: str

    def __str__(self) -> str:
        return self.text


#: What a cell can hold, in every sheet adapter. Empty cells and empty texts are None.
CellValue = str | bool | int | float | Decimal | datetime | date | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells as a sheet gave it.

    Attributes:
        area: Where it stands; 1-based, inclusive.
        rows: One sequence of values per sheet row, ``area.width`` long; dates already datetimes.
        column_formats: The commonest number format of each column, as Excel spells it ("General", "00000").
        formats: Number formats of the cells that differ from their column's, by (sheet_row, sheet_column).
        hidden_rows: Sheet rows that are hidden or filtered away.
    """

    area: Area
    rows: Sequence[Sequence[CellValue]]
    column_formats: Sequence[str] = ()
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()

    def number_format(self, sheet_row: int, sheet_column: int) -> str:
        """The number format of one cell, both numbers 1-based."""
        index = sheet_column - self.area.first_column
        default = self.column_formats[index] if index < len(self.column_formats) else "General"
        return self.formats.get((sheet_row, sheet_column), default)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a process.

    Attributes:
        name: Technical name, the element name on the wire before encoding (P §2.1).
        is_key: Whether the process groups its rows by it; the service says IsRequired (P §2.1 [doc]).
        sheet_column: Where it stands on the sheet, 1-based; None when it stands on none.
    """

    name: str
    is_key: bool = False
    sheet_column: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; values are wire texts in column order, None = no value."""

    sheet_row: int
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows on their way to a process, each remembering its sheet row."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def key_indexes(self) -> tuple[int, ...]:
        """0-based positions of the key columns."""
        return tuple(index for index, column in enumerate(self.columns) if column.is_key)

    def with_rows(self, rows: Sequence[Row]) -> Table:
        """The same columns over other rows."""
        return Table(self.columns, rows)
