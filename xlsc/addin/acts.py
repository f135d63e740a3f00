"""What macros on rows do alike: a snapshot of the sheet in front, a flow on it in a thread, its report at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from xlsc.addin.desk import DESK
from xlsc.addin.error_lists import refresh_lists
from xlsc.addin.reports import describe_report
from xlsc.addin.steps import Aside, Steps, chosen, working
from xlsc.core.values import TextOptions
from xlsc.errors import SentBefore, UsageError
from xlsc.flows.check import check as check_flow
from xlsc.flows.connect import Session
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.reading import ReadOptions
from xlsc.flows.report import SendReport
from xlsc.flows.rules import read_rules
from xlsc.flows.send import SendOptions
from xlsc.flows.send import send as send_flow
from xlsc.flows.settle import show_pending
from xlsc.flows.work import Rules, Work
from xlsc.outbox import Outbox
from xlsc.settings import Settings
from xlsc.sheets.binding import Binding
from xlsc.sheets.live import LiveBook, LiveSheet
from xlsc.sheets.snapshot import SnapshotBook

T = TypeVar("T")

#: The report of the last send or check.
REPORTS: list[SendReport] = []
SEND_AGAIN, SEND_OTHERS, SEND_NOTHING = "Send again", "Send the others only", "Send nothing"
_WRITE_LATER = "Press Open entries to write the marks later."
#: Documents that a window lists.
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Front:
    """The sheet in front as a macro finds it; the snapshot is for threads, the rest is not."""

    book: LiveBook
    sheet: LiveSheet
    binding: Binding
    settings: Settings
    rules: Rules
    snapshot: SnapshotBook
    location: str

    @property
    def process(self) -> str:
        """Key or id of the workbook's process."""
        return self.binding.process_key or self.binding.process_id


def look_at_front() -> Front:
    """Take a snapshot of the sheet in front, and of those that its rules join with it; on Excel's thread.

    Raises:
        UsageError: The workbook is for no process.
    """
    book, sheet, binding = DESK.book(), DESK.sheet(), DESK.binding()
    rules = read_rules(book)
    others = [book.sheet(name) for name in rules.sheets if name.casefold() != sheet.name.casefold()]
    snapshot = SnapshotBook(book, [sheet, *others])
    return Front(book, sheet, binding, DESK.settings(book), rules, snapshot, location(book))


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


def in_work(front: Front, flow: Callable[[Work, Aside], T]) -> Steps[T]:
    """Let a flow work on the snapshot in a thread; what it saves is shown in the real sheet first."""

    def call(aside: Aside) -> T:
        # Opened here: an outbox belongs to the thread that opened it.
        with DESK.session(front.settings) as session, DESK.outbox(front.settings) as outbox:
            return flow(open_work(front, aside, session, outbox), aside)

    return (yield from working(call))


def open_work(front: Front, aside: Aside, session: Session, outbox: Outbox) -> Work:
    """What flows work with: the snapshot, whose marks go into the real sheets when it is saved."""

    def save() -> None:
        aside.on_main(front.snapshot.show_waiting)

    return Work(front.snapshot, front.location, session, outbox, save, _nothing, _WRITE_LATER)


def check() -> Steps[None]:
    """Check the rows of the sheet in front."""
    front = look_at_front()
    options = _options(front, ReadOptions())
    report = yield from in_work(front, lambda work, _: check_flow(work, options))
    _finish("Check", front, report)


def send(read: ReadOptions, **choices: Any) -> Steps[None]:  # noqa: ANN401 - fields of SendOptions
    """Send rows of the sheet in front; what was accepted before goes again only when the person says so."""
    allowed: Mapping[str, Any] | None = {}
    while allowed is not None:
        # Looked at anew each time: cells may have been changed while the person thought about it.
        front = look_at_front()
        options = replace(_options(front, read), **{**choices, **allowed})
        try:
            report = yield from _send_once(front, options)
        except SentBefore as error:
            allowed = yield from _ask_again(error, options)
            continue
        _finish("Send", front, report)
        return


def _send_once(front: Front, options: SendOptions) -> Steps[SendReport]:
    return (yield from in_work(front, lambda work, aside: send_flow(work, options, aside.control)))


def _ask_again(error: SentBefore, options: SendOptions) -> Steps[Mapping[str, Any] | None]:
    """What the person wants done with documents that were accepted before; None = nothing is sent."""
    lines = list(error.documents.values())
    more = [f"and {len(lines) - _LISTED:,} more"] if len(lines) > _LISTED else []
    head = f"{len(lines):,} document{'s' if len(lines) > 1 else ''} with the same content accepted before:"
    end = "Sent again, they are posted once more."
    text = "\n".join([head, "", *lines[:_LISTED], *more, "", end])
    answer = yield from chosen("Sent before", text, (SEND_AGAIN, SEND_OTHERS, SEND_NOTHING))
    if answer == SEND_AGAIN:
        return {"wanted_again": options.wanted_again | error.documents.keys()}
    return {"leave_accepted": True} if answer == SEND_OTHERS else None


def show_earlier(work: Work, front: Front) -> int:
    """Show states that the outbox knows and the sheet in front lacks; returns how many rows got one."""
    client = work.session.client
    found = read_columns(client, find_process(client, front.process))
    return show_pending(work, work.book.sheet(), found, front.rules)


def _options(front: Front, read: ReadOptions) -> SendOptions:
    settings = front.settings
    text = TextOptions(dates=settings.dates, read=settings.read)  # type: ignore[arg-type]
    read = replace(read, hidden=settings.hidden_rows, text=text, max_rows=settings.max_rows)  # type: ignore[arg-type]
    return SendOptions(process=front.process, read=read, rules=front.rules)


def _finish(title: str, front: Front, report: SendReport) -> None:
    REPORTS[:] = [report]
    DESK.tell_ribbon("XlscSetMarked", front.book.name, front.sheet.name, bool(front.sheet.marked_cells()))
    refresh_lists()
    lost = front.snapshot.lost_rows
    moved = f"\n\n{lost:,} rows were changed meanwhile and show no state: what was sent of them is in the outbox."
    DESK.dialogs.show(title, describe_report(report) + (moved if lost else ""))


def _nothing() -> None:
    """The person saves."""
