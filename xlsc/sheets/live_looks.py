"""What a mark covers on a cell, its fill and its note, cell by cell through xlwings: the way where no macro helps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import xlwings as xw

from xlsc.core.addresses import format_cell
from xlsc.errors import WorkbookError
from xlsc.sheets.live_fills import NO_FILL, Fill, solid

#: Longest address that Excel's Range takes (xlwings.md §6).
MAX_ADDRESS = 255
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """One cell's fill and note; row and column 1-based.

    Attributes:
        row: Row.
        column: Column.
        fill: None for one that cannot be told, such as a gradient: it is left alone.
        note: None where there is none.
    """

    row: int
    column: int
    fill: Fill | None
    note: str | None

    @property
    def cell(self) -> Cell:
        """(row, column)."""
        return self.row, self.column


#: A cell before and after.
Change = tuple[Look, Look]


def read_noted(sheet: xw.Sheet) -> Sequence[Look]:
    """All cells that have a note."""
    found = []
    for note in sheet.notes:
        place = note.location
        found.append(Look(place.row, place.column, _fill(place), note.text))
    return found


def read_looks(sheet: xw.Sheet, cells: Iterable[Cell]) -> Sequence[Look]:
    """These cells; they have no notes."""
    return [Look(*cell, _fill(sheet.range(cell)), None) for cell in cells]


def write_looks(sheet: xw.Sheet, changes: Sequence[Change]) -> None:
    """Fills of one kind together, notes one by one.

    Raises:
        WorkbookError: A fill is to come back that xlwings cannot give; nothing was changed.
    """
    cells: dict[Fill, list[Cell]] = {}
    for before, after in changes:
        if after.fill is not None and after.fill != before.fill:
            cells.setdefault(after.fill, []).append(after.cell)
    _refuse_odd_fills(cells)
    for fill, group in cells.items():
        for address in join_addresses(group):
            sheet.range(address).color = _color(fill)
    for before, after in changes:
        if after.note != before.note:
            _write_note(sheet.range(after.cell), after.note)


def join_addresses(cells: Iterable[Cell]) -> Iterator[str]:
    """Addresses of many cells each, none longer than Excel takes.

    >>> list(join_addresses([(1, 1), (3, 2)]))
    ['A1,B3']
    """
    joined = ""
    for row, column in cells:
        one = format_cell(row, column)
        if joined and len(joined) + 1 + len(one) > MAX_ADDRESS:
            yield joined
            joined = ""
        joined = f"{joined},{one}" if joined else one
    if joined:
        yield joined


def _fill(target: xw.Range) -> Fill:
    color = target.color
    return NO_FILL if color is None else solid("{:02X}{:02X}{:02X}".format(*color))


def _color(fill: Fill) -> tuple[int, int, int] | None:
    return (int(fill.rgb[:2], 16), int(fill.rgb[2:4], 16), int(fill.rgb[4:], 16)) if fill.rgb else None


def _refuse_odd_fills(cells: dict[Fill, list[Cell]]) -> None:
    for fill, group in cells.items():
        if fill != NO_FILL and not fill.rgb:
            raise WorkbookError(
                f"Cell {format_cell(*group[0])} had a pattern or a theme's colour before its mark.",
                "It comes back through the SmartConnect tab (Clear marks), or in the closed file: xlsc clear FILE",
                in_excel="It comes back through Clear marks on the SmartConnect tab, once the add-in is loaded.",
            )


def _write_note(target: xw.Range, text: str | None) -> None:
    note = target.note
    if note is None:
        if text is not None:
            target.add_note(text)
    elif text is None:
        note.delete()
    else:
        note.text = text
