"""Rows of a worksheet's text to values: one pass, no object per cell but its value.

Source: ECMA-376 part 1 §18.3.1.4 and §18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from xlsc.core.addresses import Area
from xlsc.core.table import Block, CellError, CellValue
from xlsc.sheets.ooxml.cell_text import decode_text
from xlsc.sheets.ooxml.serials import Meaning, format_meaning, from_serial
from xlsc.sheets.ooxml.shared_strings import plain_text, rich_text
from xlsc.sheets.ooxml.sheet_text import COLUMN_NUMBERS, SheetText, split_piece
from xlsc.wire.xml_text import unescape

#: Type of a raw cell whose text needs no more decoding; no cell of a file has it.
_DECODED = "text"
#: What a formula gives that was never calculated: no value is better than a wrong one.
UNCALCULATED = CellError("#CALC! (never calculated: open the workbook in Excel and save it)")

#: Cells as most programs write them. Any other cell sends its row through the general way.
_FAST = re.compile(
    r'<c(?: r="([A-Z]{1,3})[0-9]+")?(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?\s*'
    r'(?:/>|>(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s([a-z]+)\s*=\s*["']([^"']*)["']""")
_LETTERS = re.compile(r"[A-Za-z]+")
_VALUE = re.compile(r"<v\b[^>]*?(?:/>|>([^<]*)</v\s*>)")
_HIDDEN = re.compile(r"""\shidden=["'](?:1|true)["']|\sht=["']0(?:\.0*)?["']""")

#: Column letters, style, type, raw value and raw inline text of one cell; letters "" stand for the column behind the
#: last one.
_RawCell = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What the cells' texts mean in one workbook.

    Attributes:
        strings: The shared texts.
        formats: Number format of each style.
        from_1904: Whether days count from 1904.
        distrust_zero: Whether a formula's stored 0 may never have been calculated (see files.py).
    """

    strings: Sequence[str | None]
    formats: Sequence[str]
    from_1904: bool = False
    distrust_zero: bool = False


@dataclass(slots=True)
class _Styles:
    """Which styles a column's values have: sheet row and style wherever it differs from the value above."""

    last: str | None = None
    changes: list[tuple[int, str]] = field(default_factory=list)


class BlockReader:
    """Reads one area of one sheet.

    Args:
        area: What to read.
        rules: What the cells' texts mean.
        damaged: Makes the error for a cell that cannot be read.
    """

    def __init__(self, area: Area, rules: ReadingRules, damaged: Callable[[str], Exception]) -> None:
        self._area, self._rules, self._damaged = area, rules, damaged
        self._meanings: dict[str, Meaning] = {
            str(index): format_meaning(number_format) for index, number_format in enumerate(rules.formats)
        }
        self._meanings[""] = self._meanings.get("0", Meaning.NUMBER)
        self._rows: list[Sequence[CellValue]] = [(None,) * area.width] * area.height
        self._styles = [_Styles() for _ in range(area.width)]
        self._hidden: list[int] = []
        self._last_row = area.first_row

    def read(self, sheet: SheetText) -> Block:
        """The area's values, number formats and hidden rows.

        Raises:
            WorkbookError: A cell refers to what is not there, or holds no number where it says one.
        """
        area = self._area
        number = 0
        for pieces in sheet.pieces():
            for piece in pieces:
                number, attributes, content = split_piece(piece, number)
                if number < area.first_row:
                    continue
                if number > area.last_row:
                    return self._block()
                self._read_row(number, attributes, content)
        return self._block()

    def _read_row(self, number: int, attributes: str, content: str) -> None:
        if ("hidden=" in attributes or "ht=" in attributes) and _HIDDEN.search(attributes):
            self._hidden.append(number)
        if not content:
            return
        cells: Sequence[_RawCell] = _FAST.findall(content)
        try:
            if len(cells) == content.count("<c"):
                self._read_cells(number, cells)
            else:
                self._read_cells(number, list(self._general_cells(content)))
        except (ValueError, IndexError, KeyError) as error:
            raise self._damaged(f"a cell of row {number} cannot be read") from error

    def _read_cells(self, number: int, cells: Sequence[_RawCell]) -> None:
        area, styles, strings = self._area, self._styles, self._rules.strings
        first, width = area.first_column, area.width
        values: list[CellValue] = [None] * width
        column = 0
        for letters, style, kind, raw, inline in cells:
            column = COLUMN_NUMBERS[letters] if letters else column + 1
            index = column - first
            if not (raw or inline) or not 0 <= index < width:
                continue
            if inline:
                value: CellValue = plain_text(inline) or None
            else:
                value = strings[int(raw)] if kind == "s" else self._value(style, kind, raw)
            if value is not None:
                values[index] = value
                own = styles[index]
                if style != own.last:
                    own.last = style
                    own.changes.append((number, style))
        self._rows[number - area.first_row] = values
        self._last_row = number

    def _value(self, style: str, kind: str, raw: str) -> CellValue:
        if not kind or kind == "n":
            meaning = self._meanings[style]
            number = float(raw)
            if not isfinite(number):
                raise ValueError(raw)
            if meaning is Meaning.NUMBER:
                return number
            return from_serial(number, meaning, from_1904=self._rules.from_1904)
        if kind == _DECODED:
            return raw
        if kind == "b":
            return raw.strip() in ("1", "true")
        if kind == "d":
            return datetime.fromisoformat(raw).replace(tzinfo=None)
        text = unescape(raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw)
        if kind == "e":
            return UNCALCULATED if text == UNCALCULATED.text else CellError(text)
        return decode_text(text) if kind == "str" else text

    def _general_cells(self, content: str) -> Iterator[_RawCell]:
        for match in _CELL.finditer(content):
            attributes = dict(_ATTRIBUTE.findall(match[1]))
            letters = _LETTERS.match(attributes.get("r", ""))
            kind, raw = self._general_value(attributes.get("t", ""), match[2] or "")
            yield (letters[0].upper() if letters else ""), attributes.get("s", ""), kind, raw, ""

    def _general_value(self, kind: str, content: str) -> tuple[str, str]:
        if kind == "inlineStr":
            return _DECODED, rich_text(content) or ""
        found = _VALUE.search(content)
        raw = (found[1] or "") if found else ""
        if "<f" in content and kind in ("", "n") and self._is_uncalculated(raw):
            return "e", UNCALCULATED.text
        return kind, raw

    def _is_uncalculated(self, raw: str) -> bool:
        return not raw or (self._rules.distrust_zero and raw == "0")

    def _block(self) -> Block:
        column_formats: list[str] = []
        formats: dict[tuple[int, int], str] = {}
        for index, styles in enumerate(self._styles):
            runs = self._runs(styles)
            counts: Counter[str] = Counter()
            for first, last, number_format in runs:
                counts[number_format] += last - first + 1
            common = counts.most_common(1)[0][0] if counts else "General"
            column_formats.append(common)
            for first, last, number_format in runs:
                if number_format != common:
                    formats.update(self._exceptions(index, range(first, last + 1), number_format))
        return Block(self._area, self._rows, column_formats, formats, frozenset(self._hidden))

    def _runs(self, styles: _Styles) -> list[tuple[int, int, str]]:
        """(first row, last row, number format) of rows whose values share a style; blanks between them count too."""
        if not styles.changes:
            return []
        starts = [number for number, _ in styles.changes]
        ends = [start - 1 for start in starts[1:]] + [self._last_row]
        formats = self._rules.formats
        return [
            (number, end, formats[int(style or 0)] if formats else "General")
            for (number, style), end in zip(styles.changes, ends, strict=True)
        ]

    def _exceptions(self, index: int, numbers: range, number_format: str) -> Mapping[tuple[int, int], str]:
        first, column = self._area.first_row, self._area.first_column + index
        return {(number, column): number_format for number in numbers if self._rows[number - first][index] is not None}


def find_used_area(sheet: SheetText) -> Area | None:
    """The area from A1 to the last row and the last column that hold a value or a formula; None without any."""
    last_row = last_column = number = 0
    for pieces in sheet.pieces():
        for piece in pieces:
            number, _, content = split_piece(piece, number)
            column = _last_column(content)
            if column:
                last_row = number
                last_column = max(last_column, column)
    return Area(1, 1, last_row, last_column) if last_row else None


def _last_column(content: str) -> int:
    """The last column with a value in a row; 0 without any."""
    end = len(content)
    while (end := content.rfind("</c", 0, end)) >= 0:
        start = max(content.rfind("<c ", 0, end), content.rfind("<c>", 0, end))
        if start >= 0 and ("<v" in content[start:end] or "<is" in content[start:end] or "<f" in content[start:end]):
            letters = _FAST_START.match(content, start)
            return COLUMN_NUMBERS[letters[1].upper()] if letters else _count_columns(content)
        end = start
    return 0


_FAST_START = re.compile(r"""<c\b[^>]*?\sr=["']([A-Za-z]{1,3})""")


def _count_columns(content: str) -> int:
    """The last column with a value in a row whose cells do not all say where they stand."""
    column = last = 0
    for match in _CELL.finditer(content):
        letters = _FAST_START.match(match[0])
        column = COLUMN_NUMBERS[letters[1].upper()] if letters else column + 1
        if match[2] and re.search("<v|<is|<f", match[2]):
            last = column
    return last
