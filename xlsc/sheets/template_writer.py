"""Template workbooks as files: data sheet, Columns, Guide; plain .xlsx without macros, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.marks import STATUS_HEADER
from xlsc.core.template import (
    CHECKS,
    HEADERS,
    TYPES,
    Template,
    TemplateColumn,
    columns_of,
    data_sheets,
    write_row,
)
from xlsc.errors import WorkbookError
from xlsc.sheets.chunks import split_text
from xlsc.sheets.header_looks import HEADER_AUTHOR, KEY_FILL, header_width
from xlsc.sheets.ooxml.saving import replace_file

#: Rows that come formatted and checked; the table grows by itself beyond the first ones.
READY_ROWS = 1_000
TABLE_ROWS = 50
_LAST_ROW = 1_048_576
_MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same template has the same bytes
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(<)")
#: Longest list of choices that a validation can hold in itself.
_MAX_LIST = 255


def write_template(path: Path, template: Template, properties: Mapping[str, str]) -> None:
    """Write the workbook of a template.

    Args:
        path: The file; replaced as a whole.
        template: What it is for.
        properties: Custom document properties, the binding.

    Raises:
        WorkbookError: The file cannot be written.
    """
    data = template_bytes(template, properties)

    def write(file: BinaryIO) -> None:
        file.write(data)

    replace_file(path, write)


def template_bytes(template: Template, properties: Mapping[str, str]) -> bytes:
    """The file of a template."""
    if not template.columns:
        raise WorkbookError("A template needs at least one column.", "Give it columns.")
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for place, name in enumerate(data_sheets(template.columns)):
        target = sheet if place == 0 else book.create_sheet()
        assert isinstance(target, Worksheet)
        _write_data(target, name, replace(template, columns=columns_of(template.columns, name)))
    _write_columns(book.create_sheet("Columns"), template)
    _write_guide(book.create_sheet("Guide"), template)
    for name, text in properties.items():
        for part, value in split_text(name, text).items():
            book.custom_doc_props.append(  # type: ignore[attr-defined]  # the stubs know too little
                StringProperty(name=part, value=value)
            )
    book.properties.creator = book.properties.lastModifiedBy = "xlsc"
    book.properties.created = book.properties.modified = _MOMENT
    stream = io.BytesIO()
    book.save(stream)
    return _normalise(stream.getvalue())


def _write_data(sheet: Worksheet, name: str, template: Template) -> None:
    """One table; on two sheets, each has its own columns and the keys."""
    sheet.title = name
    for place, column in enumerate(template.columns, start=1):
        letter = get_column_letter(place)
        _write_header(sheet, place, column)
        sheet.column_dimensions[letter].width = header_width(column.header)
        for row in range(2, TABLE_ROWS + 2):
            sheet.cell(row, place).number_format = column.cell_format
        sheet.column_dimensions[letter].number_format = column.cell_format
        _add_validation(sheet, letter, column)
        if column.default:
            sheet.cell(2, place, column.default)
    for place, (header, formula) in enumerate(template.formulas, start=len(template.columns) + 1):
        sheet.cell(1, place, header).font = _font(italic=True)
        sheet.column_dimensions[get_column_letter(place)].width = header_width(header)
        for row in range(2, TABLE_ROWS + 2):
            sheet.cell(row, place, formula.replace("{row}", str(row))).number_format = "#,##0.00;[Red]-#,##0.00;"
    last = len(template.columns) + len(template.formulas) + 1
    status = sheet.cell(1, last, STATUS_HEADER)
    status.font = _font()
    sheet.column_dimensions[get_column_letter(last)].width = 44
    table = Table(displayName=re.sub(r"\W", "", name) or "Data", ref=f"A1:{get_column_letter(last)}{TABLE_ROWS + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = "A2"


def _write_header(sheet: Worksheet, place: int, column: TemplateColumn) -> None:
    cell = sheet.cell(1, place, column.header)
    cell.font = _font(underline="single" if column.key else None)
    cell.border = Border(bottom=Side("thin"))
    if column.key:
        cell.fill = PatternFill("solid", fgColor=f"FF{KEY_FILL}")
    words = [column.help] if column.help else []
    if column.key:
        words.append("Key column: rows that are alike here form one document.")
    if column.required or column.key:
        words.append("Must not be blank.")
    if column.header != column.column:
        words.append(f"Goes to {column.column}.")
    if words:
        cell.comment = Comment("\n".join(words), HEADER_AUTHOR, height=90, width=260)


def _add_validation(sheet: Worksheet, letter: str, column: TemplateColumn) -> None:
    """A drop-down, a kind of value, and the message that shows on entering a cell; guesses never refuse."""
    validation = _validation(column)
    if column.help:
        validation.promptTitle, validation.prompt = column.header[:32], column.help[:255]
        validation.showInputMessage = True
    if validation.type is not None and not column.is_guess:
        validation.errorTitle, validation.error = column.header[:32], _complaint(column)[:225]
        validation.showErrorMessage = True
    if validation.type is None and not column.help:
        return
    validation.allow_blank = True
    validation.add(f"{letter}2:{letter}{READY_ROWS + 1}")
    sheet.add_data_validation(validation)


def _validation(column: TemplateColumn) -> DataValidation:
    listed = ",".join(choice.replace('"', '""') for choice in column.choices)
    if column.choices and len(listed) <= _MAX_LIST and not any("," in choice for choice in column.choices):
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
    if column.choices:
        return f"Choose one of: {', '.join(column.choices)}."
    words = {"date": "Enter a date.", "number": "Enter a number.", "integer": "Enter a whole number."}
    return words.get(column.plain_type, f"At most {column.length} characters.")


def _write_columns(sheet: Worksheet, template: Template) -> None:
    """The configuration: what stands here is what xlsc checks and sends."""
    for place, name in enumerate(HEADERS, start=1):
        sheet.cell(1, place, name).font = _font()
        sheet.column_dimensions[get_column_letter(place)].width = 24 if name in ("Column", "Caption", "Help") else 14
    for row, column in enumerate(template.columns, start=2):
        for place, value in enumerate(write_row(column), start=1):
            cell = sheet.cell(row, place, value)
            if isinstance(value, str):
                cell.number_format = "@"
    last = len(template.columns) + 2
    sheet.cell(last, 1, "Blank marker:")
    sheet.cell(last, 2, template.blank_marker).number_format = "@"
    kinds = DataValidation(
        "list", formula1=f'"{",".join([*TYPES, *(f"{name}?" for name in TYPES)])}"', allow_blank=True
    )
    checks = DataValidation("list", formula1=f'"{",".join(filter(None, CHECKS))}"', allow_blank=True)
    for validation, name in ((kinds, "Type"), (checks, "Check")):
        letter = get_column_letter(list(HEADERS).index(name) + 1)
        validation.add(f"{letter}2:{letter}{last - 1}")
        sheet.add_data_validation(validation)
    sheet.freeze_panes = "A2"


def _write_guide(sheet: Worksheet, template: Template) -> None:
    sheet["A1"] = template.title
    sheet["A1"].font = _font(size=16)
    sheet.column_dimensions["A"].width = 6
    for letter in "BCDEFGHIJ":
        sheet.column_dimensions[letter].width = 18
    row = 3
    for number, step in enumerate(template.steps, start=1):
        sheet.cell(row, 1, number)
        cell = sheet.cell(row, 2, step)
        cell.alignment = Alignment(wrap_text=False, vertical="top")
        row += 1
    sheet.cell(row + 1, 2, "Example").font = _font()
    for place, column in enumerate(template.columns, start=2):
        sheet.cell(row + 2, place, column.header).font = _font()
        example = sheet.cell(row + 3, place, column.example or None)
        example.number_format = "@"
    sheet.cell(
        row + 5, 2, f"{template.blank_marker} in a cell sets the value to empty; an empty cell leaves it as it is."
    )


def _font(**looks: Any) -> Font:  # noqa: ANN401 - the library's own words
    """Bold in the workbook's own typeface."""
    return Font(**{"name": "Calibri", "size": 11, "bold": True, **looks})


def _normalise(data: bytes) -> bytes:
    """The package with fixed dates and a fixed order, so that the same template has the same bytes."""
    stream = io.BytesIO()
    stamp = _MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        for name in sorted(names, key=lambda part: (part != "[Content_Types].xml", part)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return stream.getvalue()
