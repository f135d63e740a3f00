"""A running Excel through xlwings: block reads and writes, calm waiting while it is busy, marks that undo themselves.

Only xlwings' public interface, and the few things that it has not, which stand in live_hosts.py.
The same mark colours as in files (mark_colours.py), so that either can take off what the other has put on.
Source: xlwings.md §6 (traps of busy Excel, typed texts, errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import xlwings as xw

from xlsc.core.addresses import Area, parse_reference
from xlsc.core.marks import STATUS_HEADER, MarkPlan, read_state
from xlsc.core.table import Block, CellValue
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets import live_marks
from xlsc.sheets.chunks import PREFIX, join_texts, replace_text
from xlsc.sheets.header_looks import KEY_FILL, header_width
from xlsc.sheets.live_formats import by_column
from xlsc.sheets.live_hosts import Host
from xlsc.sheets.live_looks import Change, Look
from xlsc.sheets.live_names import refers_to
from xlsc.sheets.live_values import from_cell, in_runs, to_cell
from xlsc.sheets.mark_colours import MarkColours, property_name, read_fills
from xlsc.sheets.patience import calmly
from xlsc.sheets.port import CellWrite, HeaderCell, ListObject, Sheet

LOG_SHEET = "SmartConnect log"
#: Longest text that every Excel takes within a block; longer ones go by themselves.
MAX_TEXT_IN_BLOCK = 8_203
_RESTING: Mapping[str, object] = {"screen_updating": False, "calculation": "manual", "enable_events": False}


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

    def saved_path(self) -> Path | None:
        """The file on this computer that holds just what the workbook holds; None for others, also online ones."""
        path = Path(calmly(lambda: self.host.saved_path(self.book)) or "?")
        return path if path.is_absolute() and path.exists() else None

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
        """Values, number formats and hidden rows: one crossing for values; formats run by run."""
        values = self._values(area)
        common, formats = by_column(area, calmly(lambda: self._book.host.read_formats(self.sheet, area)))
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
        """Texts and empty cells in one batch; of other values, those below each other together."""
        if not cells:
            return
        self._refuse_protected()
        typed = {(cell.sheet_row, cell.sheet_column): to_cell(cell.value) for cell in cells}
        texts = {cell: value or "" for cell, value in typed.items() if value is None or isinstance(value, str)}
        if texts:
            calmly(lambda: self._book.host.write_texts(self.sheet, texts))
        for column, first, values in in_runs({cell: value for cell, value in typed.items() if cell not in texts}):
            target = self._range(Area(first, column, first + len(values) - 1, column))
            calmly(lambda target=target, values=values: _set_values(target, [[value] for value in values]))  # type: ignore[misc]

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Bold; key columns tinted, slanted and noted."""
        self._refuse_protected()
        for column, texts in _beside_each_other(cells):
            calmly(lambda column=column, texts=texts: _write_texts(self.sheet, header_row, column, texts))  # type: ignore[misc]
        for cell in cells:
            if cell.is_key:
                target = self.sheet.range((header_row, cell.sheet_column))
                calmly(lambda target=target: _tint(target))  # type: ignore[misc]
        self._note_headers(header_row, cells)
        calmly(lambda: self.sheet.freeze_panes.freeze_at(f"1:{header_row}"))

    def _note_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Notes for headers that have none."""
        if not any(cell.note for cell in cells):
            return
        noted = {look.cell for look in calmly(lambda: self._book.host.read_noted(self.sheet))}
        bare = [Look(header_row, cell.sheet_column, None, None) for cell in cells]
        changes = [(look, replace(look, note=cell.note)) for look, cell in zip(bare, cells, strict=True) if cell.note]
        self._write_looks([change for change in changes if change[0].cell not in noted])

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """Refuse a protected sheet."""
        self._refuse_protected()

    def apply(self, plan: MarkPlan) -> None:
        """Show a run's marks; screen and calculation rest meanwhile and come back whatever happens."""
        self._refuse_protected()
        with self._resting():
            colours = self._colours()
            known = len(colours.fills)
            noted = calmly(lambda: self._book.host.read_noted(self.sheet))
            unknown = live_marks.cells_to_read(noted, plan)
            others = calmly(lambda: self._book.host.read_looks(self.sheet, unknown))
            changes = live_marks.put_on([*noted, *others], plan, colours)
            # What a colour stands for is written before the colour: a mark that cannot be undone must never be seen.
            new = list(colours.fills.items())[known:]
            if new:
                self._book.write_properties({property_name(colour): fill for colour, fill in new})
            self._write_looks(changes)
            self._write_statuses(plan)

    def marked_cells(self) -> Sequence[tuple[int, int]]:
        """(row, column) of all marked cells, in sheet order."""
        return live_marks.marks_among(calmly(lambda: self._book.host.read_noted(self.sheet)), self._colours())

    def clear(self) -> int:
        """Take marks, statuses and the status header off."""
        self._refuse_protected()
        with self._resting():
            colours = self._colours()
            noted = calmly(lambda: self._book.host.read_noted(self.sheet))
            count = len(live_marks.marks_among(noted, colours))
            self._write_looks(live_marks.take_off(noted, colours))
            self._clear_statuses()
            return count

    def _range(self, area: Area) -> xw.Range:
        return self.sheet.range((area.first_row, area.first_column), (area.last_row, area.last_column))

    def _values(self, area: Area) -> list[list[CellValue]]:
        target = self._range(area)
        raw = calmly(lambda: target.options(ndim=2, err_to_str=True).value)
        return [[from_cell(value) for value in row] for row in raw]

    def _colours(self) -> MarkColours:
        # Excel cannot say in one question which colours are in use: a shade that a person chose by hand is unlikely.
        return MarkColours(read_fills(self._book.read_properties()), lambda _colour: False)

    def _write_looks(self, changes: Sequence[Change]) -> None:
        if changes:
            calmly(lambda: self._book.host.write_looks(self.sheet, changes))

    def _write_statuses(self, plan: MarkPlan) -> None:
        header = self.sheet.range((plan.header_row, plan.status_column))
        if calmly(lambda: header.value) is None:
            calmly(lambda: _write_texts(self.sheet, plan.header_row, plan.status_column, [STATUS_HEADER]))
        texts = {(item.sheet_row, plan.status_column): str(to_cell(item.text)) for item in plan.statuses}
        if texts:
            calmly(lambda: self._book.host.write_texts(self.sheet, texts))

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

    @contextmanager
    def _resting(self) -> Iterator[None]:
        """Neither drawing nor calculating nor telling anybody meanwhile; all as before at the end, come what may."""
        app = self.sheet.book.app
        before = calmly(lambda: {name: getattr(app, name) for name in _RESTING})
        try:
            calmly(lambda: _set_all(app, _RESTING))
            yield
        finally:
            calmly(lambda: _set_all(app, before))


def _set_all(app: xw.App, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(app, name, value)


def _set_values(target: xw.Range, block: Sequence[Sequence[object]]) -> None:
    """A block in one crossing; texts too long for that by themselves."""
    if any(isinstance(value, datetime) for row in block for value in row) and target.number_format == "@":
        target.number_format = "yyyy-mm-dd"
    long = {
        (row, column): value
        for row, values in enumerate(block)
        for column, value in enumerate(values)
        if isinstance(value, str) and len(value) > MAX_TEXT_IN_BLOCK
    }
    target.value = [
        [None if (row, column) in long else value for column, value in enumerate(values)]
        for row, values in enumerate(block)
    ]
    for (row, column), value in long.items():
        target[row, column].value = value


def _beside_each_other(cells: Sequence[HeaderCell]) -> list[tuple[int, list[str]]]:
    """(first column, texts) of headers without a gap."""
    turned = in_runs({(cell.sheet_column, 1): cell.text for cell in cells})
    return [(first, texts) for _, first, texts in turned]


def _write_texts(sheet: xw.Sheet, header_row: int, column: int, texts: Sequence[str]) -> None:
    """Bold headers that stand side by side, in columns wide enough for them."""
    target = sheet.range((header_row, column), (header_row, column + len(texts) - 1))
    target.number_format = "@"
    target.value = [list(texts)]
    target.font.bold = True
    common = target.column_width
    for place, text in enumerate(texts):
        width = header_width(text)
        if width > float((target[0, place].column_width if common is None else common) or 0):
            target[0, place].column_width = width


def _tint(target: xw.Range) -> None:
    target.color = (int(KEY_FILL[:2], 16), int(KEY_FILL[2:4], 16), int(KEY_FILL[4:], 16))
    target.font.italic = True
