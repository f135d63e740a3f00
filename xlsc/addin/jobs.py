"""Long work that does not freeze Excel: a snapshot of the sheet is worked on in a thread, Excel is touched in polls.

Excel's objects belong to the main thread. The thread reads the snapshot and talks to the service; when it has marks to
show, it waits until a poll has put them into the real sheet, and only then tells the outbox that they are there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from xlsc.addin.desk import DESK
from xlsc.core.marks import MarkPlan
from xlsc.errors import WorkbookError, XlscError
from xlsc.flows.report import SendReport
from xlsc.flows.work import Control
from xlsc.sheets.live import LiveBook, LiveSheet
from xlsc.sheets.memory import MemoryBook, MemorySheet

#: Seconds between polls, and how long a thread waits for one that shows its marks.
POLL_SECONDS = 1
_WAIT_SECONDS = 600.0


class Snapshot(MemoryBook):
    """A sheet as it was when the work began; remembers the marks that are to be shown."""

    def __init__(self, book: LiveBook, sheet: LiveSheet) -> None:
        super().__init__(book.name, sheet.name)
        self.plans: list[MarkPlan] = []
        self.sheets = [_copy(sheet, self.plans)]
        self.write_properties(book.read_properties())


class _Recording(MemorySheet):
    """Keeps the plans that are applied to it."""

    plans: list[MarkPlan]

    def apply(self, plan: MarkPlan) -> None:
        """Apply and remember."""
        super().apply(plan)
        self.plans.append(plan)


def _copy(sheet: LiveSheet, plans: list[MarkPlan]) -> MemorySheet:
    copied = _Recording(sheet.name)
    copied.plans = plans
    used = sheet.used_area()
    if used is not None:
        block = sheet.read(used)
        for number, row in enumerate(block.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    copied.values[number, column] = value
                    text = block.number_format(number, column)
                    if text != "General":
                        copied.formats[number, column] = text
        copied.hidden_rows = block.hidden_rows
    copied.tables = tuple(sheet.list_objects())
    copied.merged = tuple(sheet.merged_areas())
    copied.selected = sheet.selection()
    return copied


@dataclass(slots=True)
class Job:
    """One piece of work; at most one at a time.

    Attributes:
        title: For message boxes.
        sheet: The real sheet.
        snapshot: What the thread works on.
        says: The last word on progress.
    """

    title: str
    sheet: LiveSheet
    snapshot: Snapshot
    says: str = ""
    report: SendReport | None = None
    failure: XlscError | None = None
    is_cancelled: bool = False
    _marks_wanted: threading.Event = field(default_factory=threading.Event)
    _marks_shown: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)
    _failed_to_show: WorkbookError | None = None

    @property
    def control(self) -> Control:
        """The thread's side: progress and cancel."""
        return Control(progress=lambda text: setattr(self, "says", text), cancelled=lambda: self.is_cancelled)

    def start(self, work: Callable[[], SendReport]) -> None:
        """Begin; the first poll follows in a second."""
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        DESK.tell_ribbon("XlscSetWorking", True)
        DESK.tell_ribbon("XlscPollIn", POLL_SECONDS)

    def save(self) -> None:
        """Called by the thread when the snapshot has marks: wait until the real sheet shows them.

        Raises:
            WorkbookError: It could not show them, or nobody polled for ten minutes.
        """
        self._marks_shown.clear()
        self._marks_wanted.set()
        if not self._marks_shown.wait(_WAIT_SECONDS):
            raise WorkbookError("Excel did not answer for ten minutes.", "Show the outcome later with Open entries.")
        if self._failed_to_show is not None:
            raise self._failed_to_show

    def poll(self) -> bool:
        """Show what is to be shown, on Excel's own thread; whether the work is done."""
        if self._marks_wanted.is_set():
            self._marks_wanted.clear()
            self._show()
        return self._done.is_set()

    def _show(self) -> None:
        self._failed_to_show = None
        try:
            while self.snapshot.plans:
                self.sheet.apply(self.snapshot.plans[0])
                del self.snapshot.plans[0]
        except WorkbookError as error:
            self._failed_to_show = error
        self._marks_shown.set()

    def _run(self, work: Callable[[], SendReport]) -> None:
        try:
            self.report = work()
        except XlscError as error:
            self.failure = error
        finally:
            self._done.set()
