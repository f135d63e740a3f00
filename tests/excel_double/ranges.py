"""Ranges, notes and fonts of the double."""

from __future__ import annotations

from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.excel_double.typing_in import type_in
from xlsc.core.addresses import parse_cell


class Note(base.Note):
    def __init__(self, sheet: Any, cell: tuple[int, int], text: str, author: str) -> None:
        self.sheet, self.cell, self._text, self._author = sheet, cell, text, author

    @property
    def api(self):
        return True

    @property
    def text(self):
        self.sheet.touch("note")
        return self._text

    @text.setter
    def text(self, value):
        self.sheet.touch("note")
        self._text = value

    @property
    def author(self):
        return self._author

    @property
    def location(self):
        return Range(self.sheet, *self.cell, 1, 1)

    def delete(self):
        self.sheet.touch("note")
        del self.sheet.note_texts[self.cell]


class Range(base.Range):
    sheet = None
    row = column = 0
    shape = (1, 1)
    options = None
    api = True

    def __init__(self, sheet: Any, row: int, column: int, rows: int, columns: int) -> None:
        if row < 1 or column < 1 or row + rows - 1 > 1_048_576 or column + columns - 1 > 16_384:
            raise ValueError("outside of the sheet")
        self.sheet, self.row, self.column, self.shape = sheet, row, column, (rows, columns)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __bool__(self):
        return True

    def __call__(self, row, column=None):
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    def cells_in_order(self):
        for row in range(self.row, self.row + self.shape[0]):
            for column in range(self.column, self.column + self.shape[1]):
                yield row, column

    @property
    def raw_value(self):
        self.sheet.touch("read")
        rows = [
            [self.sheet.values.get((row, column)) for column in range(self.column, self.column + self.shape[1])]
            for row in range(self.row, self.row + self.shape[0])
        ]
        return rows[0][0] if self.shape == (1, 1) else rows

    @raw_value.setter
    def raw_value(self, data):
        self.sheet.touch("write")
        if self.sheet.is_protected:
            raise RuntimeError("The cell or chart is protected")
        rows = data if isinstance(data, (list, tuple)) else [[data]]
        texts = [value for row in rows for value in row if isinstance(value, str)]
        # Some versions of Excel refuse longer texts within an array, and all refuse what no cell can hold.
        assert all(len(text) <= (8_203 if len(rows) * len(rows[0]) > 1 else 32_768) for text in texts)
        for row_index, row in enumerate(rows):
            for column_index, value in enumerate(row):
                cell = (self.row + row_index, self.column + column_index)
                typed = type_in(value, self.sheet.formats.get(cell, "General"))
                if typed is None:
                    self.sheet.values.pop(cell, None)
                else:
                    self.sheet.values[cell] = typed

    @property
    def number_format(self):
        self.sheet.touch("format")
        found = {self.sheet.formats.get(cell, "General") for cell in self.cells_in_order()}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, value):
        self.sheet.touch("format")
        for cell in self.cells_in_order():
            self.sheet.formats[cell] = value

    @property
    def color(self):
        self.sheet.touch("color")
        found = {self.sheet.colors.get(cell) for cell in self.cells_in_order()}
        return found.pop() if len(found) == 1 else (0, 0, 0)

    @color.setter
    def color(self, value):
        self.sheet.touch("color")
        for cell in self.cells_in_order():
            if value is None:
                self.sheet.colors.pop(cell, None)
            else:
                self.sheet.colors[cell] = value

    @property
    def note(self):
        self.sheet.touch("note")
        return self.sheet.note_texts.get((self.row, self.column))

    def add_note(self, text):
        self.sheet.touch("note")
        assert (self.row, self.column) not in self.sheet.note_texts
        note = self.sheet.note_texts[self.row, self.column] = Note(self.sheet, (self.row, self.column), text, "A User")
        return note

    @property
    def font(self):
        return Font()

    @property
    def merge_cells(self):
        self.sheet.touch("merged")
        cells = set(self.cells_in_order())
        inside = any(
            (row, column) in cells
            for r1, c1, r2, c2 in self.sheet.merged
            for row in range(r1, r2 + 1)
            for column in range(c1, c2 + 1)
        )
        return None if inside else False

    @property
    def row_height(self):
        self.sheet.touch("height")
        heights = {0 if row in self.sheet.hidden_rows else 15 for row in range(self.row, self.row + self.shape[0])}
        return heights.pop() if len(heights) == 1 else None

    @property
    def column_width(self):
        return self.sheet.widths.get(self.column, 8.43)

    @column_width.setter
    def column_width(self, value):
        self.sheet.widths[self.column] = value

    def get_address(self, row_absolute=True, column_absolute=True, external=False):
        return xw.utils.col_name(self.column) + str(self.row)

    @property
    def address(self):
        return self.get_address()

    def select(self):
        self.sheet.touch("select")
        self.sheet.book.app.selected = self


class Union(Range):
    """Cells here and there, by an address such as B2,A3; Excel takes 255 characters at most."""

    def __init__(self, sheet: Any, address: str) -> None:
        assert len(address) <= 255, f"Excel refuses an address of {len(address)} characters"
        self.found = [parse_cell(part) for part in address.split(",")]
        super().__init__(sheet, *self.found[0], 1, 1)

    def cells_in_order(self):
        return iter(self.found)


class Font:
    bold = italic = underline = color = None
    api = True
