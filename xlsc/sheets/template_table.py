"""The data sheets of a template workbook: one Excel table each, cells that tell and check what they take."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.marks import STATUS_HEADER
from xlsc.core.shapes import describe_shape
from xlsc.core.template import Template, TemplateColumn
from xlsc.sheets.header_looks import HEADER_AUTHOR, KEY_FILL, header_width

#: Rows that come formatted and checked; the table grows by itself beyond the first ones.
READY_ROWS = 1_000
TABLE_ROWS = 50
#: Longest list of choices that a validation can hold in itself.
MAX_LIST = 255
_VARIABLE_FILL = "FFF2CC"
_FORMS_DOCUMENTS = "Key column: rows that are alike here form one document."
_TELLS_APART = "Key column: tells the rows apart."


def write_data(sheet: Worksheet, name: str, template: Template) -> None:
    """One table; on two sheets, each has its own columns and the keys. Variables stand above it in named cells."""
    sheet.title = name
    top = template.header_row
    last = len(template.columns) + len(template.formulas) + (0 if template.charts else 1)
    told_apart = _TELLS_APART if template.charts or template.variables else _FORMS_DOCUMENTS
    for place, column in enumerate(template.columns, start=1):
        letter = get_column_letter(place)
        _write_header(sheet.cell(top, place, column.header), column, told_apart)
        sheet.column_dimensions[letter].width = header_width(column.header)
        for row in range(top + 1, top + TABLE_ROWS + 1):
            sheet.cell(row, place).number_format = column.cell_format
        sheet.column_dimensions[letter].number_format = column.cell_format
        _add_validation(sheet, f"{letter}{top + 1}:{letter}{top + READY_ROWS}", column)
    for place, (header, formula) in enumerate(template.formulas, start=len(template.columns) + 1):
        sheet.cell(top, place, header).font = bold(italic=True)
        sheet.column_dimensions[get_column_letter(place)].width = header_width(header)
        for row in range(top + 1, top + TABLE_ROWS + 1):
            sheet.cell(row, place, formula.replace("{row}", str(row))).number_format = "#,##0.00;[Red]-#,##0.00;"
    if not template.charts:
        sheet.cell(top, last, STATUS_HEADER).font = bold()
        sheet.column_dimensions[get_column_letter(last)].width = 44
    area = f"A{top}:{get_column_letter(last)}{top + TABLE_ROWS}"
    table = Table(displayName=re.sub(r"\W", "", name) or "Data", ref=area)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = f"A{top + 1}"
    _write_variables(sheet, template)


def _write_variables(sheet: Worksheet, template: Template) -> None:
    """Captions in column A, values in named cells beside them."""
    if not template.variables:
        return
    line = Side("thin")
    sheet["A1"] = "Fill in, then refresh:"
    sheet["A1"].font = bold()
    for row, variable in enumerate(template.variables, start=2):
        sheet.cell(row, 1, variable.caption or variable.name)
        cell = sheet.cell(row, 2, variable.default or None)
        cell.number_format = "@"
        cell.border = Border(left=line, right=line, top=line, bottom=line)
        cell.fill = PatternFill("solid", fgColor=f"FF{_VARIABLE_FILL}")
        told = DataValidation(promptTitle=(variable.caption or variable.name)[:32], showInputMessage=True)
        told.prompt = f"{variable.help} Goes to {variable.name}.".strip()[:255]
        told.add(f"B{row}")
        sheet.add_data_validation(told)
        book = sheet.parent
        assert book is not None
        book.defined_names[variable.name] = DefinedName(variable.name, attr_text=f"'{sheet.title}'!$B${row}")


def _write_header(cell: Cell | MergedCell, column: TemplateColumn, told_apart: str) -> None:
    cell.font = bold(underline="single" if column.key else None)
    cell.border = Border(bottom=Side("thin"))
    if column.key:
        cell.fill = PatternFill("solid", fgColor=f"FF{KEY_FILL}")
    words = [column.help] if column.help else []
    if column.key:
        words.append(told_apart)
    if column.required or column.key:
        words.append("Must not be blank.")
    if column.header != column.column:
        words.append(f"Goes to {column.column}.")
    if words:
        cell.comment = Comment("\n".join(words), HEADER_AUTHOR, height=90, width=260)


def _add_validation(sheet: Worksheet, area: str, column: TemplateColumn) -> None:
    """A drop-down, a kind of value, and the message that shows on entering a cell; guesses never refuse."""
    validation = _validation(column)
    message = input_message(column)
    if message:
        validation.promptTitle, validation.prompt = column.header[:32], message[:255]
        validation.showInputMessage = True
    if validation.type is not None and not column.is_guess:
        validation.errorTitle, validation.error = column.header[:32], _complaint(column)[:225]
        validation.showErrorMessage = True
    if validation.type is None and not message:
        return
    validation.allow_blank = True
    validation.add(area)
    sheet.add_data_validation(validation)


def input_message(column: TemplateColumn) -> str:
    """What a cell says when it is entered; "" where it says nothing."""
    words = [column.help] if column.help else []
    if column.key or column.required:
        words.append("Must not be blank.")
    if column.pattern:
        words.append(f"Looks like {describe_shape(column.pattern)}.")
    if column.length and not column.help:
        words.append(f"At most {column.length} characters.")
    if column.default:
        words.append(f"Left empty: {column.default}.")
    if column.skip_marker:
        words.append(f"{column.skip_marker} leaves the value as it is.")
    return " ".join(words)


def _validation(column: TemplateColumn) -> DataValidation:
    if column.choices_name:
        return DataValidation("list", formula1=column.choices_name)
    if column.choices:
        listed = ",".join(choice.replace('"', '""') for choice in column.choices)
        return DataValidation("list", formula1=f'"{listed}"')
    if column.is_guess:
        return DataValidation()
    if column.plain_type == "date":
        return DataValidation("date", operator="greaterThan", formula1="1")
    if column.plain_type == "number":
        return DataValidation("decimal", operator="between", formula1="-1E+15", formula2="1E+15")
    if column.plain_type == "integer":
        return DataValidation("whole", operator="between", formula1="-1E+15", formula2="1E+15")
    if column.length:
        return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(column.length))
    return DataValidation()


def _complaint(column: TemplateColumn) -> str:
    if column.choices_name:
        return f"Choose a value of the list {column.choices_name}."
    if column.choices:
        return f"Choose one of: {', '.join(column.choices)}."
    words = {"date": "Enter a date.", "number": "Enter a number.", "integer": "Enter a whole number."}
    return words.get(column.plain_type, f"At most {column.length} characters.")


def bold(**looks: Any) -> Font:  # noqa: ANN401 - the library's own words
    """Bold in the workbook's own typeface."""
    return Font(**{"name": "Calibri", "size": 11, "bold": True, **looks})
