"""The sheet Guide of a template: the steps, what each column takes with an example, what the marks say."""

from __future__ import annotations

from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.marks import STATUS_HEADER
from xlsc.core.template import Template, TemplateColumn
from xlsc.sheets.mark_colours import FIRST
from xlsc.sheets.template_looks import HEADER_FILL, bold, set_page, set_width, style_line

_HEADERS = ("Column", "Needed", "Takes", "Example", "About")
_WIDTHS = (4, 22, 18, 44, 28, 52)
_TYPES = {
    "text": "text",
    "number": "number, like 1234.50",
    "integer": "whole number",
    "date": "date",
    "boolean": "true or false",
}


def write_guide(sheet: Worksheet, template: Template) -> None:
    """Write the guide of a template."""
    for place, width in enumerate(_WIDTHS, start=1):
        set_width(sheet, place, width)
    sheet["A1"] = template.title
    sheet["A1"].font = bold(size=16)
    row = 3
    for number, step in enumerate(template.steps, start=1):
        sheet.cell(row, 1, number).font = bold()
        sheet.cell(row, 2, step)
        row += 1
    row = _write_columns(sheet, row + 1, template)
    if not template.charts:
        _write_marks(sheet, row + 1, template)
    set_page(sheet, "guide")


def _write_columns(sheet: Worksheet, row: int, template: Template) -> int:
    """One row per column, which together are a filled example; returns the row below."""
    for place, text in enumerate(_HEADERS, start=2):
        cell = sheet.cell(row, place, text)
        cell.font, cell.fill = bold(), PatternFill("solid", fgColor=f"FF{HEADER_FILL}")
    for column in template.columns:
        row += 1
        texts = (column.header, _need(column), _takes(column), column.example, column.help)
        for place, text in enumerate(texts, start=2):
            sheet.cell(row, place, text or None).number_format = "@"
        style_line(sheet, row, 2, len(_HEADERS) + 1)
        sheet.cell(row, 2).font = bold(bold=column.key or column.required, underline="single" if column.key else None)
    return row + 1


def _need(column: TemplateColumn) -> str:
    if column.key:
        return "key, in each row"
    return "in each row" if column.required else ""


def _takes(column: TemplateColumn) -> str:
    """What its cells take, in words; a guess is said to be one."""
    if column.choices_name:
        return f"a value of the list {column.choices_name}"
    if column.choices:
        return f"one of {', '.join(column.choices)}"
    words = _TYPES[column.plain_type]
    if column.length and column.plain_type == "text":
        words += f", at most {column.length} characters"
    if column.pattern:
        words += f", like {' or '.join(part.strip() for part in column.pattern.split(';'))}"
    return f"{words} (a guess, not checked)" if column.is_guess else words


def _write_marks(sheet: Worksheet, row: int, template: Template) -> None:
    marked = sheet.cell(row, 2, "A wrong cell")
    marked.fill = PatternFill("solid", fgColor=f"FF{FIRST:06X}")
    lines = (
        f"has this fill, and its note says why. The column {STATUS_HEADER} tells what became of each row.",
        f"{template.blank_marker} in a cell sets the value to empty; an empty cell leaves it as it is"
        f"{f', and so does {template.skip_marker}' if template.skip_marker else ''}.",
        "Columns with other headers are yours: they are left alone and never sent.",
    )
    for step, text in enumerate(lines):
        sheet.cell(row + step, 3 if step == 0 else 2, text)
