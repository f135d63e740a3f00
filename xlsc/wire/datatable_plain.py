"""The long middle of a large document: rows of one name, flat and without attributes, read by one pattern per table.

Only rows that fit the pattern without a gap are taken; at the least doubt the whole document is left to the scanner.
Proof that nothing is passed over: a "<" that is no start of CDATA opens a tag wherever comments, instructions and
DOCTYPE are absent; every match takes a known number of them, begins at one and ends before the next; so when their
sum is the number in the text, the matches stand without a gap and everything is a row. Head and tail of the
document, with one row in place of all, go through the scanner and its rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from xlsc.wire.malformed import MalformedXml
from xlsc.wire.table_document import MAX_SPARSE_PLACES, UNLIMITED, WireRow, check_row_count, is_too_sparse
from xlsc.wire.xml_text import SEPARATOR, is_clean, unescape

#: Bytes per step; rows are never cut.
CHUNK_BYTES = 1 << 20
#: Where the Xml of a RequestData is looked for; variables stand before it.
_HEAD_BYTES = 1 << 20
#: Stands for "<" in values until the tags are read; XML cannot hold it, so no text has it.
_LESS_THAN = SEPARATOR
#: How often the order of columns may be learned anew before the document is left to the scanner.
MAX_LESSONS = 16
#: Rows without a new column that end a lesson.
LESSON_ROWS = 50
#: Wider tables are left to the scanner: their patterns take longer to make than they save.
MAX_PLAIN_COLUMNS = 1024

_NAME = rb"[^\s<>/!?&\"'=:\x00]+"
_FIRST_ROW = re.compile(
    rb"<(%b)>\s*<(%b)(?:/>| />|(?: xml:space=\"preserve\")?>(?:[^<]*|<!\[CDATA\[[^<\]]*\]\]>)</\2>)" % (_NAME, _NAME)
)
_TAG = re.compile(r"<([^\s<>/:!]+)>")
_EMPTY_ELEMENT = re.compile(r"<([^\s<>/]+)\s*/>")
_KEEPING_ELEMENT = re.compile(r'(<[^\s<>/]+) xml:space="preserve">')


@dataclass(slots=True)
class PlainRows:
    """The middle of a document.

    Attributes:
        row_tag: Element name of its rows.
        start: Where its first row begins, in bytes.
        end: Where its last row ends.
        tags: Column elements in order of first appearance.
        pieces: Rows, and the column elements that they are in the order of.
    """

    row_tag: str
    start: int
    end: int
    tags: dict[str, None] = field(default_factory=dict)
    pieces: list[tuple[tuple[str, ...], list[WireRow]]] = field(default_factory=list)

    def rows_in_order(self, tags: Sequence[str]) -> list[WireRow]:
        """All rows with their values in the order of these column elements."""
        rows: list[WireRow] = []
        for order, piece in self.pieces:
            if tuple(tags) == order:
                rows.extend(piece)
                continue
            known = {tag: place for place, tag in enumerate(order)}
            places = [known.get(tag, len(order)) for tag in tags]
            wider = piece if set(tags) <= known.keys() else [(*row, None) for row in piece]
            rows.extend(map(itemgetter(*places), wider) if len(places) > 1 else [(row[places[0]],) for row in wider])
        return rows


def read_plain_rows(data: bytes, max_rows: int = UNLIMITED) -> PlainRows | None:
    """The middle of the document, or None where the scanner must read it all.

    Args:
        data: UTF-8.
        max_rows: More rows are refused.

    Raises:
        MalformedXml: There are more rows.
    """
    if _holds_more_than_elements(data):
        return None
    first = _FIRST_ROW.search(data, max(0, data.find(b"<Xml>", 0, _HEAD_BYTES)))
    if first is None:
        return None
    end_tag = b"</" + first[1] + b">"
    found = PlainRows(first[1].decode("utf-8", "replace"), first.start(), data.rfind(end_tag) + len(end_tag))
    reader = _RowReader(found, in_cdata=b"<![CDATA[" in first[0])
    position = found.start
    while position < found.end:
        cut = data.rfind(end_tag, position, min(found.end, position + CHUNK_BYTES)) + len(end_tag)
        if cut < position + len(end_tag) or not reader.read(data[position:cut]):
            return None
        check_row_count(reader.row_count, max_rows)
        position = cut
    return found


def _holds_more_than_elements(data: bytes) -> bool:
    """Whether there are comments, instructions or a DOCTYPE; single bytes are searched first, as that is fastest."""
    if data.find(b"?", data.find(b"?>") + 2) != -1 and data.find(b"<?", 1) != -1:
        return True
    return b"!" in data and data.count(b"<!") != data.count(b"<![CDATA[")


class _RowReader:
    """Reads chunks of rows, and learns the order of the columns as it goes."""

    def __init__(self, found: PlainRows, in_cdata: bool) -> None:
        self._found = found
        self._in_cdata = in_cdata
        self._order: tuple[str, ...] = ()
        self._lessons = 0
        self.row_count = 0
        self._value_count = 0
        self._every_cell = True
        self._strict: re.Pattern[str] | None = None
        self._lenient: re.Pattern[str] | None = None

    def _pattern(self, cell_count: str) -> re.Pattern[str]:
        """A row of the known columns; ``cell_count`` is what each cell may be followed by: nothing or "?+"."""
        value = r"<!\[CDATA\[([^<\]]*+)\]\]>" if self._in_cdata else "([^<]*+)"
        cells = [rf"(?:<{re.escape(tag)}>{value}</{re.escape(tag)}>\s*+){cell_count}" for tag in self._order]
        row = re.escape(self._found.row_tag)
        return re.compile(rf"<{row}>\s*+{''.join(cells)}</{row}>\s*+(?=<|\Z)")

    def read(self, chunk: bytes) -> bool:
        """Take the rows of a chunk; whether all of it could be understood."""
        try:
            text = chunk.decode("utf-8")
        except UnicodeDecodeError:
            return False
        if not is_clean(chunk) or (not self._in_cdata and "]" in text and "]]>" in text):
            return False
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        try:
            text = text if self._in_cdata else unescape(text, less_than=_LESS_THAN)
        except MalformedXml:
            return False  # the scanner says where it stands
        rows = self._match_or_learn(text)
        if rows is None:
            return False
        self.row_count += len(rows)
        self._value_count += text.count("<") // (3 if self._in_cdata else 2) - len(rows)
        self._found.pieces.append((self._order, _put_less_than(rows) if _LESS_THAN in text else rows))
        return True

    def _match_or_learn(self, text: str) -> list[WireRow] | None:
        rows = self._match(text)
        if rows is None:
            text = _in_one_form(text)
            rows = self._match(text)
        while rows is None:
            if not self._learn(text):
                return None
            rows = self._match(text)
        return rows

    def _match(self, text: str) -> list[WireRow] | None:
        """The rows of the text, or None where something in it is no row of this pattern."""
        start = text.find("<")
        if text[:start].strip():
            return None
        opened = text.count("<")
        width = len(self._order)
        if self._would_be_too_sparse(text, opened):
            return None
        per_cell = 3 if self._in_cdata else 2
        if not width:
            return None
        if self._every_cell:
            self._strict = self._strict or self._pattern("")
            rows: list[WireRow] = self._strict.findall(text)
            if len(rows) * (2 + per_cell * width) == opened:
                return rows if width > 1 else [(value,) for value in rows]  # type: ignore[misc]
            self._every_cell = False
        self._lenient = self._lenient or self._pattern("?+")
        rows = [match.groups() for match in self._lenient.finditer(text)]
        empty = sum([row.count(None) for row in rows])
        return rows if len(rows) * (2 + per_cell * width) - per_cell * empty == opened else None

    def _would_be_too_sparse(self, text: str, opened: int) -> bool:
        tail = f"</{self._found.row_tag}>"
        if (self.row_count + len(text) // len(tail)) * len(self._order) < MAX_SPARSE_PLACES:
            return False
        return is_too_sparse(self.row_count + text.count(tail), len(self._order), self._value_count + opened // 2)

    def _learn(self, text: str) -> bool:
        """Put the columns of the rows that do not fit into the order; whether that helps."""
        self._lessons += 1
        position = text.find("<")
        while self._lenient and (match := self._lenient.match(text, position)):
            position = match.end()
        order = self._order
        fewest = len(order)
        known = 0
        for tags in self._tags_of_rows(text, position):
            known += 1
            fewest = min(fewest, len(tags)) if fewest else len(tags)
            if not self._found.tags.keys() >= set(tags):
                merged = _merge(order, tags)
                if merged is None or len(merged) > MAX_PLAIN_COLUMNS or self._lessons > MAX_LESSONS:
                    return False
                order = merged
                self._found.tags.update(dict.fromkeys(tags))
                known = 0
            if known > LESSON_ROWS:
                break
        if order == self._order:
            return False
        self._every_cell = fewest == len(order)
        self._order = order
        self._strict = self._lenient = None
        return True

    def _tags_of_rows(self, text: str, position: int) -> Iterator[tuple[str, ...]]:
        """The tags in each row from a position on, as far as rows follow each other."""
        head, tail = f"<{self._found.row_tag}>", f"</{self._found.row_tag}>"
        while text.startswith(head, position):
            end = text.find(tail, position)
            if end < 0:
                return
            yield tuple(_TAG.findall(text, position + len(head), end))
            position = text.find("<", end + 1)


def _in_one_form(text: str) -> str:
    """The text with empty and blank-keeping elements as ordinary ones."""
    if "/>" in text:
        text = _EMPTY_ELEMENT.sub(r"<\1></\1>", text)
    return _KEEPING_ELEMENT.sub(r"\1>", text) if ' xml:space="' in text else text


def _merge(order: tuple[str, ...], tags: tuple[str, ...]) -> tuple[str, ...] | None:
    """An order in which both are; None where there is none or a tag stands twice."""
    places = {tag: place for place, tag in enumerate(order)}
    merged = list(order)
    after = -1  # place in the given order of the last tag that both know
    grown = 0
    for tag in tags:
        place = places.get(tag)
        if place is None:
            grown += 1
            merged.insert(after + grown, tag)
        elif place <= after:
            return None
        else:
            after = place
    return tuple(merged) if len(set(merged)) == len(merged) else None


def _put_less_than(rows: list[WireRow]) -> list[WireRow]:
    return [tuple([value and value.replace(_LESS_THAN, "<") for value in row]) for row in rows]
