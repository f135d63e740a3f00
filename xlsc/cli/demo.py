"""``xlsc demo``: the main job from start to end on this machine, with the embedded service and real workbooks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from xlsc.cli.demo_rows import (
    CUSTOMER_COLUMNS,
    CUSTOMER_MISTAKES,
    JOURNAL_COLUMNS,
    JOURNAL_MISTAKES,
    Mistake,
    customers,
    journals,
    with_mistakes,
)
from xlsc.cli.printing import json_option, print_json, print_report, report_as_json
from xlsc.client.tokens import FileTokens
from xlsc.core.table import CellValue
from xlsc.errors import EXIT_OK, EXIT_REJECTED
from xlsc.flows.connect import Credentials, Session, open_session, sign_in
from xlsc.flows.headers import write_headers
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.report import SendReport
from xlsc.flows.send import SendOptions, send
from xlsc.flows.work import Work
from xlsc.outbox import Outbox
from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service
from xlsc.settings import Settings
from xlsc.sheets.binding import Binding, write_binding
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.port import Book, CellWrite

_EMAIL, _PASSWORD, _COMPANY = "demo@example.com", "demo", "Contoso Ltd"  # published with the samples
#: Rows of the headers; data stand below.
_HEADER_ROW = 1
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One process of the demo."""

    process: str
    columns: Sequence[str]
    rows: Sequence[Sequence[CellValue]]
    mistakes: Sequence[Mistake]

    @property
    def stem(self) -> str:
        """The beginning of its workbooks' names."""
        return self.process.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both sends of a job."""

    before: SendReport
    after: SendReport
    books: tuple[Path, Path]
    marks_left: int


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("xlsc-demo"),
    show_default=True,
    help="Folder for the workbooks, made where there is none.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the service's databases; a temporary one when none is named.",
)
@json_option
def demo(out: Path, data: Path | None, as_json: bool) -> int:
    """Show the main job: headers, sixty rows, marks, corrections, then journals.

    Starts the embedded service on a free port of this machine, and ends it again.
    """
    say: Say = (lambda _text: None) if as_json else click.echo
    out.mkdir(parents=True, exist_ok=True)
    now = datetime.now().astimezone()
    jobs = (
        Job("CUSTOMERS", CUSTOMER_COLUMNS, customers(), CUSTOMER_MISTAKES),
        Job("GL JOURNAL", JOURNAL_COLUMNS, journals(now.date()), JOURNAL_MISTAKES),
    )
    with _place(data) as home, _service(home, say) as (session, outbox):
        found = [_run_job(job, out, session, outbox, say) for job in jobs]
    if as_json:
        print_json({"jobs": [_as_json(outcome) for outcome in found]})
    else:
        _farewell(found, data, say)
    done = all(outcome.after.is_green and not outcome.marks_left for outcome in found)
    return EXIT_OK if done else EXIT_REJECTED


@contextmanager
def _place(data: Path | None) -> Iterator[Path]:
    """The demo's own folder: its service, its token and its outbox; nothing of the person's is touched."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="xlsc-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _service(home: Path, say: Say) -> Iterator[tuple[Session, Outbox]]:
    with ExitStack() as stack:
        service = stack.enter_context(start_service(ServiceOptions(data=home / "service", host="127.0.0.1", port=0)))
        say(f"1. The embedded service runs at {service.api_url}.")
        settings = Settings(service_url=service.api_url, email=_EMAIL)
        tokens = FileTokens(home / "tokens.json")
        done = sign_in(settings, Credentials(_EMAIL, _PASSWORD), _COMPANY, tokens)
        names = ", ".join(company.name for company in done.companies)
        say(f"2. Signed in as {_EMAIL}, the password encrypted with the service's key. Companies: {names}.")
        settings = Settings(
            service_url=service.api_url, email=_EMAIL, company_id=done.company.id, company_name=done.company.name
        )
        session = stack.enter_context(open_session(settings, tokens))
        listed = ", ".join(process.map_id for process in session.client.map_list())
        say(f"   Processes of {done.company.name}: {listed}.")
        outbox = stack.enter_context(Outbox.open(home / "outbox.sqlite"))
        yield session, outbox


def _run_job(job: Job, out: Path, session: Session, outbox: Outbox, say: Say) -> Outcome:
    before_path, after_path = out / f"{job.stem}-before.xlsx", out / f"{job.stem}-after.xlsx"
    _fill(job, before_path, session, say)
    say(f"   Sending {job.process} …")
    before = _send(before_path, job, session, outbox, Which.UNFINISHED)
    _show(before, say)
    shutil.copyfile(before_path, after_path)
    _correct(job, after_path)
    say(f"   {len(job.mistakes)} cells corrected in a copy; sending only the rejected rows again …")
    after = _send(after_path, job, session, outbox, Which.FAILED)
    _show(after, say)
    left = len(open_book(after_path).sheet().marked_cells())
    say(f"   Marked cells left: {left}.")
    return Outcome(before, after, (before_path, after_path), left)


def _fill(job: Job, path: Path, session: Session, say: Say) -> None:
    """A new workbook with the process's headers and the job's rows."""
    path.unlink(missing_ok=True)
    found = read_columns(session.client, find_process(session.client, job.process))
    book = create_book(path, job.process.title())
    sheet = book.sheet()
    report = write_headers(sheet, found, all_columns=False, header_row=_HEADER_ROW)
    keys = ", ".join(column.name for column in found.columns if column.is_required)
    say(f"3. {job.process}: {len(report.written)} headers written into {path.name}; key column: {keys}.")
    places = {name: index for index, name in enumerate(job.columns)}
    rows = with_mistakes(job.rows, job.columns, job.mistakes)
    sheet.write(_HEADER_ROW + 1, 1, [[row[places[name]] for name in report.written] for row in rows])
    _bind(book, session, found.process.map_key, found.process.map_id)
    book.save(path)
    say(f"   {len(rows)} rows filled in, {len(job.mistakes)} cells of them wrong.")


def _bind(book: Book, session: Session, key: str, name: str) -> None:
    settings = session.settings
    binding = Binding(session.service, settings.company_id, settings.company_name, key, name)
    write_binding(book, binding)


def _send(path: Path, job: Job, session: Session, outbox: Outbox, which: Which) -> SendReport:
    book = open_book(path)
    work = Work(book, str(path.resolve()), session, outbox, lambda: book.save(path), lambda: book.check_save(path))
    return send(work, SendOptions(process=job.process, read=ReadOptions(which=which)))


def _correct(job: Job, path: Path) -> None:
    book = open_book(path)
    places = {name: column for column, name in enumerate(job.columns, start=1)}
    first = _HEADER_ROW + 1
    book.sheet().write_cells([CellWrite(first + item.row, places[item.column], item.right) for item in job.mistakes])
    book.save(path)


def _show(report: SendReport, say: Say) -> None:
    if say is click.echo:
        print_report(report, as_json=False)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "process": outcome.before.process.map_id,
        "books": [str(path) for path in outcome.books],
        "before": report_as_json(outcome.before),
        "after": report_as_json(outcome.after),
        "marks_left": outcome.marks_left,
    }


def _farewell(found: Sequence[Outcome], data: Path | None, say: Say) -> None:
    say("")
    say("Look at the workbooks, before and after the correction:")
    for outcome in found:
        for path in outcome.books:
            say(f"  {path}")
    place = f"--data {data / 'service'} " if data else ""
    say("Next, try these:")
    say(f"  xlsc serve {place}--port 8123            (leave it running, and open another window)")
    say(f'  xlsc login http://127.0.0.1:8123 --email {_EMAIL} --company "{_COMPANY}"    (password: {_PASSWORD})')
    say("  xlsc headers customers.xlsx --process CUSTOMERS")
