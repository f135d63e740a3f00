"""What the add-in's VBA does (XlscMarks.bas, XlscReads.bas), on the double; the VBA itself is tried in Calc."""

from __future__ import annotations

from typing import Any

from tests.excel_double.engine import App
from tests.excel_double.ranges import Note
from xlsc.core.addresses import Area

RECORD, FIELD = "\x1e", "\x1f"
SOLID, NONE = 1, -4142


class Addin:
    def __init__(self, app: App) -> None:
        self.app = app

    def _sheet(self, book: str, name: str) -> Any:
        return self.app.books(book).sheets(name)

    def XlscCanMark(self) -> bool:  # noqa: N802 - VBA's names
        return True

    def XlscReadNoted(self, book: str, name: str, first: str, count: str) -> str:  # noqa: N802
        sheet = self._sheet(book, name)
        cells = list(sheet.note_texts)[int(first) - 1 : int(first) - 1 + int(count)]
        return RECORD.join(_describe(sheet, cell) for cell in cells)

    def XlscReadLooks(self, book: str, name: str, places: str) -> str:  # noqa: N802
        sheet = self._sheet(book, name)
        cells = [tuple(map(int, place.split(FIELD))) for place in places.split(RECORD)]
        return RECORD.join(_describe(sheet, cell) for cell in cells)

    def XlscWriteLooks(self, book: str, name: str, looks: str) -> None:  # noqa: N802
        sheet = self._sheet(book, name)
        for record in looks.split(RECORD):
            row, column, pattern, color, other, sign, text = record.split(FIELD)
            cell = int(row), int(column)
            if pattern:
                _fill(sheet, cell, (int(pattern), color, other))
            if sign:
                sheet.note_texts.pop(cell, None)
            if sign == "+":
                sheet.note_texts[cell] = Note(sheet, cell, text, "A User")

    def XlscWriteTexts(self, book: str, name: str, texts: str) -> None:  # noqa: N802
        sheet = self._sheet(book, name)
        for record in texts.split(RECORD):
            row, column, text = record.split(FIELD)
            sheet.range((int(row), int(column))).raw_value = text
            sheet.book.app.engine.calls["write"] -= 1

    def XlscReadFormats(self, book: str, name: str, *corners: str) -> str:  # noqa: N802
        sheet, area = self._sheet(book, name), Area(*map(int, corners))
        runs: list[list[Any]] = []
        for column in range(area.first_column, area.last_column + 1):
            for row in range(area.first_row, area.last_row + 1):
                code = sheet.formats.get((row, column), "General")
                if runs and runs[-1][0] == column and runs[-1][3] == code:
                    runs[-1][2] = row
                else:
                    runs.append([column, row, row, code])
        return RECORD.join(FIELD.join(map(str, run)) for run in runs)

    def XlscReadHidden(self, book: str, name: str, first: str, last: str) -> str:  # noqa: N802
        hidden = self._sheet(book, name).hidden_rows
        shown = [row for row in range(int(first), int(last) + 1) if row not in hidden]
        return "".join(f"{row}{FIELD}{row}{RECORD}" for row in shown)


def _describe(sheet: Any, cell: tuple[int, int]) -> str:
    pattern, color, other = sheet.patterns.get(cell) or _plain(sheet.colors.get(cell))
    note = sheet.note_texts.get(cell)
    noted = ("+", note._text) if note is not None else ("", "")
    return FIELD.join((str(cell[0]), str(cell[1]), str(pattern), color, other, *noted))


def _plain(color: tuple[int, int, int] | None) -> tuple[int, str, str]:
    return (NONE, "", "") if color is None else (SOLID, f"c{color[0] | color[1] << 8 | color[2] << 16}", "")


def _fill(sheet: Any, cell: tuple[int, int], fill: tuple[int, str, str]) -> None:
    sheet.patterns.pop(cell, None)
    sheet.colors.pop(cell, None)
    pattern, color, _ = fill
    if pattern == SOLID and color.startswith("c"):
        number = int(color[1:])
        sheet.colors[cell] = (number & 255, number >> 8 & 255, number >> 16 & 255)
    elif pattern != NONE:
        sheet.patterns[cell] = fill
