"""A worksheet part as text: the frame around its rows, its rows, its cells; streamed, and rewritten row by row.

What is not touched comes out character for character. Source: ECMA-376 part 1 §18.3.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from xlsc.core.addresses import format_column, parse_column

_DATA_START = re.compile(r"<sheetData\b[^>]*?(/?)>")
_DATA_END = "</sheetData>"
_ROW_NUMBER = re.compile(r"""\sr=["']([0-9]+)["']""")
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c\s*>)", re.DOTALL)
_REFERENCE = re.compile(r"""\sr=["']([A-Za-z]{1,3})[0-9]+["']""")
_STYLE = re.compile(r"""\ss=["']([0-9]+)["']""")
_CUSTOM_STYLE = re.compile(r"""\scustomFormat=["'](?:1|true)["']""")
_SPANS = re.compile(r"""\sspans=["']([0-9]+):([0-9]+)["']""")

Damaged = Callable[[str], Exception]


class _ColumnNumbers(dict[str, int]):
    """1-based columns by their letters, worked out once each."""

    def __missing__(self, letters: str) -> int:
        number = parse_column(letters)
        self[letters] = number
        return number


COLUMN_NUMBERS = _ColumnNumbers()


class SheetText:
    """One pass over a worksheet's text.

    Args:
        chunks: The part's text (see PlainTexts).
        damaged: Makes the error for a sheet that contradicts itself.

    Attributes:
        head: All before the rows, ending with the start tag of sheetData; known once rows are read.
        tail: All behind the rows, beginning with the end tag of sheetData; known at the end.
    """

    def __init__(self, chunks: Iterator[str], damaged: Damaged) -> None:
        self._chunks, self._damaged = chunks, damaged
        self.head = self.tail = ""

    def pieces(self) -> Iterator[list[str]]:
        """The rows in batches, each as the text behind its ``<row`` up to the next one.

        Raises:
            WorkbookError: The sheet has no sheetData, or ends within it.
        """
        buffer = self._read_head()
        while buffer is not None:
            end = buffer.find("</sheetData")
            if end >= 0:
                yield buffer[:end].split("<row")[1:]
                self.tail = _DATA_END + buffer[buffer.index(">", end) + 1 :] + "".join(self._chunks)
                return
            cut = buffer.rfind("<row")
            if cut > 0:
                yield buffer[:cut].split("<row")[1:]
                buffer = buffer[cut:]
            chunk = next(self._chunks, None)
            if chunk is None:
                raise self._damaged("a worksheet ends within its rows")
            buffer += chunk

    def _read_head(self) -> str | None:
        buffer = ""
        for chunk in self._chunks:
            buffer += chunk
            match = _DATA_START.search(buffer)
            if match is None:
                continue
            self.head = buffer[: match.start()] + "<sheetData>"
            if not match[1]:
                return buffer[match.end() :]
            self.tail = _DATA_END + buffer[match.end() :] + "".join(self._chunks)
            return None
        raise self._damaged("a worksheet has no rows element")

    def skip_rows(self) -> None:
        """Read on to the end for the sake of head and tail."""
        for _ in self.pieces():
            pass


def split_piece(piece: str, previous: int) -> tuple[int, str, str]:
    """(1-based row number, attributes, content) of a row's text behind ``<row``.

    Args:
        piece: See SheetText.pieces.
        previous: Number of the row before; rows without a number follow it.
    """
    close = piece.index(">")
    match = _ROW_NUMBER.search(piece, 0, close)
    number = int(match[1]) if match else previous + 1
    if piece[close - 1] == "/":
        return number, piece[: close - 1], ""
    return number, piece[:close], piece[close + 1 : piece.rindex("</row")]


class Row:
    """One row while it is being changed.

    Args:
        number: 1-based.
        attributes: Text of its attributes.
        content: Text of its cells.
        existed: Whether the sheet had an element for it.

    Attributes:
        cells: Text of each cell, by 1-based column.
        lost_formulas: Column and former text of cells whose formula was replaced.
    """

    def __init__(self, number: int, attributes: str = "", content: str = "", *, existed: bool = False) -> None:
        self.number = number
        self.existed = existed
        self.attributes = attributes or f' r="{number}"'
        self.cells: dict[int, str] = {}
        self.lost_formulas: list[tuple[int, str]] = []
        end = 0
        column = 0
        for match in _CELL.finditer(content):
            reference = _REFERENCE.search(match[1])
            column = COLUMN_NUMBERS[reference[1]] if reference else column + 1
            text = match[0]
            self.cells[column] = text if reference else f'<c r="{format_column(column)}{number}"{text[2:]}'
            end = match.end()
        self._rest = content[end:].strip()

    def style(self, column: int) -> int | None:
        """Style of a cell, or of its row where there is no cell; None where neither says one."""
        text = self.cells.get(column)
        if text is not None:
            match = _STYLE.search(text, 0, text.index(">"))
            return int(match[1]) if match else 0
        match = _STYLE.search(self.attributes) if _CUSTOM_STYLE.search(self.attributes) else None
        return int(match[1]) if match else None

    def put(self, column: int, text: str) -> None:
        """Replace a cell's text, or add the cell."""
        self._lose(column)
        if self.cells and column not in self.cells and column < max(self.cells):
            self.cells = dict(sorted([*self.cells.items(), (column, text)]))
        else:
            self.cells[column] = text

    def set_style(self, column: int, style: int) -> None:
        """Give a cell another style; its value and formula stay."""
        text = self.cells.get(column)
        if text is None:
            self.put(column, f'<c r="{format_column(column)}{self.number}" s="{style}"/>')
            return
        close = text.index(">")
        start = _STYLE.sub("", text[:close])
        slash = "/" if start.endswith("/") else ""
        self.cells[column] = f'{start.removesuffix("/").rstrip()} s="{style}"{slash}{text[close:]}'

    def drop(self, column: int) -> None:
        """Take a cell away."""
        self._lose(column)
        self.cells.pop(column, None)

    def has_value(self, column: int) -> bool:
        """Whether a cell holds a value or a formula."""
        text = self.cells.get(column, "")
        return "<v" in text or "<f" in text or "<is" in text

    def _lose(self, column: int) -> None:
        old = self.cells.get(column, "")
        if "<f" in old:
            self.lost_formulas.append((column, old))

    @property
    def spans(self) -> tuple[int, int] | None:
        """First and last column that the row says it has; None where it says nothing."""
        match = _SPANS.search(self.attributes)
        return (int(match[1]), int(match[2])) if match else None

    def set_spans(self, first: int, last: int) -> None:
        """Correct what the row says about its columns."""
        self.attributes = _SPANS.sub(f' spans="{first}:{last}"', self.attributes)

    def include(self, column: int) -> None:
        """Widen the row's spans, where it has any, to a column."""
        spans = self.spans
        if spans and not spans[0] <= column <= spans[1]:
            self.set_spans(min(spans[0], column), max(spans[1], column))

    def text(self) -> str:
        """The row's element; "" for a new row that stayed empty."""
        content = "".join(self.cells.values()) + self._rest
        if content:
            return f"<row{self.attributes}>{content}</row>"
        return f"<row{self.attributes}/>" if self.existed else ""


class RowEditor(Protocol):
    """What is done to the rows of a sheet in one pass."""

    def rows(self) -> Iterable[int]:
        """Rows to visit whether they exist or not; ascending, each once."""
        ...

    def wants(self, number: int, piece: str) -> bool:
        """Whether an existing row that is not among ``rows`` is to be visited too; asked for every such row."""
        ...

    def edit(self, row: Row) -> None:
        """Change the row in place."""
        ...


def edit_rows(sheet: SheetText, editor: RowEditor) -> Iterator[list[str]]:
    """The texts of all rows in batches, those that the editor visits changed, the others as they are.

    Raises:
        WorkbookError: The rows are not in ascending order, or the editor refuses a row.
    """
    targets = iter(editor.rows())
    target = next(targets, None)
    previous = 0
    for pieces in sheet.pieces():
        texts: list[str] = []
        for piece in pieces:
            number, attributes, content = split_piece(piece, previous)
            if number <= previous:
                raise sheet._damaged(f"row {number} of a worksheet stands out of order")
            previous = number
            while target is not None and target < number:
                texts.append(_edit(editor, Row(target)))
                target = next(targets, None)
            if target == number or editor.wants(number, piece):
                texts.append(_edit(editor, Row(number, attributes, content, existed=True)))
            else:
                texts.append("<row" + piece)
            if target == number:
                target = next(targets, None)
        yield texts
    while target is not None:
        yield [_edit(editor, Row(target))]
        target = next(targets, None)


def _edit(editor: RowEditor, row: Row) -> str:
    editor.edit(row)
    return row.text()
