"""Which sheet of a template holds its data, whatever people named it and whichever one they left in front."""

from __future__ import annotations

from collections.abc import Collection

from xlsc.core.addresses import Area
from xlsc.errors import UsageError
from xlsc.flows.table_edges import folded, header_texts
from xlsc.sheets.port import Book, ListObject, Sheet

#: Sheets of a template that are never its data, though the Guide of an older one shows an example under the headers.
_OTHERS = frozenset(("columns", "guide"))


def find_data_sheet(book: Book, headers: Collection[str]) -> Sheet:
    """The sheet whose table has the template's headers; the active one when it has as many, or when none has.

    Args:
        book: The workbook.
        headers: What the template's headers may say: captions and column names.

    Raises:
        UsageError: Several sheets fit alike and none is the active one, or the Guide is active and none fits.
    """
    active = book.sheet()
    wanted = {folded(text) for text in headers}
    sheets = [active, *(book.sheet(name) for name in book.sheet_names() if name != active.name)]
    counts = {sheet.name: _count(sheet, wanted) for sheet in sheets if sheet.name.casefold() not in _OTHERS}
    most = max(counts.values(), default=0)
    best = [sheet for sheet in sheets if most and counts.get(sheet.name) == most]
    if active in best or (not best and active.name in counts):
        return active
    if not best:
        raise UsageError(
            f"{book.name}: no sheet has a table with the template's headers.",
            "Name the sheet with --sheet, or restore its headers with: xlsc template update FILE --sheet SHEET",
            in_excel="Bring the sheet with the data to the front and press Restore headers.",
        )
    if len(best) > 1:
        listed = ", ".join(sheet.name for sheet in best)
        raise UsageError(
            f"{book.name} holds data on several sheets: {listed}.",
            "Choose one with --sheet.",
            in_excel="Bring the one that you mean to the front.",
        )
    return best[0]


def _count(sheet: Sheet, wanted: Collection[str]) -> int:
    """How many of the template's headers the sheet's best table has."""
    return max((_fit(sheet, item, wanted) for item in sheet.list_objects() if item.has_header), default=0)


def _fit(sheet: Sheet, item: ListObject, wanted: Collection[str]) -> int:
    area = item.area
    row = sheet.read(Area(area.first_row, area.first_column, area.first_row, area.last_column)).rows[0]
    return sum(folded(text) in wanted for text in header_texts(row, area.first_column).values())
