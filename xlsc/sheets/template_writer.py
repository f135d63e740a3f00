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
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.core.template import (
    CHECKS,
    HEADERS,
    LIST_SIGN,
    TYPES,
    Template,
    TemplateColumn,
    columns_of,
    data_sheets,
    write_row,
)
from xlsc.errors import WorkbookError
from xlsc.sheets.chunks import split_text
from xlsc.sheets.header_looks import header_width
from xlsc.sheets.ooxml.saving import replace_file
from xlsc.sheets.template_charts import write_charts
from xlsc.sheets.template_guide import write_guide
from xlsc.sheets.template_looks import bold, set_page, set_width, style_header
from xlsc.sheets.template_table import MAX_LIST, write_data

LISTS_SHEET = "Lists"
_MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same template has the same bytes
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(<)")


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
    template = with_lists(template)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for place, name in enumerate(data_sheets(template.columns)):
        target = sheet if place == 0 else book.create_sheet()
        assert isinstance(target, Worksheet)
        write_data(target, name, replace(template, columns=columns_of(template.columns, name)))
    if template.charts:
        write_charts(book, sheet, template)
    _write_columns(book.create_sheet("Columns"), template)
    _write_lists(book, template)
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


def with_lists(template: Template) -> Template:
    """The template with choices that no drop-down can hold in itself put onto a list of their own."""
    columns: list[TemplateColumn] = []
    lists = list(template.lists)
    for place, column in enumerate(template.columns, start=1):
        listed = ",".join(column.choices)
        if not column.choices_name and (len(listed) > MAX_LIST - 2 or any("," in item for item in column.choices)):
            lists.append((f"Choices_{place}", column.choices))
            column = replace(column, choices=(f"{LIST_SIGN} Choices_{place}",))
        columns.append(column)
    return replace(template, columns=tuple(columns), lists=tuple(lists))


def _write_lists(book: Workbook, template: Template) -> None:
    """A column and a named range for each list; rows put in between belong to it."""
    if not template.lists:
        return
    sheet = book.create_sheet(LISTS_SHEET)
    for place, (name, values) in enumerate(template.lists, start=1):
        letter = get_column_letter(place)
        sheet.cell(1, place, name).font = bold()
        sheet.column_dimensions[letter].width = header_width(name)
        for row, value in enumerate(values, start=2):
            cell = sheet.cell(row, place, value)
            cell.data_type, cell.number_format = "s", "@"
        area = f"{LISTS_SHEET}!${letter}$2:${letter}${len(values) + 1}"
        book.defined_names[name] = DefinedName(name, attr_text=area)
    sheet.freeze_panes = "A2"


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
    words = [("Blank marker:", template.blank_marker), ("Skip marker:", template.skip_marker)]
    words += [("Variable:", item.name) for item in template.variables]
    for row, (label, text) in enumerate(words, start=last):
        sheet.cell(row, 1, label).font = bold()
        sheet.cell(row, 2, text).number_format = "@"
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
