"""What xlwings' public interface has not, asked of Calc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import xlwings as xw

from tests.calc.engine import Tables
from xlsc.core.addresses import Area
from xlsc.sheets.port import ListObject

REMOVABLE = 128  # com.sun.star.beans.PropertyAttribute


class CalcHost:
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
