"""What is done to the rows of a file in one pass: values, headers, marks on, marks off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.addresses import format_cell
from xlsc.core.marks import STATUS_HEADER, MarkPlan
from xlsc.core.table import CellValue
from xlsc.errors import WorkbookError
from xlsc.sheets.mark_colours import AUTHOR, MarkColours
from xlsc.sheets.ooxml.cell_text import cell_element, needs_quote_prefix
from xlsc.sheets.ooxml.frame import Frame
from xlsc.sheets.ooxml.notes import Notes
from xlsc.sheets.ooxml.serials import moment_format
from xlsc.sheets.ooxml.sheet_text import Row
from xlsc.sheets.ooxml.styles import Look, Styles

_MOMENTS = ("date", "datetime", "time", "timedelta")


@dataclass(slots=True)
class Canvas:
    """What a pass needs to know of its sheet.

    Attributes:
        sheet_name: For messages.
        styles: The workbook's looks.
        frame: The sheet without its rows, as it is before the pass.
        from_1904: Whether days count from 1904.
    """

    sheet_name: str
    styles: Styles
    frame: Frame
    from_1904: bool
    _is_protected: bool = False
    _column_styles: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is_protected = self.frame.is_protected()

    def style(self, row: Row, column: int) -> int:
        """The style of a cell, of its row, or of its column."""
        own = row.style(column)
        if own is not None:
            return own
        if column not in self._column_styles:
            self._column_styles[column] = self.frame.column_style(column)
        return self._column_styles[column]

    def put(self, row: Row, column: int, value: CellValue, look: Look | None = None) -> None:
        """Write a value; the cell's look stays but for what the value needs and ``look`` says.

        Raises:
            WorkbookError: The sheet is protected and the cell locked, or the text is too long.
        """
        style = self.style(row, column)
        self.refuse_locked(row.number, column, style)
        if needs_quote_prefix(value):
            style = self.styles.with_look(style, Look(quote_prefix=True))
        elif type(value).__name__ in _MOMENTS and self.styles.number_format(style) == "General":
            style = self.styles.with_look(style, Look(number_format=moment_format(value)))  # type: ignore[arg-type]
        if look is not None:
            style = self.styles.with_look(style, look)
        row.put(column, cell_element(row.number, column, style, value, from_1904=self.from_1904))

    def refuse_locked(self, row: int, column: int, style: int) -> None:
        """Refuse to change a cell that the sheet's protection locks.

        Raises:
            WorkbookError: It does.
        """
        if self._is_protected and self.styles.is_locked(style):
            raise WorkbookError(
                f"Sheet {self.sheet_name} is protected, and its cell {format_cell(row, column)} is locked.",
                "Take the protection off in Excel (Review > Unprotect Sheet), or unlock the cells that are marked.",
            )


@dataclass(slots=True)
class WriteBlock:
    """Writes a rectangle of values."""

    canvas: Canvas
    first_row: int
    first_column: int
    values: Sequence[Sequence[CellValue]]

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return range(self.first_row, self.first_row + len(self.values))

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del number, piece
        return False

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        for column, value in enumerate(self.values[row.number - self.first_row], start=self.first_column):
            if value is not None or column in row.cells:
                self.canvas.put(row, column, value)


@dataclass(slots=True)
class WriteCells:
    """Writes single values, with a look for each row's cells or none."""

    canvas: Canvas
    values: Mapping[int, Mapping[int, CellValue]]
    looks: Mapping[int, Look] = field(default_factory=dict)

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return sorted(self.values)

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del number, piece
        return False

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        for column, value in sorted(self.values[row.number].items()):
            self.canvas.put(row, column, value, self.looks.get(column))


@dataclass(slots=True)
class TakeMarksOff:
    """Takes marks and status texts off.

    Attributes:
        canvas: The sheet.
        colours: What mark colours stand for.
        notes: The sheet's notes.
        status: (header row, column) of the statuses; None when the sheet has none.
        status_rows: Rows whose status column holds a status text.
        keep_header: Whether the status header stays, as in a table.
        cleared: How many cells were unmarked.
    """

    canvas: Canvas
    colours: MarkColours
    notes: Notes
    status: tuple[int, int] | None
    status_rows: frozenset[int]
    keep_header: bool
    cleared: int = 0
    _originals: dict[int, int] = field(default_factory=dict)
    _noted: dict[int, list[int]] = field(default_factory=dict)
    _is_marked: Callable[[str], bool] = bool

    def __post_init__(self) -> None:
        self._originals = original_styles(self.canvas.styles, self.colours)
        self._noted = _noted_columns(self.notes)
        self._is_marked = _style_search(self._originals)

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return sorted(self._noted)

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        if number in self.status_rows or (self.status is not None and number == self.status[0]):
            return True
        return self._is_marked(piece)

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        self.cleared += unmark(row, self._originals)
        for column in self._noted.get(row.number, ()):
            self.notes.take_off((row.number, column), AUTHOR)
        if self.status is not None:
            self._clear_status(row, self.status)

    def _clear_status(self, row: Row, status: tuple[int, int]) -> None:
        header_row, column = status
        is_header = row.number == header_row
        if column not in row.cells or (is_header and self.keep_header):
            return
        if not is_header and row.number not in self.status_rows:
            return
        style = row.style(column) or 0
        if is_header or style == self.canvas.frame.column_style(column):
            row.drop(column)
        else:
            row.put(column, cell_element(row.number, column, style, None))


@dataclass(slots=True)
class PutMarksOn:
    """Shows a plan: earlier marks of its rows off, then marks, notes and statuses on."""

    canvas: Canvas
    plan: MarkPlan
    colours: MarkColours
    notes: Notes
    _statuses: dict[int, str] = field(default_factory=dict)
    _cells: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    _cleared: frozenset[int] = frozenset()
    _originals: dict[int, int] = field(default_factory=dict)
    _noted: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._statuses = {status.sheet_row: status.text for status in self.plan.statuses}
        for mark in self.plan.cells:
            self._cells.setdefault(mark.sheet_row, []).append((mark.sheet_column, mark.note))
        self._cleared = frozenset(self.plan.cleared_rows)
        self._originals = original_styles(self.canvas.styles, self.colours)
        self._noted = _noted_columns(self.notes)

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return sorted({self.plan.header_row, *self._statuses, *self._cells, *(self._noted.keys() & self._cleared)})

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del piece
        return number in self._cleared

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        if row.number in self._cleared:
            unmark(row, self._originals)
            for column in self._noted.get(row.number, ()):
                self.notes.take_off((row.number, column), AUTHOR)
        for column, note in self._cells.get(row.number, ()):
            self._mark(row, column)
            self.notes.add((row.number, column), note, AUTHOR)
        if row.number in self._statuses:
            self.canvas.put(row, self.plan.status_column, self._statuses[row.number])
        if row.number == self.plan.header_row:
            self._head(row)

    def _mark(self, row: Row, column: int) -> None:
        styles = self.canvas.styles
        style = self.canvas.style(row, column)
        self.canvas.refuse_locked(row.number, column, style)
        style = self._originals.get(style, style)
        colour = self.colours.colour_for(styles.describe_fill(style))
        marked = styles.with_look(style, Look(fill=colour))
        self._originals[marked] = style
        row.set_style(column, marked)

    def _head(self, row: Row) -> None:
        """The status header with the summary for its note; made in the look of the header beside it."""
        column = self.plan.status_column
        if not row.has_value(column):
            beside = row.style(column - 1) if column > 1 and row.has_value(column - 1) else None
            style = self.canvas.styles.with_look(beside or self.canvas.style(row, column), Look(bold=True))
            row.put(column, cell_element(row.number, column, style, STATUS_HEADER))
        self.notes.add((row.number, column), self.plan.summary, AUTHOR)


@dataclass(slots=True)
class RefuseLocked:
    """Changes nothing; refuses rows whose cell of a column is locked."""

    canvas: Canvas
    column: int
    numbers: Sequence[int]

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return self.numbers

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del number, piece
        return False

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        self.canvas.refuse_locked(row.number, self.column, self.canvas.style(row, self.column))


class FindMarks:
    """Looks for marked cells and changes nothing."""

    def __init__(self, originals: Mapping[int, int]) -> None:
        self._originals = originals
        self._is_marked = _style_search(originals)
        self.found: list[tuple[int, int]] = []

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return ()

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del number
        return self._is_marked(piece)

    def edit(self, row: Row) -> None:
        """See RowEditor."""
        self.found += [(row.number, column) for column in marked_columns(row, self._originals)]


def original_styles(styles: Styles, colours: MarkColours) -> dict[int, int]:
    """The style that a cell had before its mark, by the style that it has now."""
    found: dict[int, int] = {}
    for colour, fill in colours.fills.items():
        for style in styles.styles_with_fill(colour):
            found[style] = styles.with_fill(style, fill)
    return found


def unmark(row: Row, originals: Mapping[int, int]) -> int:
    """Give a row's marked cells their own looks back; returns how many there were."""
    marked = [(column, style) for column in row.cells if (style := row.style(column) or 0) in originals]
    for column, style in marked:
        original = originals[style]
        if not original and not row.has_value(column):
            row.drop(column)
        else:
            row.set_style(column, original)
    return len(marked)


def marked_columns(row: Row, originals: Mapping[int, int]) -> list[int]:
    """1-based columns of a row's marked cells, ascending."""
    return sorted(column for column in row.cells if (row.style(column) or 0) in originals)


def _style_search(styles: Iterable[int]) -> Callable[[str], bool]:
    """Whether a row's text has one of these styles."""
    numbers = "|".join(map(str, styles))
    if not numbers:
        return lambda piece: False
    search = re.compile(rf"""\ss=["'](?:{numbers})["']""").search
    return lambda piece: search(piece) is not None


def _noted_columns(notes: Notes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for cell in notes.cells():
        if notes.has(cell, AUTHOR):
            found.setdefault(cell[0], []).append(cell[1])
    return found
