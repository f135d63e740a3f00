"""What xlwings' public interface has not, asked of Calc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

import xlwings as xw

from tests.calc.engine import Tables
from xlsc.core.addresses import Area
from xlsc.sheets.live_hosts import ExcelHost
from xlsc.sheets.port import ListObject

REMOVABLE = 128  # com.sun.star.beans.PropertyAttribute


class CalcHost(ExcelHost):
    """Marks go the way they go in Excel: through the add-in's macros where a workbook has them, else cell by cell."""

    def saved_path(self, book: xw.Book) -> str:
        return "" if book.api.isModified() else unquote(urlsplit(book.api.getURL()).path)

    def read_properties(self, book: xw.Book) -> dict[str, str]:
        found = book.api.DocumentProperties.UserDefinedProperties
        return {item.Name: str(item.Value) for item in found.PropertyValues}

    def write_properties(self, book: xw.Book, changes: Mapping[str, str | None]) -> None:
        found = book.api.DocumentProperties.UserDefinedProperties
        for name, text in changes.items():
            if found.PropertySetInfo.hasPropertyByName(name):
                found.removeProperty(name)
            if text is not None:
                found.addProperty(name, REMOVABLE, text)

    def is_protected(self, sheet: xw.Sheet) -> bool:
        return bool(sheet.api.isProtected())

    def hidden_rows(self, sheet: xw.Sheet, area: Area) -> frozenset[int]:
        return frozenset(sheet.impl.hidden_rows(area.first_row, area.last_row))

    def list_objects(self, sheet: xw.Sheet) -> Sequence[ListObject]:
        found = []
        for table in Tables(sheet.impl):
            area = table.area
            rows = area.EndRow + 1 - (1 if table.show_totals else 0)
            where = Area(area.StartRow + 1, area.StartColumn + 1, rows, area.EndColumn + 1)
            found.append(ListObject(table.name, where, table.show_headers, table.show_totals))
        return sorted(found, key=lambda item: item.area)
