"""Answers kept for a while, so that recalculating ten thousand formulas asks the service once per distinct question."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

from xlsc.errors import XlscError

#: Seconds that an answer is good for; a refresh forgets all at once.
TIME_TO_LIVE_SECONDS = 300.0
#: Seconds that a failure is good for: ten thousand cells shall not each wait for a time-out.
FAILURE_SECONDS = 15.0
MAX_ANSWERS = 500


class Answers:
    """A cache of answers by question; one thread asks, the others wait for the same answer.

    Args:
        clock: Seconds that only go up.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any, XlscError | None]] = {}

    def get(self, question: Hashable, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was asked for
        """The answer, asked for when none is kept.

        Raises:
            XlscError: The question failed, now or a moment ago.
        """
        with self._lock:
            kept = self._kept.get(question)
            if kept is None or kept[0] <= self._clock():
                kept = self._ask(ask)
                self._keep(question, kept)
        _, value, failure = kept
        if failure is not None:
            raise failure
        return value

    def forget(self) -> None:
        """Ask everything anew."""
        with self._lock:
            self._kept.clear()

    def _ask(self, ask: Callable[[], Any]) -> tuple[float, Any, XlscError | None]:
        try:
            value = ask()
        except XlscError as failure:
            return self._clock() + FAILURE_SECONDS, None, failure
        return self._clock() + TIME_TO_LIVE_SECONDS, value, None

    def _keep(self, question: Hashable, kept: tuple[float, Any, XlscError | None]) -> None:
        if len(self._kept) >= MAX_ANSWERS:
            del self._kept[next(iter(self._kept))]
        self._kept[question] = kept
