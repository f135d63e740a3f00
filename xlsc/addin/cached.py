"""Answers kept for a while, so that recalculating ten thousand formulas asks the service once per distinct question.

Each question is asked in a thread of its own; a cell waits a few seconds for it at most, as Excel stands still
meanwhile. What comes later is kept and shown at the next calculation.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from xlsc.errors import NoAnswer, XlscError

#: Seconds that an answer is good for; a refresh asks all anew.
TIME_TO_LIVE_SECONDS = 300.0
#: Seconds that a failure is good for: ten thousand cells shall not each wait for a time-out.
FAILURE_SECONDS = 15.0
#: Seconds that a cell waits for an answer; and while another answer is overdue.
PATIENCE_SECONDS = 4.0
_LITTLE_PATIENCE_SECONDS = 0.1
#: Seconds that a refresh waits for all answers.
_RENEW_SECONDS = 120.0
MAX_ANSWERS = 2_000
_ASKED_AT_ONCE = 8


@dataclass(slots=True)
class _Kept:
    """One question: how to ask it, and what came of it."""

    ask: Callable[[], Any]
    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    failure: XlscError | None = None
    fault: Exception | None = None
    good_until: float = float("inf")
    is_overdue: bool = False


class Answers:
    """A cache of answers by question.

    Args:
        clock: Seconds that only go up.
        patience_seconds: How long a cell waits.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._clock, self._patience = clock, patience_seconds
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_ASKED_AT_ONCE)
        self._kept: dict[Hashable, _Kept] = {}
        self._unreachable: tuple[float, XlscError] | None = None

    def get(self, question: Hashable, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was asked for
        """The answer, asked for when none is kept.

        Raises:
            XlscError: The question failed, now or a moment ago; the service could not be reached a moment ago; or
                there is no answer yet.
        """
        with self._lock:
            kept = self._kept.get(question)
            if kept is None or kept.good_until <= self._clock():
                self._refuse_unreachable()
                kept = self._start(question, ask)
            overdue = kept.is_overdue or any(other.is_overdue for other in self._kept.values())
        if not kept.done.wait(_LITTLE_PATIENCE_SECONDS if overdue else self._patience):
            kept.is_overdue = True
            raise NoAnswer(
                f"The service has not answered within {self._patience:g} seconds.",
                "Press Refresh on the SmartConnect tab in a moment.",
            )
        return _result(kept)

    def forget(self) -> None:
        """Ask everything anew when it is needed."""
        with self._lock:
            self._kept.clear()
            self._unreachable = None

    def renew(self) -> None:
        """Ask everything anew now, several questions at once, and wait for the answers; not on Excel's thread."""
        with self._lock:
            known = {question: kept.ask for question, kept in self._kept.items()}
            self._kept.clear()
            self._unreachable = None
            started = [self._start(question, ask) for question, ask in known.items()]
        deadline = time.monotonic() + _RENEW_SECONDS
        for kept in started:
            kept.done.wait(max(0.0, deadline - time.monotonic()))

    def _refuse_unreachable(self) -> None:
        """A service that could not be reached a moment ago is not tried again for each distinct question."""
        if self._unreachable is not None and self._clock() < self._unreachable[0]:
            raise self._unreachable[1]

    def _start(self, question: Hashable, ask: Callable[[], Any]) -> _Kept:
        kept = _Kept(ask)
        while len(self._kept) >= MAX_ANSWERS:
            del self._kept[next(iter(self._kept))]
        self._kept[question] = kept
        threading.Thread(target=self._ask, args=(kept,), daemon=True).start()
        return kept

    def _ask(self, kept: _Kept) -> None:
        with self._places:
            try:
                kept.value = kept.ask()
                kept.good_until = self._clock() + TIME_TO_LIVE_SECONDS
            except XlscError as failure:
                kept.failure = failure
                kept.good_until = self._clock() + FAILURE_SECONDS
                if isinstance(failure, NoAnswer):
                    self._unreachable = kept.good_until, failure
            except Exception as fault:  # noqa: BLE001 - raised again where the answer is wanted
                kept.fault = fault
                kept.good_until = self._clock() + FAILURE_SECONDS
            finally:
                kept.is_overdue = False
                kept.done.set()


def _result(kept: _Kept) -> Any:  # noqa: ANN401 - whatever was asked for
    if kept.failure is not None:
        raise kept.failure
    if kept.fault is not None:
        raise kept.fault
    return kept.value
