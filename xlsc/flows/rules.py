"""The local checks that a workbook's author wrote into its Columns sheet; a workbook without one has none."""

from __future__ import annotations

from collections.abc import Sequence

from xlsc.core.addresses import Area
from xlsc.core.table import Block, CellValue
from xlsc.core.template import (
    BLANK_MARKER,
    HEADERS,
    TemplateColumn,
    column_rules,
    data_sheets,
    document_rules,
    in_order,
    read_row,
)
from xlsc.core.values import UnencodableValue, encode_value
from xlsc.errors import UsageError
from xlsc.flows.work import Rules
from xlsc.sheets.joined import JoinedSheet
from xlsc.sheets.port import Book, Sheet
from xlsc.wire.variables import check_variable_name

COLUMNS_SHEET = "Columns"
MARKER_LABEL = "Blank marker"
VARIABLE_LABEL = "Variable"


def read_rules(book: Book) -> Rules:
    """The rules of a workbook.

    Raises:
        UsageError: The Columns sheet cannot be read; names its row.
    """
    names = {name.casefold() for name in book.sheet_names()}
    if COLUMNS_SHEET.casefold() not in names:
        return Rules()
    columns, marker = read_columns_sheet(book)
    if not columns:
        return Rules()
    captions = {item.column: item.caption for item in columns if item.caption}
    sheets = data_sheets(columns)
    keys = tuple(item.header for item in columns if item.key)
    return Rules(
        columns=column_rules(columns, read_lists(book, columns)),
        documents=document_rules(columns),
        captions=captions,
        blank_marker=marker,
        sheets=sheets if len(sheets) > 1 else (),
        keys=keys,
        skip_markers={item.column: item.skip_marker for item in columns if item.skip_marker},
        defaults={item.column: item.default for item in columns if item.default},
    )


def read_lists(book: Book, columns: Sequence[TemplateColumn]) -> dict[str, tuple[str, ...]]:
    """The values of the named ranges that choices refer to, by name, as they would be sent.

    Raises:
        UsageError: The workbook has no such name, or its cells hold nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for item in columns:
        name = item.choices_name
        if name and name not in found:
            found[name] = tuple(_read_list(book, name, item.header))
    return found


def _read_list(book: Book, name: str, header: str) -> list[str]:
    place = book.named_area(name)
    if place is None:
        raise UsageError(
            f"Sheet {COLUMNS_SHEET}: the choices of {header} are the list {name}, but no cells have that name.",
            "Define the name in Excel (Formulas, Name Manager), or write the choices with ; between them.",
        )
    target = book.sheet(place[0])
    used = target.used_area()
    area = place[1].intersect(used) if used is not None else None
    block = target.read(area) if area is not None else Block(place[1], ())
    texts = [
        _as_text(value, block.number_format(row, column))
        for row, cells in enumerate(block.rows, start=block.area.first_row)
        for column, value in enumerate(cells, start=block.area.first_column)
    ]
    values = [text for text in texts if text]
    if not values:
        raise UsageError(f"Sheet {place[0]}: the list {name} in {place[1]} is empty.", "Fill it with allowed values.")
    return values


def _as_text(value: CellValue, number_format: str) -> str:
    try:
        return encode_value(value, number_format) or ""
    except UnencodableValue:
        return ""


def open_data_sheet(book: Book, name: str | None, rules: Rules) -> Sheet:
    """The sheet whose rows are meant: the named one, header and lines joined, or the active one.

    Raises:
        UsageError: There is no such sheet, or header and lines do not fit.
    """
    if len(rules.sheets) == 2 and (name is None or name.casefold() in (part.casefold() for part in rules.sheets)):
        header, lines = rules.sheets
        return JoinedSheet(book.sheet(header), book.sheet(lines), rules.keys)
    return book.sheet(name)


def read_columns_sheet(book: Book) -> tuple[list[TemplateColumn], str]:
    """The columns of the Columns sheet, and the blank marker; none when the sheet is another's.

    Raises:
        UsageError: A row says something unknown, or a column stands twice.
    """
    sheet = book.sheet(COLUMNS_SHEET)
    used = sheet.used_area()
    if used is None:
        return [], BLANK_MARKER
    rows = sheet.read(Area(1, 1, used.last_row, used.last_column)).rows
    headers = {str(value).strip().casefold(): place for place, value in enumerate(rows[0]) if value is not None}
    if not {"column", "caption", "type"} <= headers.keys():
        return [], BLANK_MARKER
    places = {field: headers.get(text.casefold()) for text, field in HEADERS.items()}
    found: list[TemplateColumn] = []
    marker = BLANK_MARKER
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[place] for field, place in places.items() if place is not None}
        label = str(cells.get("column") or "").strip()
        if label == f"{MARKER_LABEL}:":
            marker = str(cells.get("caption") or BLANK_MARKER)
        elif label != f"{VARIABLE_LABEL}:" and cells.get("column") is not None:
            found.append(read_row(cells, f"Sheet {COLUMNS_SHEET}, row {number}"))
    _refuse_doubles(found)
    return list(in_order(found)), marker


def read_variable_names(book: Book) -> list[str]:
    """Names of the variables that stand in named cells, as the Columns sheet lists them."""
    if COLUMNS_SHEET.casefold() not in (name.casefold() for name in book.sheet_names()):
        return []
    sheet = book.sheet(COLUMNS_SHEET)
    used = sheet.used_area()
    rows = sheet.read(Area(1, 1, used.last_row, max(used.last_column, 2))).rows if used is not None else ()
    named = [row[1] for row in rows if str(row[0] or "").strip() == f"{VARIABLE_LABEL}:"]
    return [check_variable_name(str(name).strip()) for name in named if name is not None]


def _refuse_doubles(columns: list[TemplateColumn]) -> None:
    for values, what in (([item.column for item in columns], "column"), ([item.header for item in columns], "caption")):
        folded = [value.casefold() for value in values]
        double = next((value for value in values if folded.count(value.casefold()) > 1), None)
        if double is not None:
            raise UsageError(f"Sheet {COLUMNS_SHEET}: the {what} {double!r} stands twice.", "Rename or delete one row.")
