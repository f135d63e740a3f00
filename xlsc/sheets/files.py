"""Workbooks as files, without Excel: .xlsx and .xlsm, changed part by part, so that all else stays as it was.

Not openpyxl's load and save: that loses charts' looks, pictures, shapes, form controls and more. What is read, replaced
and added is said in ooxml/; what marks are and how they are undone in mark_colours.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xlsc.core.addresses import Area, parse_reference
from xlsc.core.marks import STATUS_HEADER, MarkPlan, read_state
from xlsc.core.table import Block, CellValue
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.chunks import PREFIX, join_texts, replace_text
from xlsc.sheets.file_edits import (
    Canvas,
    FindMarks,
    PutMarksOn,
    RefuseLocked,
    TakeMarksOff,
    WriteBlock,
    WriteCells,
    original_styles,
)
from xlsc.sheets.header_looks import HEADER_AUTHOR, header_look, header_width
from xlsc.sheets.mark_colours import MarkColours, property_name, read_fills
from xlsc.sheets.ooxml.blank import blank_package
from xlsc.sheets.ooxml.document import Document
from xlsc.sheets.ooxml.frame import Frame
from xlsc.sheets.ooxml.notes import Notes
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.properties import read_custom_properties, write_custom_properties
from xlsc.sheets.ooxml.saving import (
    Snapshot,
    read_file,
    refuse_changed,
    refuse_open_elsewhere,
    replace_file,
    try_folder,
)
from xlsc.sheets.ooxml.tables import TablePart, grow_tables, read_tables, rename_columns, widen_tables
from xlsc.sheets.ooxml.workbook import SheetEntry
from xlsc.sheets.port import Book, CellWrite, HeaderCell, ListObject, Sheet

ENDINGS = (".xlsx", ".xlsm")
LOG_SHEET = "SmartConnect log"
#: Width of the status column in characters, and the property that keeps its former width.
STATUS_WIDTH = 44
_WIDTH = "xlsc.width."


def open_book(path: Path) -> Book:
    """A workbook file.

    Raises:
        WorkbookError: There is none, or it cannot be read as a workbook.
        UsageError: Its name ends in something else than .xlsx or .xlsm.
    """
    _refuse_ending(path)
    data, snapshot = read_file(path)
    return FileBook(Package(data, path.name), path, snapshot)


def create_book(path: Path, sheet_name: str) -> Book:
    """A new workbook with one empty worksheet; the file is made by ``save``.

    Raises:
        UsageError: The name ends in something else than .xlsx, or no worksheet can have that name.
    """
    _refuse_ending(path)
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path.name} would be a new workbook with macros.", "Let its name end in .xlsx.")
    return FileBook(blank_package(path.name, sheet_name), path, None)


def _refuse_ending(path: Path) -> None:
    if path.suffix.casefold() not in ENDINGS:
        raise UsageError(
            f"{path.name} is no workbook that xlsc can use: its name ends neither in .xlsx nor in .xlsm.",
            "Open it in Excel and save it as Excel Workbook (.xlsx).",
        )


class FileBook:
    """One workbook file; see port.Book.

    Args:
        package: Its parts.
        path: Where it was read from, or shall be saved.
        snapshot: How the file was; None for a new one.
    """

    def __init__(self, package: Package, path: Path, snapshot: Snapshot | None) -> None:
        self.document = Document(package)
        self._path = path
        self._known: dict[Path, Snapshot | None] = {path.resolve(): snapshot}

    @property
    def name(self) -> str:
        """File name."""
        return self._path.name

    def sheet_names(self) -> Sequence[str]:
        """Names of the visible worksheets, in tab order."""
        return [entry.name for entry in self.document.workbook.sheets() if entry.is_visible]

    def sheet(self, name: str | None = None) -> Sheet:
        """The named worksheet, or the active one."""
        if name is None:
            entry = self.document.workbook.active()
            if entry is None:
                raise UsageError(f"{self.name} has no visible worksheet.", "Unhide one in Excel.")
            return FileSheet(self, entry)
        found = self._find(name)
        if found is None:
            listed = ", ".join(self.sheet_names())
            raise UsageError(f"{self.name} has no worksheet {name!r}.", f"There are: {listed}.")
        return FileSheet(self, found)

    def add_sheet(self, name: str) -> Sheet:
        """A new, empty worksheet at the end."""
        self.document.refuse_strict()
        return FileSheet(self, self.document.workbook.add_sheet(name))

    def named_area(self, name: str) -> tuple[str, Area] | None:
        """See port.Book."""
        return parse_reference(self.document.workbook.defined_name(name) or "")

    def append_log(self, headers: Sequence[str], row: Sequence[CellValue]) -> None:
        """See port.Book."""
        found = self._find(LOG_SHEET)
        sheet = FileSheet(self, found) if found else self.add_sheet(LOG_SHEET)
        used = sheet.used_area()
        if used is None:
            cells = [HeaderCell(column, text, is_key=False) for column, text in enumerate(headers, start=1)]
            sheet.write_headers(1, cells)
            used = sheet.used_area()
        sheet.write((used.last_row if used else 1) + 1, 1, [list(row)])

    def read_properties(self) -> Mapping[str, str]:
        """Custom document properties of xlsc, texts in several parts put together."""
        found = join_texts(read_custom_properties(self.document.package))
        return {name: text for name, text in found.items() if name.startswith(PREFIX)}

    def write_properties(self, properties: Mapping[str, str | None]) -> None:
        """Set custom document properties."""
        self.document.refuse_strict()
        present = read_custom_properties(self.document.package)
        changes: dict[str, str | None] = {}
        for name, text in properties.items():
            if not name.startswith(PREFIX):
                raise UsageError(f"{name} is no property of xlsc.", f"Names begin with {PREFIX}")
            changes |= replace_text(present, name, text)
        write_custom_properties(self.document.package, changes)

    def check_save(self, path: Path | None = None) -> None:
        """Refuse what ``save`` would refuse; tries the folder with a file of its own."""
        target = path or self._path
        self.document.refuse_strict()
        _refuse_ending(target)
        key = target.resolve()
        refuse_open_elsewhere(target)
        if key in self._known:
            refuse_changed(target, self._known[key])
        try_folder(target)

    def save(self, path: Path | None = None) -> None:
        """Write the file whole or not at all."""
        self.check_save(path)
        target = path or self._path
        replace_file(target, self.document.package.write_to)
        status = target.stat()
        self._known[target.resolve()] = Snapshot(status.st_size, status.st_mtime_ns, b"")

    def close(self) -> None:
        """Nothing is held open."""

    def _find(self, name: str) -> SheetEntry | None:
        wanted = name.casefold()
        return next((entry for entry in self.document.workbook.sheets() if entry.name.casefold() == wanted), None)


class FileSheet:
    """One worksheet of a file; see port.Sheet."""

    def __init__(self, book: FileBook, entry: SheetEntry) -> None:
        self._book = book
        self._document = book.document
        self._entry = entry
        self._part = entry.part

    @property
    def name(self) -> str:
        """As its tab shows it."""
        return self._entry.name

    def used_area(self) -> Area | None:
        """From A1 to the last row and column that hold values."""
        return self._document.used_area(self._part)

    def selection(self) -> Area | None:
        """What was selected when the file was saved; a single cell counts as nothing."""
        return self._document.frame(self._part).selection()

    def list_objects(self) -> Sequence[ListObject]:
        """The sheet's tables by position."""
        return [item.table for item in self._tables()]

    def merged_areas(self) -> Sequence[Area]:
        """Merged cells."""
        return self._document.frame(self._part).merged_areas()

    def read(self, area: Area) -> Block:
        """Values, number formats and hidden rows of an area."""
        return self._document.read(self._part, area)

    def write(self, first_row: int, first_column: int, rows: Sequence[Sequence[CellValue]]) -> None:
        """Write a block; header cells of tables name the tables' columns anew."""
        if not rows:
            return
        width = max(len(row) for row in rows)
        last_row, last_column = first_row + len(rows) - 1, first_column + width - 1
        _refuse_outside(self.name, last_row, last_column)
        self._document.refuse_strict()
        self._document.edit(self._part, WriteBlock(self._canvas(), first_row, first_column, rows))
        written = {
            (first_row + index, first_column + place): value
            for index, row in enumerate(rows[:1] if not self._tables() else rows)
            for place, value in enumerate(row)
        }
        self._tell_tables(written)

    def write_cells(self, cells: Sequence[CellWrite]) -> None:
        """Write single values."""
        self._write_cells({(cell.sheet_row, cell.sheet_column): cell.value for cell in cells})

    def write_headers(self, header_row: int, cells: Sequence[HeaderCell]) -> None:
        """Headers in bold; key columns underlined, tinted and noted; the rows down to them stay in view."""
        values: dict[tuple[int, int], CellValue] = {(header_row, cell.sheet_column): cell.text for cell in cells}
        looks = {cell.sheet_column: header_look(is_key=cell.is_key) for cell in cells}
        notes = self._notes()
        for cell in cells:
            if cell.note:
                notes.put((header_row, cell.sheet_column), cell.note, HEADER_AUTHOR)

        def change(frame: Frame) -> None:
            frame.freeze_below(header_row)
            for cell in cells:
                if not frame.has_own_width(cell.sheet_column):
                    frame.set_column_width(cell.sheet_column, header_width(cell.text))
            _save_notes(notes, frame)

        self._document.refuse_strict()
        editor = WriteCells(self._canvas(), _by_row(values), looks)
        self._document.edit(self._part, editor, change)
        widen_tables(self._document.package, self._tables(), values)
        self._tell_tables(values)

    def check_marks(self, status_column: int, rows: Sequence[int]) -> None:
        """Refuse a protected sheet whose status cells are locked."""
        if self._document.frame(self._part).is_protected():
            self._document.edit(self._part, RefuseLocked(self._canvas(), status_column, sorted(rows)))

    def apply(self, plan: MarkPlan) -> None:
        """Show a run's marks in one pass."""
        self._document.refuse_strict()
        colours, notes = self._colours(), self._notes()
        known = len(colours.fills)
        frame = self._document.frame(self._part)
        former = frame.column_width(plan.status_column) or "" if not frame.has_own_width(plan.status_column) else None

        def change(frame: Frame) -> None:
            if former is not None:
                frame.set_column_width(plan.status_column, STATUS_WIDTH)
            _save_notes(notes, frame)

        self._document.edit(self._part, PutMarksOn(self._canvas(), plan, colours, notes), change)
        changes: dict[str, str | None] = {
            property_name(colour): fill for colour, fill in list(colours.fills.items())[known:]
        }
        if former is not None:
            changes[f"{_WIDTH}{self.name}"] = f"{plan.status_column}:{former}"
        if changes:
            self._book.write_properties(changes)

    def marked_cells(self) -> Sequence[tuple[int, int]]:
        """(row, column) of all marked cells, in sheet order."""
        finder = FindMarks(original_styles(self._document.styles, self._colours()))
        self._document.edit(self._part, finder)
        return finder.found

    def clear(self) -> int:
        """Take marks, statuses and the status header off."""
        self._document.refuse_strict()
        status = self._find_status()
        in_table = status is not None and any(item.header_contains(*status) for item in self._tables())
        notes = self._notes()
        editor = TakeMarksOff(
            self._canvas(), self._colours(), notes, status, self._status_rows(status), keep_header=in_table
        )
        width = f"{_WIDTH}{self.name}"
        former = self._book.read_properties().get(width)

        def change(frame: Frame) -> None:
            if former is not None:
                column, _, element = former.partition(":")
                frame.restore_column(int(column), element or None)
            _save_notes(notes, frame)

        self._document.edit(self._part, editor, change)
        if former is not None:
            self._book.write_properties({width: None})
        return editor.cleared

    def _find_status(self) -> tuple[int, int] | None:
        """(row, column) of the status header: a cell that says so, above status texts or with a summary for a note."""
        used = self.used_area()
        if used is None:
            return None
        block = self.read(Area(1, 1, min(used.last_row, 50), used.last_column))
        wanted = STATUS_HEADER.casefold()
        for number, row in enumerate(block.rows, start=1):
            for column, value in enumerate(row, start=1):
                if isinstance(value, str) and value.strip().casefold() == wanted:
                    return number, column
        return None

    def _status_rows(self, status: tuple[int, int] | None) -> frozenset[int]:
        used = self.used_area()
        if status is None or used is None or used.last_row == status[0]:
            return frozenset()
        first = status[0] + 1
        block = self.read(Area(first, status[1], used.last_row, status[1]))
        return frozenset(
            number
            for number, row in enumerate(block.rows, start=first)
            if isinstance(row[0], str) and read_state(row[0]) is not None
        )

    def _write_cells(self, values: Mapping[tuple[int, int], CellValue]) -> None:
        if not values:
            return
        _refuse_outside(self.name, max(row for row, _ in values), max(column for _, column in values))
        self._document.refuse_strict()
        self._document.edit(self._part, WriteCells(self._canvas(), _by_row(values)))
        self._tell_tables(values)

    def _tell_tables(self, values: Mapping[tuple[int, int], CellValue]) -> None:
        tables = self._tables()
        if tables:
            written = {cell for cell, value in values.items() if value is not None}
            grow_tables(self._document.package, tables, written)
        for item in tables:
            names = {
                column: str(value)
                for (row, column), value in values.items()
                if value is not None and item.header_contains(row, column)
            }
            if names:
                rename_columns(self._document.package, item, names)

    def _canvas(self) -> Canvas:
        document = self._document
        return Canvas(self.name, document.styles, document.frame(self._part), document.workbook.from_1904)

    def _tables(self) -> list[TablePart]:
        return read_tables(self._document.package, self._part)

    def _notes(self) -> Notes:
        return Notes(self._document.package, self._part)

    def _colours(self) -> MarkColours:
        styles = self._document.styles
        return MarkColours(
            read_fills(self._book.read_properties()), lambda colour: bool(styles.styles_with_fill(colour))
        )


def _by_row(values: Mapping[tuple[int, int], CellValue]) -> dict[int, dict[int, CellValue]]:
    found: dict[int, dict[int, CellValue]] = {}
    for (row, column), value in values.items():
        found.setdefault(row, {})[column] = value
    return found


def _save_notes(notes: Notes, frame: Frame) -> None:
    before = frame.legacy_drawing()
    after = notes.save(before)
    if after != before:
        frame.set_legacy_drawing(after)


def _refuse_outside(sheet_name: str, last_row: int, last_column: int) -> None:
    if last_row > 1_048_576 or last_column > 16_384:
        raise WorkbookError(
            f"Row {last_row:,}, column {last_column:,} lies outside of sheet {sheet_name}.",
            "A sheet has 1,048,576 rows and 16,384 columns; write fewer, or to several sheets.",
        )
