"""What several macros do alike: start work in a thread, fetch data, jump between marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from xlsc.addin import formulas
from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.addin.jobs import Job, Snapshot
from xlsc.core.values import TextOptions
from xlsc.errors import UsageError
from xlsc.flows.connect import Session, open_session
from xlsc.flows.data import parse_variables, read_data, write_data
from xlsc.flows.headers import write_headers
from xlsc.flows.own_run import run_process as run_flow
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.reading import ReadOptions
from xlsc.flows.report import SendReport
from xlsc.flows.rules import read_rules
from xlsc.flows.send import SendOptions
from xlsc.flows.send import send as send_flow
from xlsc.flows.settle import show_pending
from xlsc.flows.work import Work
from xlsc.outbox import Outbox
from xlsc.settings import Settings, write_user_settings
from xlsc.sheets.binding import read_binding
from xlsc.sheets.live import LiveBook

#: Property in which a workbook keeps the variables of its data.
VARIABLES = "sheet:variables"
#: The work under way, at most one; and the report of the last one.
JOBS: list[Job] = []
REPORTS: list[SendReport] = []


def remember(service: str, email: str, company_id: str, company_name: str) -> None:
    """Let the user's settings say who is signed in."""
    write_user_settings(
        {"service_url": service, "email": email, "company_id": company_id, "company_name": company_name}
    )
    formulas.forget_answers()
    DESK.tell_ribbon("XlscSetSignedIn", True)


def insert_headers(*, all_columns: bool) -> None:
    """Headers of the workbook's process onto the sheet in front."""
    book, binding = DESK.book(), DESK.binding()
    with DESK.session(book) as session:
        found = read_columns(session.client, find_process(session.client, binding.process_key or binding.process_id))
    report = write_headers(DESK.sheet(), found, all_columns=all_columns)
    DESK.dialogs.show("Headers", f"{len(report.written)} headers written, {len(report.kept)} were there.")


def send(read: ReadOptions, *, documents_per_run: int | None = None, stop_at_first_error: bool = False) -> None:
    """Start a send."""

    def work(work: Work, options: SendOptions, job: Job) -> SendReport:
        chosen = replace(options, documents_per_run=documents_per_run, stop_at_first_error=stop_at_first_error)
        return send_flow(work, chosen, job.control)

    start("Send", work, read)


def location(book: LiveBook) -> str:
    """By what the outbox knows a workbook: the full path of its file, or its name where it has none here."""
    path = book.saved_path()
    return str(path.resolve()) if path else book.name


def saved_file(book: LiveBook) -> Path:
    """The workbook's file.

    Raises:
        UsageError: What the workbook holds stands in no file of this computer.
    """
    path = book.saved_path()
    if path is None:
        raise UsageError(
            f"{book.name} is no saved file of this computer, or has changes that are not saved.",
            "Save it on this computer, then try again.",
        )
    return path


def show_earlier(session: Session, outbox: Outbox) -> int:
    """Show states that the outbox knows and the sheet in front lacks; returns how many rows got one."""
    book = DESK.book()
    binding = read_binding(book)
    if binding is None or not (binding.process_key or binding.process_id):
        return 0
    found = read_columns(session.client, find_process(session.client, binding.process_key or binding.process_id))
    work = Work(book, location(book), session, outbox, _nothing, _nothing)
    return show_pending(work, DESK.sheet(), found, read_rules(book))


def _nothing() -> None:
    """The person saves."""


def start(title: str, flow: Callable[[Work, SendOptions, Job], SendReport], read: ReadOptions | None = None) -> None:
    """Take a snapshot on Excel's thread, and work on it in another one."""
    if JOBS:
        raise UsageError("Something is being sent already.", "Wait until it has ended.")
    book, binding = DESK.book(), DESK.binding()
    settings = DESK.settings(book)
    sheet, rules = DESK.sheet(), read_rules(book)
    job = Job(title, sheet, Snapshot(book, sheet))
    options = SendOptions(
        process=binding.process_key or binding.process_id,
        read=_with_settings(read or ReadOptions(), settings),
        rules=rules,
    )

    where = location(book)

    def run() -> SendReport:
        # Opened here: an outbox belongs to the thread that opened it.
        with open_session(settings, DESK.tokens()) as session, _open_outbox(settings) as outbox:
            work = Work(job.snapshot, where, session, outbox, job.save, _nothing)
            return flow(work, options, job)

    JOBS.append(job)
    job.start(run)


def _open_outbox(settings: Settings) -> Outbox:
    return Outbox.open(settings.outbox_path(), settings.outbox_journal)


def _with_settings(read: ReadOptions, settings: Settings) -> ReadOptions:
    text = TextOptions(dates=settings.dates, read=settings.read)  # type: ignore[arg-type]
    return replace(read, hidden=settings.hidden_rows, text=text, max_rows=settings.max_rows)  # type: ignore[arg-type]


def get_data(pairs: tuple[str, ...], *, refresh: bool = False) -> None:
    """Rows of the process's source onto the sheet in front."""
    book, binding = DESK.book(), DESK.binding()
    with DESK.session(book) as session:
        found = read_data(session.client, binding.process_key or binding.process_id, parse_variables(pairs))
    count = write_data(DESK.sheet(), found, refresh=refresh)
    book.write_properties({f"xlsc.{VARIABLES}": "\n".join(pairs) or None})
    DESK.dialogs.show("Get data", f"{count} rows of {found.process.map_id}.")


def ask_variables() -> tuple[str, ...] | None:
    """Variables as texts; None when the person gave up."""
    given = DESK.dialogs.ask("Variables", [Field("pairs", "NAME=VALUE, with ; between several")])
    if given is None:
        return None
    return tuple(part.strip() for part in given["pairs"].split(";") if part.strip())


def run(pairs: tuple[str, ...]) -> None:
    """Run the process on its own source, after asking."""
    book, binding = DESK.book(), DESK.binding()
    if not DESK.dialogs.confirm("Run process", f"Run {binding.process_id} on its own source now?"):
        return
    with DESK.session(book) as session:
        result = run_flow(session.client, binding.process_key or binding.process_id, parse_variables(pairs))
    words = f"Run {result.run_number}: {result.record_count} documents, {result.error_count} rejected."
    DESK.dialogs.show("Run process", f"{words}\n{result.error_message}".strip())


def jump(*, forward: bool) -> None:
    """Select the marked cell after or before the selection."""
    sheet = DESK.sheet()
    marked = list(sheet.marked_cells())
    if not marked:
        DESK.dialogs.show("Errors", "No cell of this sheet is marked.")
        return
    selected = sheet.sheet.book.app.selection
    here = (selected.row, selected.column) if selected is not None else (0, 0)
    later = [cell for cell in marked if cell > here] or marked
    earlier = [cell for cell in marked if cell < here] or marked
    select(later[0] if forward else earlier[-1])


def select(cell: tuple[int, int]) -> None:
    """Select a cell and show its note."""
    target = DESK.sheet().sheet.range(cell)
    target.select()
    note = target.note
    if note is not None:
        DESK.dialogs.show("Errors", note.text)
