"""How far a range of Calc reaches: Ctrl+arrow, the region around it; emptying it. What xlwings' own tests ask for."""

from __future__ import annotations

from typing import Any

#: com.sun.star.sheet.CellFlags: values, dates, texts, formulas; and looks.
CONTENTS, LOOKS, EVERYTHING = 1 | 2 | 4 | 16, 32 | 64, 1023
#: By the direction's first letter.
_STEPS = {"d": (1, 0), "u": (-1, 0), "r": (0, 1), "l": (0, -1)}
_LAST_ROW, _LAST_COLUMN = 1_048_576, 1_024


class Reach:
    """Part of Range: needs its sheet, row, column, shape and api."""

    sheet: Any
    row: int
    column: int
    shape: tuple[int, int]
    api: Any
    has_array = False

    def clear(self) -> None:
        self.api.clearContents(EVERYTHING)

    def clear_contents(self) -> None:
        self.api.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        self.api.clearContents(LOOKS)

    def end(self, direction: str) -> Any:
        """The last filled cell of a block, the first of the next one, or the sheet's edge."""
        down, right = _STEPS[direction[0]]
        cells = self._filled(down)
        here = self.row if down else self.column
        step = down or right
        edge = (_LAST_ROW if down else _LAST_COLUMN) if step > 0 else 1
        if here in cells and here + step in cells:
            while here + step in cells:
                here += step
        else:
            beyond = [cell for cell in cells if (cell - here) * step > 0]
            here = min(beyond, key=lambda cell: abs(cell - here), default=edge)
        return self._at(here, self.column) if down else self._at(self.row, here)

    def _filled(self, down: int) -> set[int]:
        """Numbers of the filled cells of this row or column."""
        if down:
            line = self.sheet.api.getCellRangeByPosition(self.column - 1, 0, self.column - 1, _LAST_ROW - 1)
        else:
            line = self.sheet.api.getCellRangeByPosition(0, self.row - 1, _LAST_COLUMN - 1, self.row - 1)
        areas = line.queryContentCells(CONTENTS).RangeAddresses
        if down:
            return {row + 1 for area in areas for row in range(area.StartRow, area.EndRow + 1)}
        return {column + 1 for area in areas for column in range(area.StartColumn, area.EndColumn + 1)}

    @property
    def current_region(self) -> Any:
        cursor = self.sheet.api.createCursorByRange(self.api)
        cursor.collapseToCurrentRegion()
        area = cursor.RangeAddress
        rows, columns = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
        return self._at(area.StartRow + 1, area.StartColumn + 1, rows, columns)

    def _at(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Any:
        return type(self)(self.sheet, row, column, rows, columns)  # type: ignore[call-arg]
