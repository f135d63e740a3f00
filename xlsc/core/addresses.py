"""Cell addresses and areas: A1 text to numbers and back; rows and columns count from 1, as in Excel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsc.errors import UsageError

#: Excel's sheet: rows × columns. Source: published limits of Excel, peers.md §6.
MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})\Z")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})\Z")


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of cells; all four bounds 1-based and inclusive."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.last_row - self.first_row + 1

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.last_column - self.first_column + 1

    def __str__(self) -> str:
        first = format_cell(self.first_row, self.first_column)
        if self.height == 1 and self.width == 1:
            return first
        return f"{first}:{format_cell(self.last_row, self.last_column)}"

    def contains(self, row: int, column: int) -> bool:
        """Whether the cell lies inside; both 1-based."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    def intersect(self, other: Area) -> Area | None:
        """The cells both areas share, or None where they share none."""
        area = Area(
            max(self.first_row, other.first_row),
            max(self.first_column, other.first_column),
            min(self.last_row, other.last_row),
            min(self.last_column, other.last_column),
        )
        return area if area.height > 0 and area.width > 0 else None


def format_column(column: int) -> str:
    """Letters of a 1-based column.

    >>> format_column(1), format_column(27), format_column(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_column(letters: str) -> int:
    """The 1-based column of its letters.

    >>> parse_column("XFD")
    16384
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def format_cell(row: int, column: int) -> str:
    """A1 text of a cell, both 1-based.

    >>> format_cell(5, 3)
    'C5'
    """
    return f"{format_column(column)}{row}"


def parse_cell(text: str) -> tuple[int, int]:
    """(row, column) of an A1 cell, both 1-based; ``$`` signs are allowed.

    Raises:
        UsageError: The text is no cell of an Excel sheet.

    >>> parse_cell("$C$5")
    (5, 3)
    """
    match = _CELL.match(text.strip())
    if match:
        row, column = int(match[2]), parse_column(match[1])
        if 1 <= row <= MAX_ROW and column <= MAX_COLUMN:
            return row, column
    raise UsageError(f"{text!r} is not a cell.", "Write it like C5 or A1:F40.")


def parse_area(text: str) -> Area:
    """The area of A1 text: a cell, a range, whole columns (``A:C``) or whole rows (``1:40``).

    Raises:
        UsageError: The text is no area of an Excel sheet.

    >>> str(parse_area("f40:A1"))
    'A1:F40'
    """
    text = text.strip()
    if match := _COLUMNS.match(text):
        return _area(1, parse_column(match[1]), MAX_ROW, parse_column(match[2]), text)
    if match := _ROWS.match(text):
        return _area(int(match[1]), 1, int(match[2]), MAX_COLUMN, text)
    first, _, last = text.partition(":")
    return _area(*parse_cell(first), *parse_cell(last or first), text)


def parse_reference(text: str) -> tuple[str, Area] | None:
    """The sheet and the area that a reference names; None where it names anything else than one area.

    >>> parse_reference("='Ann''s list'!$A$2:$A$9")
    ("Ann's list", Area(first_row=2, first_column=1, last_row=9, last_column=1))
    >>> parse_reference("OFFSET(Lists!$A$2,0,0,5)") is None
    True
    """
    sheet, sign, cells = text.removeprefix("=").rpartition("!")
    if not sign:
        return None
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    try:
        return sheet, parse_area(cells)
    except UsageError:
        return None


def _area(row_a: int, column_a: int, row_b: int, column_b: int, text: str) -> Area:
    rows, columns = sorted((row_a, row_b)), sorted((column_a, column_b))
    if rows[0] < 1 or rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
        raise UsageError(f"{text!r} lies outside an Excel sheet.", "A sheet ends at XFD1048576.")
    return Area(rows[0], columns[0], rows[1], columns[1])
