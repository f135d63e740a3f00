"""A process's columns as the headers of a sheet; what is there already stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.addresses import Area, format_column
from xlsc.core.catalog import ColumnInfo
from xlsc.core.marks import STATUS_HEADER
from xlsc.errors import UsageError
from xlsc.flows.processes import ProcessColumns
from xlsc.sheets.port import HeaderCell, Sheet

KEY_NOTE = "Key column: rows that are alike here form one document. It must not be blank."


@dataclass(frozen=True, slots=True)
class HeadersReport:
    """What was written where.

    Attributes:
        sheet_name: As its tab shows it.
        header_row: 1-based.
        written: Names of the columns whose headers are new.
        kept: Names of the columns whose headers stood there already.
        first_column: Letters of the first new column; "" when nothing was written.
    """

    sheet_name: str
    header_row: int
    written: tuple[str, ...]
    kept: tuple[str, ...]
    first_column: str


def write_headers(sheet: Sheet, found: ProcessColumns, *, all_columns: bool, header_row: int = 1) -> HeadersReport:
    """Write the headers that are missing, right of those that are there; nothing is overwritten.

    Args:
        sheet: Empty, or with some of the headers.
        found: The process's columns.
        all_columns: All columns of the source, or only the mapped ones and the keys.
        header_row: 1-based row for the headers.

    Raises:
        UsageError: The row holds other things than headers of this process.
    """
    wanted = found.choose(all_columns=all_columns)
    present = _read_row(sheet, header_row)
    names = {text.casefold() for text in present.values()}
    kept = [column.name for column in wanted if column.name.casefold() in names]
    if present and not kept:
        listed = ", ".join(list(present.values())[:4])
        raise UsageError(
            f"Row {header_row} of sheet {sheet.name} holds other things: {listed}.",
            "Choose an empty sheet with --sheet, or another row with --header-row.",
            in_excel="Go to an empty sheet, then insert the headers there.",
        )
    missing = [column for column in wanted if column.name.casefold() not in names]
    first = _first_free(present)
    if missing:
        sheet.write_headers(header_row, _cells(missing, first))
    written = tuple(column.name for column in missing)
    return HeadersReport(sheet.name, header_row, written, tuple(kept), format_column(first) if missing else "")


def _read_row(sheet: Sheet, header_row: int) -> dict[int, str]:
    used = sheet.used_area()
    if used is None or header_row > used.last_row:
        return {}
    row = sheet.read(Area(header_row, 1, header_row, used.last_column)).rows[0]
    return {column: str(value).strip() for column, value in enumerate(row, start=1) if value not in (None, "")}


def _first_free(present: dict[int, str]) -> int:
    """After the last header; the status column, when it is the last, stays where it is."""
    return max(present, default=0) + 1


def _cells(columns: Sequence[ColumnInfo], first: int) -> list[HeaderCell]:
    return [
        HeaderCell(number, column.name, column.is_required, KEY_NOTE if column.is_required else None)
        for number, column in enumerate(columns, start=first)
        if column.name.casefold() != STATUS_HEADER.casefold()
    ]
