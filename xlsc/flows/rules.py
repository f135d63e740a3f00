"""The local checks that a workbook's author wrote into its Columns sheet; a workbook without one has none."""

from __future__ import annotations

from xlsc.core.addresses import Area
from xlsc.core.template import (
    BLANK_MARKER,
    HEADERS,
    TemplateColumn,
    column_rules,
    data_sheets,
    document_rules,
    read_row,
)
from xlsc.errors import UsageError
from xlsc.flows.work import Rules
from xlsc.sheets.joined import JoinedSheet
from xlsc.sheets.port import Book, Sheet

COLUMNS_SHEET = "Columns"
MARKER_LABEL = "Blank marker"


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
        column_rules(columns), document_rules(columns), captions, marker, sheets if len(sheets) > 1 else (), keys
    )


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
        if str(cells.get("column") or "").strip() == f"{MARKER_LABEL}:":
            marker = str(cells.get("caption") or BLANK_MARKER)
        elif cells.get("column") is not None:
            found.append(read_row(cells, f"Sheet {COLUMNS_SHEET}, row {number}"))
    _refuse_doubles(found)
    return found, marker


def _refuse_doubles(columns: list[TemplateColumn]) -> None:
    for values, what in (([item.column for item in columns], "column"), ([item.header for item in columns], "caption")):
        folded = [value.casefold() for value in values]
        double = next((value for value in values if folded.count(value.casefold()) > 1), None)
        if double is not None:
            raise UsageError(f"Sheet {COLUMNS_SHEET}: the {what} {double!r} stands twice.", "Rename or delete one row.")
