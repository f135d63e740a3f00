"""An outbox whose program may end at any step, and clocks that jump: what a schedule does to xlsc itself."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from xlsc.outbox import Outbox, outbox

#: Steps that write to the disk.
STEPS = frozenset({"begin", "mark_sending", "settle", "unknown", "not_sent", "marks_written", "resolve"})


class Killed(BaseException):
    """The program is gone; nothing of it can write any more, whatever its handlers try."""


class MortalOutbox:
    """Passes everything on to an outbox, until its time has come.

    Args:
        inner: The outbox.
        steps: How many writing steps it lives for.
        after: Whether the last step is still done.
    """

    def __init__(self, inner: Outbox, steps: int, after: bool) -> None:
        self._inner = inner
        self._left = steps
        self._after = after
        self._is_dead = False

    def __getattr__(self, name: str) -> Any:
        if self._is_dead:
            raise Killed
        found = getattr(self._inner, name)
        return self._mortal(found) if name in STEPS else found

    def _mortal(self, step: Any) -> Any:
        def run(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            self._is_dead = self._left <= 0
            if self._is_dead and not self._after:
                raise Killed
            answer = step(*arguments, **named)
            if self._is_dead:
                raise Killed
            return answer

        return run


@contextlib.contextmanager
def jumping_clock(dice: random.Random) -> Iterator[None]:
    """The outbox's clock goes years forth or back for a while."""
    right = outbox._now
    offset = timedelta(days=dice.randint(-4000, 4000))
    outbox._now = lambda: (datetime.now(UTC) + offset).isoformat()
    try:
        yield
    finally:
        outbox._now = right
