"""A run's kept error rows as a workbook to correct and send again: values, statuses, marks on the cells meant.

The workbook is a template: the author's own, or one made for the process on the spot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsc.core.addresses import Area
from xlsc.core.catalog import RunErrors
from xlsc.core.cells_meant import find_cell
from xlsc.core.marks import plan_marks
from xlsc.core.results import Code, RowError, RowState
from xlsc.core.table import Row, Table
from xlsc.core.template import TemplateColumn
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.layout import SheetLayout, Wanted, find_layout
from xlsc.flows.migrating import add_columns
from xlsc.flows.processes import ProcessColumns, find_process, read_columns
from xlsc.flows.refresh import typed_value
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.flows.templates import columns_hash, template_of
from xlsc.flows.work import Rules
from xlsc.sheets.binding import Binding, read_binding, write_binding
from xlsc.sheets.port import Book, CellWrite, Sheet
from xlsc.sheets.template_books import book_of
from xlsc.sheets.template_writer import template_bytes

ERRORS_SHEET = "Errors"
_STEPS = (
    "The sheet Errors holds the rows that the service rejected. Correct the cells that are filled; their notes and the"
    " last column say what was wrong.",
    "Check: xlsc check FILE, or Check on the SmartConnect tab. Nothing is sent.",
    "Send them again: xlsc send FILE --failed-only, or Failed only on the tab.",
)


@dataclass(frozen=True, slots=True)
class ErrorBook:
    """What was written: the run, its rows, and how many cells are marked."""

    process: str
    run_number: int
    rows: int
    marked: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """Kept error rows: names of the process's columns, values in their order, a message per row."""

    names: tuple[str, ...]
    rows: Sequence[tuple[str | None, ...]]
    messages: Sequence[str]


def write_error_book(
    session: Session, process: str, run_number: int, path: Path, template: Path | None = None
) -> ErrorBook:
    """Write the error rows of a run into a new workbook; what is corrected there goes with ``--failed-only``.

    Args:
        session: The service.
        process: Id or key.
        run_number: The process's own counter.
        path: A file that is not there yet.
        template: An empty template of the process, whose checks, captions and drop-downs the workbook gets; None = one
            is made.

    Raises:
        UsageError: The file is there already, the service kept no error rows of that run, or the template is filled or
            another process's.
        ServiceError: The service refuses.
    """
    if path.exists():
        raise UsageError(f"{path} is there already.", "Choose another name.")
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path} does not end in .xlsx.", "The workbook holds no macros: let its name end in .xlsx.")
    client = session.client
    found = read_columns(client, find_process(client, process))
    kept = _kept(client.errors_for_process_run(found.process.map_key, run_number), found)
    if not kept.rows:
        raise UsageError(
            f"The service kept no error rows of run {run_number} of {found.process.map_id}.",
            "List its runs with: xlsc history PROCESS.",
            in_excel="List its runs with the worksheet function SC_HISTORY.",
        )
    data = _made(found, kept) if template is None else template.read_bytes()
    book = book_of(data, path)
    if template is not None:
        _refuse_foreign(book, found)
    marked = _fill(book, found, kept, run_number)
    binding = read_binding(book) or Binding()
    own = _binding(session, found)
    write_binding(book, replace(own, template_version=binding.template_version))
    book.save(path)
    return ErrorBook(found.process.map_id, run_number, len(kept.rows), marked)


def _kept(errors: RunErrors, found: ProcessColumns) -> _Kept:
    infos = {info.name.casefold(): info.name for info in found.columns}
    echoed = [name for tenant in errors.tenants[:1] for name in tenant.errors.columns if name.casefold() in infos]
    rows: list[tuple[str | None, ...]] = []
    messages: list[str] = []
    for tenant in errors.tenants:
        places = [tenant.errors.columns.index(name) if name in tenant.errors.columns else None for name in echoed]
        for row, message in zip(tenant.errors.rows, tenant.errors.messages, strict=True):
            rows.append(tuple(None if place is None else row[place] for place in places))
            messages.append(message)
    return _Kept(tuple(infos[name.casefold()] for name in echoed), rows, messages)


def _made(found: ProcessColumns, kept: _Kept) -> bytes:
    """A template for the columns that the service kept."""
    made = template_of(found, all_columns=True)
    columns = tuple(replace(item, sheet=ERRORS_SHEET) for item in made.columns if item.column in kept.names)
    title = f"{found.process.map_id}: correct and send again"
    return template_bytes(replace(made, title=title, columns=columns, steps=_STEPS), {})


def _refuse_foreign(book: Book, found: ProcessColumns) -> None:
    binding = read_binding(book) or Binding()
    known = (found.process.map_key.casefold(), found.process.map_id.casefold())
    own = binding.process_key or binding.process_id
    if own and own.casefold() not in known:
        raise UsageError(
            f"The template is for {binding.process_id or own}, not for {found.process.map_id}.",
            "Choose a template of the process, or leave --template out.",
            in_excel="Choose a template of the process.",
        )


def _fill(book: Book, found: ProcessColumns, kept: _Kept, run_number: int) -> int:
    """Put rows, statuses and marks onto the data sheet; returns how many cells are marked."""
    rules = read_rules(book)
    if rules.sheets:
        raise UsageError("The template has header and lines on two sheets.", "Choose one with a single data sheet.")
    sheet = open_data_sheet(book, None, rules)
    layout = _add_missing(book, sheet, found, kept, rules)
    _refuse_filled(sheet, layout)
    first = layout.header_row + 1
    by_name = {item.column: item for item in rules.template}
    places = [kept.names.index(column.name) if column.name in kept.names else None for column in layout.columns]
    values = [tuple(None if place is None else row[place] for place in places) for row in kept.rows]
    table = Table(layout.columns, [Row(number, row) for number, row in enumerate(values, start=first)])
    sheet.write_cells(
        [
            CellWrite(row.sheet_row, column.sheet_column or 0, typed_value(value, _kind(by_name, column.name)))
            for row in table.rows
            for column, value in zip(layout.columns, row.values, strict=True)
            if value is not None
        ]
    )
    return _mark(sheet, layout, table, kept, f"Rejected, run {run_number}")


def _mark(sheet: Sheet, layout: SheetLayout, table: Table, kept: _Kept, status: str) -> int:
    errors = [
        RowError(row.sheet_row, find_cell(message, table.names, row.values), None, message, Code.SERVICE)
        for row, message in zip(table.rows, kept.messages, strict=True)
    ]
    states = {row.sheet_row: RowState.REJECTED for row in table.rows}
    summary = f"{len(states):,} error rows as the service kept them. {status}."
    plan = plan_marks(table, states, errors, layout.marks, summary, dict.fromkeys(states, status))
    sheet.apply(plan)
    return len(plan.cells)


def _kind(columns: dict[str, TemplateColumn], name: str) -> TemplateColumn:
    return columns.get(name, TemplateColumn(name))


def _add_missing(book: Book, sheet: Sheet, found: ProcessColumns, kept: _Kept, rules: Rules) -> SheetLayout:
    """Where columns stand; those that hold kept values and that the template lacks are added, so that none is lost."""
    wanted = Wanted(found.columns, None, rules.captions)
    layout = find_layout(sheet, wanted)
    there = {item.column for item in rules.template}
    filled = [name for place, name in enumerate(kept.names) if any(row[place] is not None for row in kept.rows)]
    lost = [name for name in filled if name not in there]
    if not lost:
        return layout
    keys = {column.name for column in found.columns if column.is_required}
    add_columns(book, sheet, layout, [TemplateColumn(name, key=name in keys) for name in lost])
    return find_layout(sheet, wanted)


def _refuse_filled(sheet: Sheet, layout: SheetLayout) -> None:
    used = sheet.used_area()
    if layout.area is None or used is None:
        return
    block = sheet.read(Area(layout.header_row + 1, 1, layout.area.last_row, used.last_column))
    places = [column.sheet_column or 0 for column in layout.columns]
    for number, row in enumerate(block.rows, start=layout.header_row + 1):
        if any(row[place - 1] is not None for place in places):
            raise UsageError(
                f"Sheet {sheet.name} of the template holds rows already, in row {number}.", "Choose an empty template."
            )


def _binding(session: Session, found: ProcessColumns) -> Binding:
    return Binding(
        session.service,
        session.settings.company_id,
        session.settings.company_name,
        found.process.map_key,
        found.process.map_id,
        columns_hash=columns_hash(found.columns),
    )
