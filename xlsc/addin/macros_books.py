"""The ribbon's actions on data, templates, the outbox and settings; those on a sheet's rows stand in macros.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import xlsc
from xlsc.addin import acts
from xlsc.addin.desk import DESK, guarded
from xlsc.addin.dialogs import Field
from xlsc.addin.reports import as_lines
from xlsc.errors import UsageError
from xlsc.flows.settle import settle_unknown
from xlsc.flows.templates import new_template as new_template_flow
from xlsc.flows.templates import update_template as update_template_flow
from xlsc.settings import REGISTRY, resolve, write_user_settings


@guarded("Get data")
def get_data() -> None:
    """The rows of the process's source onto the sheet in front."""
    acts.get_data(())


@guarded("Get data")
def get_data_with_variables() -> None:
    """The same, filtered by variables."""
    pairs = acts.ask_variables()
    if pairs is not None:
        acts.get_data(pairs)


@guarded("Refresh data")
def refresh_data() -> None:
    """The same data again, with the same variables."""
    text = DESK.book().read_properties().get(f"xlsc.{acts.VARIABLES}", "")
    acts.get_data(tuple(filter(None, text.split("\n"))), refresh=True)


@guarded("Run process")
def run_process() -> None:
    """Run the process once on its own source."""
    acts.run(())


@guarded("Run process")
def run_with_variables() -> None:
    """Run it with variables."""
    pairs = acts.ask_variables()
    if pairs is not None:
        acts.run(pairs)


@guarded("New template")
def new_template() -> None:
    """A template workbook for a process."""
    with DESK.session() as session:
        names = tuple(process.map_id for process in session.client.map_list())
        fields = [Field("process", "Process", choices=names), Field("file", "File", str(Path.home() / "template.xlsx"))]
        given = DESK.dialogs.ask("New template", fields)
        if given is None:
            return
        made = new_template_flow(session, given["process"], Path(given["file"]), all_columns=False)
    DESK.dialogs.show("New template", f"{given['file']} is a template for {made.process}. Open it in Excel.")


@guarded("Update template")
def update_template() -> None:
    """Bring the template in line with its process."""
    book = DESK.book()
    with DESK.session(book) as session:
        key = DESK.binding().process_key
        changes = update_template_flow(book, session, key, None, dry_run=True).changes
        words = [f"new: {name}" for name in changes.added] + [f"gone: {name}" for name in changes.removed]
        words += [f"renamed: {old} is now {new}" for old, new in changes.renamed]
        if not words:
            DESK.dialogs.show("Update template", "The template is up to date.")
        elif DESK.dialogs.confirm("Update template", "\n".join([*words, "", "Change the workbook?"])):
            update_template_flow(book, session, key, None, dry_run=False)


@guarded("About")
def about_template() -> None:
    """What the workbook remembers."""
    binding = DESK.binding()
    lines = [("Process", binding.process_id), ("Company", binding.company_name), ("Service", binding.service_url)]
    DESK.dialogs.show("About this template", as_lines([*lines, ("Version", binding.template_version or "none")]))


@guarded("Open entries")
def open_entries() -> None:
    """Ask the service about sends without an answer, and list those that are still not known."""
    with DESK.session() as session, DESK.outbox() as outbox:
        settled = settle_unknown(session, outbox)
        shown = acts.show_earlier(session, outbox)
        rows = [
            (entry.entry_id, entry.phase.value, entry.process_id, Path(entry.workbook).name)
            for entry in outbox.open_entries()
        ]
    words = [f"{item.entry.process_id}: {item.text}" for item in settled]
    words += [f"{shown} rows of this sheet show their state now."] if shown else []
    DESK.dialogs.show("Open entries", "\n".join([*words, as_lines(rows)]).strip() or "Every run's outcome is known.")


@guarded("Run log")
def run_log() -> None:
    """The last runs, and whether the log is intact."""
    with DESK.outbox() as outbox:
        lines, broken = outbox.run_log.read(), outbox.run_log.verify()
    rows = [(line.when_utc[:16], line.process, f"run {line.run_number}", f"{line.accepted} accepted") for line in lines]
    intact = "The log is as it was written." if broken is None else f"Line {broken.line_number}: {broken.reason}"
    DESK.dialogs.show("Run log", f"{as_lines(rows[-15:])}\n\n{intact}".strip())


@guarded("Settings")
def edit_settings() -> None:
    """Change the settings that people change."""
    names = ("read", "dates", "hidden_rows", "max_rows")
    known = resolve()
    fields = [
        Field(name, REGISTRY[name].help, str(getattr(known, name)), choices=REGISTRY[name].choices) for name in names
    ]
    given = DESK.dialogs.ask("Settings", fields)
    if given is None:
        return
    if not given["max_rows"].isdigit():
        raise UsageError(f"{given['max_rows']!r} is no number of rows.", "Write digits, such as 20000.")
    write_user_settings({**given, "max_rows": int(given["max_rows"])})


@guarded("Help")
def open_help() -> None:
    """The manual that belongs to this version, in the browser."""
    subprocess.Popen([sys.executable, "-m", "xlsc.addin.manual"], stdout=subprocess.DEVNULL)


@guarded("Updates")
def check_updates() -> None:
    """This version, and where newer ones are; nothing is fetched or installed."""
    DESK.dialogs.show("Updates", f"This is xlsc {xlsc.__version__}. Newer ones: pip install --upgrade xlsc")
