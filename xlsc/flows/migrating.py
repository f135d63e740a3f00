"""A filled template brought in line with its process: headers and Columns sheet change, no value is ever lost.

Cells of the data are never moved: columns are found by their headers, wherever people put them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsc.core.addresses import Area, format_column
from xlsc.core.catalog import ColumnInfo
from xlsc.core.table import CellValue
from xlsc.core.template import HEADERS, TemplateColumn, guess_type, write_row
from xlsc.core.template_changes import Changes
from xlsc.flows.layout import SheetLayout, Wanted, find_layout
from xlsc.flows.named_ranges import COLUMNS_SHEET
from xlsc.flows.prepare import template_sides
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.table_edges import folded
from xlsc.flows.template_headers import REMOVED
from xlsc.flows.work import Rules
from xlsc.sheets.port import Book, CellWrite, HeaderCell, Sheet

KEPT_SHEET = "Kept columns"
#: How the header of a person's own column ends, when the process has a column of that name from now on.
OWN = " (own)"
_NEW = " (new)"


@dataclass(frozen=True, slots=True)
class _Plan:
    """The template's columns as they are to be.

    Attributes:
        columns: Those that stay, by their former name.
        added: New ones.
        removed: Former names of those that go.
    """

    columns: Mapping[str, TemplateColumn]
    added: tuple[TemplateColumn, ...]
    removed: tuple[str, ...]


def migrate(book: Book, sheet: Sheet, rules: Rules, changes: Changes, found: ProcessColumns) -> int:
    """Change headers and Columns sheet; values of removed columns are put aside too. Returns the rows put aside.

    Args:
        book: The template.
        sheet: Its data; header and lines joined, when they stand on two.
        rules: What its Columns sheet says.
        changes: Between template and process.
        found: The process as it is.
    """
    if changes.is_empty:
        return 0
    plan = _plan(rules, changes, found)
    kept = 0
    for side, columns in template_sides(sheet, rules):
        infos = [ColumnInfo(item.column, item.key) for item in columns]
        layout = find_layout(side, Wanted(infos, None, rules.captions))
        places = {column.name: column.sheet_column for column in layout.columns}
        kept += _put_aside(book, side, layout, [(name, places.get(name)) for name in plan.removed])
        _write_headers(side, layout, plan)
        _add_headers(side, layout, [item for item in plan.added if _stands_on(item, side, rules)])
    _write_columns_sheet(book, plan)
    return kept


def add_columns(book: Book, sheet: Sheet, layout: SheetLayout, columns: Sequence[TemplateColumn]) -> None:
    """Add columns to a template: rows on the Columns sheet, and headers right of the last one where there are none."""
    there = {column.name for column in layout.columns}
    _add_headers(sheet, layout, [item for item in columns if item.column not in there])
    _write_columns_sheet(book, _Plan({}, tuple(columns), ()))


def _plan(rules: Rules, changes: Changes, found: ProcessColumns) -> _Plan:
    names = dict(changes.renamed)
    keys = {info.name.casefold(): info.is_required for info in found.columns}
    stay: dict[str, TemplateColumn] = {}
    for item in rules.template:
        if item.column in changes.removed:
            continue
        now = replace(item, column=names.get(item.column, item.column))
        stay[item.column] = replace(now, key=keys.get(now.column.casefold(), now.key))
    taken = {folded(item.caption) for item in rules.template if item.caption}
    for former, item in stay.items():
        # A header must name one column alone: where a caption says the new name already, the old one stays on top.
        if former != item.column and not item.caption and folded(item.column) in taken:
            stay[former] = replace(item, caption=former)
    lines = rules.sheets[-1] if rules.sheets else _sheet_of(rules)
    added = tuple(
        TemplateColumn(
            name,
            caption=name + _NEW if folded(name) in taken else "",
            key=keys[name.casefold()],
            type=guess_type(name),
            sheet="" if keys[name.casefold()] else lines,
        )
        for name in changes.added
    )
    return _Plan(stay, added, changes.removed)


def _sheet_of(rules: Rules) -> str:
    """The one data sheet that the Columns sheet names, or ""."""
    return next((item.sheet for item in rules.template if item.sheet), "")


def _stands_on(item: TemplateColumn, side: Sheet, rules: Rules) -> bool:
    return item.key or not rules.sheets or item.sheet.casefold() == side.name.casefold()


def _write_headers(sheet: Sheet, layout: SheetLayout, plan: _Plan) -> None:
    """Renamed columns say their new name, removed ones that they are; own columns in their way are renamed."""
    texts = _header_texts(sheet, layout.header_row)
    places = {column.name: column.sheet_column or 0 for column in layout.columns}
    wanted = {name: item for name, item in plan.columns.items() if name in places}
    new = {folded(text) for item in (*wanted.values(), *plan.added) for text in (item.header, item.column)}
    own = {place: text for place, text in texts.items() if place not in places.values()}
    taken = {folded(text) for text in texts.values()} | new
    changed: dict[int, str] = {}
    for place, text in own.items():
        if folded(text) in new and place != layout.status_column:
            changed[place] = _unused(text, OWN, taken)
    for name in plan.removed:
        if name in places:
            changed[places[name]] = _unused(name, REMOVED, taken)
    for name, item in wanted.items():
        if folded(texts[places[name]]) not in (folded(item.header), folded(item.column)):
            changed[places[name]] = item.header
    sheet.write_cells([CellWrite(layout.header_row, place, text) for place, text in changed.items()])


def _unused(text: str, ending: str, taken: set[str]) -> str:
    """The text with the ending, and a number where that stands somewhere already."""
    number, found = 1, text + ending
    while folded(found) in taken:
        number += 1
        found = f"{text} {number}{ending}"
    taken.add(folded(found))
    return found


def _add_headers(sheet: Sheet, layout: SheetLayout, added: Sequence[TemplateColumn]) -> None:
    """New headers right of the last one, beside the table, so that they belong to it; nothing is written over."""
    if not added:
        return
    free, nameless = _free_column(sheet, layout)
    cells = [HeaderCell(place, f"Column {format_column(place)}", is_key=False) for place in nameless]
    cells += [HeaderCell(free + step, item.header, item.key) for step, item in enumerate(added)]
    sheet.write_headers(layout.header_row, cells)


def _free_column(sheet: Sheet, layout: SheetLayout) -> tuple[int, list[int]]:
    """The first column without a value right of the template's, and those before it whose header is blank.

    A blank header would end the table before the new columns, so it gets a name as Excel gives one.
    """
    used = sheet.used_area()
    texts = _header_texts(sheet, layout.header_row)
    ends = [item.area.last_column for item in sheet.list_objects() if item.area.first_row == layout.header_row]
    inside = [column.sheet_column or 0 for column in layout.columns]
    start = max([*inside, *(end for end in ends if end >= max(inside, default=0)), *_status(layout, texts)])
    last = used.last_column if used is not None else start
    block = sheet.read(Area(1, 1, used.last_row if used is not None else 1, max(last, start)))
    filled = {place for place in range(start + 1, last + 1) if any(row[place - 1] is not None for row in block.rows)}
    free = max(filled, default=start) + 1
    return free, [place for place in range(start + 1, free) if place not in texts]


def _status(layout: SheetLayout, texts: Mapping[int, str]) -> list[int]:
    """The status column, where it has its header."""
    return [layout.status_column] if layout.status_column in texts else []


def _header_texts(sheet: Sheet, header_row: int) -> dict[int, str]:
    used = sheet.used_area()
    if used is None:
        return {}
    row = sheet.read(Area(header_row, 1, header_row, used.last_column)).rows[0]
    return {place: str(value) for place, value in enumerate(row, start=1) if value not in (None, "")}


def _put_aside(book: Book, sheet: Sheet, layout: SheetLayout, columns: Sequence[tuple[str, int | None]]) -> int:
    """Copy the values of removed columns onto a sheet of their own, each with its row."""
    wanted = [(name, place) for name, place in columns if place is not None]
    area = layout.area
    if not wanted or area is None:
        return 0
    block = sheet.read(area)
    rows: list[list[CellValue]] = [
        [number, *(row[place - area.first_column] for _, place in wanted)]
        for number, row in enumerate(block.rows, start=area.first_row)
    ]
    rows = [row for row in rows if any(value is not None for value in row[1:])]
    if not rows:
        return 0
    names = [name.casefold() for name in book.sheet_names()]
    number, title = 1, KEPT_SHEET
    while title.casefold() in names:
        number += 1
        title = f"{KEPT_SHEET} {number}"
    book.add_sheet(title).write(1, 1, [["Row", *(name for name, _ in wanted)], *rows])
    return len(rows)


def _write_columns_sheet(book: Book, plan: _Plan) -> None:
    """Rows of columns that stay are changed in place, cell by cell; what the author added to the sheet stays."""
    sheet = book.sheet(COLUMNS_SHEET)
    used = sheet.used_area()
    assert used is not None
    rows = sheet.read(Area(1, 1, used.last_row, used.last_column)).rows
    places = {str(text).strip().casefold(): place for place, text in enumerate(rows[0], start=1) if text is not None}
    fields = {field: places.get(text.casefold()) for text, field in HEADERS.items()}
    writes = list(_headers_missing(places, fields, used.last_column))
    name_place = fields["column"] or 1
    for number, row in enumerate(rows[1:], start=2):
        name = str(row[name_place - 1] or "").strip()
        if name in plan.removed:
            writes += [CellWrite(number, place, None) for place in fields.values() if place is not None]
        elif name in plan.columns:
            writes += _row(number, fields, plan.columns[name], ("column", "caption", "key"))
    for number, item in enumerate(plan.added, start=used.last_row + 1):
        writes += _row(number, fields, item, tuple(HEADERS.values()))
    sheet.write_cells(writes)


def _headers_missing(places: Mapping[str, int], fields: dict[str, int | None], last: int) -> Iterator[CellWrite]:
    """Headers of the Columns sheet that an older layout has not; ``fields`` learns their places."""
    for text, field in HEADERS.items():
        if text.casefold() not in places:
            last += 1
            fields[field] = last
            yield CellWrite(1, last, text)


def _row(number: int, fields: Mapping[str, int | None], item: TemplateColumn, wanted: Sequence[str]) -> list[CellWrite]:
    values = dict(zip(HEADERS.values(), write_row(item), strict=True))
    return [CellWrite(number, place, values[field]) for field in wanted if (place := fields[field]) is not None]
