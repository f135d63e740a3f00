"""A run's kept error rows as a workbook to correct and send again: values, statuses, marks on the cells meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlsc.core.cells_meant import find_cell
from xlsc.core.marks import MarkLayout, plan_marks
from xlsc.core.results import Code, RowError, RowState
from xlsc.core.table import CellValue, Column, Row, Table
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.headers import KEY_NOTE
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.templates import columns_hash
from xlsc.sheets.binding import Binding, write_binding
from xlsc.sheets.files import create_book
from xlsc.sheets.port import HeaderCell

_FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class ErrorBook:
    """What was written: the run, its rows, and how many cells are marked."""

    process: str
    run_number: int
    rows: int
    marked: int


def write_error_book(session: Session, process: str, run_number: int, path: Path) -> ErrorBook:
    """Write the error rows of a run into a new workbook; what is corrected there goes with ``--failed-only``.

    Raises:
        UsageError: The file is there already, or the service kept no error rows of that run.
        ServiceError: The service refuses.
    """
    if path.exists():
        raise UsageError(f"{path} is there already.", "Choose another name.")
    client = session.client
    found = read_columns(client, find_process(client, process))
    kept = client.errors_for_process_run(found.process.map_key, run_number)
    infos = {info.name.casefold(): info for info in found.columns}
    names = [name for tenant in kept.tenants[:1] for name in tenant.errors.columns if name.casefold() in infos]
    columns = tuple(
        Column(infos[name.casefold()].name, infos[name.casefold()].is_required, place)
        for place, name in enumerate(names, start=1)
    )
    rows: list[tuple[str | None, ...]] = []
    messages: list[str] = []
    for tenant in kept.tenants:
        places = [tenant.errors.columns.index(name) for name in names if name in tenant.errors.columns]
        for row, message in zip(tenant.errors.rows, tenant.errors.messages, strict=True):
            rows.append(tuple(row[place] for place in places))
            messages.append(message)
    if not rows:
        raise UsageError(
            f"The service kept no error rows of run {run_number} of {found.process.map_id}.",
            "List its runs with: xlsc history PROCESS.",
            in_excel="List its runs with the worksheet function SC_HISTORY.",
        )
    table = Table(columns, [Row(number, values) for number, values in enumerate(rows, start=_FIRST_ROW)])
    binding = Binding(
        session.service,
        session.settings.company_id,
        session.settings.company_name,
        found.process.map_key,
        found.process.map_id,
        columns_hash=columns_hash(found.columns),
    )
    marked = _write(path, table, messages, binding, run_number)
    return ErrorBook(found.process.map_id, run_number, len(rows), marked)


def _write(path: Path, table: Table, messages: list[str], binding: Binding, run_number: int) -> int:
    book = create_book(path, "Errors")
    sheet = book.sheet()
    cells = [
        HeaderCell(column.sheet_column or 0, column.name, column.is_key, KEY_NOTE if column.is_key else None)
        for column in table.columns
    ]
    sheet.write_headers(1, cells)
    values: list[list[CellValue]] = [list(row.values) for row in table.rows]
    sheet.write(_FIRST_ROW, 1, values)
    errors = [
        RowError(row.sheet_row, find_cell(message, table.names, row.values), None, message, Code.SERVICE)
        for row, message in zip(table.rows, messages, strict=True)
    ]
    states = {row.sheet_row: RowState.REJECTED for row in table.rows}
    summary = f"Error rows of run {run_number} of {binding.process_id}, as the service kept them."
    texts = dict.fromkeys(states, f"Rejected, run {run_number}")
    plan = plan_marks(table, states, errors, MarkLayout(1, len(table.columns) + 1), summary, texts)
    sheet.apply(plan)
    write_binding(book, binding)
    book.save(path)
    return len(plan.cells)
