"""What a sheet shall show after a run: planned here as values, applied by the sheet adapters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlsc.core.results import Code, RowError, RowState
from xlsc.core.table import Table

#: Header of the column that holds the status texts.
STATUS_HEADER = "SmartConnect"
#: Characters of a cell (Excel's published limit) and of a note that a person can still read.
MAX_STATUS_LENGTH = 32_767
MAX_NOTE_LENGTH = 1_000

_BETWEEN_MESSAGES = " | "
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STATE = re.compile(r"\s*(accepted|rejected|skipped|unknown)\b", re.IGNORECASE)
_WITHOUT_REASON = {
    RowState.ACCEPTED: "Accepted",
    RowState.REJECTED: "Rejected: no reason was given.",
    RowState.SKIPPED: "Skipped: not sent.",
    RowState.UNKNOWN: "Unknown: sent, but no answer came; it may have been taken or not.",
}


@dataclass(frozen=True, slots=True)
class CellMark:
    """One cell to fill and to note; both numbers 1-based."""

    sheet_row: int
    sheet_column: int
    note: str


@dataclass(frozen=True, slots=True)
class RowStatus:
    """The status text of one row; ``sheet_row`` is 1-based."""

    sheet_row: int
    state: RowState
    text: str


@dataclass(frozen=True, slots=True)
class MarkPlan:
    """All that one run writes onto a sheet, for one block-wise ``Sheet.apply``.

    Attributes:
        header_row: 1-based row of the headers.
        status_column: 1-based column of the status texts; its header is STATUS_HEADER.
        summary: Dated sentence on what was done; the note of the status header.
        statuses: One per row that gets a new status; other rows keep theirs.
        cells: The cells to mark, none twice.
        cleared_rows: Rows whose earlier marks go (every row of this run), 1-based.
        sent_columns: 1-based columns of what was sent; by their content a row is known again when it was moved.
    """

    header_row: int
    status_column: int
    summary: str
    statuses: Sequence[RowStatus]
    cells: Sequence[CellMark]
    cleared_rows: Sequence[int]
    sent_columns: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class MarkLayout:
    """Where a run's marks go: row of the headers and column of the status texts, both 1-based."""

    header_row: int
    status_column: int


def plan_marks(
    table: Table,
    states: Mapping[int, RowState],
    errors: Sequence[RowError],
    layout: MarkLayout,
    summary: str,
    status_texts: Mapping[int, str] | None = None,
) -> MarkPlan:
    """What the sheet shall show after a run: a status for every row, a mark on every wrong cell.

    An error without a column marks its row's first key cell, so that a person can jump to it; a row that is only
    wrong because of another row of its document (code DOCUMENT) gets no cell mark. Errors that fit no row stand in
    the report only.

    Args:
        table: What was sent; tells which sheet column a column stands in.
        states: State of every row of the run, by 1-based sheet row.
        errors: All that is wrong, local findings and the service's.
        layout: Where headers and statuses stand.
        summary: Dated sentence on what was done.
        status_texts: More detail by sheet row, such as "Accepted, run 5"; messages of errors follow after a colon.

    >>> from xlsc.core.table import Column
    >>> wrong = RowError(2, "Terms", "NET31", "Unknown terms.", Code.SERVICE)
    >>> plan = plan_marks(Table((Column("Terms", sheet_column=3),), ()), {2: RowState.REJECTED}, [wrong],
    ...                   MarkLayout(1, 4), "checked")
    >>> plan.statuses[0].text, plan.cells[0].sheet_column
    ('Rejected: Unknown terms.', 3)
    """
    details = status_texts or {}
    messages: dict[int, dict[str, None]] = {}
    for error in errors:
        if error.sheet_row is not None:
            messages.setdefault(error.sheet_row, {})[_printable(error.message)] = None
    statuses = [
        RowStatus(row, state, _status_text(state, details.get(row), messages.get(row, ())))
        for row, state in sorted(states.items())
    ]
    return MarkPlan(
        header_row=layout.header_row,
        status_column=layout.status_column,
        summary=_cut(_printable(summary), MAX_NOTE_LENGTH),
        statuses=statuses,
        cells=_plan_cells(table, errors),
        cleared_rows=sorted(states.keys() | messages.keys()),
        sent_columns=sorted(column.sheet_column for column in table.columns if column.sheet_column is not None),
    )


def read_state(status_text: str | None) -> RowState | None:
    """The state that a status text begins with; None where it begins with none.

    >>> read_state("Rejected: Unknown terms."), read_state("mine"), read_state(None)
    (<RowState.REJECTED: 'rejected'>, None, None)
    """
    match = _STATE.match(status_text or "")
    return RowState(match[1].lower()) if match else None


def _status_text(state: RowState, detail: str | None, messages: Iterable[str]) -> str:
    text = _BETWEEN_MESSAGES.join(messages)
    word = state.value.capitalize()
    start = _printable(detail.strip()) if detail else ""
    if start and read_state(start) is not state:
        start = f"{word}: {start}"
    if not text:
        return _cut(start or _WITHOUT_REASON[state], MAX_STATUS_LENGTH)
    return _cut(f"{start.rstrip('.:') or word}: {text}", MAX_STATUS_LENGTH)


def _plan_cells(table: Table, errors: Sequence[RowError]) -> list[CellMark]:
    places = {column.name.casefold(): column.sheet_column for column in table.columns}
    on_sheet = [column for column in table.columns if column.sheet_column is not None]
    keys = [column for column in on_sheet if column.is_key]
    whole_row = next((column.sheet_column for column in [*keys, *on_sheet]), None)
    notes: dict[tuple[int, int], dict[str, None]] = {}
    for error in errors:
        if error.sheet_row is None or error.code is Code.DOCUMENT:
            continue
        place = places.get(error.column.casefold()) if error.column else None
        column = place or whole_row
        if column is not None:
            notes.setdefault((error.sheet_row, column), {})[_printable(error.message)] = None
    return [
        CellMark(row, column, _cut("\n".join(texts), MAX_NOTE_LENGTH)) for (row, column), texts in sorted(notes.items())
    ]


def _printable(text: str) -> str:
    """Text without the characters that no workbook can hold; the service's texts may carry any."""
    return _UNPRINTABLE.sub("\ufffd", text).strip()


def _cut(text: str, length: int) -> str:
    """Text of at most ``length`` characters as Excel counts them: those above U+FFFF are two."""
    if len(text) <= length // 2:
        return text
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * length else units[: 2 * length - 2].decode("utf-16-le", "ignore") + "…"
