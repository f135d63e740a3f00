"""The run log as a workbook with charts, for people who look at weeks, not rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.errors import WorkbookError

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOMENT = "yyyy-mm-dd hh:mm:ss"
#: Widest column in characters; a hash is longer and ends where it ends.
_MOST_CHARACTERS = 44
_PALE, _PLAIN = "D9D9D9", "5B7A99"


def write_log_book(
    path: Path, headers: Sequence[str], rows: Sequence[Sequence[object]], stacked: Mapping[str, str]
) -> None:
    """Write a new workbook: the rows, a chart of counts per run, a chart of seconds per run.

    Args:
        path: A file that is not there yet.
        headers: Names of the columns; "When (UTC)" and "Seconds" among them.
        rows: In order; moments as datetimes without a zone.
        stacked: Headers whose columns are stacked in the first chart, each with its colour (six hex digits).

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
    for page in book.worksheets:
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = page is not sheet  # the charts on one page, the rows on as many as they take
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
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
            elif isinstance(cell.value, datetime):
                cell.number_format = _MOMENT
    for column, name in enumerate(headers, start=1):
        sheet.cell(1, column).font = Font(name="Calibri", bold=True)
        lengths = [len(str(row[column - 1])) for row in rows]
        width = min(max([len(name) + 1, *lengths]) + 2, _MOST_CHARACTERS)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _add_charts(book: Workbook, sheet: Worksheet, headers: Sequence[str], stacked: Mapping[str, str]) -> None:
    charts = book.create_sheet("Charts")
    rows = _bars(sheet, headers, "Rows per run", stacked)
    rows.grouping, rows.overlap, rows.height = "stacked", 100, 11
    charts.add_chart(rows, "A1")
    seconds = _bars(sheet, headers, "Seconds per run", {"Seconds": _PLAIN})
    seconds.legend, seconds.height = None, 9
    charts.add_chart(seconds, "A25")


def _bars(sheet: Worksheet, headers: Sequence[str], title: str, columns: Mapping[str, str]) -> BarChart:
    """A bar per run, also where several runs share a day; nothing is drawn between runs."""
    chart = BarChart()
    chart.title, chart.width, chart.gapWidth = title, 28, 40
    for name, colour in columns.items():
        place = headers.index(name) + 1
        chart.add_data(Reference(sheet, min_col=place, min_row=1, max_row=sheet.max_row), titles_from_data=True)
        chart.series[-1].graphicalProperties.solidFill = colour
    moments = Reference(sheet, min_col=headers.index("When (UTC)") + 1, min_row=2, max_row=sheet.max_row)
    chart.set_categories(moments)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False  # else Excel leaves the axis out
    chart.x_axis.number_format, chart.x_axis.auto = "yyyy-mm-dd hh:mm", False
    pale = GraphicalProperties(ln=LineProperties(solidFill=_PALE))
    chart.y_axis.majorGridlines = ChartLines(spPr=pale)
    return chart
