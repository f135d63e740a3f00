"""The ribbon's actions that check and send: each a few lines over one flow. Also for buttons on sheets, and tests.

Excel calls ``poll`` each second while there is work; ``stop`` ends it after the current run.
"""

from __future__ import annotations

from xlsc.addin import acts
from xlsc.addin.desk import DESK
from xlsc.addin.jobs import JOBS, macro
from xlsc.addin.steps import Steps, apart
from xlsc.errors import UsageError
from xlsc.flows.background import start_in_background
from xlsc.flows.reading import ReadOptions, Which


@macro("Check")
def check_sheet() -> Steps[None]:
    """Check without sending."""
    yield from acts.check()


@macro("Send")
def send_selection() -> Steps[None]:
    """The documents that the selection touches."""
    selection = DESK.sheet().selection()
    if selection is None:
        raise UsageError("No rows are selected.", "Select the rows, or use Whole sheet.")
    yield from acts.send(ReadOptions(selection=selection))


@macro("Send")
def send_sheet() -> Steps[None]:
    """All rows but those accepted before."""
    yield from acts.send(ReadOptions())


@macro("Send")
def send_failed() -> Steps[None]:
    """Rejected rows."""
    yield from acts.send(ReadOptions(which=Which.FAILED))


@macro("Send")
def send_unsent() -> Steps[None]:
    """Rows that were never sent."""
    yield from acts.send(ReadOptions(which=Which.NEW))


@macro("Send")
def send_until_error() -> Steps[None]:
    """Document by document, up to the first that is rejected."""
    yield from acts.send(ReadOptions(), documents_per_run=1, stop_at_first_error=True)


@macro("Send")
def send_in_background() -> Steps[None]:
    """The saved workbook, in a process of its own."""
    path = acts.saved_file(DESK.book())
    DESK.binding()
    arguments = ["send", str(path), "--sheet", DESK.sheet().name]
    yield from apart(lambda: start_in_background(path, arguments), "waits")
    DESK.dialogs.show("Send", f"Sending {path.name} in the background. Show the outcome later with Open entries.")


@macro("Stop", alone=False)
def stop() -> None:
    """Stop what is under way, a send after its current run."""
    JOBS.stop()


def poll() -> None:
    """Called by Excel each second while there is work."""
    JOBS.poll()
    if not JOBS.active:
        # Also where a new Python knows nothing of the work that its forerunner did.
        DESK.tell_ribbon("XlscSetWorking", False)
