"""What xlwings' public interface has not, per host: document properties, protection, hidden rows, tables; and looks.

Looks and formats of many cells are asked and given in one batch, since each host has its own quick way of doing that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import xlwings as xw

from xlsc.core.addresses import Area
from xlsc.sheets import live_formats, live_looks
from xlsc.sheets.live_formats import FormatRun
from xlsc.sheets.live_looks import Cell, Change, Look
from xlsc.sheets.live_macros import Addin, BookMacros, MarkMacros, can_carry
from xlsc.sheets.live_values import in_runs
from xlsc.sheets.port import ListObject

ADDIN = "xlsc.xlam"

_TEXT_PROPERTY = 4  # msoPropertyTypeString


class Host(Protocol):
    """Asked by live.py; everything else goes through xlwings."""

    def saved_path(self, book: xw.Book) -> str:
        """Full path or address of the workbook's file; "" where it holds changes that are not saved."""
        ...

    def read_properties(self, book: xw.Book) -> dict[str, str]:
        """Custom document properties."""
        ...

    def write_properties(self, book: xw.Book, changes: Mapping[str, str | None]) -> None:
        """Set some; None removes one."""
        ...

    def is_protected(self, sheet: xw.Sheet) -> bool:
        """Whether the sheet's contents are protected."""
        ...

    def hidden_rows(self, sheet: xw.Sheet, area: Area) -> frozenset[int]:
        """Rows of the area that are hidden or filtered away."""
        ...

    def read_formats(self, sheet: xw.Sheet, area: Area) -> Sequence[FormatRun]:
        """Runs of one number format, column by column."""
        ...

    def list_objects(self, sheet: xw.Sheet) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        ...

    def read_noted(self, sheet: xw.Sheet) -> Sequence[Look]:
        """All cells that have a note."""
        ...

    def read_looks(self, sheet: xw.Sheet, cells: Sequence[Cell]) -> Sequence[Look]:
        """These cells, none of which has a note."""
        ...

    def write_looks(self, sheet: xw.Sheet, changes: Sequence[Change]) -> None:
        """Give cells what differs between before and after."""
        ...

    def write_texts(self, sheet: xw.Sheet, texts: Mapping[Cell, str]) -> None:
        """Type texts into cells, also into hidden ones; "" empties a cell."""
        ...


class ExcelHost:
    """Excel: through the add-in's own macros where it is loaded, the same on Windows and on the Mac.

    Without the add-in, on Windows only: what the object model calls these things, and looks cell by cell.

    Args:
        addin: File name of the add-in.
    """

    def __init__(self, addin: str = ADDIN) -> None:
        self._addin = addin

    def saved_path(self, book: xw.Book) -> str:
        """Excel's own word; xlwings would look for the folder of a OneDrive address, and fail."""
        macros = self._book_macros(book)
        if macros is not None:
            return macros.saved_path()
        return str(book.api.FullName) if book.api.Saved else ""

    def read_properties(self, book: xw.Book) -> dict[str, str]:
        """Custom document properties."""
        macros = self._book_macros(book)
        if macros is not None:
            return macros.read_properties()
        return {str(item.Name): str(item.Value) for item in book.api.CustomDocumentProperties}

    def write_properties(self, book: xw.Book, changes: Mapping[str, str | None]) -> None:
        """Set some; None removes one."""
        macros = self._book_macros(book)
        if macros is not None and can_carry(text or "" for text in changes.values()):
            macros.write_properties(changes)
            return
        properties = book.api.CustomDocumentProperties
        present = {str(item.Name): item for item in properties}
        for name, text in changes.items():
            if name in present:
                present[name].Delete()
            if text is not None:
                properties.Add(name, False, _TEXT_PROPERTY, text)

    def is_protected(self, sheet: xw.Sheet) -> bool:
        """Whether the sheet's contents are protected."""
        macros = self._book_macros(sheet.book)
        return macros.is_protected(sheet.name) if macros is not None else bool(sheet.api.ProtectContents)

    def hidden_rows(self, sheet: xw.Sheet, area: Area) -> frozenset[int]:
        """Rows of the area that are hidden or filtered away."""
        macros = self._macros(sheet)
        return macros.read_hidden(area) if macros else live_formats.read_hidden(sheet, area)

    def read_formats(self, sheet: xw.Sheet, area: Area) -> Sequence[FormatRun]:
        """Runs of one number format, column by column."""
        macros = self._macros(sheet)
        return macros.read_formats(area) if macros else live_formats.read_formats(sheet, area)

    def list_objects(self, sheet: xw.Sheet) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        found = [_table(table) for table in sheet.tables]
        return sorted(found, key=lambda item: item.area)

    def read_noted(self, sheet: xw.Sheet) -> Sequence[Look]:
        """All cells that have a note."""
        macros = self._macros(sheet)
        return macros.read_noted() if macros else live_looks.read_noted(sheet)

    def read_looks(self, sheet: xw.Sheet, cells: Sequence[Cell]) -> Sequence[Look]:
        """These cells."""
        macros = self._macros(sheet)
        return macros.read_looks(cells) if macros else live_looks.read_looks(sheet, cells)

    def write_looks(self, sheet: xw.Sheet, changes: Sequence[Change]) -> None:
        """Give cells what differs between before and after."""
        macros = self._macros(sheet)
        if macros is not None and can_carry(after.note or "" for _, after in changes):
            macros.write_looks(changes)
        else:
            live_looks.write_looks(sheet, changes)

    def write_texts(self, sheet: xw.Sheet, texts: Mapping[Cell, str]) -> None:
        """Type texts into cells; without macros those below each other together."""
        macros = self._macros(sheet)
        if macros is not None and can_carry(texts.values()):
            macros.write_texts(texts)
            return
        for column, first, values in in_runs(texts):
            last = first + len(values) - 1
            sheet.range((first, column), (last, column)).value = [[value or None] for value in values]

    def _macros(self, sheet: xw.Sheet) -> MarkMacros | None:
        addin = Addin(sheet.book.app, self._addin)
        return MarkMacros(addin, sheet.book.name, sheet.name) if addin.is_there() else None

    def _book_macros(self, book: xw.Book) -> BookMacros | None:
        addin = Addin(book.app, self._addin)
        return BookMacros(addin, book.name) if addin.is_there() else None


def _table(table: Any) -> ListObject:  # noqa: ANN401 - xlwings' own class
    whole = table.range
    rows = whole.shape[0] - (1 if table.show_totals else 0)
    area = Area(whole.row, whole.column, whole.row + rows - 1, whole.column + whole.shape[1] - 1)
    return ListObject(str(table.name), area, bool(table.show_headers), bool(table.show_totals))
