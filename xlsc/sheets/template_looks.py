"""How a template's sheets look on screen and on paper: widths by what cells hold, headers that say what is needed."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.template import TemplateColumn
from xlsc.sheets.header_looks import KEY_FILL, header_width

#: Fills of headers that are no key, and of tabs, RRGGBB.
HEADER_FILL = "EDEDED"
TABS = {"data": "2F75B5", "columns": "7F7F7F", "guide": "548235"}
#: Of cells that stay open when their sheet is locked.
OPEN = Protection(locked=False)
_LINE = Side("thin", color="FFBFBFBF")
_WIDEST = 40
#: Narrowest columns by type, in characters: a date or an amount is shown whole.
_WIDTHS = {"date": 13, "number": 13, "integer": 9, "boolean": 9, "text": 9}


def bold(**looks: Any) -> Font:  # noqa: ANN401 - the library's own words
    """Bold in the workbook's own typeface."""
    return Font(**{"name": "Calibri", "size": 11, "bold": True, **looks})


def style_header(
    sheet: Worksheet, place: int, text: str, *, row: int = 1, key: bool = False, needed: bool = True
) -> None:
    """A header: bold where a value is needed, tinted and underlined for a key."""
    cell = sheet.cell(row, place, text)
    cell.font = bold(bold=needed, underline="single" if key else None)
    cell.fill = PatternFill("solid", fgColor=f"FF{KEY_FILL if key else HEADER_FILL}")
    cell.border = Border(bottom=Side("thin"))
    cell.alignment = Alignment(vertical="center")
    sheet.row_dimensions[row].height = 21


def style_line(sheet: Worksheet, row: int, first: int, last: int) -> None:
    """A thin line below a row, and texts that are broken instead of cut."""
    for place in range(first, last + 1):
        cell = sheet.cell(row, place)
        cell.border = Border(bottom=_LINE)
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def column_width(column: TemplateColumn) -> float:
    """Width in characters, so that header, example and choices can be read."""
    shown = max((len(text) for text in (column.example, *column.choices)), default=0) + 2
    return min(max(header_width(column.header), shown, _WIDTHS[column.plain_type]), _WIDEST)


def set_width(sheet: Worksheet, place: int, width: float) -> None:
    """Width of a column in characters."""
    sheet.column_dimensions[get_column_letter(place)].width = width


def set_page(sheet: Worksheet, tab: str, header_row: int = 1) -> None:
    """On paper: across, as wide as the page, with the headers on every page; on screen: a tab of its own colour."""
    sheet.sheet_properties.tabColor = TABS[tab]
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.8
    footer = sheet.oddFooter
    assert footer is not None
    footer.center.text = "&A, &P / &N"
    if tab != "guide":
        sheet.print_title_rows = f"{header_row}:{header_row}"
        sheet.print_options.gridLines = True
    else:
        sheet.sheet_view.showGridLines = False
