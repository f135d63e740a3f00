"""Which row of a sheet takes which row of fresh data: a row stays where its person sorted it, beside their own notes.

Rows are told apart by their keys. What stands in columns of the person's own never comes to stand beside another row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """A row as it stands.

    Attributes:
        sheet_row: 1-based.
        key: Values of its key columns; None for a row without data.
        is_noted: Whether the person's own columns hold something beside it.
    """

    sheet_row: int
    key: Key | None
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """Where fresh rows go.

    Attributes:
        rows: 1-based sheet row of each fresh row, in their order.
        updated: How many of them stood there before.
        emptied: Rows whose data are gone and that nothing takes.
        kept: Rows whose data are gone, and that stay because of the person's notes.
    """

    rows: tuple[int, ...]
    updated: int
    emptied: tuple[int, ...]
    kept: tuple[int, ...]


def plan_places(present: Sequence[Present], fresh: Sequence[Key], first_row: int) -> Places:
    """Where each fresh row goes.

    A key that stands several times is told apart by its turn. New rows take rows without data first, from the top,
    then rows below the last one.

    Args:
        present: The rows that there are, in sheet order.
        fresh: Keys of the fresh rows, in their order.
        first_row: Where data begin, for a sheet without any.

    >>> plan_places([Present(2, ("a",)), Present(3, ("b",))], [("c",), ("b",)], 2).rows
    (2, 3)
    """
    known = dict(zip(_numbered([row.key for row in present]), present, strict=True))
    wanted = list(_numbered(fresh))
    stays = {key: known[key].sheet_row for key in wanted if key in known}
    left = [row for key, row in known.items() if key not in stays]
    kept = tuple(row.sheet_row for row in left if row.key is not None and row.is_noted)
    slots = sorted(row.sheet_row for row in left if row.key is None or not row.is_noted)
    below = count(max((row.sheet_row for row in present), default=first_row - 1) + 1)
    free = iter(slots)
    rows = tuple(stays[key] if key in stays else next(free, None) or next(below) for key in wanted)
    taken = set(rows)
    gone = {row.sheet_row for row in left if row.key is not None}
    emptied = tuple(row for row in slots if row in gone and row not in taken)
    return Places(rows, len(stays), emptied, kept)


def _numbered(keys: Sequence[Key | None]) -> Iterator[tuple[Key | None, int]]:
    """Each key with how often it stood before."""
    seen: Counter[Key | None] = Counter()
    for key in keys:
        yield key, seen[key]
        seen[key] += 1
