"""A running Excel through xlwings: block reads and writes, calm waiting while it is busy, marks that undo themselves.

Only xlwings' public interface, and the few things that it has not (properties, protection), which stand in hosts.py.
The same mark colours as in files (mark_colours.py), so that either can take off what the other has put on.
Source: xlwings.md §6 (traps of busy Excel, typed texts, errors).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from xlsc.core.addresses import Area, parse_reference
from xlsc.core.marks import STATUS_HEADER, MarkPlan, read_state
from xlsc.core.table import Block, CellValue
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.chunks import PREFIX, join_texts, replace_text
from xlsc.sheets.header_looks import KEY_FILL, header_width
from xlsc.sheets.hosts import Host
from xlsc.sheets.live_names import refers_to
from xlsc.sheets.live_values import from_cell, to_cell
from xlsc.sheets.mark_colours import AUTHOR, MarkColours, property_name, read_fills
from xlsc.sheets.patience import calmly
from xlsc.sheets.port import CellWrite, HeaderCell, ListObject, Sheet

LOG_SHEET = "SmartConnect log"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NO_FILL = f'<style><fill xmlns="{_SPREADSHEET}"><patternFill patternType="none"/></fill></style>'
#: Stands between what somebody wrote into a note and what is added below it; as in files.
_BETWEEN = f"\n\n{AUTHOR}: "
_OWN = f"{AUTHOR}: "
Color = tuple[int, int, int] | None


class LiveBook:
    """One workbook of a running Excel; see port.Book.

    Args:
        book: The workbook.
        host: What xlwings' public interface has not.
    """

    def __init__(self, book: xw.Book, host: Host) -> None:
        self.book, self.host = book, host

    @property
    def name(self) -> str:
        """File name; never the full name, which fails for OneDrive."""
        return str(calmly(lambda: self.book.name))

    def sheet_names(self) -> Sequence[str]:
        """Names of the visible worksheets, in tab order."""
        return calmly(lambda: [sheet.name for sheet in self.book.sheets if sheet.visible])

    def sheet(self, name: str | None = None) -> Sheet:
        """The named worksheet, or the active one."""
        if name is None:
            return LiveSheet(self, calmly(lambda: self.book.sheets.active))
        for found in calmly(lambda: list(self.book.sheets)):
            if found.name.casefold() == name.casefold():
                return LiveSheet(self, found)
        raise UsageError(f"{self.name} has no worksheet {name!r}.", f"There are: {', '.join(self.sheet_names())}.")

    def add_sheet(self, name: str) -> Sheet:
        """A new, empty worksheet at the end."""
        taken = [sheet.name.casefold() for sheet in self.book.sheets]
        if name.casefold() in taken or not name.strip() or len(name) > 31 or set(name) & set("[]:*?/\\"):
            raise UsageError(f"A worksheet cannot be named {name!r}.", "Choose another name of 1 to 31 characters.")
        last = self.book.sheets[-1]
        return LiveSheet(self, calmly(lambda: self.book.sheets.add(name, after=last)))

    def named_area(self, name: str) -> tuple[str, Area] | None:
        """See port.Book."""
        return parse_reference(calmly(lambda: refers_to(self.book, name)))

    def append_log(self, headers: Sequence[str], row: Sequence[CellValue]) -> None:
        """See port.Book."""
        names = [name.casefold() for name in self.sheet_names()]
        sheet = self.sheet(LOG_SHEET) if LOG_SHEET.casefold() in names else self.add_sheet(LOG_SHEET)
        used = sheet.used_area()
        if used is None:
            sheet.write_headers(1, [HeaderCell(place, text, is_key=False) for place, text in enumerate(headers, 1)])
        sheet.write((used.last_row if used else 1) + 1, 1, [list(row)])

    def read_properties(self) -> Mapping[str, str]:
        """See port.Book."""
        found = join_texts(calmly(lambda: self.host.read_properties(self.book)))
        return {name: text for name, text in found.items() if name.startswith(PREFIX)}

    def write_properties(self, properties: Mapping[str, str | None]) -> None:
        """See port.Book."""
        present = calmly(lambda: self.host.read_properties(self.book))
        changes: dict[str, str | None] = {}
        for name, text in properties.items():
            changes |= replace_text(present, name, text)
        calmly(lambda: self.host.write_properties(self.book, changes))

    def check_save(self, path: Path | None = None) -> None:
        """Nothing to find out: the person saves."""

    def save(self, path: Path | None = None) -> None:
        """Nothing to do: the person saves."""

    def close(self) -> None:
        """The workbook stays open."""


class LiveSheet:
    """One worksheet of a running Excel; see port.Sheet."""

    def __init__(self, book: LiveBook, sheet: xw.Sheet) -> None:
        self._book, self.sheet = book, sheet

    @property
    def name(self) -> str:
        """As its tab shows it."""
        return str(self.sheet.name)

    def used_area(self) -> Area | None:
        """From A1 to the last row and column that hold values; formats alone do not count."""
        used = calmly(lambda: self.sheet.used_range)
        last_row, last_column = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
        values = self._values(Area(1, 1, last_row, last_column))
        rows = [number for number, row in enumerate(values, 1) if any(value is not None for value in row)]
        if not rows:
            return None
        columns = [place for place in range(1, last_column + 1) if any(row[place - 1] is not None for row in values)]
        return Area(1, 1, rows[-1], columns[-1])

    def selection(self) -> Area | None:
        """The selected cells of this sheet; a single cell counts as nothing."""
        selected = calmly(lambda: self.sheet.book.app.selection)
        if selected is None or selected.sheet.name != self.name or len(selected) == 1:
            return None
        rows, columns = selected.shape
        return Area(selected.row, selected.column, selected.row + rows - 1, selected.column + columns - 1)

    def list_objects(self) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        return calmly(lambda: self._book.host.list_objects(self.sheet))

    def merged_areas(self) -> Sequence[Area]:
        """The used area as a whole when some of its cells are merged; Excel names them one by one only."""
        used = self.used_area()
        if used is None or calmly(lambda: self._range(used).merge_cells) is False:
            return []
        return [used]

    def read(self, area: Area) -> Block:
        """Values, number formats and hidden rows: one crossing for values, one per column and its mixtures."""
        values = self._values(area)
        formats: dict[tuple[int, int], str] = {}
        common: list[str] = []
        for column in range(area.first_column, area.last_column + 1):
            part = Area(area.first_row, column, area.last_row, column)
            common.append(self._column_format(part, formats))
        hidden = calmly(lambda: self._book.host.hidden_rows(self.sheet, area))
        return Block(area, values, common, formats, hidden)

    def write(self, first_row: int, first_column: int, rows: Sequence[Sequence[CellValue]]) -> None:
        """One crossing; texts are sent so that Excel keeps them texts."""
        if not rows:
            return
        last_row, last_column = first_row + len(rows) - 1, first_column + max(len(row) for row in rows) - 1
        if last_row > 1_048_576 or last_column > 16_384:
            raise WorkbookError(
                f"Row {last_row:,}, column {last_column:,} lies outside of sheet {self.name}.", "Write less."
            )
        self._refuse_protected()
        width = last_column - first_column + 1
        block = [[to_cell(value) for value in row] + [None] * (width - len(row)) for row in rows]
        target = self._range(Area(first_row, first_column, last_row, last_column))
        calmly(lambda: _set_values(target, block))

    def write_cells(self, cells: Sequence[CellWrite]) -> None:
        """Runs of cells below each other go in one crossing."""
        for column, first_row, values in _runs((cell.sheet_column, cell.sheet_row, cell.value) for cell in cells):
            self.write(first_row, column, [[value] for value in values])

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Bold; key columns tinted, slanted and noted."""
        self._refuse_protected()
        for cell in cells:
            target = self.sheet.range((header_row, cell.sheet_column))
            calmly(lambda target=target, cell=cell: _write_header(target, cell))  # type: ignore[misc]
        calmly(lambda: self.sheet.freeze_panes.freeze_at(f"1:{header_row}"))

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """Refuse a protected sheet."""
        self._refuse_protected()

    def apply(self, plan: MarkPlan) -> None:
        """Show a run's marks; screen and calculation rest meanwhile and come back whatever happens."""
        self._refuse_protected()
        with self._resting():
            colours = self._colours()
            known = len(colours.fills)
            self._take_off(colours, frozenset(plan.cleared_rows))
            for mark in plan.cells:
                self._put_on(mark.sheet_row, mark.sheet_column, mark.note, colours)
            self._write_statuses(plan)
            self._note(plan.header_row, plan.status_column, plan.summary)
            new = list(colours.fills.items())[known:]
            if new:
                self._book.write_properties({property_name(colour): fill for colour, fill in new})

    def marked_cells(self) -> Sequence[tuple[int, int]]:
        """(row, column) of all marked cells, in sheet order: those with a note of ours and a mark colour."""
        colours = self._colours()
        return sorted(cell for cell, _ in self._own_notes() if _hex(self.sheet.range(cell).color) in colours.fills)

    def clear(self) -> int:
        """Take marks, statuses and the status header off."""
        self._refuse_protected()
        with self._resting():
            count = self._take_off(self._colours(), None)
            self._clear_statuses()
            return count

    def _range(self, area: Area) -> xw.Range:
        return self.sheet.range((area.first_row, area.first_column), (area.last_row, area.last_column))

    def _values(self, area: Area) -> list[list[CellValue]]:
        target = self._range(area)
        raw = calmly(lambda: target.options(ndim=2, err_to_str=True).value)
        return [[from_cell(value) for value in row] for row in raw]

    def _column_format(self, part: Area, formats: dict[tuple[int, int], str]) -> str:
        """The format of most cells; where formats are mixed, halves are asked, down to runs of one format."""
        found: list[tuple[Area, str]] = []
        parts = [part]
        while parts:
            one = parts.pop()
            text: str | None = calmly(lambda one=one: self._range(one).number_format)  # type: ignore[misc]
            if text is not None:
                found.append((one, str(text)))
            elif one.height > 1:
                middle = one.first_row + one.height // 2
                parts.append(Area(middle, one.first_column, one.last_row, one.last_column))
                parts.append(Area(one.first_row, one.first_column, middle - 1, one.last_column))
        counts: dict[str, int] = {}
        for one, text in found:
            counts[text] = counts.get(text, 0) + one.height
        common = max(counts, key=counts.__getitem__, default="General")
        for one, text in found:
            if text != common:
                formats.update({(row, one.first_column): text for row in range(one.first_row, one.last_row + 1)})
        return common

    def _colours(self) -> MarkColours:
        # Excel cannot say in one question which colours are in use: a shade that a person chose by hand is unlikely.
        return MarkColours(read_fills(self._book.read_properties()), lambda _colour: False)

    def _put_on(self, row: int, column: int, note: str, colours: MarkColours) -> None:
        target = self.sheet.range((row, column))
        before = calmly(lambda: target.color)
        colour = colours.colour_for(_describe(before)) if _hex(before) not in colours.fills else _hex(before)
        calmly(lambda: setattr(target, "color", _rgb(colour)))
        self._note(row, column, note)

    def _note(self, row: int, column: int, text: str) -> None:
        target = self.sheet.range((row, column))

        def put() -> None:
            note = target.note
            if note is None:
                target.add_note(_OWN + text)
                return
            kept = _without_ours(note.text)
            note.text = f"{kept}{_BETWEEN}{text}" if kept else _OWN + text

        calmly(put)

    def _own_notes(self) -> list[tuple[tuple[int, int], Any]]:
        notes = calmly(lambda: list(self.sheet.notes))
        found = [((note.location.row, note.location.column), note) for note in notes if _is_ours(note.text)]
        return sorted(found, key=lambda item: item[0])

    def _take_off(self, colours: MarkColours, rows: frozenset[int] | None) -> int:
        """Give noted cells their own fill and note back; returns how many marks there were."""
        count = 0
        for cell, note in self._own_notes():
            if rows is not None and cell[0] not in rows:
                continue
            target = self.sheet.range(cell)
            fill = colours.fills.get(_hex(calmly(lambda target=target: target.color)))  # type: ignore[misc]
            if fill is not None:
                count += 1
                color = _color_of(fill)
                calmly(lambda target=target, color=color: setattr(target, "color", color))  # type: ignore[misc]
            kept = _without_ours(note.text)
            if kept:
                note.text = kept
            else:
                note.delete()
        return count

    def _write_statuses(self, plan: MarkPlan) -> None:
        cells = [CellWrite(item.sheet_row, plan.status_column, item.text) for item in plan.statuses]
        header = self.sheet.range((plan.header_row, plan.status_column))
        if header.value is None:
            calmly(lambda: _write_header(header, HeaderCell(plan.status_column, STATUS_HEADER, is_key=False)))
        self.write_cells(cells)

    def _clear_statuses(self) -> None:
        used = self.used_area()
        if used is None:
            return
        values = self._values(used)
        wanted = STATUS_HEADER.casefold()
        for number, row in enumerate(values[:50], start=1):
            for column, value in enumerate(row, start=1):
                if isinstance(value, str) and value.strip().casefold() == wanted:
                    self._clear_column(number, column, values)
                    return

    def _clear_column(self, header_row: int, column: int, values: Sequence[Sequence[CellValue]]) -> None:
        below = enumerate((row[column - 1] for row in values[header_row:]), start=header_row + 1)
        gone = [row for row, value in below if isinstance(value, str) and read_state(value) is not None]
        in_table = any(item.area.contains(header_row, column) for item in self.list_objects())
        cells = [CellWrite(row, column, None) for row in gone]
        self.write_cells(cells if in_table else [CellWrite(header_row, column, None), *cells])

    def _refuse_protected(self) -> None:
        if calmly(lambda: self._book.host.is_protected(self.sheet)):
            raise WorkbookError(
                f"Sheet {self.name} is protected.", "Take the protection off: Review > Unprotect Sheet."
            )

    def _resting(self) -> Any:  # noqa: ANN401 - a context manager of xlwings
        """Neither drawing nor calculating meanwhile."""
        return self.sheet.book.app.properties(screen_updating=False, calculation="manual", enable_events=False)


def _set_values(target: xw.Range, block: Sequence[Sequence[object]]) -> None:
    if any(isinstance(value, datetime) for row in block for value in row) and target.number_format == "@":
        target.number_format = "yyyy-mm-dd"
    target.value = block


def _write_header(target: xw.Range, cell: HeaderCell) -> None:
    target.number_format = "@"
    target.value = cell.text
    target.font.bold = True
    if cell.is_key:
        target.color = _rgb(KEY_FILL)
        target.font.italic = True
    target.column_width = max(float(target.column_width or 0), header_width(cell.text))
    if cell.note and target.note is None:
        target.add_note(cell.note)


def _runs(cells: Iterable[tuple[int, int, CellValue]]) -> list[tuple[int, int, list[CellValue]]]:
    """(column, first row, values) of cells that stand below each other without a gap."""
    found: list[tuple[int, int, list[CellValue]]] = []
    for column, row, value in sorted(cells, key=lambda item: item[:2]):
        if found and found[-1][0] == column and found[-1][1] + len(found[-1][2]) == row:
            found[-1][2].append(value)
        else:
            found.append((column, row, [value]))
    return found


def _is_ours(text: str) -> bool:
    return text.startswith(_OWN) or _BETWEEN in text


def _without_ours(text: str) -> str:
    return "" if text.startswith(_OWN) else text.partition(_BETWEEN)[0]


def _hex(color: Color) -> str:
    return "" if color is None else "{:02X}{:02X}{:02X}".format(*color)


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _describe(color: Color) -> str:
    """A fill in the words that files use; Excel says its colour only."""
    if color is None:
        return _NO_FILL
    pattern = f'<patternFill patternType="solid"><fgColor rgb="FF{_hex(color)}"/><bgColor indexed="64"/></patternFill>'
    return f'<style applyFill="1"><fill xmlns="{_SPREADSHEET}">{pattern}</fill></style>'


def _color_of(fill: str) -> Color:
    """The colour of a described fill; None for none. A theme's colour has become a plain one by now."""
    marker = '<fgColor rgb="'
    if 'patternType="solid"' not in fill or marker not in fill:
        return None
    return _rgb(fill.partition(marker)[2][2:8])
