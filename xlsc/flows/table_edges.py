"""What stands at the edges of an Excel table: rows below it and columns beside it that it has not taken in.

Excel lets a table grow when somebody types beside it; LibreOffice does not, nor does pasting. What touches the table
belongs to it; what stands apart is refused with its cell, since it would be left behind in silence otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsc.core.addresses import Area, format_cell
from xlsc.core.marks import STATUS_HEADER
from xlsc.core.table import CellValue
from xlsc.errors import UsageError
from xlsc.sheets.port import ListObject, Sheet


@dataclass(frozen=True, slots=True)
class Headers:
    """A header row: texts by 1-based column, and the rows below."""

    row: int
    texts: Mapping[int, str]
    last_row: int


def header_texts(row: Sequence[CellValue], first_column: int) -> dict[int, str]:
    """The texts of a header row by 1-based column."""
    return {column: str(value) for column, value in enumerate(row, start=first_column) if value not in (None, "")}


def folded(value: object) -> str:
    """A header as it is compared: without case, outer blanks, line breaks, or the mark of a key column."""
    return " ".join(str(value).split()).rstrip("*").rstrip().casefold() if value is not None else ""


def take_in(
    sheet: Sheet, item: ListObject, headers: Headers, known: Mapping[str, str], selection: Area | None
) -> Headers:
    """A table's headers and rows, with what touches it.

    Args:
        sheet: Where the table stands.
        item: The table.
        headers: Its header row.
        known: Column names by folded header texts.
        selection: Rows that are meant; None = all.

    Raises:
        UsageError: A column or a row of the process stands apart from the table.
    """
    used = sheet.used_area()
    if used is None:
        return headers
    others = [other.area for other in sheet.list_objects() if other.area != item.area]
    if used.last_column > item.area.last_column or item.area.first_column > 1:
        headers = replace(headers, texts=_with_columns(sheet, item, headers, known, others))
    if used.last_row <= item.area.last_row or item.has_totals:
        return headers
    places = [column for column, text in headers.texts.items() if folded(text) in known]
    below = _rows_below(sheet, item.area.last_row, used.last_row, places, others)
    last = item.area.last_row
    while last + 1 in below:
        last += 1
    apart = sorted(number for number in below if number > last and _is_meant(number, selection))
    if apart:
        cell = format_cell(apart[0], below[apart[0]])
        raise UsageError(
            f"Sheet {sheet.name}: {cell} stands below the table {item.name} ({item.area}) with blank rows between; "
            "it is not clear whether it is a row of the table.",
            "Close the gap, or drag the table's lower right corner over it; if it is no row, move it away.",
        )
    return replace(headers, last_row=last)


def _is_meant(number: int, selection: Area | None) -> bool:
    return selection is None or selection.first_row <= number <= selection.last_row


def _with_columns(
    sheet: Sheet, item: ListObject, headers: Headers, known: Mapping[str, str], others: Sequence[Area]
) -> dict[int, str]:
    """The headers with those that touch the table; a column of the process that stands apart is refused."""
    used = sheet.used_area()
    assert used is not None
    row = sheet.read(Area(headers.row, 1, headers.row, used.last_column)).rows[0]
    beside = {
        column: text
        for column, text in header_texts(row, 1).items()
        if column not in headers.texts and not any(area.intersect(_cell(headers.row, column)) for area in others)
    }
    texts = dict(headers.texts)
    for start, step in ((item.area.last_column + 1, 1), (item.area.first_column - 1, -1)):
        place = start
        while place in beside:
            texts[place] = beside.pop(place)
            place += step
    present = {known.get(folded(text)) for text in texts.values()}
    for column, text in beside.items():
        if folded(text) == folded(STATUS_HEADER):
            texts.setdefault(column, text)
        name = known.get(folded(text))
        if name is not None and name not in present:
            raise UsageError(
                f"Sheet {sheet.name}: the column {text} stands in {format_cell(headers.row, column)}, "
                f"apart from the table {item.name} ({item.area}).",
                "Move it back into the table, or drag the table's lower right corner over it.",
            )
    return texts


def _cell(row: int, column: int) -> Area:
    return Area(row, column, row, column)


def _rows_below(
    sheet: Sheet, last: int, used_last: int, places: Collection[int], others: Sequence[Area]
) -> dict[int, int]:
    """The rows below a table with values in its columns, each with the column of its first one."""
    if not places:
        return {}
    first, final = min(places), max(places)
    block = sheet.read(Area(last + 1, first, used_last, final))
    found: dict[int, int] = {}
    for number, row in enumerate(block.rows, start=last + 1):
        for place in sorted(places):
            value = row[place - first]
            if value in (None, "") or any(area.intersect(_cell(number, place)) for area in others):
                continue
            found[number] = place
            break
    return found
