"""Charts of a run log: they show the latest runs of the sheet beside them, however many there are.

A sheet of formulas picks the latest rows, so that the charts' own ranges never change; Excel and LibreOffice draw them.
"""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.template import Template, TemplateChart
from xlsc.sheets.template_looks import bold, set_page, set_width

CHARTS_SHEET = "Charts"
#: Runs that the charts show, and rows of the log that they look into.
SHOWN_RUNS = 30
_SEARCHED = 100_000
#: Left column of the picked rows, right of the charts.
_FIRST = 20
_ROWS_BETWEEN = 24


def write_charts(book: Workbook, data: Worksheet, template: Template) -> None:
    """A sheet of charts; the first column of the data names the runs on the axis."""
    sheet = book.create_sheet(CHARTS_SHEET)
    names = [item.column for item in template.columns]
    wanted = dict.fromkeys([names[0], *(name for chart in template.charts for name in chart.columns)])
    places = {name: _FIRST + step for step, name in enumerate(wanted)}
    sheet.cell(1, _FIRST, f"The latest {SHOWN_RUNS} runs, for the charts").font = bold()
    for name, place in places.items():
        sheet.cell(2, place, template.columns[names.index(name)].header).font = bold()
        source = get_column_letter(names.index(name) + 1)
        for row in range(3, SHOWN_RUNS + 3):
            # Lines break off at #N/A; at an empty text they would fall to zero.
            sheet.cell(row, place, _pick(data.title, source, row - 2, '""' if name == names[0] else "NA()"))
        set_width(sheet, place, 27 if name == names[0] else 11)
    for number, chart in enumerate(template.charts):
        sheet.add_chart(_chart(sheet, chart, places), f"A{number * _ROWS_BETWEEN + 1}")
    set_page(sheet, "guide")
    sheet.page_setup.fitToHeight = 1
    sheet.print_area = f"A1:{get_column_letter(_FIRST - 1)}{len(template.charts) * _ROWS_BETWEEN}"


def _pick(title: str, column: str, number: int, nothing: str) -> str:
    """The formula of the latest runs' number-th; runs are counted by the first column."""
    count = f"COUNTA('{title}'!$A$2:$A${_SEARCHED})"
    row = f"MAX({count}-{SHOWN_RUNS},0)+{number}"
    return f"=IF({number}>{count},{nothing},INDEX('{title}'!${column}$2:${column}${_SEARCHED},{row}))"


def _chart(sheet: Worksheet, chart: TemplateChart, places: dict[str, int]) -> BarChart | LineChart:
    drawn: BarChart | LineChart
    if chart.kind == "stacked":
        drawn = BarChart()
        drawn.grouping, drawn.overlap = "stacked", 100
    else:
        drawn = LineChart()
    drawn.title = chart.title
    for name in chart.columns:
        values = Reference(sheet, min_col=places[name], min_row=2, max_row=SHOWN_RUNS + 2)
        drawn.add_data(values, titles_from_data=True)
        drawn.series[-1].smooth = False
    drawn.set_categories(Reference(sheet, min_col=_FIRST, min_row=3, max_row=SHOWN_RUNS + 2))
    drawn.width, drawn.height = 28, 11
    assert drawn.legend is not None
    drawn.legend.position = "b"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.layout = Layout(manualLayout=ManualLayout(x=0.06, y=0.12, w=0.92, h=0.62))
    return drawn
