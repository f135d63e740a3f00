"""Cells to XML, chunk by chunk: the part of writing that has to be fast. Documents around them: datatable_write.

A chunk of whole rows becomes text a step at a time for all its cells: joining, checking, escaping and setting between
tags run in C. A chunk with cells that need care goes column by column; only such columns are looked at cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count, islice, repeat
from operator import is_
from typing import Any, NoReturn

from xlsc.errors import UsageError
from xlsc.wire.cell_texts import to_wire_text
from xlsc.wire.xml_text import FORBIDDEN, SEPARATOR, escape, is_clean

#: Cells per chunk: enough to spread the cost of a step, few enough to stay in the processor's cache.
CHUNK_CELLS = 8_000

_BLANKS = " \t\n\r"

#: (row index, column index), both from 0, to the words that name the cell: "Cell C5".
CellAddress = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around rows and around cells: tags of the row, indentation."""

    row_start: str
    row_end: str
    cell_start: str = ""
    cell_end: str = ""


class RowEncoder:
    """Writes the rows of one table.

    Args:
        tags: Element names of the columns.
        frame: What stands around rows and cells.
        address: Names a cell in messages.
    """

    def __init__(self, tags: Sequence[str], frame: Frame, address: CellAddress) -> None:
        self._address = address
        self._frame = frame
        self._opened = [f"{frame.cell_start}<{tag}>" for tag in tags]
        self._blank_opened = [f'{frame.cell_start}<{tag} xml:space="preserve">' for tag in tags]
        self._closed = [f"</{tag}>{frame.cell_end}" for tag in tags]
        self._prepare_rows()

    def _prepare_rows(self) -> None:
        """What stands before each column's cell, after the cell before it: with both, or without one or both."""
        frame, opened, closed = self._frame, self._opened, self._closed
        rows = frame.row_end + frame.row_start
        edges = [rows, *[""] * (len(opened) - 1)]
        ends = [*closed[-1:], *closed[:-1]]
        self._between = [end + edge + start for end, edge, start in zip(ends, edges, opened, strict=False)]
        self._before_none = [end + edge for end, edge in zip(ends, edges, strict=False)]
        self._after_none = [edge + start for edge, start in zip(edges, opened, strict=False)]
        self._between_none = edges
        self._first = frame.row_start + "".join(opened[:1])
        self._last = "".join(closed[-1:]) + frame.row_end

    def encode(self, rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
        """The rows in pieces of UTF-8.

        Raises:
            UsageError: A cell holds what XML cannot hold, or a row has not as many values as there are columns.
        """
        width = len(self._opened)
        source = iter(rows)
        first = 0
        while chunk := list(islice(source, max(1, CHUNK_CELLS // max(1, width)))):
            if set(map(len, chunk)) != {width}:
                check_widths(chunk, width, first)
            plain = self._encode_plain(chunk)
            yield self._encode_by_column(chunk, first) if plain is None else plain
            first += len(chunk)

    def _encode_plain(self, chunk: list[Sequence[object]]) -> bytes | None:
        """The chunk, if all its cells are texts or missing and none is blank or forbidden; else None."""
        cells: list[str] = list(chain.from_iterable(chunk))  # type: ignore[arg-type] # what is no text raises below
        text = _join_plain(cells)
        missing: list[int] = []
        if text is None:
            missing = _blank_missing(cells)
            text = _join_plain(cells) if missing else None
        if text is None or not cells:
            return None
        parts = [""] * (2 * len(cells) + 1)
        parts[:-1:2] = self._between * len(chunk)
        parts[0], parts[-1] = self._first, self._last
        if missing:
            self._take_out(parts, missing)
        if "<" in text or "\r" in text or "]]>" in text:
            cells = escape(text).split(SEPARATOR)
            parts[1::2] = cells
            return "".join(parts).encode()
        # Tags hold no ampersand: where nothing else is to escape, it is escaped in the whole text at once.
        parts[1::2] = cells
        data = "".join(parts).encode()
        return data.replace(b"&", b"&amp;") if "&" in text else data

    def _take_out(self, parts: list[str], missing: Sequence[int]) -> None:
        """Leave the tags of missing cells out of what stands between the cells."""
        width = len(self._opened)
        before_none, between_none, after_none = self._before_none, self._between_none, self._after_none
        after = -1  # the cell behind the last missing one
        for cell in missing:
            column = cell % width
            parts[2 * cell] = between_none[column] if cell == after else before_none[column]
            after = cell + 1
            parts[2 * after] = after_none[after % width]
        if missing[0] == 0:
            parts[0] = self._frame.row_start
        if after == len(parts) // 2:
            parts[-1] = self._frame.row_end

    def _encode_by_column(self, chunk: list[Sequence[object]], first: int) -> bytes:
        """The chunk from parts: per row its start, per cell a tag, a text and a tag, and its end."""
        row = [self._frame.row_start]
        for opened, closed in zip(self._opened, self._closed, strict=True):
            row += (opened, "", closed)
        row.append(self._frame.row_end)
        parts = row * len(chunk)
        try:
            for index, column in enumerate(zip(*chunk, strict=True)):
                self._put_column(parts, len(row), index, column)
        except ValueError:
            self._refuse_first(chunk, first)
        return "".join(parts).encode()

    def _put_column(self, parts: list[str], stride: int, index: int, column: Sequence[object]) -> None:
        """Put one column's texts between their tags, and take the tags away where there is no value.

        Raises:
            ValueError: A cell cannot be written.
        """
        place = 1 + 3 * index
        texts: list[Any] = list(column)
        missing = _blank_missing(texts)
        joined = _join_plain(texts)
        if joined is None:
            given = [to_wire_text(value) for value in column]
            missing = [row for row, text in enumerate(given) if text is None]
            texts = [text or "" for text in given]
            if FORBIDDEN.search("".join(texts)):
                raise ValueError
            # .NET drops blanks that stand alone in an element, unless it is told to keep them.
            for row, text in enumerate(texts):
                if text and not text.strip(_BLANKS):
                    parts[row * stride + place] = self._blank_opened[index]
            joined = SEPARATOR.join(texts)
        escaped = escape(joined)
        parts[place + 1 :: stride] = texts if escaped is joined else escaped.split(SEPARATOR)
        for row in missing:
            parts[row * stride + place] = parts[row * stride + place + 2] = ""

    def _refuse_first(self, chunk: list[Sequence[object]], first: int) -> NoReturn:
        """Name the first cell, row by row, that cannot be written."""
        for row, values in enumerate(chunk, start=first):
            for index, value in enumerate(values):
                try:
                    text = to_wire_text(value)
                except ValueError as error:
                    message = f"{self._address(row, index)} {error}."
                    raise UsageError(message, "Correct the cell, then send it again.") from error
                if text is not None and (found := FORBIDDEN.search(text)):
                    refuse_character(self._address(row, index), found[0])
        raise AssertionError("a cell that could not be written can be written now")


def check_widths(rows: Sequence[Sequence[object]], width: int, first: int = 0) -> None:
    """Whether every row has one value per column; ``first`` is the index of the first row, from 0.

    Raises:
        UsageError: A row has not.
    """
    for index, row in enumerate(rows, start=first):
        if len(row) != width:
            raise UsageError(
                f"Row {index + 1} has {len(row)} values, but there are {width} columns.",
                "Give every row one value per column.",
            )


def refuse_character(place: str, character: str) -> NoReturn:
    """Say that a cell or variable holds what XML cannot hold.

    Raises:
        UsageError: Always.
    """
    raise UsageError(
        f"{place} holds the character U+{ord(character):04X}, which XML cannot hold.",
        "Remove the character, for example with Excel's CLEAN, then send it again.",
    )


def _blank_missing(cells: list[Any]) -> list[int]:
    """Put "" for None; where None was, ascending."""
    missing = list(compress(count(), map(is_, cells, repeat(None))))
    for place in missing:
        cells[place] = ""
    return missing


def _join_plain(cells: Sequence[str]) -> str | None:
    """The cells, joined, if they are texts and none of them is forbidden or may be blank throughout; else None."""
    try:
        text = SEPARATOR.join(cells)
        data = text.encode()
    except (TypeError, UnicodeEncodeError):
        return None
    if not is_clean(data, separators=max(0, len(cells) - 1)):
        return None
    may_be_blank = any(blank in text and (text[0] == blank or SEPARATOR + blank in text) for blank in _BLANKS)
    return None if may_be_blank else text
