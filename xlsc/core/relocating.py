"""Marks planned on a sheet as it was, for the sheet as it is now: people sort, insert and edit while a run goes on.

Rows are known again by what was sent of them, columns by their headers, equal rows by their order. A row edited
meanwhile is none of those that were sent, so it gets no mark. Linear in the number of rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsc.core.marks import STATUS_HEADER, CellMark, MarkPlan
from xlsc.core.table import CellValue

#: Rows at the top among which the headers are looked for.
_TOP = 50
Rows = Sequence[Sequence[CellValue]]


@dataclass(frozen=True, slots=True)
class Relocated:
    """A plan for the sheet as it is now.

    Attributes:
        plan: The marks that have a place.
        lost_rows: Rows of the plan, numbered as they were, that the sheet does not hold any more as they were sent.
    """

    plan: MarkPlan
    lost_rows: Sequence[int]


def relocate(plan: MarkPlan, before: Rows, after: Rows) -> Relocated:
    """Find the places of a plan again.

    Args:
        plan: Made for ``before``.
        before: All values from A1 on, when the work began.
        after: The same now.

    >>> plan = MarkPlan(1, 2, "", [], [CellMark(2, 1, "wrong")], [2], [1])
    >>> relocate(plan, [["No"], ["a"], ["b"]], [["No"], ["b"], ["a"]]).plan.cells[0].sheet_row
    3
    """
    headers = {text: place for text, place in _headers(before, plan.header_row).items() if place in plan.sent_columns}
    header_row = _find_headers(after, set(headers), plan.header_row)
    wanted = sorted({*plan.cleared_rows, *(item.sheet_row for item in plan.statuses)})
    if header_row is None:
        return Relocated(replace(plan, statuses=(), cells=(), cleared_rows=()), wanted)
    places = _headers(after, header_row)
    columns = {place: places[text] for text, place in headers.items()}
    now = _match_rows(before, after, columns, (plan.header_row, header_row))
    moved = replace(
        plan,
        header_row=header_row,
        status_column=_status_column(after, header_row, plan),
        statuses=[replace(item, sheet_row=now[item.sheet_row]) for item in plan.statuses if item.sheet_row in now],
        cells=_move_cells(plan.cells, now, columns),
        cleared_rows=sorted(now[row] for row in plan.cleared_rows if row in now),
    )
    return Relocated(moved, [row for row in wanted if row not in now])


def _headers(rows: Rows, header_row: int) -> dict[str, int]:
    """Column by header text; the first where a text stands twice. Without the status column."""
    found: dict[str, int] = {}
    for column, value in enumerate(rows[header_row - 1] if header_row <= len(rows) else (), start=1):
        text = str(value).strip().casefold() if value is not None else ""
        if text and text != STATUS_HEADER.casefold():
            found.setdefault(text, column)
    return found


def _find_headers(rows: Rows, wanted: set[str], expected: int) -> int | None:
    places = [expected, *(row for row in range(1, min(len(rows), _TOP) + 1) if row != expected)]
    return next((row for row in places if row <= len(rows) and wanted <= _headers(rows, row).keys()), None)


def _match_rows(before: Rows, after: Rows, columns: Mapping[int, int], header_rows: tuple[int, int]) -> dict[int, int]:
    """Row numbers now, by row numbers then."""
    free: dict[Hashable, list[int]] = {}
    for row, content in _contents(after, columns.values(), header_rows[1]):
        free.setdefault(content, []).append(row)
    for rows in free.values():
        rows.reverse()
    found: dict[int, int] = {}
    for row, content in _contents(before, columns, header_rows[0]):
        if free.get(content):
            found[row] = free[content].pop()
    return found


def _contents(rows: Rows, columns: Iterable[int], header_row: int) -> Iterable[tuple[int, Hashable]]:
    places = [column - 1 for column in columns]
    for row, values in enumerate(rows[header_row:], start=header_row + 1):
        width = len(values)
        yield row, tuple(values[place] if place < width else None for place in places)


def _status_column(after: Rows, header_row: int, plan: MarkPlan) -> int:
    """The column that is called so; else the one that was planned, or the first free one where that is taken."""
    texts = [str(value).strip().casefold() if value is not None else "" for value in after[header_row - 1]]
    if STATUS_HEADER.casefold() in texts:
        return texts.index(STATUS_HEADER.casefold()) + 1
    is_free = plan.status_column > len(texts) or not texts[plan.status_column - 1]
    return plan.status_column if is_free else len(texts) + 1


def _move_cells(cells: Sequence[CellMark], now: Mapping[int, int], columns: Mapping[int, int]) -> list[CellMark]:
    moved = [
        CellMark(now[mark.sheet_row], columns[mark.sheet_column], mark.note)
        for mark in cells
        if mark.sheet_row in now and mark.sheet_column in columns
    ]
    return sorted(moved, key=lambda mark: (mark.sheet_row, mark.sheet_column))
