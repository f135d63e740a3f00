"""Template workbooks as files: data sheet, Columns, Guide; plain .xlsx without macros, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
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
from xlsc.sheets.header_looks import HEADER_AUTHOR, header_width
from xlsc.sheets.ooxml.saving import replace_file
from xlsc.sheets.template_guide import write_guide
from xlsc.sheets.template_looks import OPEN, bold, column_width, set_page, set_width, style_header

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
    write_guide(book.create_sheet("Guide"), template)
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
        set_width(sheet, place, column_width(column))
        for row in range(2, TABLE_ROWS + 2):
            sheet.cell(row, place).number_format = column.cell_format
            sheet.cell(row, place).protection = OPEN
        sheet.column_dimensions[letter].number_format = column.cell_format
        sheet.column_dimensions[letter].protection = OPEN
        _add_validation(sheet, letter, column, template)
        if column.default:
            sheet.cell(2, place, column.default)
    for place, (header, formula) in enumerate(template.formulas, start=len(template.columns) + 1):
        style_header(sheet, place, header, needed=False)
        set_width(sheet, place, header_width(header))
        for row in range(2, TABLE_ROWS + 2):
            sheet.cell(row, place, formula.replace("{row}", str(row))).number_format = "#,##0.00;[Red]-#,##0.00;"
    last = len(template.columns) + len(template.formulas) + 1
    style_header(sheet, last, STATUS_HEADER)
    set_width(sheet, last, 60)
    sheet.column_dimensions[get_column_letter(last)].protection = OPEN
    for row in range(2, TABLE_ROWS + 2):
        sheet.cell(row, last).protection = OPEN
    table = Table(displayName=re.sub(r"\W", "", name) or "Data", ref=f"A1:{get_column_letter(last)}{TABLE_ROWS + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = "A2"
    set_page(sheet, "data")


def _write_header(sheet: Worksheet, place: int, column: TemplateColumn) -> None:
    style_header(sheet, place, column.header, key=column.key, needed=column.key or column.required)
    cell = sheet.cell(1, place)
    words = [column.help] if column.help else []
    if column.key:
        words.append("Key column: rows that are alike here form one document.")
    if column.required or column.key:
        words.append("Must not be blank.")
    if column.header != column.column:
        words.append(f"Goes to {column.column}.")
    if words:
        cell.comment = Comment("\n".join(words), HEADER_AUTHOR, height=90, width=260)


def _add_validation(sheet: Worksheet, letter: str, column: TemplateColumn, template: Template) -> None:
    """A drop-down, a kind of value, and the message that shows on entering a cell; guesses never refuse."""
    validation = _validation(column, f"{letter}2", template)
    if column.help:
        validation.promptTitle, validation.prompt = column.header[:32], column.help[:255]
        validation.showInputMessage = True
    if validation.type is not None and not column.is_guess:
        validation.errorTitle, validation.error = column.header[:32], _complaint(column, template)[:225]
        validation.showErrorMessage = True
        if column.choices and not _is_needed(column):
            # A list cannot take a marker in as well; so that one can be typed, Excel only asks back.
            validation.errorStyle = "warning"
    if validation.type is None and not column.help:
        return
    validation.allow_blank = True
    validation.add(f"{letter}2:{letter}{READY_ROWS + 1}")
    sheet.add_data_validation(validation)


def _is_needed(column: TemplateColumn) -> bool:
    return column.key or column.required


def _validation(column: TemplateColumn, cell: str, template: Template) -> DataValidation:
    """What the cells take; those that may stay empty take the markers too."""
    listed = ",".join(choice.replace('"', '""') for choice in column.choices)
    if column.choices and len(listed) <= _MAX_LIST and not any("," in choice for choice in column.choices):
        return DataValidation("list", formula1=f'"{listed}"')
    if column.is_guess:
        return DataValidation()
    if not _is_needed(column):
        return _optional_validation(column, cell, template)
    if column.plain_type == "date":
        return DataValidation("date", operator="greaterThan", formula1="1")
    if column.plain_type == "number":
        return DataValidation("decimal", operator="between", formula1="-1E+15", formula2="1E+15")
    if column.plain_type == "integer":
        return DataValidation("whole", operator="between", formula1="-1E+15", formula2="1E+15")
    if column.length:
        return DataValidation("textLength", operator="lessThanOrEqual", formula1=str(column.length))
    return DataValidation()


def _optional_validation(column: TemplateColumn, cell: str, template: Template) -> DataValidation:
    """A formula: the value is of its kind, or a marker; markers mostly begin with a brace, also renamed ones."""
    texts = [text for text in (template.blank_marker, template.skip_marker) if text and not text.startswith("{")]
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
    if column.choices:
        text = f"Choose one of {', '.join(column.choices)}"
    return f"{text}." if _is_needed(column) else f"{text}, or {template.blank_marker} to empty the value."


def _write_columns(sheet: Worksheet, template: Template) -> None:
    """The configuration: what stands here is what xlsc checks and sends."""
    for place, name in enumerate(HEADERS, start=1):
        style_header(sheet, place, name)
    for row, column in enumerate(template.columns, start=2):
        for place, value in enumerate(write_row(column), start=1):
            cell = sheet.cell(row, place, value)
            if isinstance(value, str):
                cell.number_format = "@"
    for place in range(1, len(HEADERS) + 1):
        cells = [sheet.cell(row, place).value for row in range(1, len(template.columns) + 2)]
        longest = max(len(str(value)) for value in cells if value is not None)
        set_width(sheet, place, min(max(longest + 3, 10), 48))
    last = len(template.columns) + 2
    for row, (label, marker) in enumerate(
        (("Blank", template.blank_marker), ("Skip", template.skip_marker)), start=last
    ):
        sheet.cell(row, 1, f"{label} marker:").font = bold()
        sheet.cell(row, 2, marker).number_format = "@"
    kinds = DataValidation(
        "list", formula1=f'"{",".join([*TYPES, *(f"{name}?" for name in TYPES)])}"', allow_blank=True
    )
    checks = DataValidation("list", formula1=f'"{",".join(filter(None, CHECKS))}"', allow_blank=True)
    for validation, name in ((kinds, "Type"), (checks, "Check")):
        letter = get_column_letter(list(HEADERS).index(name) + 1)
        validation.add(f"{letter}2:{letter}{last - 1}")
        sheet.add_data_validation(validation)
    sheet.freeze_panes = "B2"
    set_page(sheet, "columns")


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
