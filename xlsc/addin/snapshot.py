"""A workbook as it was when a macro began: work in a thread goes on with it; marks go into real sheets later."""

from __future__ import annotations

from collections.abc import Sequence

from xlsc.core.marks import MarkPlan
from xlsc.sheets.live import LiveBook, LiveSheet
from xlsc.sheets.memory import MemoryBook, MemorySheet


class Snapshot(MemoryBook):
    """Copies of sheets; remembers the marks that are to be shown.

    Args:
        book: The real workbook.
        sheets: Those to copy, the one in front first.
    """

    def __init__(self, book: LiveBook, sheets: Sequence[LiveSheet]) -> None:
        super().__init__(book.name, sheets[0].name)
        self._book = book
        self._names = list(book.sheet_names())
        self._plans: list[tuple[LiveSheet, MarkPlan]] = []
        self.sheets = [_copy(book, sheet, self._plans) for sheet in sheets]
        self.write_properties(book.read_properties())

    def sheet_names(self) -> Sequence[str]:
        """Those of the real workbook: what another sheet is to show must not be shown here."""
        return self._names

    def show(self) -> None:
        """Put the marks into the real sheets; on Excel's thread.

        Raises:
            WorkbookError: A sheet is protected, or Excel is busy; what was not shown stays to be shown.
        """
        while self._plans:
            sheet, plan = self._plans[0]
            sheet.apply(plan)
            del self._plans[0]


class _Recording(MemorySheet):
    """Keeps the plans that are applied to it."""

    plans: list[tuple[LiveSheet, MarkPlan]]
    real: LiveSheet

    def apply(self, plan: MarkPlan) -> None:
        """Apply and remember."""
        super().apply(plan)
        self.plans.append((self.real, plan))


def _copy(book: LiveBook, sheet: LiveSheet, plans: list[tuple[LiveSheet, MarkPlan]]) -> MemorySheet:
    copied = _Recording(sheet.name)
    copied.plans, copied.real = plans, sheet
    used = sheet.used_area()
    if used is not None:
        block = sheet.read(used)
        for number, row in enumerate(block.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    copied.values[number, column] = value
                    text = block.number_format(number, column)
                    if text != "General":
                        copied.formats[number, column] = text
        copied.hidden_rows = block.hidden_rows
    copied.tables = tuple(sheet.list_objects())
    copied.merged = tuple(sheet.merged_areas())
    copied.selected = sheet.selection()
    copied.is_protected = book.host.is_protected(sheet.sheet)
    return copied
