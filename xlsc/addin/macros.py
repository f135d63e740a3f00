"""The ribbon's actions on sheets: each a few lines over one flow. Also callable from buttons on sheets and from tests.

A send or a check goes on in a thread (jobs.py); ``poll`` shows its marks and its report.
"""

from __future__ import annotations

from dataclasses import replace

from xlsc.addin import acts, formulas
from xlsc.addin.desk import DESK, guarded
from xlsc.addin.dialogs import Field
from xlsc.addin.jobs import POLL_SECONDS
from xlsc.addin.reports import as_lines, describe_report
from xlsc.client.signing_in import list_companies
from xlsc.client.tokens import TokenKey
from xlsc.core.causes import describe_cause
from xlsc.errors import UsageError
from xlsc.flows.background import start_in_background
from xlsc.flows.check import check as check_flow
from xlsc.flows.connect import Credentials, open_client
from xlsc.flows.connect import sign_in as sign_in_flow
from xlsc.flows.connect import sign_out as sign_out_flow
from xlsc.flows.processes import find_process
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.saving_errors import save_errors as save_errors_flow
from xlsc.flows.templates import update_template as update_template_flow
from xlsc.settings import resolve
from xlsc.sheets.binding import Binding, read_binding, write_binding


@guarded("Sign in")
def sign_in() -> None:
    """Ask for address, e-mail, password, company; keep the token."""
    known = resolve()
    given = DESK.dialogs.ask(
        "Sign in to SmartConnect",
        [
            Field("service_url", "Address of the service", known.service_url),
            Field("email", "E-mail", known.email),
            Field("password", "Password", is_secret=True),
            Field("company", "Company (when you have several)", known.company_name),
        ],
    )
    if given is None:
        return
    settings = resolve({"service_url": given["service_url"], "email": given["email"]})
    done = sign_in_flow(settings, Credentials(settings.email, given["password"]), given["company"], DESK.tokens())
    acts.remember(done.service, done.email, done.company.id, done.company.name)
    DESK.dialogs.show("Sign in", f"Signed in as {done.email}, company {done.company.name}.\nToken: {done.kept_in}.")


@guarded("Sign out")
def sign_out() -> None:
    """Forget the token."""
    gone = sign_out_flow(resolve(), DESK.tokens())
    formulas.forget_answers()
    DESK.tell_ribbon("XlscSetSignedIn", False)
    DESK.dialogs.show("Sign out", "The token is forgotten." if gone else "You were not signed in.")


@guarded("Company")
def pick_company() -> None:
    """Choose another company of the same user; asks for the password, as tokens hold for one company."""
    settings = resolve()
    given = DESK.dialogs.ask("Company", [Field("password", f"Password of {settings.email}", is_secret=True)])
    if given is None:
        return
    credentials = Credentials(settings.email, given["password"])
    client = open_client(settings)
    try:
        names = tuple(company.name for company in list_companies(client, credentials))
    finally:
        client.close()
    chosen = DESK.dialogs.ask("Company", [Field("company", "Company", settings.company_name, choices=names)])
    if chosen is not None:
        done = sign_in_flow(settings, credentials, chosen["company"], DESK.tokens())
        acts.remember(done.service, done.email, done.company.id, done.company.name)


@guarded("Status")
def show_status() -> None:
    """Who is signed in, where, how long."""
    settings = resolve()
    formulas.forget_answers()
    kept = None
    if settings.service_url and settings.company_id:
        kept = DESK.tokens().read(TokenKey(settings.service_url, settings.company_id, settings.email))
    until = f"\nThe token holds until about {kept.expires.date()}." if kept else ""
    DESK.dialogs.show("Status", formulas.read_status() + until)


@guarded("Pick process")
def pick_process() -> None:
    """Let the workbook remember a process."""
    book = DESK.book()
    with DESK.session() as session:
        names = tuple(process.map_id for process in session.client.map_list())
        chosen = DESK.dialogs.ask("Pick process", [Field("process", "Process", choices=names)])
        if chosen is None:
            return
        process = find_process(session.client, chosen["process"])
        settings = session.settings
        found = read_binding(book) or Binding()
        bound = replace(
            found,
            service_url=session.service,
            company_id=settings.company_id,
            company_name=settings.company_name,
            process_key=process.map_key,
            process_id=process.map_id,
        )
        write_binding(book, bound)
    DESK.tell_ribbon("XlscRefreshRibbon")


@guarded("Refresh")
def refresh_processes() -> None:
    """Forget kept lists, also those of the worksheet functions."""
    formulas.forget_answers()


@guarded("Describe")
def describe_process() -> None:
    """Columns, keys, last run of the workbook's process."""
    binding = DESK.binding()
    rows = formulas.list_columns(binding.process_id)
    words = [f"{name}{' (key)' if key else ''}{'' if mapped else ' (not mapped)'}" for name, key, mapped in rows[1:]]
    last = formulas.read_last_run(binding.process_id)
    shown = last if isinstance(last, str) else "Last run: " + as_lines(last)
    DESK.dialogs.show(binding.process_id, "\n".join([*words, "", shown]))


@guarded("Headers")
def insert_mapped_headers() -> None:
    """The columns that reach the target."""
    acts.insert_headers(all_columns=False)


@guarded("Headers")
def insert_all_headers() -> None:
    """Every column of the source."""
    acts.insert_headers(all_columns=True)


@guarded("Restore headers")
def restore_headers() -> None:
    """A template's own headers, written back where they were damaged."""
    book = DESK.book()
    with DESK.session(book) as session:
        done = update_template_flow(book, session, DESK.binding().process_key, None, dry_run=True)
        if not done.restored:
            DESK.dialogs.show("Restore headers", "No header is damaged.")
            return
        update_template_flow(book, session, DESK.binding().process_key, None, dry_run=False)
    DESK.dialogs.show("Restore headers", "Restored: " + ", ".join(header for _, header in done.restored))


@guarded("Check")
def check_sheet() -> None:
    """Check without sending."""
    acts.start("Check", lambda work, options, _: check_flow(work, options))


@guarded("Send")
def send_selection() -> None:
    """The documents that the selection touches."""
    selection = DESK.sheet().selection()
    if selection is None:
        raise UsageError("No rows are selected.", "Select the rows, or use Whole sheet.")
    acts.send(ReadOptions(selection=selection))


@guarded("Send")
def send_sheet() -> None:
    """All rows but those accepted before."""
    acts.send(ReadOptions())


@guarded("Send")
def send_failed() -> None:
    """Rejected rows."""
    acts.send(ReadOptions(which=Which.FAILED))


@guarded("Send")
def send_unsent() -> None:
    """Rows that were never sent."""
    acts.send(ReadOptions(which=Which.NEW))


@guarded("Send")
def send_until_error() -> None:
    """Document by document, up to the first that is rejected."""
    acts.send(ReadOptions(), documents_per_run=1, stop_at_first_error=True)


@guarded("Send")
def send_in_background() -> None:
    """The saved workbook, in a process of its own."""
    path = acts.saved_file(DESK.book())
    DESK.binding()
    start_in_background(path, ["send", str(path), "--sheet", DESK.sheet().name])
    DESK.dialogs.show("Send", f"Sending {path.name} in the background. Show the outcome later with Open entries.")


def poll() -> None:
    """Called by Excel every second while work is under way: show marks, and the report at the end."""
    if not acts.JOBS:
        return
    job = acts.JOBS[0]
    if not job.poll():
        DESK.tell_ribbon("XlscPollIn", POLL_SECONDS)
        return
    acts.JOBS.clear()
    DESK.tell_ribbon("XlscSetWorking", False)
    if job.failure is not None:
        DESK.dialogs.show(job.title, f"{job.failure.message}\n\n{job.failure.hint}")
    elif job.report is not None:
        acts.REPORTS[:] = [job.report]
        marked = bool(job.report.errors)
        DESK.tell_ribbon("XlscSetMarked", job.snapshot.name, job.sheet.name, marked)
        DESK.dialogs.show(job.title, describe_report(job.report))


def cancel() -> None:
    """Stop after the current run."""
    if acts.JOBS:
        acts.JOBS[0].is_cancelled = True


@guarded("Errors")
def next_error() -> None:
    """Select the next marked cell."""
    acts.jump(forward=True)


@guarded("Errors")
def previous_error() -> None:
    """Select the marked cell before."""
    acts.jump(forward=False)


@guarded("Errors")
def list_errors() -> None:
    """Group by message; jump to the chosen one's first cell."""
    if not acts.REPORTS or not acts.REPORTS[0].causes:
        DESK.dialogs.show("Errors", "The last check or send found no error.")
        return
    causes = acts.REPORTS[0].causes
    lines = tuple(describe_cause(cause) for cause in causes)
    chosen = DESK.dialogs.ask("Errors", [Field("cause", "Jump to", lines[0], choices=lines)])
    if chosen is not None and chosen["cause"] in lines:
        rows = causes[lines.index(chosen["cause"])].sheet_rows
        if rows:
            acts.select(next((cell for cell in DESK.sheet().marked_cells() if cell[0] == rows[0]), (rows[0], 1)))


@guarded("Clear marks")
def clear_marks() -> None:
    """Take fills, notes, statuses off."""
    sheet = DESK.sheet()
    count = sheet.clear()
    DESK.tell_ribbon("XlscSetMarked", DESK.book().name, sheet.name, False)
    DESK.dialogs.show("Clear marks", f"{count} marked cells cleared.")


@guarded("Save errors")
def save_errors() -> None:
    """Keep the last run's error rows on the service."""
    if not acts.REPORTS or not acts.REPORTS[0].runs or acts.REPORTS[0].runs[-1].run_number is None:
        raise UsageError("There is no run whose errors could be saved.", "Send rows first.")
    report = acts.REPORTS[0]
    with DESK.session(DESK.book()) as session:
        kept = save_errors_flow(session.client, report.process, report.runs[-1].run_number or 0)
    DESK.dialogs.show("Save errors", "The service keeps them." if kept else "The service had none to keep.")
