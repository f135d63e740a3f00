"""Errors grouped by cause, most frequent first: what a person reads before they look at single cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.addresses import format_cell
from xlsc.core.results import Code, RowError
from xlsc.core.table import Table

#: Cells named in one line.
SHOWN_CELLS = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """One message and where it stands.

    Attributes:
        message: As the service or a check gave it.
        column: The column meant in all of these rows; None when it is none or not the same.
        code: The reason's stable word.
        sheet_rows: 1-based, ascending; empty for errors that fit no row.
        cells: Addresses of the cells meant, as long as ``sheet_rows``; "" where no cell is.
        count: How many errors, also those without a row.
    """

    message: str
    column: str | None
    code: Code
    sheet_rows: tuple[int, ...]
    cells: tuple[str, ...]
    count: int


def group_causes(errors: Sequence[RowError], table: Table) -> list[Cause]:
    """The errors by message, most frequent first; rows wrong only because of their document are left out."""
    places = {column.name: column.sheet_column for column in table.columns}
    groups: dict[str, list[RowError]] = {}
    for error in errors:
        if error.code is not Code.DOCUMENT:
            groups.setdefault(error.message, []).append(error)
    causes = [_cause(message, found, places) for message, found in groups.items()]
    return sorted(causes, key=lambda cause: (-cause.count, cause.sheet_rows[:1] or (0,)))


def describe_cause(cause: Cause) -> str:
    """One line for a person.

    >>> describe_cause(Cause("Account 4711 is inactive.", "Account", Code.SERVICE, (2, 3), ("B2", "B3"), 2))
    '2 rows: Account 4711 is inactive. (B2, B3)'
    """
    rows = "1 row" if cause.count == 1 else f"{cause.count:,} rows"
    named = [cell or f"row {row}" for cell, row in zip(cause.cells, cause.sheet_rows, strict=True)]
    more = len(named) - SHOWN_CELLS
    listed = ", ".join(named[:SHOWN_CELLS]) + (f" and {more:,} more" if more > 0 else "")
    return f"{rows}: {cause.message}" + (f" ({listed})" if listed else " (fits no row)")


def _cause(message: str, found: Sequence[RowError], places: dict[str, int | None]) -> Cause:
    located = sorted((error for error in found if error.sheet_row is not None), key=lambda error: error.sheet_row or 0)
    columns = {error.column for error in found}
    return Cause(
        message=message,
        column=columns.pop() if len(columns) == 1 else None,
        code=found[0].code,
        sheet_rows=tuple(error.sheet_row or 0 for error in located),
        cells=tuple(_cell(error, places) for error in located),
        count=len(found),
    )


def _cell(error: RowError, places: dict[str, int | None]) -> str:
    column = places.get(error.column) if error.column else None
    return format_cell(error.sheet_row, column) if column and error.sheet_row else ""
