"""Looks, texts, formats and properties through the add-in's own VBA: a call for two thousand cells, not one for each.

All goes as text, since a text is what every host's macros take and give: records end with U+001E, fields with U+001F.
Source: Excel's published constants of XlPattern; XlThemeColor counts from 1 what files count from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import xlwings as xw

from xlsc.core.addresses import Area
from xlsc.sheets.live_fills import NO_FILL, Colour, Fill
from xlsc.sheets.live_formats import FormatRun
from xlsc.sheets.live_looks import Cell, Change, Look
from xlsc.sheets.patience import is_busy

CELLS_PER_CALL = 2_000
_RECORD, _FIELD = "\x1e", "\x1f"
_NUMBERS = {"none": -4142, "solid": 1, "darkGray": -4126, "mediumGray": -4125, "lightGray": -4124}
_NUMBERS |= {"gray125": 17, "gray0625": 18, "darkHorizontal": -4128, "darkVertical": -4166, "darkDown": -4121}
_NUMBERS |= {"darkUp": -4162, "darkGrid": 9, "darkTrellis": 10, "lightHorizontal": 11, "lightVertical": 12}
_NUMBERS |= {"lightDown": 13, "lightUp": 14, "lightGrid": 15, "lightTrellis": 16}
_PATTERNS = {number: name for name, number in _NUMBERS.items()}


class Addin:
    """The add-in's own procedures, where a running Excel has loaded it.

    Args:
        app: That Excel.
        name: File name of the add-in.
    """

    def __init__(self, app: xw.App, name: str) -> None:
        self._app, self._name = app, name

    def is_there(self) -> bool:
        """Whether it is loaded and can do this."""
        try:
            return self.call("XlscMarks.XlscCanMark") is True
        except Exception as error:
            if is_busy(error):
                raise
            return False

    def call(self, procedure: str, *arguments: object) -> object:
        """Module.Procedure; numbers too go as texts, since not every host carries them into a macro's Long."""
        return self._app.macro(f"'{self._name}'!{procedure}")(*map(str, arguments))


class BookMacros:
    """The procedures of module XlscBooks.

    Args:
        addin: The add-in.
        book: Name of the workbook they are to work on.
    """

    def __init__(self, addin: Addin, book: str) -> None:
        self._addin, self._book = addin, book

    def saved_path(self) -> str:
        """Full path or address of the file; "" where the workbook holds changes that are not saved."""
        return str(self._addin.call("XlscBooks.XlscSavedPath", self._book) or "")

    def is_protected(self, sheet: str) -> bool:
        """Whether the sheet's contents are protected."""
        return bool(self._addin.call("XlscBooks.XlscIsProtected", self._book, sheet))

    def read_properties(self) -> dict[str, str]:
        """Custom document properties."""
        text = str(self._addin.call("XlscBooks.XlscReadProperties", self._book) or "")
        pairs = (record.partition(_FIELD)[::2] for record in text.split(_RECORD) if record)
        return dict(pairs)

    def write_properties(self, changes: Mapping[str, str | None]) -> None:
        """Set some; None removes one."""
        records = [_join(name, "-" if text is None else "+", text or "") for name, text in changes.items()]
        if records:
            self._addin.call("XlscBooks.XlscWriteProperties", self._book, _RECORD.join(records))


class MarkMacros:
    """The procedures of the modules XlscMarks and XlscReads.

    Args:
        addin: The add-in.
        book: Name of the workbook.
        sheet: Name of the sheet they are to work on.
    """

    def __init__(self, addin: Addin, book: str, sheet: str) -> None:
        self._addin, self._place = addin, (book, sheet)

    def read_noted(self) -> Sequence[Look]:
        """All cells that have a note."""
        found: list[Look] = []
        while True:
            text = self._addin.call("XlscMarks.XlscReadNoted", *self._place, len(found) + 1, CELLS_PER_CALL)
            looks = list(_read_looks(text))
            found += looks
            if len(looks) < CELLS_PER_CALL:
                return found

    def read_looks(self, cells: Sequence[Cell]) -> Sequence[Look]:
        """These cells."""
        found: list[Look] = []
        for part in _parts([_join(*map(str, cell)) for cell in cells]):
            found += _read_looks(self._addin.call("XlscMarks.XlscReadLooks", *self._place, part))
        return found

    def read_formats(self, area: Area) -> Sequence[FormatRun]:
        """Runs of one number format, column by column."""
        corners = area.first_row, area.first_column, area.last_row, area.last_column
        text = self._addin.call("XlscReads.XlscReadFormats", *self._place, *corners)
        records = [record.split(_FIELD) for record in str(text or "").split(_RECORD) if record]
        return [FormatRun(int(column), int(first), int(last), code) for column, first, last, code in records]

    def read_hidden(self, area: Area) -> frozenset[int]:
        """Rows of the area that are hidden or filtered away."""
        text = self._addin.call("XlscReads.XlscReadHidden", *self._place, area.first_row, area.last_row)
        runs = [record.split(_FIELD) for record in str(text or "").split(_RECORD) if record]
        shown = {row for first, last in runs for row in range(int(first), int(last) + 1)}
        return frozenset(range(area.first_row, area.last_row + 1)) - shown

    def write_looks(self, changes: Sequence[Change]) -> None:
        """What differs between before and after."""
        for part in _parts([_write_change(before, after) for before, after in changes]):
            self._addin.call("XlscMarks.XlscWriteLooks", *self._place, part)

    def write_texts(self, texts: Mapping[Cell, str]) -> None:
        """Texts as they are to be typed."""
        for part in _parts([_join(str(row), str(column), text) for (row, column), text in texts.items()]):
            self._addin.call("XlscMarks.XlscWriteTexts", *self._place, part)


def can_carry(texts: Iterable[str]) -> bool:
    """Whether texts hold neither of the two characters that stand between them."""
    return not any(_RECORD in text or _FIELD in text for text in texts)


def _parts(records: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(records), CELLS_PER_CALL):
        yield _RECORD.join(records[start : start + CELLS_PER_CALL])


def _join(*fields: str) -> str:
    return _FIELD.join(fields)


def _read_looks(text: object) -> Iterator[Look]:
    for record in str(text or "").split(_RECORD):
        if record:
            row, column, pattern, color, pattern_color, noted, note = record.split(_FIELD)
            fill = _read_fill(int(pattern), color, pattern_color)
            yield Look(int(row), int(column), fill, note if noted else None)


def _read_fill(number: int, color: str, pattern_color: str) -> Fill | None:
    name = _PATTERNS.get(number)
    if name is None:
        return None
    if name == "none":
        return NO_FILL
    own, other = _read_colour(color), _read_colour(pattern_color)
    return Fill(name, own) if name == "solid" else Fill(name, other, own)


def _read_colour(text: str) -> Colour:
    if not text:
        return Colour()
    if text[0] == "t":
        number, _, tint = text[1:].partition(":")
        return Colour("theme", str(int(number) - 1), float(tint))
    packed = int(text[1:])
    return Colour("rgb", f"{packed & 255:02X}{packed >> 8 & 255:02X}{packed >> 16 & 255:02X}")


def _write_change(before: Look, after: Look) -> str:
    fill = ("", "", "")
    if after.fill is not None and after.fill != before.fill:
        fill = _write_fill(after.fill)
    sign = "" if after.note == before.note else "-" if after.note is None else "+"
    return _join(str(after.row), str(after.column), *fill, sign, after.note or "")


def _write_fill(fill: Fill) -> tuple[str, str, str]:
    number = str(_NUMBERS[fill.pattern])
    if fill.pattern == "none":
        return number, "", ""
    if fill.pattern == "solid":
        return number, _write_colour(fill.fore), ""
    return number, _write_colour(fill.back), _write_colour(fill.fore)


def _write_colour(colour: Colour) -> str:
    if colour.kind == "theme":
        return f"t{int(colour.value) + 1}:{colour.tint!r}"
    if colour.kind == "indexed":
        # Files count the palette's 56 colours from 8 on; 0 to 7 are the first eight once more.
        number = int(colour.value)
        return f"i{number + 1 if number < 8 else number - 7}"
    if not colour.kind:
        return ""
    red, green, blue = (int(colour.value[place : place + 2], 16) for place in (0, 2, 4))
    return f"c{red | green << 8 | blue << 16}"
