"""What a sheet shall show after a run: planned here as values, applied by the sheet adapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.results import RowState

#: Header of the column that holds the status texts.
STATUS_HEADER = "SmartConnect"


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
    """

    header_row: int
    status_column: int
    summary: str
    statuses: Sequence[RowStatus]
    cells: Sequence[CellMark]
    cleared_rows: Sequence[int]
