"""Macros at work: their steps in threads, Excel touched by its own thread only, progress shown, a wish to stop heeded.

On Windows one warm Python serves all clicks: a macro returns at once, and Excel calls ``poll`` each second while
there is work. On the Mac each click starts a Python that ends with its macro, while Excel stays free: there the macro
returns when its job is done. Both drive the same jobs.
"""

from __future__ import annotations

import functools
import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Progress
from xlsc.addin.steps import Step, Steps, Stopped
from xlsc.errors import Refused, UsageError, WorkbookError, XlscError
from xlsc.flows.work import Control
from xlsc.sheets.patience import switch_loop_off

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds between polls; seconds for which Excel's thread waits for a step that may be quick; seconds after which a
#: progress window opens; seconds for which a thread waits for Excel's.
POLL_SECONDS = 1
_PATIENCE_SECONDS = 0.15
_PROGRESS_AFTER_SECONDS = 1.0
_WAIT_SECONDS = 600.0


@dataclass(slots=True)
class _Outcome:
    """What a step gave, or what it raised."""

    value: Any = None
    failure: BaseException | None = None
    is_known: bool = False


@dataclass(slots=True)
class _Request:
    """What a thread wants done on Excel's thread."""

    call: Callable[[], Any]
    outcome: _Outcome = field(default_factory=_Outcome)
    done: threading.Event = field(default_factory=threading.Event)
    is_withdrawn: bool = False


class Job:
    """One macro under way.

    Args:
        title: For message boxes and windows.
        steps: The macro.
        alone: No other such job may run meanwhile.
    """

    def __init__(self, title: str, steps: Steps[None], *, alone: bool) -> None:
        self.title, self.alone = title, alone
        self.says = f"{title} …"
        self.is_stopping = False
        self._steps = steps
        self._step: Step | None = None
        self._begun = 0.0
        self._outcome = _Outcome(is_known=True)
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._stir = threading.Event()
        self._progress: Progress | None = None

    @property
    def control(self) -> Control:
        """A thread's side: progress and the wish to stop."""
        return Control(progress=lambda text: setattr(self, "says", text), cancelled=lambda: self.is_stopping)

    def on_main(self, call: Callable[[], T]) -> T:
        """See steps.Aside."""
        request = _Request(call)
        self._requests.put(request)
        self._stir.set()
        if not request.done.wait(_WAIT_SECONDS):
            request.is_withdrawn = True
            raise WorkbookError("Excel did not answer for ten minutes.", "Show the outcome later with Open entries.")
        if request.outcome.failure is not None:
            raise request.outcome.failure
        found: T = request.outcome.value
        return found

    def wait(self, seconds: float) -> bool:
        """Wait until there is something to do on Excel's thread; whether there is."""
        if not self._stir.wait(max(seconds, 0)):
            return False
        self._stir.clear()
        return True

    def advance(self) -> bool:
        """Do what can be done, on Excel's thread; whether the job has ended."""
        while not self._requests.empty():
            _serve(self._requests.get())
        if not self._outcome.is_known:
            self._show_progress()
            if not (self.is_stopping and self._step is not None and self._step.stopping == "leaves"):
                return False
            if self._step.is_window:
                DESK.dialogs.give_up()
            self._outcome = _Outcome(failure=Stopped(), is_known=True)
        self._hide_progress()
        return self._go_on()

    def _go_on(self) -> bool:
        """The macro's next words, up to its next step; whether it has ended."""
        outcome = self._outcome
        try:
            step = self._steps.send(outcome.value) if outcome.failure is None else self._steps.throw(outcome.failure)
        except StopIteration:
            return True
        except XlscError as error:
            say_failure(self.title, error)
            return True
        except Exception as error:  # noqa: BLE001 - a fault of ours ends the job, not Excel's calls
            say_fault(self.title, error)
            return True
        self._begin(step)
        return False

    def _begin(self, step: Step) -> None:
        outcome = _Outcome()
        self._step, self._outcome, self._begun = step, outcome, time.monotonic()

        def run() -> None:
            try:
                outcome.value = step.call(self)
            except BaseException as error:  # noqa: BLE001 - raised again where the macro goes on
                outcome.failure = error
            outcome.is_known = True
            self._stir.set()

        threading.Thread(target=run, daemon=True).start()

    def _show_progress(self) -> None:
        step = self._step
        if step is None or step.is_window:
            return
        DESK.dialogs.say(f"SmartConnect: {self.says}")
        if self._progress is None and time.monotonic() - self._begun >= _PROGRESS_AFTER_SECONDS:
            self._progress = DESK.dialogs.open_progress(self.title)
        if self._progress is not None:
            self.is_stopping |= bool(self._progress.hear())
            can_stop = step.stopping != "waits" and not self.is_stopping
            self._progress.tell({"text": self.says, "can_stop": can_stop})

    def _hide_progress(self) -> None:
        if self._step is not None and not self._step.is_window:
            DESK.dialogs.say("")
        if self._progress is not None:
            self._progress.close()
            self._progress = None


def _serve(request: _Request) -> None:
    if not request.is_withdrawn:
        try:
            request.outcome.value = request.call()
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
            request.outcome.failure = error
    request.done.set()


class Jobs:
    """All jobs under way; every method is called on Excel's thread."""

    def __init__(self) -> None:
        self.active: list[Job] = []
        self._is_at_work = False

    def start(self, job: Job) -> None:
        """Begin; on return the job is done or, where Excel polls, goes on by itself.

        Raises:
            UsageError: Another job that has to be alone is under way.
        """
        if job.alone and any(other.alone for other in self.active):
            raise UsageError(
                f"{next(other.title for other in self.active if other.alone)} is under way.",
                "Wait until it has ended, or press Stop.",
            )
        self.active.append(job)
        self._drive(job)
        if job in self.active:
            if job.alone:
                DESK.tell_ribbon("XlscSetWorking", True)
            while job in self.active and not DESK.polls:
                job.wait(_PATIENCE_SECONDS)
                self._drive(job)
            self._poll_again()

    def poll(self) -> None:
        """Called by Excel each second while there is work."""
        if self._is_at_work:
            return
        for job in list(self.active):
            self._drive(job)
        self._poll_again()

    def stop(self) -> None:
        """Let the work end soon: a send after its current run."""
        for job in self.active:
            job.is_stopping |= job.alone
        self.poll()

    def _drive(self, job: Job) -> None:
        """Let a job do what is quick; what it then waits for takes none of Excel's time."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self._is_at_work = has_ended = True
        try:
            while not job.advance():
                if not job.wait(deadline - time.monotonic()):
                    has_ended = False
                    return
        finally:
            self._is_at_work = False
            if has_ended:
                self._end(job)

    def _end(self, job: Job) -> None:
        self.active.remove(job)
        if job.alone:
            DESK.tell_ribbon("XlscSetWorking", False)

    def _poll_again(self) -> None:
        if self.active:
            DESK.tell_ribbon("XlscPollIn", POLL_SECONDS)


JOBS = Jobs()


def macro(title: str, *, alone: bool = True) -> Callable[[Callable[[], Steps[None] | None]], Callable[[], None]]:
    """Let a function be a macro of the ribbon: what it cannot do ends in a message box, what waits in a job.

    Args:
        title: For message boxes and windows.
        alone: Not while another such macro is under way.
    """

    def wrap(function: Callable[[], Steps[None] | None]) -> Callable[[], None]:
        @functools.wraps(function)
        def run() -> None:
            switch_loop_off()
            DESK.tell_state()
            try:
                found = function()
                if isinstance(found, Generator):
                    JOBS.start(Job(title, found, alone=alone))
            except XlscError as error:
                say_failure(title, error)

        return run

    return wrap


def say_failure(title: str, error: XlscError) -> None:
    """What is wrong and what to do, in the ribbon's words."""
    if isinstance(error, Refused):
        # The token may have ended: signing in must be possible again, and nothing is ruled out.
        DESK.tell_ribbon("XlscForgetSignedIn")
    DESK.dialogs.show(title, f"{error.message}\n\n{error.in_excel}")


def say_fault(title: str, error: Exception) -> None:
    """A mistake of ours: where it is, without the exception's own words, which may hold what is secret."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__} in {place.name}, line {place.lineno}"
    logger.error("%s failed: %s", title, where)
    DESK.dialogs.show(title, f"xlsc made a mistake ({where}).\n\nOpen entries tells what was sent. Please report it.")
