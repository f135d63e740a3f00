"""What xlwings' public interface has not, per host: document properties, protection, hidden rows, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import xlwings as xw

from xlsc.core.addresses import Area
from xlsc.sheets.port import ListObject

_TEXT_PROPERTY = 4  # msoPropertyTypeString


class Host(Protocol):
    """Asked by live.py; everything else goes through xlwings."""

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

    def list_objects(self, sheet: xw.Sheet) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        ...


class ExcelHost:
    """Excel on Windows, through COM; what the object model calls these things."""

    def read_properties(self, book: xw.Book) -> dict[str, str]:
        """Custom document properties."""
        return {str(item.Name): str(item.Value) for item in book.api.CustomDocumentProperties}

    def write_properties(self, book: xw.Book, changes: Mapping[str, str | None]) -> None:
        """Set some; None removes one."""
        properties = book.api.CustomDocumentProperties
        present = {str(item.Name): item for item in properties}
        for name, text in changes.items():
            if name in present:
                present[name].Delete()
            if text is not None:
                properties.Add(name, False, _TEXT_PROPERTY, text)

    def is_protected(self, sheet: xw.Sheet) -> bool:
        """Whether the sheet's contents are protected."""
        return bool(sheet.api.ProtectContents)

    def hidden_rows(self, sheet: xw.Sheet, area: Area) -> frozenset[int]:
        """Runs of rows of one height are asked at once: a hidden row has none."""
        hidden: set[int] = set()
        parts = [(area.first_row, area.last_row)]
        while parts:
            first, last = parts.pop()
            height = sheet.range((first, area.first_column), (last, area.first_column)).row_height
            if height is None and first < last:
                middle = (first + last) // 2
                parts += [(first, middle), (middle + 1, last)]
            elif height == 0:
                hidden.update(range(first, last + 1))
        return frozenset(hidden)

    def list_objects(self, sheet: xw.Sheet) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        found = [_table(table) for table in sheet.tables]
        return sorted(found, key=lambda item: item.area)


def _table(table: Any) -> ListObject:  # noqa: ANN401 - xlwings' own class
    whole = table.range
    rows = whole.shape[0] - (1 if table.show_totals else 0)
    area = Area(whole.row, whole.column, whole.row + rows - 1, whole.column + whole.shape[1] - 1)
    return ListObject(str(table.name), area, bool(table.show_headers), bool(table.show_totals))
