"""How many documents go into one run: all, a fixed number, or as many as a run takes in good time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from xlsc.errors import UsageError

T = TypeVar("T")

#: A run is meant to take about this long, so that progress shows and cancelling works.
TARGET_SECONDS = 20.0
FIRST_RUN = 100
#: One run takes at most this many times what the last one took.
_GROWTH = 4


class Pace:
    """Cuts documents into runs; a document is never split, the order stays.

    Args:
        documents_per_run: None = one run, 0 = adaptive, else the number.

    Raises:
        UsageError: The number is below 0.
    """

    def __init__(self, documents_per_run: int | None) -> None:
        if documents_per_run is not None and documents_per_run < 0:
            raise UsageError(f"{documents_per_run} documents per run make no run.", "Give 1 or more.")
        self._adaptive = documents_per_run == 0
        self._size = FIRST_RUN if self._adaptive else documents_per_run

    def chunks(self, documents: Sequence[T]) -> Iterator[Sequence[T]]:
        """The documents of each run; the size is asked for anew before each."""
        start = 0
        while start < len(documents):
            size = self._size or len(documents)
            yield documents[start : start + size]
            start += size

    def note(self, documents: int, seconds: float) -> None:
        """Learn from a run that took this long."""
        if self._adaptive and documents and seconds > 0:
            fitting = int(documents * TARGET_SECONDS / seconds)
            self._size = max(1, min(fitting, documents * _GROWTH))
