"""The run log as a workbook with charts, for people who look at weeks, not rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.errors import WorkbookError

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_log_book(
    path: Path, headers: Sequence[str], rows: Sequence[Sequence[object]], stacked: Sequence[str]
) -> None:
    """Write a new workbook: the rows, a chart of counts per run, a chart of seconds per run.

    Args:
        path: A file that is not there yet.
        headers: Names of the columns; "When (UTC)" and "Seconds" among them.
        rows: In order.
        stacked: Headers whose columns are stacked in the first chart.

    Raises:
        WorkbookError: The file is there already or cannot be written.
    """
    if path.exists():
        raise WorkbookError(f"{path} is there already.", "Choose another name.")
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _fill(sheet, headers, rows)
    if rows:
        _add_charts(book, sheet, headers, stacked)
    try:
        book.save(path)
    except OSError as error:
        raise WorkbookError(f"{path} cannot be written: {error.strerror}.", "Choose another folder.") from error


def _fill(sheet: Worksheet, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Headers and rows; texts stay texts whatever they begin with."""
    sheet.title = "Runs"
    for row in (headers, *rows):
        sheet.append(list(row))
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str) and cell.value.startswith(_FORMULA_STARTS):
                cell.data_type = "s"
                cell.quotePrefix = True
    for column, name in enumerate(headers, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = max(len(name) + 3, 12)
    sheet.freeze_panes = "A2"


def _add_charts(book: Workbook, sheet: Worksheet, headers: Sequence[str], stacked: Sequence[str]) -> None:
    charts = book.create_sheet("Charts")
    last = sheet.max_row
    moments = Reference(sheet, min_col=headers.index("When (UTC)") + 1, min_row=2, max_row=last)
    bars = BarChart()
    bars.title, bars.grouping, bars.overlap = "Rows per run", "stacked", 100
    for name in stacked:
        bars.add_data(_column(sheet, headers, name, last), titles_from_data=True)
    bars.set_categories(moments)
    bars.width, bars.height = 28, 11
    charts.add_chart(bars, "A1")
    lines = LineChart()
    lines.title = "Seconds per run"
    lines.add_data(_column(sheet, headers, "Seconds", last), titles_from_data=True)
    lines.set_categories(moments)
    lines.width, lines.height = 28, 9
    charts.add_chart(lines, "A25")


def _column(sheet: Worksheet, headers: Sequence[str], name: str, last: int) -> Reference:
    return Reference(sheet, min_col=headers.index(name) + 1, min_row=1, max_row=last)
