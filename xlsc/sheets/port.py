"""What flows may ask of a workbook and its worksheets; few, block-wise calls.

Adapters: files.py (.xlsx/.xlsm files without Excel), memory.py, live.py (Excel through xlwings).
All row and column numbers are 1-based. Every adapter passes tests/contracts/sheet_contract.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from xlsc.core.addresses import Area
from xlsc.core.marks import MarkPlan
from xlsc.core.table import Block, CellValue


@dataclass(frozen=True, slots=True)
class ListObject:
    """An Excel table; ``area`` includes its header row and excludes its totals row."""

    name: str
    area: Area
    has_header: bool = True
    has_totals: bool = False


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One header to write; ``note`` None leaves the cell without a note."""

    sheet_column: int
    text: str
    is_key: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CellWrite:
    """One value to write into one cell, its formatting left as it is."""

    sheet_row: int
    sheet_column: int
    value: CellValue


class Sheet(Protocol):
    """One worksheet."""

    @property
    def name(self) -> str:
        """The sheet's name as its tab shows it."""
        ...

    def used_area(self) -> Area | None:
        """The smallest area, from A1's row and column on, that holds all values; None on an empty sheet."""
        ...

    def selection(self) -> Area | None:
        """What the person has selected; None where there is no such thing."""
        ...

    def list_objects(self) -> Sequence[ListObject]:
        """The sheet's Excel tables, in order of their position."""
        ...

    def merged_areas(self) -> Sequence[Area]:
        """Merged cells."""
        ...

    def read(self, area: Area) -> Block:
        """The values, number formats and hidden rows of an area; cells beyond the used area are None."""
        ...

    def write(self, first_row: int, first_column: int, rows: Sequence[Sequence[CellValue]]) -> None:
        """Write a block of values; texts stay texts, also those that begin with ``= + - @``, tab or CR.

        Raises:
            WorkbookError: The sheet is protected or the block leaves it.
        """
        ...

    def write_cells(self, cells: Sequence[CellWrite]) -> None:
        """Write single values, each cell's formatting left as it is.

        Raises:
            WorkbookError: The sheet is protected.
        """
        ...

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Write headers: bold, key columns marked by more than colour, the rows below kept in view."""
        ...

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """Find out before rows are sent whether their statuses could be written.

        Raises:
            WorkbookError: They could not: the sheet is protected.
        """
        ...

    def apply(self, plan: MarkPlan) -> None:
        """Show a run's marks: take the earlier marks of ``cleared_rows`` off, then fill, note, write statuses.

        What a marked cell looked like before is kept in the workbook, so that it comes back exactly.

        Raises:
            WorkbookError: The sheet is protected.
        """
        ...

    def marked_cells(self) -> Sequence[tuple[int, int]]:
        """(row, column) of all cells that carry a mark now, in sheet order."""
        ...

    def clear(self) -> int:
        """Take all marks, statuses and the status header off; returns the number of cells unmarked.

        Fill, border, note and number format of each cell are as they were before its first mark.
        """
        ...


class Book(Protocol):
    """One workbook."""

    @property
    def name(self) -> str:
        """File name, for messages and logs."""
        ...

    def sheet_names(self) -> Sequence[str]:
        """Names of the visible worksheets, in tab order."""
        ...

    def sheet(self, name: str | None = None) -> Sheet:
        """The named worksheet (case-insensitive), or the active one.

        Raises:
            UsageError: No such sheet; the hint lists the sheets there are.
        """
        ...

    def add_sheet(self, name: str) -> Sheet:
        """A new, empty worksheet at the end."""
        ...

    def named_area(self, name: str) -> tuple[str, Area] | None:
        """The sheet and the cells that a defined name stands for, its case ignored; None where it is none."""
        ...

    def append_log(self, headers: Sequence[str], row: Sequence[CellValue]) -> None:
        """Add a row to the visible sheet "SmartConnect log", made with these headers where there is none."""
        ...

    def read_properties(self) -> Mapping[str, str]:
        """Custom document properties whose names begin with ``xlsc.``; what the workbook remembers."""
        ...

    def write_properties(self, properties: Mapping[str, str | None]) -> None:
        """Set custom document properties; None removes one. Names begin with ``xlsc.``."""
        ...

    def check_save(self, path: Path | None = None) -> None:
        """Find out before rows are sent whether ``save`` could write.

        Raises:
            WorkbookError: It could not: the file is open elsewhere, was changed, or its folder cannot be written.
        """
        ...

    def save(self, path: Path | None = None) -> None:
        """Save in place, or as ``path``; a file is written whole (temporary file, rename) or not at all.

        Raises:
            WorkbookError: The file is open elsewhere or its folder cannot be written.
        """
        ...

    def close(self) -> None:
        """Let go of the workbook without saving."""
        ...
