"""A run that is refused as a whole, without naming a row: halved until the guilty documents stand alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from xlsc.core.documents import Document
from xlsc.core.results import RowState
from xlsc.flows.delivery import Delivered

#: Sends some documents.
Deliver = Callable[[Sequence[Document]], Delivered]


def most_runs(documents: int) -> int:
    """The greatest number of further runs that finding all guilty documents can take.

    >>> most_runs(1), most_runs(8)
    (0, 14)
    """
    return max(2 * documents - 2, 0)


def is_refused_whole(delivered: Delivered, documents: int) -> bool:
    """Whether every document was rejected and none of them was named."""
    rejected = all(state is RowState.REJECTED for state in delivered.states.values())
    return documents > 1 and rejected and not delivered.named


def find_guilty(documents: Sequence[Document], deliver: Deliver, cancelled: Callable[[], bool]) -> Iterator[Delivered]:
    """Send both halves, and the halves of a half that is refused; ends at the first unknown outcome.

    Args:
        documents: Of a run that was refused as a whole.
        deliver: Sends documents.
        cancelled: Asked before each run; true ends it.

    Yields:
        What came of each run that settled its documents, as soon as it is known.
    """
    parts = _halves(documents)
    while parts and not cancelled():
        part = parts.pop()
        delivered = deliver(part)
        if RowState.UNKNOWN in delivered.states.values():
            yield delivered
            return
        if is_refused_whole(delivered, len(part)):
            parts += _halves(part)
        else:
            yield delivered


def _halves(documents: Sequence[Document]) -> list[Sequence[Document]]:
    """The second half and the first, as the first goes first from the end of a stack."""
    middle = len(documents) // 2
    return [documents[middle:], documents[:middle]]
