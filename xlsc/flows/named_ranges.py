"""What stands in named ranges of a template: lists of choices, and the variables of the process's own source."""

from __future__ import annotations

from collections.abc import Sequence

from xlsc.core.addresses import Area
from xlsc.core.table import Block, CellValue
from xlsc.core.template import TemplateColumn
from xlsc.core.values import UnencodableValue, encode_value
from xlsc.errors import UsageError
from xlsc.sheets.port import Book
from xlsc.wire.variables import check_variable_name

COLUMNS_SHEET = "Columns"
VARIABLE_LABEL = "Variable"


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


def read_variable_names(book: Book) -> list[str]:
    """Names of the variables that stand in named cells, as the Columns sheet lists them."""
    if COLUMNS_SHEET.casefold() not in (name.casefold() for name in book.sheet_names()):
        return []
    sheet = book.sheet(COLUMNS_SHEET)
    used = sheet.used_area()
    rows = sheet.read(Area(1, 1, used.last_row, max(used.last_column, 2))).rows if used is not None else ()
    named = [row[1] for row in rows if str(row[0] or "").strip() == f"{VARIABLE_LABEL}:"]
    return [check_variable_name(str(name).strip()) for name in named if name is not None]
