"""A new workbook of our own made pleasant to look at, and how its cells look, both as openpyxl sees them.

For samples such as those of ``xlsc demo``. A person's workbook is never written this way: openpyxl does not keep all.
How cells look is read here by other code than the one that puts marks on and takes them off, so that it can bear
witness to both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.addresses import Area, format_cell
from xlsc.sheets.ooxml.saving import replace_file

#: Characters that a column is wider than its longest text.
_MARGIN = 2
_LINE = Side(style="thin", color="7F7F7F")


@dataclass(frozen=True, slots=True)
class Dress:
    """How a sample looks.

    Attributes:
        formats: Number formats by 1-based column.
        centred: Columns of codes and dates, which would else touch their neighbours.
        own: Fill colours, as RRGGBB, of cells that a person is said to have set off; (row, column), 1-based.
    """

    formats: Mapping[int, str] = field(default_factory=dict)
    centred: frozenset[int] = frozenset()
    own: Mapping[tuple[int, int], str] = field(default_factory=dict)


def dress_book(path: Path, area: Area, dress: Dress) -> None:
    """Give the data of a workbook's first sheet number formats and room, and some cells a look of their own.

    Args:
        path: The workbook; replaced as a whole.
        area: Its data, without the header row.
        dress: What it shall look like.

    Raises:
        WorkbookError: The file cannot be written.
    """
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for column in range(area.first_column, area.last_column + 1):
        for row in range(area.first_row, area.last_row + 1):
            if column in dress.formats:
                sheet.cell(row, column).number_format = dress.formats[column]
            if column in dress.centred:
                sheet.cell(row, column).alignment = Alignment(horizontal="center")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = max(sheet.column_dimensions[letter].width, _room(sheet, area, column))
    for (row, column), colour in dress.own.items():
        cell = sheet.cell(row, column)
        cell.fill = PatternFill("solid", fgColor=colour)
        cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    replace_file(path, book.save)


def _room(sheet: Worksheet, area: Area, column: int) -> int:
    texts = [sheet.cell(row, column).value for row in range(area.first_row, area.last_row + 1)]
    return max((len(text) for text in texts if isinstance(text, str)), default=0) + _MARGIN


def different_looks(path: Path, other: Path, area: Area) -> Sequence[str]:
    """Addresses of the cells of two workbooks' first sheets whose looks are not the same.

    A look is fill, border, font, alignment, number format, protection, and note.
    """
    first, second = (load_workbook(file).worksheets[0] for file in (path, other))
    return [
        format_cell(row, column)
        for row in range(area.first_row, area.last_row + 1)
        for column in range(area.first_column, area.last_column + 1)
        if _look(first, row, column) != _look(second, row, column)
    ]


def _look(sheet: Worksheet, row: int, column: int) -> tuple[object, ...]:
    cell = sheet.cell(row, column)
    note = cell.comment.text if cell.comment else None
    return (
        repr(cell.fill),
        repr(cell.border),
        repr(cell.font),
        repr(cell.alignment),
        cell.number_format,
        repr(cell.protection),
        note,
    )
