"""The ribbon's actions on errors: jumping between them, listing them, taking marks off, keeping them on the service."""

from __future__ import annotations

from xlsc.addin import acts
from xlsc.addin.desk import DESK
from xlsc.addin.error_lists import LISTS, OpenList, as_json, grant, heard, read_groups, refresh_lists, select
from xlsc.addin.jobs import macro, say_failure
from xlsc.addin.steps import Steps, apart
from xlsc.errors import UsageError, XlscError
from xlsc.flows.report import SendReport
from xlsc.flows.saving_errors import save_errors as save_errors_flow
from xlsc.settings import Settings


@macro("Errors", alone=False)
def next_error() -> None:
    """Select the next marked cell."""
    _jump(forward=True)


@macro("Errors", alone=False)
def previous_error() -> None:
    """Select the marked cell before."""
    _jump(forward=False)


def _jump(*, forward: bool) -> None:
    sheet = DESK.sheet()
    marked = list(sheet.marked_cells())
    if not marked:
        DESK.dialogs.show("Errors", "No cell of this sheet is marked.")
        return
    selected = sheet.sheet.book.app.selection
    here = (selected.row, selected.column) if selected is not None else (0, 0)
    later = [cell for cell in marked if cell > here] or marked
    earlier = [cell for cell in marked if cell < here] or marked
    words = select(sheet, later[0] if forward else earlier[-1])
    DESK.dialogs.show("Errors", words)


@macro("Errors", alone=False)
def list_errors() -> Steps[None]:
    """A window with the errors by message; it stays open, and jumps and fixes until it is closed."""
    sheet = DESK.sheet()
    groups = read_groups(sheet)
    if not groups:
        DESK.dialogs.show("Errors", "No cell of this sheet is marked.")
        return
    one = OpenList(sheet, DESK.dialogs.open_errors(f"Errors of {sheet.name}", as_json(groups)))
    LISTS.append(one)
    try:
        while (wish := (yield from heard(one.window))) is not None:
            try:
                yield from grant(wish, one)
            except XlscError as error:
                say_failure("Errors", error)
    finally:
        LISTS.remove(one)
        one.window.close()
        DESK.dialogs.say("")


@macro("Clear marks")
def clear_marks() -> None:
    """Take fills, notes, statuses off."""
    sheet = DESK.sheet()
    count = sheet.clear()
    DESK.tell_ribbon("XlscSetMarked", DESK.book().name, sheet.name, False)
    refresh_lists()
    DESK.dialogs.show("Clear marks", f"{count} marked cells cleared.")


@macro("Save errors")
def save_errors() -> Steps[None]:
    """Keep the last run's error rows on the service."""
    if not acts.REPORTS or not acts.REPORTS[0].runs or acts.REPORTS[0].runs[-1].run_number is None:
        raise UsageError("There is no run whose errors could be saved.", "Send rows first.")
    report, number = acts.REPORTS[0], acts.REPORTS[0].runs[-1].run_number
    settings = DESK.settings(DESK.book())
    kept = yield from apart(lambda: _save(settings, report, number), "waits")
    words = "The service keeps them." if kept else "The service had none to keep."
    DESK.dialogs.show("Save errors", f"Run {number} of {report.process.map_id}: {words}")


def _save(settings: Settings, report: SendReport, number: int) -> bool:
    with DESK.session(settings) as session:
        return save_errors_flow(session.client, report.process, number)
