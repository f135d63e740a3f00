"""The ribbon's actions on data, runs and templates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.addin.jobs import macro
from xlsc.addin.macros_connect import columns_of_book, process_field, read_process
from xlsc.addin.reports import as_lines
from xlsc.addin.steps import Steps, apart, asked, chosen
from xlsc.core.catalog import Process
from xlsc.core.results import RunResult
from xlsc.core.template import Template
from xlsc.flows.data import ProcessData, parse_variables, read_data, write_data
from xlsc.flows.own_run import run_process as run_flow
from xlsc.flows.templates import new_template as new_template_flow
from xlsc.flows.templates import update_template as update_template_flow
from xlsc.settings import Settings, resolve

#: Property in which a workbook keeps the variables of its data.
VARIABLES = "xlsc.sheet:variables"
_RUN, _DO_NOT_RUN = "Run it", "Do not run it"
_CHANGE, _LEAVE = "Change the workbook", "Leave it as it is"


@macro("Get data")
def get_data() -> Steps[None]:
    """The rows of the process's source onto the sheet in front."""
    yield from _get_data(())


@macro("Get data")
def get_data_with_variables() -> Steps[None]:
    """The same, filtered by variables."""
    pairs = yield from _ask_variables()
    if pairs is not None:
        yield from _get_data(pairs)


@macro("Refresh data")
def refresh_data() -> Steps[None]:
    """The same data again, with the same variables."""
    text = DESK.book().read_properties().get(VARIABLES, "")
    yield from _get_data(tuple(filter(None, text.split("\n"))), refresh=True)


def _get_data(pairs: tuple[str, ...], *, refresh: bool = False) -> Steps[None]:
    book, sheet, process = DESK.book(), DESK.sheet(), _process()
    settings, variables = DESK.settings(book), parse_variables(pairs)

    def read() -> ProcessData:
        with DESK.session(settings) as session:
            return read_data(session.client, process, variables)

    found = yield from apart(read)
    count = write_data(sheet, found, refresh=refresh)
    book.write_properties({VARIABLES: "\n".join(pairs) or None})
    DESK.dialogs.show("Get data", f"{count} rows of {found.process.map_id}.")


def _process() -> str:
    binding = DESK.binding()
    return binding.process_key or binding.process_id


def _ask_variables() -> Steps[tuple[str, ...] | None]:
    """Variables as texts; None when the person gave up."""
    given = yield from asked("Variables", [Field("pairs", "NAME=VALUE, with ; between several")])
    if given is None:
        return None
    return tuple(part.strip() for part in given["pairs"].split(";") if part.strip())


@macro("Run process")
def run_process() -> Steps[None]:
    """Run the process once on its own source."""
    yield from _run(())


@macro("Run process")
def run_with_variables() -> Steps[None]:
    """Run it with variables."""
    pairs = yield from _ask_variables()
    if pairs is not None:
        yield from _run(pairs)


def _run(pairs: tuple[str, ...]) -> Steps[None]:
    """Run the process on its own source, after asking."""
    name, process, settings = DESK.binding().process_id, _process(), DESK.settings(DESK.book())
    variables = parse_variables(pairs)
    given = [f"{key} = {text}" for key, text in variables.items()]
    question = "\n".join([f"Run {name} on its own source now?", *given])
    if (yield from chosen("Run process", question, (_RUN, _DO_NOT_RUN))) != _RUN:
        return

    def run() -> RunResult:
        with DESK.session(settings) as session:
            return run_flow(session.client, process, variables)

    result = yield from apart(run, "waits")
    words = f"Run {result.run_number}: {result.record_count} documents, {result.error_count} rejected."
    DESK.dialogs.show("Run process", f"{words}\n{result.error_message}".strip())


@macro("New template")
def new_template() -> Steps[None]:
    """A template workbook for a process."""
    settings = resolve()
    processes = yield from apart(lambda: _list_processes(settings))
    fields = [process_field(processes), Field("file", "File", str(Path.home() / "template.xlsx"))]
    given = yield from asked("New template", fields)
    if given is None:
        return
    path, process = Path(given["file"]), read_process(processes, given["process"])

    def write() -> Template:
        with DESK.session(settings) as session:
            return new_template_flow(session, process.map_key, path, all_columns=False)

    made = yield from apart(write, "waits")
    DESK.dialogs.show("New template", f"{path} is a template for {made.process}. Open it in Excel.")


def _list_processes(settings: Settings) -> Sequence[Process]:
    with DESK.session(settings) as session:
        return session.client.map_list()


@macro("Update template")
def update_template() -> Steps[None]:
    """Bring the template in line with its process."""
    book, settings = DESK.book(), DESK.settings(DESK.book())
    found = yield from columns_of_book()
    with DESK.session(settings) as session:
        changes = update_template_flow(book, session, "", None, dry_run=True, found=found).changes
        words = [f"new: {name}" for name in changes.added] + [f"gone: {name}" for name in changes.removed]
        words += [f"renamed: {old} is now {new}" for old, new in changes.renamed]
        if not words:
            DESK.dialogs.show("Update template", "The template is up to date.")
        elif (yield from chosen("Update template", "\n".join(words), (_CHANGE, _LEAVE))) == _CHANGE:
            update_template_flow(book, session, "", None, dry_run=False, found=found)
            DESK.dialogs.show("Update template", "The template is up to date now; rows stayed as they were.")


@macro("About", alone=False)
def about_template() -> None:
    """What the workbook remembers."""
    binding = DESK.binding()
    lines = [("Process", binding.process_id), ("Company", binding.company_name), ("Service", binding.service_url)]
    DESK.dialogs.show("About this template", as_lines([*lines, ("Version", binding.template_version or "none")]))
