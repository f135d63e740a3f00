"""Template workbooks: made from a process, compared with it, brought up to date with their rows in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsc.core.addresses import Area
from xlsc.core.catalog import ColumnInfo
from xlsc.core.table import CellValue
from xlsc.core.template import Template, TemplateColumn, guess_type, write_row
from xlsc.core.template_changes import Changes, compare
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.layout import Wanted, find_layout
from xlsc.flows.processes import ProcessColumns, find_process, read_columns
from xlsc.flows.rules import COLUMNS_SHEET, read_columns_sheet
from xlsc.sheets.binding import Binding, read_binding, write_binding
from xlsc.sheets.port import Book, CellWrite, HeaderCell, Sheet
from xlsc.sheets.template_writer import write_template

KEPT_SHEET = "Kept columns"
_STEPS = (
    "Fill the sheet Data, one row per line. Cells tell what they take when you enter them.",
    "Press Check on the SmartConnect tab, or run: xlsc check FILE",
    "Press Whole sheet on the SmartConnect tab, or run: xlsc send FILE",
    "Wrong cells are filled and noted; the last column says why. Correct them, then Failed only, or --failed-only.",
)


def columns_hash(columns: Sequence[ColumnInfo]) -> str:
    """Short hash of a process's columns; another one means that the template is to be compared."""
    text = "\n".join(f"{column.name}|{column.is_required}" for column in columns)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def template_of(found: ProcessColumns, *, all_columns: bool) -> Template:
    """A template for a process; the service tells no types, so types are guesses that never refuse."""
    columns = tuple(
        TemplateColumn(column.name, key=column.is_required, type=guess_type(column.name))
        for column in found.choose(all_columns=all_columns)
    )
    title = found.process.description or found.process.map_id
    return Template(found.process.map_id, title, columns, _STEPS)


def new_template(session: Session, process: str, path: Path, *, all_columns: bool) -> Template:
    """Write a template for a process, bound to the session's service and company.

    Raises:
        UsageError: The file is there already, or does not end in .xlsx.
        ServiceError: There is no such process.
    """
    if path.exists():
        raise UsageError(
            f"{path} is there already.",
            "Choose another name, or: xlsc template update FILE.",
            in_excel="Choose another name, or open it and press Update in the group Template.",
        )
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path} does not end in .xlsx.", "Templates hold no macros: let the name end in .xlsx.")
    found = read_columns(session.client, find_process(session.client, process))
    template = template_of(found, all_columns=all_columns)
    binding = _binding(session, found, template.version)
    write_template(path, template, binding.as_properties())
    return template


def _binding(session: Session, found: ProcessColumns, version: int) -> Binding:
    settings = session.settings
    return Binding(
        session.service,
        settings.company_id,
        settings.company_name,
        found.process.map_key,
        found.process.map_id,
        str(version),
        columns_hash(found.columns),
    )


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did, or would do.

    Attributes:
        changes: Between the template and the process.
        restored: Headers that had been damaged and were written anew, as (cell text found, header).
        kept_rows: Rows whose values of removed columns were put aside.
    """

    changes: Changes
    restored: tuple[tuple[str, str], ...]
    kept_rows: int


def update_template(
    book: Book,
    session: Session,
    process: str,
    sheet_name: str | None,
    *,
    dry_run: bool,
    found: ProcessColumns | None = None,
) -> Update:
    """Bring a filled template in line with its process as it is now; no value is lost.

    Renamed columns keep their values under the new name, new ones come before the status column's right, removed ones
    are copied to a sheet of their own before their headers are marked as gone.

    Args:
        book: The template.
        session: The service.
        process: Id or key; "" = the workbook's own.
        sheet_name: The data sheet; None = the active one.
        dry_run: Only tell.
        found: The process's columns, where somebody has read them; then the service is not asked.

    Raises:
        UsageError: The workbook has no Columns sheet.
    """
    binding = read_binding(book)
    wanted = process or (binding.process_key if binding else "")
    found = found or read_columns(session.client, find_process(session.client, wanted))
    columns, _marker = read_columns_sheet(book) if _has_columns_sheet(book) else ([], "")
    if not columns:
        raise UsageError(
            f"{book.name} has no Columns sheet.",
            "Make a template with: xlsc template new PROCESS -o FILE.",
            in_excel="Only templates have one: make one with New in the group Template.",
        )
    known = {name.casefold() for name in found.mapped} | {c.name.casefold() for c in found.columns if c.is_required}
    present = {item.column.casefold() for item in columns}
    current = [c.name for c in found.columns if c.name.casefold() in known or c.name.casefold() in present]
    changes = compare([item.column for item in columns], current)
    sheet = book.sheet(sheet_name)
    restored = _damaged_headers(sheet, columns)
    if dry_run:
        return Update(changes, restored, 0)
    _restore(sheet, restored, columns)
    kept = _migrate(book, sheet, columns, changes, found)
    version = int(binding.template_version or 1) + (0 if changes.is_empty else 1) if binding else 1
    write_binding(book, _binding(session, found, version))
    return Update(changes, restored, kept)


def _has_columns_sheet(book: Book) -> bool:
    return COLUMNS_SHEET.casefold() in (name.casefold() for name in book.sheet_names())


def _headers(sheet: Sheet) -> dict[int, str]:
    used = sheet.used_area()
    if used is None:
        return {}
    row = sheet.read(Area(1, 1, 1, used.last_column)).rows[0]
    return {column: str(value).strip() for column, value in enumerate(row, start=1) if value not in (None, "")}


def _damaged_headers(sheet: Sheet, columns: Sequence[TemplateColumn]) -> tuple[tuple[str, str], ...]:
    """Headers of the template that are missing, with what stands in their place, by their order."""
    present = _headers(sheet)
    texts = {text.casefold() for text in present.values()}
    found = []
    for place, item in enumerate(columns, start=1):
        if {item.header.casefold(), item.column.casefold()} & texts:
            continue
        there = present.get(place, "")
        known = {name.casefold() for other in columns for name in (other.header, other.column)}
        if there.casefold() not in known:
            found.append((there, item.header))
    return tuple(found)


def _restore(sheet: Sheet, restored: Sequence[tuple[str, str]], columns: Sequence[TemplateColumn]) -> None:
    places = {item.header: place for place, item in enumerate(columns, start=1)}
    sheet.write_cells([CellWrite(1, places[header], header) for _, header in restored])


def _migrate(
    book: Book, sheet: Sheet, columns: Sequence[TemplateColumn], changes: Changes, found: ProcessColumns
) -> int:
    """Columns sheet and headers as they are to be; values of removed columns put aside. Returns the rows put aside."""
    if changes.is_empty:
        return 0
    by_name = {item.column: item for item in columns}
    names = dict(changes.renamed)
    captions = {item.column: item.caption for item in columns if item.caption}
    infos = [ColumnInfo(item.column, item.key) for item in columns]
    layout = find_layout(sheet, Wanted(infos, None, captions))
    places = {column.name: column.sheet_column for column in layout.columns}
    kept = _put_aside(book, sheet, layout.area, [(name, places.get(name)) for name in changes.removed])
    keys = {column.name: column.is_required for column in found.columns}
    writes = [
        CellWrite(layout.header_row, place, names[name])
        for name in names
        if not by_name[name].caption and (place := places.get(name)) is not None
    ]
    sheet.write_cells([*writes, *_gone(changes.removed, places, layout.header_row)])
    first = max([layout.status_column, *_headers(sheet)]) + 1
    cells = [HeaderCell(first + step, name, keys[name]) for step, name in enumerate(changes.added)]
    if cells:
        sheet.write_headers(layout.header_row, cells)
    left = [
        replace(item, column=names.get(item.column, item.column))
        for item in columns
        if item.column not in changes.removed
    ]
    added = [TemplateColumn(name, key=keys[name], type=guess_type(name)) for name in changes.added]
    _write_columns_sheet(book, [*left, *added], len(columns))
    return kept


def _gone(removed: Sequence[str], places: dict[str, int | None], header_row: int) -> list[CellWrite]:
    """Headers of removed columns say so: their values stay where they are, private from now on."""
    found = [(name, places.get(name)) for name in removed]
    return [CellWrite(header_row, place, f"{name} (removed)") for name, place in found if place is not None]


def _put_aside(book: Book, sheet: Sheet, area: Area | None, columns: Sequence[tuple[str, int | None]]) -> int:
    """Copy the values of removed columns onto a sheet of their own, each with its row."""
    wanted = [(name, place) for name, place in columns if place is not None]
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


def _write_columns_sheet(book: Book, columns: Sequence[TemplateColumn], former: int) -> None:
    """The rows of the Columns sheet anew; the row of the blank marker moves below them."""
    sheet = book.sheet(COLUMNS_SHEET)
    used = sheet.used_area()
    assert used is not None
    tail = [list(row) for row in sheet.read(Area(former + 2, 1, max(used.last_row, former + 2), used.last_column)).rows]
    rows: list[list[CellValue]] = [list(write_row(item)) for item in columns]
    width = max(used.last_column, len(rows[0]))
    whole = [[*row, *([None] * (width - len(row)))] for row in [*rows, *tail]]
    blank: list[list[CellValue]] = [[None] * width] * max(0, used.last_row - 1 - len(whole))
    sheet.write(2, 1, [*whole, *blank])
