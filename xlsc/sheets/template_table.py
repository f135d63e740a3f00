"""The data sheets of a template workbook: one Excel table each, cells that tell and check what they take."""

from __future__ import annotations

import re

from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.marks import STATUS_HEADER
from xlsc.core.shapes import describe_shape
from xlsc.core.template import Template, TemplateColumn
from xlsc.sheets.header_looks import HEADER_AUTHOR, header_width
from xlsc.sheets.template_looks import OPEN, bold, column_width, set_page, set_width, style_header

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
    rows = range(top + 1, top + TABLE_ROWS + 1)
    told_apart = _TELLS_APART if template.charts or template.variables else _FORMS_DOCUMENTS
    for place, column in enumerate(template.columns, start=1):
        letter = get_column_letter(place)
        _write_header(sheet, (top, place), column, told_apart)
        set_width(sheet, place, column_width(column))
        for row in rows:
            sheet.cell(row, place).number_format = column.cell_format
            sheet.cell(row, place).protection = OPEN
        sheet.column_dimensions[letter].number_format = column.cell_format
        sheet.column_dimensions[letter].protection = OPEN
        _add_validation(sheet, f"{letter}{top + 1}:{letter}{top + READY_ROWS}", column, template)
    last = _write_formulas(sheet, template)
    if not template.charts:
        last += 1
        style_header(sheet, last, STATUS_HEADER, row=top)
        set_width(sheet, last, 60)
        sheet.column_dimensions[get_column_letter(last)].protection = OPEN
        for row in rows:
            sheet.cell(row, last).protection = OPEN
    area = f"A{top}:{get_column_letter(last)}{top + TABLE_ROWS}"
    table = Table(displayName=re.sub(r"\W", "", name) or "Data", ref=area)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = f"A{top + 1}"
    _write_variables(sheet, template)
    set_page(sheet, "data", top)


def _write_formulas(sheet: Worksheet, template: Template) -> int:
    """Columns of formulas right of the others; returns the last column that is taken."""
    top, last = template.header_row, len(template.columns)
    for header, formula in template.formulas:
        last += 1
        style_header(sheet, last, header, row=top, needed=False)
        set_width(sheet, last, header_width(header))
        for row in range(top + 1, top + TABLE_ROWS + 1):
            sheet.cell(row, last, formula.replace("{row}", str(row))).number_format = "#,##0.00;[Red]-#,##0.00;"
    return last


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
        cell.protection = OPEN
        cell.border = Border(left=line, right=line, top=line, bottom=line)
        cell.fill = PatternFill("solid", fgColor=f"FF{_VARIABLE_FILL}")
        told = DataValidation(promptTitle=(variable.caption or variable.name)[:32], showInputMessage=True)
        told.prompt = f"{variable.help} Goes to {variable.name}.".strip()[:255]
        told.add(f"B{row}")
        sheet.add_data_validation(told)
        book = sheet.parent
        assert book is not None
        book.defined_names[variable.name] = DefinedName(variable.name, attr_text=f"'{sheet.title}'!$B${row}")


def _write_header(sheet: Worksheet, place: tuple[int, int], column: TemplateColumn, told_apart: str) -> None:
    row, number = place
    style_header(sheet, number, column.header, row=row, key=column.key, needed=column.key or column.required)
    cell = sheet.cell(row, number)
    words = [column.help] if column.help else []
    if column.key:
        words.append(told_apart)
    if column.required or column.key:
        words.append("Must not be blank.")
    if column.header != column.column:
        words.append(f"Goes to {column.column}.")
    if words:
        cell.comment = Comment("\n".join(words), HEADER_AUTHOR, height=90, width=260)


def _add_validation(sheet: Worksheet, area: str, column: TemplateColumn, template: Template) -> None:
    """A drop-down, a kind of value, and the message that shows on entering a cell; guesses never refuse."""
    validation = _validation(column, area.partition(":")[0], template)
    message = input_message(column)
    if message:
        validation.promptTitle, validation.prompt = column.header[:32], message[:255]
        validation.showInputMessage = True
    if validation.type is not None and not column.is_guess:
        validation.errorTitle, validation.error = column.header[:32], _complaint(column, template)[:225]
        validation.showErrorMessage = True
        if column.choices and not _is_needed(column):
            # A list cannot take a marker in as well; so that one can be typed, Excel only asks back.
            validation.errorStyle = "warning"
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


def _is_needed(column: TemplateColumn) -> bool:
    return column.key or column.required


def _validation(column: TemplateColumn, cell: str, template: Template) -> DataValidation:
    """What the cells take; those that may stay empty take the markers too."""
    if column.choices_name:
        return DataValidation("list", formula1=column.choices_name)
    if column.choices:
        listed = ",".join(choice.replace('"', '""') for choice in column.choices)
        return DataValidation("list", formula1=f'"{listed}"')
    if column.is_guess:
        return DataValidation()
    if not _is_needed(column):
        return _optional_validation(column, cell, template)
    limits = {"formula1": "-1E+15", "formula2": "1E+15"}
    kinds: dict[str, dict[str, str]] = {
        "date": {"type": "date", "operator": "greaterThan", "formula1": "1"},
        "number": {"type": "decimal", "operator": "between", **limits},
        "integer": {"type": "whole", "operator": "between", **limits},
        "text": {"type": "textLength", "operator": "lessThanOrEqual", "formula1": str(column.length)},
    }
    if column.plain_type == "text" and not column.length:
        return DataValidation()
    return DataValidation(**kinds.get(column.plain_type, {}))  # type: ignore[arg-type]  # words the library checks


def _optional_validation(column: TemplateColumn, cell: str, template: Template) -> DataValidation:
    """A formula: the value is of its kind, or a marker; markers mostly begin with a brace, also renamed ones."""
    markers = (template.blank_marker, template.skip_marker, column.skip_marker)
    texts = [text for text in markers if text and not text.startswith("{")]
    marks = [f'LEFT({cell},1)="{{"', *(f'{cell}="{text.replace(chr(34), chr(34) * 2)}"' for text in texts)]
    marker = f"OR({','.join(marks)})"
    tests = {
        "date": f"IF(ISNUMBER({cell}),{cell}>1,{marker})",
        "number": f"IF(ISNUMBER({cell}),TRUE,{marker})",
        "integer": f"IF(ISNUMBER({cell}),{cell}=INT({cell}),{marker})",
        "text": f"IF(LEN({cell})<={column.length},TRUE,{marker})" if column.length else "",
    }
    test = tests.get(column.plain_type, "")
    return DataValidation("custom", formula1=test) if test else DataValidation()


def _complaint(column: TemplateColumn, template: Template) -> str:
    words = {"date": "Enter a date", "number": "Enter a number", "integer": "Enter a whole number"}
    text = words.get(column.plain_type, f"Enter at most {column.length} characters")
    if column.choices_name:
        text = f"Choose a value of the list {column.choices_name}"
    elif column.choices:
        text = f"Choose one of {', '.join(column.choices)}"
    return f"{text}." if _is_needed(column) else f"{text}, or {template.blank_marker} to empty the value."
