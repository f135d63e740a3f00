"""The ribbon's actions on sign-in, process and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlsc.addin import formulas
from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.addin.jobs import macro
from xlsc.addin.reports import describe_process as describe
from xlsc.addin.steps import Steps, apart, asked
from xlsc.client.signing_in import list_companies
from xlsc.client.tokens import TokenKey
from xlsc.core.catalog import Process
from xlsc.flows.connect import Credentials, open_client
from xlsc.flows.connect import sign_in as sign_in_flow
from xlsc.flows.connect import sign_out as sign_out_flow
from xlsc.flows.headers import write_headers
from xlsc.flows.processes import ProcessColumns, find_among, find_process, read_columns
from xlsc.flows.templates import update_template
from xlsc.settings import Settings, resolve, write_user_settings
from xlsc.sheets.binding import Binding, read_binding, write_binding


@macro("Sign in")
def sign_in() -> Steps[None]:
    """Ask for address, e-mail, password, and company where there are several; keep the token."""
    known = resolve()
    fields = [
        Field("service_url", "Address of the service", known.service_url),
        Field("email", "E-mail", known.email),
        Field("password", "Password", is_secret=True),
    ]
    given = yield from asked("Sign in to SmartConnect", fields)
    if given is not None:
        settings = resolve({"service_url": given["service_url"], "email": given["email"]})
        yield from _sign_in(settings, Credentials(settings.email, given["password"]))


@macro("Company")
def pick_company() -> Steps[None]:
    """Choose another company of the same user; asks for the password, as tokens hold for one company."""
    settings = resolve()
    given = yield from asked("Company", [Field("password", f"Password of {settings.email}", is_secret=True)])
    if given is not None:
        yield from _sign_in(settings, Credentials(settings.email, given["password"]))


def _sign_in(settings: Settings, credentials: Credentials) -> Steps[None]:
    names = yield from apart(lambda: _company_names(settings, credentials))
    chosen: Mapping[str, str] | None = {"company": ""}
    if len(names) > 1:
        chosen = yield from asked("Company", [Field("company", "Company", settings.company_name, choices=names)])
    if chosen is None:
        return
    company = chosen["company"]
    done = yield from apart(lambda: sign_in_flow(settings, credentials, company, DESK.tokens()), "waits")
    kept = {"service_url": done.service, "email": done.email}
    write_user_settings({**kept, "company_id": done.company.id, "company_name": done.company.name})
    formulas.forget_answers()
    DESK.tell_ribbon("XlscSetSignedIn", True)
    DESK.dialogs.show("Sign in", f"Signed in as {done.email}, company {done.company.name}.\nToken: {done.kept_in}.")


def _company_names(settings: Settings, credentials: Credentials) -> tuple[str, ...]:
    client = open_client(settings)
    try:
        return tuple(company.name for company in list_companies(client, credentials))
    finally:
        client.close()


@macro("Sign out")
def sign_out() -> None:
    """Forget the token."""
    gone = sign_out_flow(resolve(), DESK.tokens())
    formulas.forget_answers()
    DESK.tell_ribbon("XlscSetSignedIn", False)
    DESK.dialogs.show("Sign out", "The token is forgotten." if gone else "You were not signed in.")


@macro("Status", alone=False)
def show_status() -> Steps[None]:
    """Who is signed in, where, how long."""
    settings = resolve()
    text = yield from apart(formulas.ask_status)
    kept = None
    if settings.service_url and settings.company_id:
        kept = DESK.tokens().read(TokenKey(settings.service_url, settings.company_id, settings.email))
    DESK.dialogs.show("Status", text + (f"\nThe token holds until about {kept.expires.date()}." if kept else ""))


@macro("Pick process")
def pick_process() -> Steps[None]:
    """Let the workbook remember a process."""
    book, settings = DESK.book(), resolve()
    service, processes = yield from apart(lambda: _list_processes(settings))
    given = yield from asked("Pick process", [process_field(processes)])
    if given is None:
        return
    process = read_process(processes, given["process"])
    bound = replace(
        read_binding(book) or Binding(),
        service_url=service,
        company_id=settings.company_id,
        company_name=settings.company_name,
        process_key=process.map_key,
        process_id=process.map_id,
    )
    write_binding(book, bound)
    DESK.tell_ribbon("XlscRefreshRibbon")


def _list_processes(settings: Settings) -> tuple[str, Sequence[Process]]:
    with DESK.session(settings) as session:
        return session.service, session.client.map_list()


def process_field(processes: Sequence[Process]) -> Field:
    """A list of processes that is searched by name and description."""
    return Field("process", "Process", choices=tuple(map(_label, processes)))


def read_process(processes: Sequence[Process], given: str) -> Process:
    """The process that was chosen from the list, or whose name was typed.

    Raises:
        UnknownProcess: There is none; the hint names those that sound alike.
    """
    labels = {_label(process): process for process in processes}
    return labels.get(given) or find_among(processes, given)


def _label(process: Process) -> str:
    return f"{process.map_id} – {process.description}" if process.description else process.map_id


@macro("Refresh")
def refresh_processes() -> Steps[None]:
    """Ask the worksheet functions' questions anew, then let Excel calculate with the answers."""
    yield from apart(formulas.renew_answers)
    DESK.tell_ribbon("XlscRecalculate")


def columns_of_book() -> Steps[ProcessColumns]:
    """The columns of the process of the workbook in front."""
    binding, settings = DESK.binding(), DESK.settings(DESK.book())
    return (yield from apart(lambda: _read_columns(settings, binding)))


def _read_columns(settings: Settings, binding: Binding) -> ProcessColumns:
    with DESK.session(settings) as session:
        return read_columns(session.client, find_process(session.client, binding.process_key or binding.process_id))


@macro("Describe")
def describe_process() -> Steps[None]:
    """Columns, keys, last run of the workbook's process."""
    settings = DESK.settings(DESK.book())
    found = yield from columns_of_book()

    def read() -> str:
        with DESK.session(settings) as session:
            return describe(found, session.client.history_for_process(found.process.map_key))

    DESK.dialogs.show(found.process.map_id, (yield from apart(read)))


@macro("Headers")
def insert_mapped_headers() -> Steps[None]:
    """The columns that reach the target."""
    yield from _insert_headers(all_columns=False)


@macro("Headers")
def insert_all_headers() -> Steps[None]:
    """Every column of the source."""
    yield from _insert_headers(all_columns=True)


def _insert_headers(*, all_columns: bool) -> Steps[None]:
    sheet = DESK.sheet()
    found = yield from columns_of_book()
    report = write_headers(sheet, found, all_columns=all_columns)
    DESK.dialogs.show("Headers", f"{len(report.written)} headers written, {len(report.kept)} were there.")


@macro("Restore headers")
def restore_headers() -> Steps[None]:
    """A template's own headers, written back where they were damaged."""
    book, settings = DESK.book(), DESK.settings(DESK.book())
    found = yield from columns_of_book()
    with DESK.session(settings) as session:
        done = update_template(book, session, "", None, dry_run=True, found=found)
        if done.restored:
            update_template(book, session, "", None, dry_run=False, found=found)
    words = (
        "Restored: " + ", ".join(header for _, header in done.restored) if done.restored else "No header is damaged."
    )
    DESK.dialogs.show("Restore headers", words)
