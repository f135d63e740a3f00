"""Fresh rows into a template's data area: each beside its own notes, wherever its person sorted or moved it.

What a row is, and which of its columns tell it apart, stands on the Columns sheet. Nothing here can run a process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsc.core.addresses import Area, format_cell
from xlsc.core.canonical import canonical, parse_moment, parse_number
from xlsc.core.catalog import ColumnInfo
from xlsc.core.marks import read_state
from xlsc.core.refreshing import Key, Places, Present, plan_places
from xlsc.core.table import CellValue, Column
from xlsc.core.template import TemplateColumn
from xlsc.core.values import UnencodableValue, encode_value
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.data import read_data
from xlsc.flows.layout import SheetLayout, Wanted, find_layout
from xlsc.flows.named_ranges import COLUMNS_SHEET, read_variable_names
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.sheets.binding import read_binding
from xlsc.sheets.port import Book, CellWrite, Sheet

GONE = "Gone: not among the rows of the last refresh, kept for what stands beside it"
#: Digits that a cell's number can hold; longer numbers stay texts.
_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Fresh:
    """Rows to put onto a sheet: column names, and wire texts in their order."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        source: Process, or what else the rows are of.
        rows: Fresh rows.
        updated: How many of them stood there before.
        emptied: Rows whose data are gone.
        kept: 1-based rows whose data are gone too, but stay beside the person's notes.
        missing: Columns of the data that are not on the sheet.
        variables: The values that were asked with.
    """

    source: str
    rows: int
    updated: int
    emptied: int
    kept: tuple[int, ...]
    missing: tuple[str, ...]
    variables: Mapping[str, str]


def refresh(
    book: Book, session: Session, sheet_name: str | None, given: Mapping[str, str], *, replace: bool = False
) -> Refreshed:
    """Get a template's data anew.

    Args:
        book: The template, bound to a process.
        session: The service.
        sheet_name: The data sheet; None = the active one.
        given: Values of variables that go before those of the sheet's cells.
        replace: Write all rows from the top in the order of the data, whatever stands beside them.

    Raises:
        UsageError: The workbook is none that tells its process and columns, or a variable's cell is missing.
        ServiceError: The service refuses.
    """
    binding = read_binding(book)
    process = (binding.process_key or binding.process_id) if binding else ""
    if not process:
        raise UsageError(
            f"{book.name} is for no process.",
            "Use a template, or: xlsc data PROCESS -o FILE.",
            in_excel="Use a template, or choose a process with Pick process.",
        )
    variables = {**read_variables(book), **given}
    data = read_data(session.client, process, variables)
    fresh = Fresh(data.columns, data.rows)
    rules = read_rules(book)
    done = put_rows(open_data_sheet(book, sheet_name, rules), rules.template, fresh, replace=replace)
    missing = tuple(name for name in data.columns if name not in done.columns)
    places = done.places
    return Refreshed(
        data.process.map_id,
        len(data.rows),
        places.updated,
        len(places.emptied),
        places.kept,
        missing,
        variables,
    )


def read_variables(book: Book) -> dict[str, str]:
    """The variables that a person filled into named cells; blank cells are left out.

    Raises:
        UsageError: The workbook has lost a cell's name.
    """
    found: dict[str, str] = {}
    for name in read_variable_names(book):
        place = book.named_area(name)
        if place is None:
            raise UsageError(
                f"{book.name} has no cell named {name}.",
                f"Name the cell again in Excel, or take the row {name} off the sheet {COLUMNS_SHEET}.",
            )
        sheet, area = place
        block = book.sheet(sheet).read(Area(area.first_row, area.first_column, area.first_row, area.first_column))
        text = _text(block.rows[0][0], block.number_format(area.first_row, area.first_column))
        if text is not None:
            found[name] = text.strip()
    return found


@dataclass(frozen=True, slots=True)
class Put:
    """Where rows went, and the names of the columns that were written."""

    places: Places
    columns: tuple[str, ...]


def put_rows(sheet: Sheet, columns: Sequence[TemplateColumn], fresh: Fresh, *, replace: bool = False) -> Put:
    """Put fresh rows onto a sheet, each into the row that has its key; texts, numbers and dates as the columns say.

    Raises:
        UsageError: The headers are not to be found, or a key column is missing from them.
    """
    known = {item.column.casefold(): item for item in columns}
    infos = [ColumnInfo(name, is_required=_is_key(known.get(name.casefold()))) for name in fresh.columns]
    captions = {info.name: known[info.name.casefold()].caption for info in infos if info.name.casefold() in known}
    layout = find_layout(sheet, Wanted(infos, None, captions))
    taken = [fresh.columns.index(column.name) for column in layout.columns]
    keys = [place for place, column in zip(taken, layout.columns, strict=True) if column.is_key and not replace]
    present = _present(sheet, layout, by_key=bool(keys))
    wanted: list[Key] = [tuple(canonical(row[place]) for place in keys) for row in fresh.rows]
    if not keys:  # nothing tells rows apart: they go from the top, in their order
        wanted = [(str(number),) for number in range(len(fresh.rows))]
    places = plan_places(present, wanted, layout.header_row + 1)
    _refuse_below(sheet, layout, max(places.rows, default=0))
    kinds = [known.get(column.name.casefold(), TemplateColumn(column.name)) for column in layout.columns]
    targets = [_place(column) for column in layout.columns]
    writes = [
        CellWrite(row, target, typed_value(values[place], kind))
        for row, values in zip(places.rows, fresh.rows, strict=True)
        for place, target, kind in zip(taken, targets, kinds, strict=True)
    ]
    writes += [CellWrite(row, target, None) for row in places.emptied for target in targets]
    sheet.write_cells([*writes, *_statuses(sheet, layout, places)])
    return Put(places, tuple(column.name for column in layout.columns))


def _is_key(column: TemplateColumn | None) -> bool:
    return column is not None and column.key


def _place(column: Column) -> int:
    assert column.sheet_column is not None
    return column.sheet_column


def _present(sheet: Sheet, layout: SheetLayout, *, by_key: bool) -> list[Present]:
    """The rows below the headers: their keys, or their turn where there are none; and whether notes stand beside."""
    used = sheet.used_area()
    if layout.area is None or used is None:
        return []
    last = max(layout.area.last_row, layout.header_row)
    block = sheet.read(Area(layout.header_row, 1, last, used.last_column))
    own = {_place(column) for column in layout.columns}
    keys = [_place(column) for column in layout.columns if column.is_key]
    beside = [
        place
        for place, header in enumerate(block.rows[0], start=1)
        if header is not None and place not in own and place != layout.status_column
    ]
    found: list[Present] = []
    for number, row in enumerate(block.rows[1:], start=layout.header_row + 1):
        key: Key | None = None
        if any(row[place - 1] is not None for place in own):
            formats = [(row[place - 1], block.number_format(number, place)) for place in keys]
            key = tuple(canonical(_text(*cell)) for cell in formats) if by_key else (str(len(found)),)
        noted = by_key and any(row[place - 1] is not None for place in beside)
        found.append(Present(number, key, noted))
    return found


def _refuse_below(sheet: Sheet, layout: SheetLayout, last_row: int) -> None:
    """Refuse to write over what a person put below the data."""
    used = sheet.used_area()
    end = layout.area.last_row if layout.area is not None else layout.header_row
    if used is None or last_row <= end or used.last_row <= end:
        return
    places = [_place(column) for column in layout.columns]
    for number, row in enumerate(sheet.read(Area(end + 1, 1, last_row, used.last_column)).rows, start=end + 1):
        for place in places:
            if place <= used.last_column and row[place - 1] is not None:
                raise UsageError(
                    f"Sheet {sheet.name}: {format_cell(number, place)} holds something below the data, which need "
                    f"the rows to {last_row:,}.",
                    "Move it to the right, further down, or to another sheet.",
                )


def _statuses(sheet: Sheet, layout: SheetLayout, places: Places) -> list[CellWrite]:
    """Rows that are gone say so, and rows that are back say it no longer; other words of the column stay."""
    if layout.area is None:
        return []
    column = layout.status_column
    block = sheet.read(Area(layout.area.first_row, column, layout.area.last_row, column))
    there = {number: row[0] for number, row in enumerate(block.rows, start=layout.area.first_row)}
    writes = [CellWrite(row, column, GONE) for row in places.kept]
    back = [row for row in places.rows if there.get(row) == GONE]
    old = [row for row in places.emptied if isinstance(there.get(row), str) and _is_ours(str(there[row]))]
    return [*writes, *(CellWrite(row, column, None) for row in (*back, *old))]


def _is_ours(text: str) -> bool:
    return text == GONE or read_state(text) is not None


def typed_value(text: str | None, column: TemplateColumn) -> CellValue:
    """A wire text as the column's type holds it; the text itself where it is none of the type."""
    if text is None or column.plain_type not in ("number", "integer", "date"):
        return text
    if column.plain_type == "date":
        moment = parse_moment(text)
        return text if moment is None else moment
    number = parse_number(text)
    return text if number is None or len(number.as_tuple().digits) > _DIGITS else float(number)


def _text(value: CellValue, number_format: str) -> str | None:
    try:
        return encode_value(value, number_format)
    except UnencodableValue as error:
        return error.shown
