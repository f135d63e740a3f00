"""Sheets as they were at one moment, to be worked on in a thread; what is shown on them is kept for the real ones.

The values stay in the one block that was read: no object per cell, so that Excel's full million rows fit.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsc.core.addresses import Area
from xlsc.core.marks import MarkPlan
from xlsc.core.relocating import Relocated, relocate
from xlsc.core.table import Block, CellValue
from xlsc.errors import WorkbookError
from xlsc.sheets.memory import MemoryBook, MemorySheet
from xlsc.sheets.port import Book, Sheet

_NO_AREA = Area(1, 1, 1, 1)


class SnapshotSheet(MemorySheet):
    """A copy of a worksheet; what is written stands over the block, and plans are remembered.

    Args:
        sheet: The worksheet to copy.
    """

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet.name)
        used = sheet.used_area()
        self._base = sheet.read(used) if used is not None else Block(_NO_AREA, [[None]], ["General"], {}, frozenset())
        self.hidden_rows = self._base.hidden_rows
        self.tables = tuple(sheet.list_objects())
        self.merged = tuple(sheet.merged_areas())
        self.selected = sheet.selection()
        self.is_protected = _is_protected(sheet)
        self.waiting: list[MarkPlan] = []

    def used_area(self) -> Area | None:
        """See port.Sheet."""
        cells = [cell for cell, value in self.values.items() if value is not None]
        own = self._base.area if any(value is not None for row in self._base.rows for value in row) else None
        if not cells:
            return own
        row, column = max(row for row, _ in cells), max(column for _, column in cells)
        return Area(1, 1, max(row, own.last_row), max(column, own.last_column)) if own else Area(1, 1, row, column)

    def read(self, area: Area) -> Block:
        """See port.Sheet."""
        rows = [self._row(number, area) for number in range(area.first_row, area.last_row + 1)]
        for (row, column), value in self.values.items():
            if area.contains(row, column):
                rows[row - area.first_row][column - area.first_column] = value
        formats = {cell: code for cell, code in self._base.formats.items() if area.contains(*cell)}
        return Block(area, rows, self._column_formats(area), formats, self.hidden_rows)

    def apply(self, plan: MarkPlan) -> None:
        """Show it here, and remember it for the real sheet."""
        super().apply(plan)
        self.waiting.append(plan)

    def find_again(self, plan: MarkPlan, sheet: Sheet) -> Relocated:
        """The plan for the real sheet as it is now; people may have sorted or edited it meanwhile."""
        used = sheet.used_area()
        now = sheet.read(used).rows if used is not None else [[None]]
        return relocate(plan, self._base.rows, now)

    def _row(self, number: int, area: Area) -> list[CellValue]:
        if number > self._base.area.last_row:
            return [None] * area.width
        row = self._base.rows[number - 1]
        found = list(row[area.first_column - 1 : area.last_column])
        return found + [None] * (area.width - len(found))

    def _column_formats(self, area: Area) -> list[str]:
        known = self._base.column_formats[area.first_column - 1 : area.last_column]
        return [*known, *["General"] * (area.width - len(known))]

    def _put(self, cell: tuple[int, int], value: CellValue) -> None:
        self.values[cell] = None if value == "" else value


def _is_protected(sheet: Sheet) -> bool:
    try:
        sheet.check_marks(1, [])
    except WorkbookError:
        return True
    return False


class SnapshotBook(MemoryBook):
    """Copies of some worksheets of a workbook, and of what it remembers.

    Args:
        book: The workbook.
        sheets: The worksheets to copy; the first is the active one.

    Attributes:
        lost_rows: How many rows did not get their marks, since they are not there any more as they were read.
    """

    def __init__(self, book: Book, sheets: Sequence[Sheet]) -> None:
        super().__init__(book.name, sheets[0].name)
        self._names = list(book.sheet_names())
        self._originals = list(sheets)
        self._copies = [SnapshotSheet(sheet) for sheet in sheets]
        self.sheets = list[MemorySheet](self._copies)
        self.lost_rows = 0
        self.write_properties(book.read_properties())

    def sheet_names(self) -> Sequence[str]:
        """Those of the real workbook, since what another sheet is to show must not be shown here; then added ones."""
        return [*self._names, *(sheet.name for sheet in self.sheets[len(self._copies) :])]

    def show_waiting(self) -> None:
        """Put what waits onto the real sheets, in Excel's own thread.

        Raises:
            WorkbookError: A sheet could not be changed; what waits goes on waiting.
        """
        for copy, original in zip(self._copies, self._originals, strict=True):
            while copy.waiting:
                found = copy.find_again(copy.waiting[0], original)
                original.apply(found.plan)
                self.lost_rows += len(found.lost_rows)
                del copy.waiting[0]
