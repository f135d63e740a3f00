"""``xlsc demo``: the main job from start to end on this machine, with the embedded service and real workbooks."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from xlsc.cli.demo_rows import (
    CUSTOMER_COLUMNS,
    CUSTOMER_FORMATS,
    CUSTOMER_MISTAKES,
    CUSTOMER_OWN_FILLS,
    JOURNAL_COLUMNS,
    JOURNAL_FORMATS,
    JOURNAL_MISTAKES,
    Mistake,
    customers,
    journals,
    with_mistakes,
)
from xlsc.cli.printing import Screen, json_option, print_json, report_as_json
from xlsc.client.tokens import FileTokens
from xlsc.core.addresses import Area
from xlsc.core.table import CellValue
from xlsc.errors import EXIT_OK, EXIT_REJECTED, WorkbookError, next_step
from xlsc.flows.check import check
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
from xlsc.sheets.dressing import Dress, different_looks, dress_book
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.port import Book, CellWrite

_EMAIL, _PASSWORD, _COMPANY = "demo@example.com", "demo", "Contoso Ltd"  # published with the samples
#: Rows of the headers; data stand below.
_HEADER_ROW = 1
_RUN_CALL = "RunMapDataTableWithErrors"


@dataclass(frozen=True, slots=True)
class Job:
    """One process of the demo."""

    process: str
    columns: Sequence[str]
    rows: Sequence[Sequence[CellValue]]
    mistakes: Sequence[Mistake]
    formats: Mapping[str, str]
    own_fills: Mapping[tuple[int, str], str] = field(default_factory=dict)

    @property
    def area(self) -> Area:
        """Where its data stand."""
        return Area(_HEADER_ROW + 1, 1, _HEADER_ROW + len(self.rows), len(self.columns))

    def place(self, column: str) -> int:
        """The column's number, from 1."""
        return self.columns.index(column) + 1

    @property
    def dress(self) -> Dress:
        """How its sheet looks before anything is marked."""
        formats = {self.place(name): number_format for name, number_format in self.formats.items()}
        centred = frozenset(self.place(name) for name, text in self.formats.items() if "." not in text)
        first = self.area.first_row
        own = {(first + row, self.place(name)): fill for (row, name), fill in self.own_fills.items()}
        return Dress(formats, centred, own)


@dataclass(frozen=True, slots=True)
class Places:
    """Files of one job: as filled in (for comparison only), before the correction, after it."""

    filled: Path
    before: Path
    after: Path

    @classmethod
    def of(cls, job: Job, out: Path, home: Path) -> Places:
        """Named after the process; the workbooks of an earlier demo are replaced."""
        stem = job.process.lower().replace(" ", "-")
        return cls(home / f"{stem}.xlsx", out / f"{stem}-before.xlsx", out / f"{stem}-after.xlsx")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the demo works with."""

    out: Path
    home: Path
    session: Session
    outbox: Outbox
    screen: Screen

    def work(self, book: Book, path: Path) -> Work:
        """A workbook on the desk."""
        return Work(
            book,
            str(path.resolve()),
            self.session,
            self.outbox,
            lambda: book.save(path),
            lambda: book.check_save(path),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both sends of a job, and cells that do not look as they did."""

    before: SendReport
    after: SendReport
    books: tuple[Path, Path]
    marks_left: int
    changed: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether the promise was kept."""
        return self.after.is_green and not self.marks_left and not self.changed


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
    """Show the main job in seven steps: headers, sixty rows, marks, corrections, then journals.

    Starts the embedded service on a free port of this machine, and ends it again.
    """
    screen = Screen(quiet=as_json, steps=7)
    make_folder(out)
    now = datetime.now().astimezone()
    first = Job("CUSTOMERS", CUSTOMER_COLUMNS, customers(), CUSTOMER_MISTAKES, CUSTOMER_FORMATS, CUSTOMER_OWN_FILLS)
    second = Job("GL JOURNAL", JOURNAL_COLUMNS, journals(now), JOURNAL_MISTAKES, JOURNAL_FORMATS)
    with _place(data) as home:
        _refuse_busy([Places.of(job, out, home) for job in (first, second)])
        with _desk(out, home, screen) as desk:
            found = [_show_customers(first, desk), _show_journals(second, desk)]
    if as_json:
        print_json({"jobs": [_as_json(outcome) for outcome in found]})
    else:
        _farewell(found, data, screen)
    return EXIT_OK if all(outcome.is_good for outcome in found) else EXIT_REJECTED


def _refuse_busy(places: Sequence[Places]) -> None:
    """Find out before anything is done whether the workbooks of an earlier demo may be replaced.

    Raises:
        WorkbookError: One is open in Excel or LibreOffice, or is no workbook.
    """
    for path in [path for place in places for path in (place.before, place.after) if path.exists()]:
        open_book(path).check_save()


def make_folder(path: Path) -> None:
    """Make a folder where there is none.

    Raises:
        WorkbookError: It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkbookError(f"The folder {path} cannot be made: {reason}.", next_step(error)) from error


@contextmanager
def _place(data: Path | None) -> Iterator[Path]:
    """The demo's own folder: its service, its token and its outbox; nothing of the person's is touched."""
    if data is not None:
        make_folder(data)
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="xlsc-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _desk(out: Path, home: Path, screen: Screen) -> Iterator[Desk]:
    """Steps 1 and half of 2: the service runs, and the demo's person is signed in."""
    with ExitStack() as stack:
        screen.step("Start the embedded service")
        service = stack.enter_context(start_service(ServiceOptions(data=home / "service", host="127.0.0.1", port=0)))
        screen.say(f"It runs at {service.api_url} for as long as this demo, with sample companies and users.")
        screen.step("Sign in, list the processes, write the columns of CUSTOMERS as headers")
        tokens = FileTokens(home / "tokens.json")
        first = Settings(service_url=service.api_url, email=_EMAIL)
        done = sign_in(first, Credentials(_EMAIL, _PASSWORD), _COMPANY, tokens)
        names = ", ".join(company.name for company in done.companies)
        screen.say(f"Signed in as {_EMAIL}, the password encrypted with the service's key. Companies: {names}.")
        settings = Settings(
            service_url=service.api_url, email=_EMAIL, company_id=done.company.id, company_name=done.company.name
        )
        session = stack.enter_context(open_session(settings, tokens))
        listed = ", ".join(process.map_id for process in session.client.map_list())
        screen.say(f"Processes of {done.company.name}: {listed}.")
        outbox = stack.enter_context(Outbox.open(home / "outbox.sqlite"))
        yield Desk(out, home, session, outbox, screen)


def _show_customers(job: Job, desk: Desk) -> Outcome:
    """Steps 2 to 5."""
    screen = desk.screen
    places = Places.of(job, desk.out, desk.home)
    _write_headers(job, places.before, desk)
    screen.step("Fill in rows, some of them wrong")
    _fill(job, places)
    screen.say(f"{len(job.rows)} rows, {len(job.mistakes)} cells of them wrong, each in another way.")
    screen.step(f"Check here, send the rest through {_RUN_CALL}, write the errors into the cells")
    before = _send_all(job, places.before, desk)
    screen.step("Correct the wrong cells, send only the rejected rows again")
    return _correct_and_send(job, places, desk, before)


def _show_journals(job: Job, desk: Desk) -> Outcome:
    """Step 6."""
    screen = desk.screen
    places = Places.of(job, desk.out, desk.home)
    screen.step(f"The same with {job.process}, where several rows form one document")
    _write_headers(job, places.before, desk)
    _fill(job, places)
    documents = len({row[job.place("DocumentNo") - 1] for row in job.rows})
    screen.say(f"{len(job.rows)} rows of {documents} journals; one does not balance, one has an unknown account.")
    before = _send_all(job, places.before, desk)
    screen.say("One bad line fails its whole document, and no other.")
    return _correct_and_send(job, places, desk, before)


def _write_headers(job: Job, path: Path, desk: Desk) -> None:
    """A new workbook with the process's headers, which remembers what it is for."""
    path.unlink(missing_ok=True)
    client = desk.session.client
    found = read_columns(client, find_process(client, job.process))
    book = create_book(path, job.process)
    report = write_headers(book.sheet(), found, all_columns=False, header_row=_HEADER_ROW)
    settings = desk.session.settings
    write_binding(
        book,
        Binding(
            desk.session.service,
            settings.company_id,
            settings.company_name,
            found.process.map_key,
            found.process.map_id,
        ),
    )
    book.save(path)
    keys = ", ".join(column.name for column in found.columns if column.is_required)
    desk.screen.say(f"{len(report.written)} headers of {job.process} written into {path}; key column, marked: {keys}.")


def _fill(job: Job, places: Places) -> None:
    book = open_book(places.before)
    sheet = book.sheet()
    headers = sheet.read(Area(_HEADER_ROW, 1, _HEADER_ROW, len(job.columns))).rows[0]
    rows = with_mistakes(job.rows, job.columns, job.mistakes)
    sheet.write(job.area.first_row, 1, [[row[job.columns.index(str(name))] for name in headers] for row in rows])
    book.save(places.before)
    dress_book(places.before, job.area, job.dress)
    shutil.copyfile(places.before, places.filled)


def _send_all(job: Job, path: Path, desk: Desk) -> SendReport:
    """Check, then send what is not held back; the workbook shows what came of it."""
    checked = check(desk.work(open_book(path), path), SendOptions(job.process, dry_run=True))
    held = checked.counts.rejected
    rows, left = _count(held, "row"), _count(checked.counts.read - held, "row")
    desk.screen.say(f"Checked here: {rows} cannot be sent; {left} go out.")
    report = send(desk.work(open_book(path), path), SendOptions(job.process))
    desk.screen.report(report)
    marked = len(open_book(path).sheet().marked_cells())
    desk.screen.say(f"{path} has a status for every row, {_count(marked, 'filled and noted cell')}, a dated summary.")
    return report


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _correct_and_send(job: Job, places: Places, desk: Desk, before: SendReport) -> Outcome:
    """What a person does: read the marks, put the cells right, send what was rejected."""
    places.after.unlink(missing_ok=True)
    book = open_book(places.before)
    book.sheet().write_cells(
        [CellWrite(job.area.first_row + item.row, job.place(item.column), item.right) for item in job.mistakes]
    )
    book.save(places.after)
    desk.screen.say(f"{_count(len(job.mistakes), 'cell')} corrected in a copy, {places.after}.")
    work = desk.work(open_book(places.after), places.after)
    after = send(work, SendOptions(job.process, read=ReadOptions(which=Which.FAILED)))
    desk.screen.report(after)
    left = len(open_book(places.after).sheet().marked_cells())
    changed = different_looks(places.filled, places.after, job.area)
    look = f"looks of {job.area.height * job.area.width:,} cells compared with those before the first send"
    verdict = f"different: {', '.join(changed)}" if changed else "all the same"
    desk.screen.say(f"Marks left: {left}; {look}: {verdict}.")
    return Outcome(before, after, (places.before, places.after), left, changed)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "process": outcome.before.process.map_id,
        "books": [str(path) for path in outcome.books],
        "before": report_as_json(outcome.before),
        "after": report_as_json(outcome.after),
        "marks_left": outcome.marks_left,
        "looks_changed": list(outcome.changed),
    }


def _farewell(found: Sequence[Outcome], data: Path | None, screen: Screen) -> None:
    screen.step("What came of it")
    for outcome in found:
        reports = (outcome.before, outcome.after)
        for path, report, when in zip(outcome.books, reports, ("first send", "after the correction"), strict=True):
            screen.say(f"{report.process.map_id}, {when}: {report.counts}")
            screen.say(f"  {path}")
    if not all(outcome.is_good for outcome in found):
        screen.say("Something is not as it should be; see above.")
    program = called_as()
    place = f"--data {data / 'service'} " if data else ""
    screen.say("")
    screen.say("Next, try these; the first keeps running, so the others go into another window:")
    screen.say(f"  {program} serve {place}--port 8123")
    screen.say(f'  {program} login http://127.0.0.1:8123 --email {_EMAIL} --company "{_COMPANY}"')
    screen.say(f"  {program} headers customers.xlsx --process CUSTOMERS")
    screen.say(f"The password is {_PASSWORD}. Then fill in rows, and: {program} send customers.xlsx")


def called_as() -> str:
    """How this program can be called again from here: by its name where it is found, else by its path."""
    if shutil.which("xlsc"):
        return "xlsc"
    script = Path(sys.argv[0])
    if script.stem != "xlsc" or not (script.exists() or script.with_suffix(".exe").exists()):
        return f"{sys.executable} -m xlsc"
    path = str(script)
    with_dots = os.path.relpath(path)
    return with_dots if len(with_dots) < len(path) else path
