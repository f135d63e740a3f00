"""Workbooks in memory, for tests and previews: the same port, nothing saved but what ``save`` remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlsc.core.addresses import Area
from xlsc.core.marks import STATUS_HEADER, MarkPlan, read_state
from xlsc.core.table import Block, CellValue
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.ooxml.workbook import check_sheet_name
from xlsc.sheets.port import CellWrite, HeaderCell, ListObject, Sheet

LOG_SHEET = "SmartConnect log"
#: (row, column), both 1-based.
Cell = tuple[int, int]


@dataclass(slots=True)
class MemorySheet:
    """One worksheet; see port.Sheet.

    Attributes:
        values: By (row, column), both 1-based; blanks are missing.
        formats: Number formats that are not General, by cell.
        notes: Notes of people, by cell.
        marks: Notes of marks, by marked cell.
    """

    name: str
    values: dict[Cell, CellValue] = field(default_factory=dict)
    formats: dict[Cell, str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    tables: tuple[ListObject, ...] = ()
    merged: tuple[Area, ...] = ()
    selected: Area | None = None
    is_protected: bool = False
    notes: dict[Cell, str] = field(default_factory=dict)
    marks: dict[Cell, str] = field(default_factory=dict)
    _status: Cell | None = None

    def used_area(self) -> Area | None:
        """See port.Sheet."""
        if not self.values:
            return None
        return Area(1, 1, max(row for row, _ in self.values), max(column for _, column in self.values))

    def selection(self) -> Area | None:
        """See port.Sheet."""
        return self.selected

    def list_objects(self) -> Sequence[ListObject]:
        """See port.Sheet."""
        return sorted(self.tables, key=lambda item: item.area)

    def merged_areas(self) -> Sequence[Area]:
        """See port.Sheet."""
        return self.merged

    def read(self, area: Area) -> Block:
        """See port.Sheet."""
        columns = range(area.first_column, area.last_column + 1)
        rows = [
            [self.values.get((row, column)) for column in columns] for row in range(area.first_row, area.last_row + 1)
        ]
        formats = {cell: text for cell, text in self.formats.items() if area.contains(*cell)}
        return Block(area, rows, ["General"] * area.width, formats, self.hidden_rows)

    def write(self, first_row: int, first_column: int, rows: Sequence[Sequence[CellValue]]) -> None:
        """See port.Sheet."""
        self._refuse_protected()
        last_row, last_column = first_row + len(rows) - 1, first_column + max(map(len, rows), default=1) - 1
        if last_row > 1_048_576 or last_column > 16_384:
            raise WorkbookError(
                f"Row {last_row:,}, column {last_column:,} lies outside of sheet {self.name}.", "Write fewer rows."
            )
        for row_index, row in enumerate(rows):
            for column_index, value in enumerate(row):
                self._put((first_row + row_index, first_column + column_index), value)

    def write_cells(self, cells: Sequence[CellWrite]) -> None:
        """See port.Sheet."""
        self._refuse_protected()
        for cell in cells:
            self._put((cell.sheet_row, cell.sheet_column), cell.value)

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """See port.Sheet."""
        self._refuse_protected()
        for cell in cells:
            place = (header_row, cell.sheet_column)
            self._put(place, cell.text)
            if cell.note:
                self.notes[place] = cell.note

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """See port.Sheet."""
        self._refuse_protected()

    def apply(self, plan: MarkPlan) -> None:
        """See port.Sheet."""
        self._refuse_protected()
        cleared = set(plan.cleared_rows)
        self.marks = {cell: note for cell, note in self.marks.items() if cell[0] not in cleared}
        self.marks |= {(mark.sheet_row, mark.sheet_column): mark.note for mark in plan.cells}
        for status in plan.statuses:
            self._put((status.sheet_row, plan.status_column), status.text)
        self._status = (plan.header_row, plan.status_column)
        self._put(self._status, STATUS_HEADER)
        self.notes[self._status] = plan.summary

    def marked_cells(self) -> Sequence[Cell]:
        """See port.Sheet."""
        return sorted(self.marks)

    def clear(self) -> int:
        """See port.Sheet."""
        self._refuse_protected()
        count = len(self.marks)
        self.marks = {}
        if self._status is not None:
            header_row, column = self._status
            for cell in [cell for cell in self.values if cell[1] == column and cell[0] > header_row]:
                value = self.values[cell]
                if isinstance(value, str) and read_state(value):
                    del self.values[cell]
            if not any(table.area.contains(*self._status) for table in self.tables):
                self.values.pop(self._status, None)
            self.notes.pop(self._status, None)
            self._status = None
        return count

    def _put(self, cell: Cell, value: CellValue) -> None:
        if value is None or value == "":
            self.values.pop(cell, None)
        else:
            self.values[cell] = value

    def _refuse_protected(self) -> None:
        if self.is_protected:
            raise WorkbookError(f"Sheet {self.name} is protected.", "Take the protection off.")


class MemoryBook:
    """One workbook; see port.Book.

    Attributes:
        saves: How often it was saved.
        names: Defined names: sheet and cells.
    """

    def __init__(self, name: str = "book.xlsx", sheet_name: str = "Sheet1") -> None:
        self.name = name
        self.sheets = [MemorySheet(sheet_name)]
        self.saves = 0
        self.names: dict[str, tuple[str, Area]] = {}
        self._properties: dict[str, str] = {}

    def sheet_names(self) -> Sequence[str]:
        """See port.Book."""
        return [sheet.name for sheet in self.sheets]

    def sheet(self, name: str | None = None) -> Sheet:
        """See port.Book."""
        if name is None:
            return self.sheets[0]
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise UsageError(f"{self.name} has no worksheet {name!r}.", f"There are: {', '.join(self.sheet_names())}.")

    def add_sheet(self, name: str) -> Sheet:
        """See port.Book."""
        check_sheet_name(name, list(self.sheet_names()))
        self.sheets.append(MemorySheet(name))
        return self.sheets[-1]

    def named_area(self, name: str) -> tuple[str, Area] | None:
        """See port.Book."""
        return next((place for known, place in self.names.items() if known.casefold() == name.casefold()), None)

    def append_log(self, headers: Sequence[str], row: Sequence[CellValue]) -> None:
        """See port.Book."""
        names = [name.casefold() for name in self.sheet_names()]
        sheet = self.sheet(LOG_SHEET) if LOG_SHEET.casefold() in names else self.add_sheet(LOG_SHEET)
        used = sheet.used_area()
        if used is None:
            sheet.write_headers(1, [HeaderCell(column, text, is_key=False) for column, text in enumerate(headers, 1)])
        sheet.write((used.last_row if used else 1) + 1, 1, [list(row)])

    def read_properties(self) -> Mapping[str, str]:
        """See port.Book."""
        return dict(self._properties)

    def write_properties(self, properties: Mapping[str, str | None]) -> None:
        """See port.Book."""
        for name, text in properties.items():
            if text is None:
                self._properties.pop(name, None)
            else:
                self._properties[name] = text

    def check_save(self, path: Path | None = None) -> None:
        """Nothing to find out."""

    def save(self, path: Path | None = None) -> None:
        """Count it."""
        self.saves += 1

    def close(self) -> None:
        """Nothing is held open."""
