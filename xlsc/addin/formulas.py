"""The worksheet functions' answers: read only, from a cache; none of them can run a process (import contract).

Each gives a value or rows of values; what a person can mend is raised and becomes a readable cell text (bridge.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from xlsc.addin.cached import Answers
from xlsc.client.client import Client
from xlsc.client.tokens import open_token_store
from xlsc.core.addresses import Area
from xlsc.core.catalog import HistoryRun
from xlsc.core.checks import check_table, spread
from xlsc.core.table import Block, CellValue
from xlsc.core.values import encode_block
from xlsc.errors import UsageError
from xlsc.flows.connect import open_session
from xlsc.flows.data import read_data as read_data_flow
from xlsc.flows.layout import Wanted, find_layout
from xlsc.flows.processes import ProcessColumns, find_process, read_columns
from xlsc.settings import home, resolve
from xlsc.sheets.memory import MemorySheet

T = TypeVar("T")
Rows = list[list[CellValue]]

ANSWERS = Answers()
_DEFAULT_RUNS = 10


def list_processes(search: str | None = None) -> Rows:
    """SC_PROCESSES: name and description of each process, those that hold ``search`` in either."""
    found = _asked(("processes",), lambda client: client.map_list())
    wanted = str(search or "").strip().casefold()
    rows: Rows = [
        [process.map_id, process.description]
        for process in found
        if wanted in process.map_id.casefold() or wanted in process.description.casefold()
    ]
    return [["Process", "Description"], *rows]


def list_columns(process: str) -> Rows:
    """SC_COLUMNS: name of each source column, whether it is a key, whether it is mapped."""
    found = _columns(process)
    rows: Rows = [[column.name, column.is_required, column.name in found.mapped] for column in found.columns]
    return [["Column", "Key", "Mapped"], *rows]


def list_mapped_columns(process: str) -> Rows:
    """SC_MAPPED_COLUMNS: the columns that reach the target, and whether they are keys."""
    found = _columns(process)
    rows: Rows = [[column.name, column.is_required] for column in found.columns if column.name in found.mapped]
    return [["Column", "Key"], *rows]


def read_data(process: str, *variables: Any) -> Rows:  # noqa: ANN401 - pairs, or one block of two columns
    """SC_DATA: the rows of the process's source below its headers.

    Args:
        process: Name or key.
        variables: Names and values in turn, or one block of two columns.

    Raises:
        UsageError: A name has no value, or is none of a variable.
    """
    given = _pairs(variables)
    question = ("data", process.casefold(), tuple(sorted(given.items())))
    found = _asked(question, lambda client: read_data_flow(client, process, given))
    return [list(found.columns), *([_number(text) for text in row] for row in found.rows)]


def list_history(process: str | None = None, count: float | None = None) -> Rows:
    """SC_HISTORY: the latest runs of a process, or of all of them; the service keeps ten of each."""
    names = [process] if process else [item.map_id for item in _asked(("processes",), lambda client: client.map_list())]
    runs = [(name, run) for name in names for run in _history(name)]
    runs.sort(key=lambda item: item[1].run_date, reverse=True)
    rows: Rows = [[name, *_run(run)] for name, run in runs[: _count(count)]]
    return [["Process", "Run", "Date", "Documents", "Accepted", "Rejected"], *rows]


def list_errors(process: str, run_number: float | None = None) -> Rows:
    """SC_ERRORS: the error rows that the service kept of a run, the last one when none is named."""
    number = _run_number(process, run_number)
    key = _process_key(process)
    found = _asked(("errors", key, number), lambda client: client.errors_for_process_run(key, number))
    columns = [name for tenant in found.tenants[:1] for name in tenant.errors.columns]
    rows: Rows = [
        [message, *row]
        for tenant in found.tenants
        for message, row in zip(tenant.errors.messages, tenant.errors.rows, strict=True)
    ]
    return [["Message", *columns], *rows]


def list_outputs(process: str, run_number: float | None = None) -> Rows:
    """SC_OUTPUTS: the output files of a process, or of one run; addresses hold a token and are left out."""
    key = _process_key(process)
    number = None if run_number is None else int(run_number)
    found = _asked(("outputs", key, number), lambda client: client.outputs_for_process(key, number))
    rows: Rows = [[item.run_number, _moment(item.created), item.file_name, item.description] for item in found]
    return [["Run", "Created", "File", "Description"], *rows]


def check_rows(process: str, rows: Sequence[Sequence[CellValue]]) -> Rows | str:
    """SC_CHECK: one row per finding of the local checks, or OK; rows count from the block's header as 1."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        raise UsageError("SC_CHECK needs a block of rows with its headers.", "Give an area such as A1:F20.")
    found = _columns(process)
    sheet = MemorySheet("block")
    sheet.write(1, 1, rows)
    layout = find_layout(sheet, Wanted(found.columns))
    if layout.area is None:
        return "OK"
    block: Block = sheet.read(Area(2, 1, len(rows), max(len(row) for row in rows)))
    table, errors = encode_block(block, layout.columns)
    findings = spread([*errors, *check_table(table)], table)
    if not findings:
        return "OK"
    listed: Rows = [[error.sheet_row, error.column, error.message] for error in findings]
    return [["Row", "Column", "Finding"], *listed]


def read_status() -> str:
    """SC_STATUS: who is signed in and where, or that nobody is."""
    settings = resolve()
    if not settings.service_url:
        return "Not signed in"
    good = _asked(("validate",), lambda client: client.validate())
    place = f"{settings.email}, {settings.company_name or settings.company_id}, {settings.service_url}"
    return f"Signed in: {place}" if good else f"Signed out: {place}"


def ask_status() -> str:
    """What the Status button shows: the same, asked now, however long it takes; not on Excel's thread."""
    settings = resolve()
    if settings.service_url:
        ANSWERS.forget()
        with open_session(settings, open_token_store(home())) as session:
            session.client.validate()
    return read_status()


def read_company() -> str:
    """SC_COMPANY: the company that the sign-in is for."""
    settings = resolve()
    return settings.company_name or settings.company_id or "Not signed in"


def read_last_run(process: str) -> Rows | str:
    """SC_LAST_RUN: number, date, documents, accepted, rejected of the last run, in one row."""
    runs = _history(process)
    return [_run(runs[0])] if runs else "No run yet"


def forget_answers() -> None:
    """After another sign-in: the next formula asks the service anew."""
    ANSWERS.forget()


def renew_answers() -> None:
    """What the refresh button does before Excel calculates: all is asked anew, in threads."""
    ANSWERS.renew()


def _asked(question: tuple[object, ...], ask: Callable[[Client], T]) -> T:
    """An answer for the current sign-in, kept for a while."""
    settings = resolve()
    scope = (settings.service_url, settings.company_id, settings.email)

    def call() -> T:
        with open_session(settings, open_token_store(home())) as session:
            return ask(session.client)

    found: T = ANSWERS.get((*scope, *question), call)
    return found


def _columns(process: str) -> ProcessColumns:
    return _asked(("columns", process.casefold()), lambda client: read_columns(client, find_process(client, process)))


def _process_key(process: str) -> str:
    return _asked(("key", process.casefold()), lambda client: find_process(client, process)).map_key


def _history(process: str) -> Sequence[HistoryRun]:
    key = _process_key(process)
    return _asked(("history", key), lambda client: client.history_for_process(key))


def _run_number(process: str, run_number: float | None) -> int:
    if run_number is not None:
        return int(run_number)
    runs = _history(process)
    if not runs:
        raise UsageError(f"{process} has no run yet.", "Name a run, or run the process first.")
    return runs[0].run_number


def _run(run: HistoryRun) -> list[CellValue]:
    accepted = run.record_count - run.error_count
    return [run.run_number, _moment(run.run_date), run.record_count, accepted, run.error_count]


def _count(count: float | None) -> int:
    if count is None:
        return _DEFAULT_RUNS
    if count < 1:
        raise UsageError("SC_HISTORY needs a number of runs from 1 on.", "Leave it out for ten.")
    return int(count)


def _moment(text: str) -> CellValue:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _number(text: str | None) -> CellValue:
    """A number where the text is one as Excel would write it; codes with zeros in front stay texts."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return text
    return value if repr(value).removesuffix(".0") == text or f"{value:f}".rstrip("0").rstrip(".") == text else text


def _pairs(variables: Sequence[Any]) -> dict[str, str]:
    """Variables from names and values in turn, or from blocks of two columns."""
    flat: list[Any] = []
    for item in variables:
        flat += [cell for row in item for cell in row[:2]] if isinstance(item, list) else [item]
    if len(flat) % 2:
        raise UsageError("A variable's name has no value.", 'Write pairs: SC_DATA("P"; "GBL_STATE"; "WA").')
    found: dict[str, str] = {}
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        text = str(name or "").strip().upper()
        if text:
            found[text if text.startswith("GBL_") else f"GBL_{text}"] = _plain(value)
    return found


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
