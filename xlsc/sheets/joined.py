"""Header and detail on two sheets, seen as one flat sheet: each line carries the columns of its header row.

Rows are those of the lines sheet; marks and statuses go to the sheet on which their cell stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from xlsc.core.addresses import Area, format_cell
from xlsc.core.marks import STATUS_HEADER, CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.core.table import Block, CellValue
from xlsc.core.values import UnencodableValue, encode_value
from xlsc.errors import UsageError
from xlsc.sheets.port import CellWrite, HeaderCell, ListObject, Sheet

#: Which state of several lines the header row shows.
_WORST = (RowState.UNKNOWN, RowState.REJECTED, RowState.SKIPPED, RowState.ACCEPTED)
Key = tuple[str | None, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two sheets: its headers (row 1) by text in small letters, and its rows."""

    sheet: Sheet
    places: Mapping[str, int]
    texts: Mapping[int, str]
    block: Block | None

    def keys(self, names: Sequence[str]) -> dict[int, Key]:
        """The key of each row that has one, by 1-based row."""
        if self.block is None:
            return {}
        places = [self.places[name] for name in names]
        found = {}
        for number, row in enumerate(self.block.rows, start=self.block.area.first_row):
            key = tuple(_text(row[place - 1], self.block.number_format(number, place)) for place in places)
            if any(key):
                found[number] = key
        return found


class JoinedSheet:
    """Two sheets as one; see port.Sheet.

    Args:
        header: Sheet with one row per document.
        lines: Sheet with the documents' lines.
        keys: Header texts of the key columns, which stand on both.

    Raises:
        UsageError: A key column is missing on a sheet, a header row stands twice, or one has no lines.
    """

    def __init__(self, header: Sheet, lines: Sheet, keys: Sequence[str]) -> None:
        self._header, self._lines = _read(header), _read(lines)
        self._keys = [key.casefold() for key in keys]
        for side in (self._header, self._lines):
            missing = [key for key in keys if key.casefold() not in side.places]
            if missing:
                raise UsageError(
                    f"Sheet {side.sheet.name} lacks the key column {missing[0]}.", "Restore its header in row 1."
                )
        self._header_rows = self._index()
        self._row_of = {
            number: self._header_rows[key]
            for number, key in self._lines.keys(self._keys).items()
            if key in self._header_rows
        }
        self._refuse_childless()

    @property
    def name(self) -> str:
        """Of the lines sheet."""
        return self._lines.sheet.name

    @property
    def sides(self) -> tuple[Sheet, Sheet]:
        """The header sheet and the lines sheet."""
        return self._header.sheet, self._lines.sheet

    @cached_property
    def _width(self) -> int:
        return max(self._lines.texts, default=1)

    @cached_property
    def _added(self) -> list[int]:
        """Columns of the header sheet that the lines get, in order; keys and statuses stand there already."""
        return [
            place
            for place, text in sorted(self._header.texts.items())
            if text.casefold() not in self._keys and text.casefold() != STATUS_HEADER.casefold()
        ]

    def used_area(self) -> Area | None:
        """That of the lines, wider by the header's columns."""
        used = self._lines.sheet.used_area()
        if used is None:
            return None
        return Area(1, 1, used.last_row, self._width + len(self._added))

    def selection(self) -> Area | None:
        """What is selected on the lines sheet."""
        return self._lines.sheet.selection()

    def list_objects(self) -> Sequence[ListObject]:
        """The lines' tables, wider by the header's columns."""
        return [
            replace(item, area=replace(item.area, last_column=self._width + len(self._added)))
            for item in self._lines.sheet.list_objects()
            if item.area.first_row == 1
        ]

    def merged_areas(self) -> Sequence[Area]:
        """Those of the lines sheet."""
        return self._lines.sheet.merged_areas()

    def read(self, area: Area) -> Block:
        """Lines, each with the values of its header row on the right."""
        inner = self._lines.sheet.read(Area(area.first_row, 1, area.last_row, self._width))
        beyond = max(0, area.last_column - self._width - len(self._added))
        rows: list[list[CellValue]] = []
        for number, row in enumerate(inner.rows, start=area.first_row):
            whole = [*row, *self._looked_up(number, row), *[None] * beyond]
            rows.append(whole[area.first_column - 1 : area.last_column])
        block = self._header.block
        there = [block.column_formats[place - 1] if block is not None else "General" for place in self._added]
        formats = [*inner.column_formats, *there, *["General"] * beyond]
        return Block(area, rows, formats[area.first_column - 1 : area.last_column], inner.formats, inner.hidden_rows)

    def write(self, first_row: int, first_column: int, rows: Sequence[Sequence[CellValue]]) -> None:
        """Onto the lines sheet."""
        self._lines.sheet.write(first_row, first_column, rows)

    def write_cells(self, cells: Sequence[CellWrite]) -> None:
        """Each onto the sheet on which its cell stands."""
        here, there = self._split((cell.sheet_row, cell.sheet_column, cell) for cell in cells)
        self._lines.sheet.write_cells([cell for _, _, cell in here])
        self._header.sheet.write_cells([replace(cell, sheet_row=row, sheet_column=place) for row, place, cell in there])

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Onto the lines sheet."""
        self._lines.sheet.write_headers(header_row, cells)

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """On both sheets."""
        self._lines.sheet.check_marks(status_column, rows)
        above = {self._row_of[row] for row in rows if row in self._row_of}
        self._header.sheet.check_marks(self._header_status, sorted(above))

    def apply(self, plan: MarkPlan) -> None:
        """Marks on the sheet on which their cell stands; a header row shows the worst state of its lines."""
        here, there = self._split((mark.sheet_row, mark.sheet_column, mark) for mark in plan.cells)
        own = [column for column in plan.sent_columns if column <= self._width]
        self._lines.sheet.apply(replace(plan, cells=[mark for _, _, mark in here], sent_columns=own))
        marks = {(row, place): CellMark(row, place, mark.note) for row, place, mark in there}
        cleared = {self._row_of[row] for row in plan.cleared_rows if row in self._row_of}
        self._header.sheet.apply(
            replace(
                plan,
                header_row=1,
                status_column=self._header_status,
                statuses=self._header_statuses(plan.statuses),
                cells=[marks[cell] for cell in sorted(marks)],
                cleared_rows=sorted(cleared),
                sent_columns=self._header_columns(plan.sent_columns),
            )
        )

    def marked_cells(self) -> Sequence[tuple[int, int]]:
        """Those of the lines sheet."""
        return self._lines.sheet.marked_cells()

    def clear(self) -> int:
        """On both sheets."""
        return self._lines.sheet.clear() + self._header.sheet.clear()

    @cached_property
    def _header_status(self) -> int:
        for place, text in self._header.texts.items():
            if text.casefold() == STATUS_HEADER.casefold():
                return place
        return max(self._header.texts) + 1

    def _header_statuses(self, statuses: Sequence[RowStatus]) -> list[RowStatus]:
        by_row: dict[int, list[RowStatus]] = {}
        for status in statuses:
            if status.sheet_row in self._row_of:
                by_row.setdefault(self._row_of[status.sheet_row], []).append(status)
        return [
            replace(min(found, key=lambda item: _WORST.index(item.state)), sheet_row=row)
            for row, found in sorted(by_row.items())
        ]

    def _header_columns(self, sent: Sequence[int]) -> list[int]:
        """The columns of the header sheet among those that were sent, keys included."""
        added = [self._added[column - self._width - 1] for column in sent if column > self._width]
        return sorted([*added, *(self._header.places[key] for key in self._keys)])

    def _looked_up(self, number: int, row: Sequence[CellValue]) -> list[CellValue]:
        if number == 1:
            return [self._header.texts[place] for place in self._added]
        there = self._row_of.get(number)
        block = self._header.block
        if there is None or block is None or all(value is None for value in row):
            return [None] * len(self._added)
        values = block.rows[there - block.area.first_row]
        return [values[place - 1] for place in self._added]

    def _split(self, cells: Iterable[tuple[int, int, T]]) -> tuple[list[tuple[int, int, T]], list[tuple[int, int, T]]]:
        """(row, column, item) of the cells on the lines sheet, and of those on the header sheet as they stand there."""
        here: list[tuple[int, int, T]] = []
        there: list[tuple[int, int, T]] = []
        for row, column, item in cells:
            if column <= self._width:
                here.append((row, column, item))
            elif row in self._row_of:
                there.append((self._row_of[row], self._added[column - self._width - 1], item))
        return here, there

    def _index(self) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for number, key in self._header.keys(self._keys).items():
            if key in found:
                raise UsageError(
                    f"Sheet {self._header.sheet.name}: rows {found[key]} and {number} have the same key "
                    f"{' | '.join(text or '' for text in key)}.",
                    "Delete one of them, or correct its key.",
                )
            found[key] = number
        return found

    def _refuse_childless(self) -> None:
        """A header row without lines would be lost in silence."""
        used = set(self._row_of.values())
        lonely = [format_cell(row, 1) for row in self._header_rows.values() if row not in used]
        if lonely:
            raise UsageError(
                f"Sheet {self._header.sheet.name}: no lines on sheet {self.name} belong to {', '.join(lonely[:5])}.",
                "Add lines with the same key, or delete these rows.",
            )


def _read(sheet: Sheet) -> _Side:
    used = sheet.used_area()
    if used is None:
        return _Side(sheet, {}, {}, None)
    first = sheet.read(Area(1, 1, 1, used.last_column)).rows[0]
    texts = {place: str(value).strip() for place, value in enumerate(first, start=1) if value not in (None, "")}
    block = sheet.read(Area(2, 1, used.last_row, used.last_column)) if used.last_row > 1 else None
    return _Side(sheet, {text.casefold(): place for place, text in texts.items()}, texts, block)


def _text(value: CellValue, number_format: str) -> str | None:
    try:
        return encode_value(value, number_format)
    except UnencodableValue as error:
        return error.shown
