"""Ranges of a Calc sheet for xlwings: values typed as Excel would type them, colours, formats, notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.calc.office import load_uno, struct
from tests.excel_double.typing_in import ERROR_TEXTS, looks_typed
from xlsc.core.addresses import parse_cell

EPOCH = dt.datetime(1899, 12, 30)
#: Bits of com.sun.star.util.NumberFormat.
DATE, TIME, LOGICAL = 2, 4, 1024
_ERRORS = {532: "#DIV/0!", 32767: "#N/A", 525: "#NAME?", 503: "#NUM!", 524: "#REF!", 519: "#VALUE!"}
NOTES = 8  # com.sun.star.sheet.CellFlags


def format_key(document: Any, code: str) -> int:
    """The document's number of a number format."""
    formats, plain = document.NumberFormats, struct("lang.Locale")
    found = formats.queryKey(code, plain, False)
    return int(found if found >= 0 else formats.addNew(code, plain))


def cell_address(sheet: Any, row: int, column: int) -> Any:
    return struct("table.CellAddress", sheet.RangeAddress.Sheet, column - 1, row - 1)


def group_of(document: Any, sheet: Any, cells: Iterable[tuple[int, int]]) -> Any:
    """Many cells as one object, for what is set once for all."""
    group = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    number = sheet.RangeAddress.Sheet
    found = [struct("table.CellRangeAddress", number, c - 1, r - 1, c - 1, r - 1) for r, c in cells]
    group.addRangeAddresses(tuple(found), False)
    return group


class Range(base.Range):
    sheet = None
    row = column = 0
    shape = (1, 1)
    options = None
    api = None

    def __init__(self, sheet: Any, row: int, column: int, rows: int, columns: int) -> None:
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (rows, columns)
        self.api = sheet.api.getCellRangeByPosition(column - 1, row - 1, column + columns - 2, row + rows - 2)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __bool__(self) -> bool:
        return True

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    @property
    def document(self) -> Any:
        return self.sheet.book.api

    # Values

    @property
    def raw_value(self) -> Any:
        rows = [[None if value == "" else value for value in row] for row in self.api.getDataArray()]
        self._convert(rows)
        return rows[0][0] if len(self) == 1 else rows

    def _convert(self, rows: list[list[Any]]) -> None:
        """Dates, times and truth values are numbers with a format; errors are nothing at all."""
        for block in self.api.getUniqueCellFormatRanges():
            bits = self.document.NumberFormats.getByKey(block.getByIndex(0).NumberFormat).Type
            if bits & (DATE | TIME | LOGICAL):
                for area in block.RangeAddresses:
                    self._convert_area(rows, area, bits)
        for area in self.api.queryFormulaCells(4).RangeAddresses:
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    number = self.sheet.api.getCellByPosition(column, row).getError()
                    rows[row + 1 - self.row][column + 1 - self.column] = _ERRORS.get(number, "#VALUE!")

    def _convert_area(self, rows: list[list[Any]], area: Any, bits: int) -> None:
        for row in rows[area.StartRow + 1 - self.row : area.EndRow + 2 - self.row]:
            for place in range(area.StartColumn + 1 - self.column, area.EndColumn + 2 - self.column):
                if isinstance(row[place], float):
                    row[place] = bool(row[place]) if bits & LOGICAL else EPOCH + dt.timedelta(days=row[place])

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        rows = data if isinstance(data, (list, tuple)) else [[data] * self.shape[1]] * self.shape[0]
        noted = [(cell, text) for cell, text in self.sheet.note_texts() if self._holds(cell)]
        special = [
            (row, column, value)
            for row, values in enumerate(rows, self.row)
            for column, value in enumerate(values, self.column)
            if _is_special(value) and not (isinstance(value, str) and self._is_for_texts(row, column))
        ]
        typed = {(row, column) for row, column, value in special if isinstance(value, str)}
        plain = [
            tuple("" if (row, column) in typed else _plain(value) for column, value in enumerate(values, self.column))
            for row, values in enumerate(rows, self.row)
        ]
        target = self.sheet.api.getCellRangeByPosition(
            self.column - 1, self.row - 1, self.column + len(rows[0]) - 2, self.row + len(rows) - 2
        )
        target.setDataArray(tuple(plain))
        self._write_special(special)
        # Writing a block takes its notes away; Excel keeps them.
        for (row, column), text in noted:
            self.sheet.api.Annotations.insertNew(cell_address(self.sheet.api, row, column), text)

    def _is_for_texts(self, row: int, column: int) -> bool:
        cell = self.sheet.api.getCellByPosition(column - 1, row - 1)
        return bool(cell.NumberFormat == format_key(self.document, "@"))

    def _holds(self, cell: tuple[int, int]) -> bool:
        inside = self.row <= cell[0] < self.row + self.shape[0]
        return inside and self.column <= cell[1] < self.column + self.shape[1]

    def _write_special(self, special: Sequence[tuple[int, int, Any]]) -> None:
        dates = [(row, column) for row, column, value in special if isinstance(value, dt.date)]
        truths = [(row, column) for row, column, value in special if isinstance(value, bool)]
        for cells, code in ((dates, "yyyy-mm-dd"), (truths, "BOOLEAN")):
            if cells:
                self._give_format(cells, code)
        for row, column, value in special:
            if isinstance(value, str):
                cell = self.sheet.api.getCellByPosition(column - 1, row - 1)
                cell.setFormulaArray((("=NA()" if value in ERROR_TEXTS else value,),))

    def _give_format(self, cells: list[tuple[int, int]], code: str) -> None:
        group = group_of(self.document, self.sheet.api, cells)
        kept = group.NumberFormat
        bits = self.document.NumberFormats.getByKey(kept).Type if kept else 0
        if not bits & (DATE | TIME | LOGICAL):
            group.NumberFormat = format_key(self.document, code)

    @property
    def formula(self) -> Any:
        rows = [list(row) for row in self.api.getFormulaArray()]
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        rows = value if isinstance(value, (list, tuple)) else [[value]]
        self.api.setFormulaArray(tuple(tuple(map(str, row)) for row in rows))

    # Looks

    @property
    def number_format(self) -> str | None:
        found = {block.getByIndex(0).NumberFormat for block in self.api.getUniqueCellFormatRanges()}
        codes = {self.document.NumberFormats.getByKey(key).FormatString for key in found}
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.api.NumberFormat = format_key(self.document, code)

    @property
    def color(self) -> tuple[int, int, int] | None:
        found = {block.getByIndex(0).CellBackColor for block in self.api.getUniqueCellFormatRanges()}
        if len(found) > 1:
            return (0, 0, 0)
        return read_color(found.pop())

    @color.setter
    def color(self, value: Any) -> None:
        self.api.CellBackColor = -1 if value is None else xw.utils.rgb_to_int(tuple(reversed(value)))

    @property
    def font(self) -> Font:
        return Font(self.api)

    @property
    def column_width(self) -> float:
        return float(self.api.Columns.getByIndex(0).Width) / 226

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.api.Columns.Width = round(value * 226)

    @property
    def row_height(self) -> float | None:
        hidden = self.sheet.hidden_rows(self.row, self.row + self.shape[0] - 1)
        if hidden and len(hidden) < self.shape[0]:
            return None
        return 0.0 if hidden else 15.0

    @property
    def merge_cells(self) -> bool | None:
        return None if self.api.IsMerged else False

    # Notes

    @property
    def note(self) -> Note | None:
        found = self.api.getCellByPosition(0, 0).getAnnotation()
        return Note(self.sheet, (self.row, self.column)) if found.String else None

    def add_note(self, text: str) -> Note:
        self.sheet.api.Annotations.insertNew(cell_address(self.sheet.api, self.row, self.column), text)
        return Note(self.sheet, (self.row, self.column))

    # Places

    def get_address(self, row_absolute: bool = True, column_absolute: bool = True, external: bool = False) -> str:
        first = xw.utils.col_name(self.column) + str(self.row)
        if len(self) == 1:
            return first
        return f"{first}:{xw.utils.col_name(self.column + self.shape[1] - 1)}{self.row + self.shape[0] - 1}"

    @property
    def address(self) -> str:
        return self.get_address()

    def select(self) -> None:
        self.document.CurrentController.select(self.api)


class Union(Range):
    """Cells here and there, by an address such as B2,A3; what can be set of them is their colour."""

    def __init__(self, sheet: Any, address: str) -> None:
        cells = [parse_cell(part) for part in address.split(",")]
        super().__init__(sheet, *cells[0], 1, 1)
        self.api = group_of(sheet.book.api, sheet.api, cells)


class Note(base.Note):
    api = None

    def __init__(self, sheet: Any, cell: tuple[int, int]) -> None:
        self.sheet, self.cell = sheet, cell
        self.api = sheet.api.getCellByPosition(cell[1] - 1, cell[0] - 1)

    @property
    def text(self) -> str:
        return str(self.api.getAnnotation().String)

    @text.setter
    def text(self, value: str) -> None:
        self.api.getAnnotation().String = value

    @property
    def location(self) -> Range:
        return Range(self.sheet, *self.cell, 1, 1)

    def delete(self) -> None:
        self.api.clearContents(NOTES)


class Font(base.Font):
    api = None

    def __init__(self, api: Any) -> None:
        self.api = api

    @property
    def bold(self) -> bool:
        return bool(self.api.CharWeight > 100)

    @bold.setter
    def bold(self, value: bool) -> None:
        self.api.CharWeight = 150.0 if value else 100.0

    @property
    def italic(self) -> bool:
        return bool(self.api.CharPosture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        self.api.CharPosture = load_uno().Enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")


def read_color(number: int) -> tuple[int, int, int] | None:
    return None if number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


def _is_special(value: Any) -> bool:
    if isinstance(value, str):
        return not value.startswith("'") and looks_typed(value)
    return isinstance(value, (bool, dt.date))


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.removeprefix("'")
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / dt.timedelta(days=1)
    return float(value)
