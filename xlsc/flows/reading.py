"""A sheet's rows to a table: which rows are meant, which are left out and why; documents stay whole.

Blank rows do not count. Hidden rows, rows accepted before and rows of unknown outcome are left out, each with its
reason, unless a row of the same document is meant: then the document goes whole, or it is held back whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from xlsc.core.addresses import Area
from xlsc.core.documents import group_documents
from xlsc.core.markers import replace_marker
from xlsc.core.marks import read_state
from xlsc.core.results import Code, RowError, RowState
from xlsc.core.table import Block, Row, Table
from xlsc.core.values import TextOptions, encode_block
from xlsc.errors import UsageError
from xlsc.flows.layout import SheetLayout, Wanted, find_layout, refuse_second_header
from xlsc.flows.work import LOCALLY
from xlsc.sheets.port import Sheet


class Which(StrEnum):
    """Which rows are meant, by the status they carry."""

    UNFINISHED = "unfinished"  # all but accepted ones and those of unknown outcome
    FAILED = "failed"  # rejected ones
    NEW = "new"  # those that were never sent: without a status, or skipped
    ALL = "all"  # accepted ones too; never those of unknown outcome
    EVERY = "every"  # whatever their status, for looking at them; nothing is ever sent so


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a sheet.

    Attributes:
        selection: Only rows of these cells, widened to whole documents; None = all rows.
        which: By status.
        hidden: What to do with hidden and filtered rows.
        text: How values become texts.
        max_rows: Most rows that may be sent.
    """

    selection: Area | None = None
    which: Which = Which.UNFINISHED
    hidden: Literal["skip", "include"] = "skip"
    text: TextOptions = field(default_factory=TextOptions)
    max_rows: int = 1_048_575


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet gave.

    Attributes:
        layout: Where things stand.
        table: The rows that are meant, whole documents, in sheet order.
        errors: Cells that cannot be sent, and documents that are held back.
        skipped: Reason by sheet row, for rows that were read and are left out.
        widened: Rows that are in the table only because their document is.
        held: Rows whose status says that local checks held them back.
    """

    layout: SheetLayout
    table: Table
    errors: tuple[RowError, ...]
    skipped: Mapping[int, str]
    widened: int = 0
    held: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which rows go, and why the others do not."""

    kept: set[int] = field(default_factory=set)
    skipped: dict[int, str] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


SKIPPED_HIDDEN = "hidden"
SKIPPED_ACCEPTED = "accepted before"
SKIPPED_UNKNOWN = "outcome unknown: settle it first"
SKIPPED_NOT_FAILED = "not rejected before"
SKIPPED_NOT_NEW = "sent before"


def read_sheet(sheet: Sheet, wanted: Wanted, options: ReadOptions) -> Reading:
    """The rows of a sheet that are meant.

    Raises:
        UsageError: See ``find_layout``; the selection lies beside the data; more rows than the settings allow.
    """
    layout = find_layout(sheet, wanted)
    if layout.area is None:
        return Reading(layout, Table(layout.columns, ()), (), {})
    _refuse_beside(layout.area, options.selection, sheet.name)
    block = sheet.read(layout.area)
    refuse_second_header(block, layout)
    table, errors = encode_block(block, layout.columns, options.text)
    table = _as_meant(replace_marker(table, wanted.skip_marker, None), wanted)
    states = _read_states(block, layout)
    choice = _choose(table, states, block.hidden_rows, options)
    rows = [row for row in table.rows if row.sheet_row in choice.kept]
    if len(rows) > options.max_rows:
        raise UsageError(
            f"Sheet {sheet.name} holds {len(rows):,} rows to send; {options.max_rows:,} are allowed at once.",
            "Send fewer rows with --range, or raise the setting max_rows where no policy locks it.",
            in_excel="Select fewer rows and press Send selection, or raise max_rows under Settings.",
        )
    asked = sum(_is_asked(row, block.hidden_rows, options) for row in rows)
    kept_errors = [error for error in errors if error.sheet_row in choice.kept]
    return Reading(
        layout,
        table.with_rows(rows),
        (*kept_errors, *choice.errors),
        choice.skipped,
        len(rows) - asked,
        _read_held(block, layout),
    )


def _as_meant(table: Table, wanted: Wanted) -> Table:
    """The table with skipped cells empty and empty ones at their default; rows that are blank then stay so."""
    skipped = [wanted.skip_markers.get(name, "").casefold() for name in table.names]
    defaults = [wanted.defaults.get(name) for name in table.names]
    if not any(skipped) and not any(defaults):
        return table
    rows = []
    for row in table.rows:
        pairs = zip(row.values, skipped, strict=True)
        values = [None if marker and value and value.strip().casefold() == marker else value for value, marker in pairs]
        if any(values):
            values = [default if value is None else value for value, default in zip(values, defaults, strict=True)]
        rows.append(Row(row.sheet_row, tuple(values)))
    return table.with_rows(rows)


def _refuse_beside(area: Area, selection: Area | None, sheet_name: str) -> None:
    """A selection of no row of data is a slip, and no wish to send nothing."""
    if selection is not None and (selection.last_row < area.first_row or selection.first_row > area.last_row):
        raise UsageError(
            f"There is no row of data in {selection}: on sheet {sheet_name} they stand in rows "
            f"{area.first_row:,} to {area.last_row:,}.",
            "Select rows of the data, or name them with --range.",
            in_excel="Select rows of the data.",
        )


def _read_held(block: Block, layout: SheetLayout) -> frozenset[int]:
    offset = layout.status_column - block.area.first_column
    numbered = enumerate(block.rows, start=block.area.first_row)
    return frozenset(number for number, row in numbered if str(row[offset] or "").startswith(LOCALLY))


def _read_states(block: Block, layout: SheetLayout) -> dict[int, RowState]:
    offset = layout.status_column - block.area.first_column
    found = {}
    for number, row in enumerate(block.rows, start=block.area.first_row):
        value = row[offset]
        state = read_state(value) if isinstance(value, str) else None
        if state is not None:
            found[number] = state
    return found


def _is_asked(row: Row, hidden: frozenset[int], options: ReadOptions) -> bool:
    area = options.selection
    inside = area is None or area.first_row <= row.sheet_row <= area.last_row
    return inside and (options.hidden == "include" or row.sheet_row not in hidden)


def _choose(table: Table, states: Mapping[int, RowState], hidden: frozenset[int], options: ReadOptions) -> _Choice:
    """Document by document: whether it goes, or why its rows stay."""
    choice = _Choice()
    rows = table.rows
    for document in group_documents(table):
        members = [rows[index] for index in document.indexes]
        asked = [row for row in members if _is_asked(row, hidden, options)]
        if not asked:
            _leave_unasked(choice, members, hidden, options)
            continue
        reason = _reason_to_skip([states.get(row.sheet_row) for row in members], options.which)
        if reason is None:
            _keep(choice, members, states, options.which)
        else:
            choice.skipped.update(dict.fromkeys((row.sheet_row for row in members), reason))
    return choice


def _leave_unasked(choice: _Choice, members: Sequence[Row], hidden: frozenset[int], options: ReadOptions) -> None:
    """Rows outside the selection were not asked for and do not count; hidden ones inside it do."""
    area = options.selection
    for row in members:
        inside = area is None or area.first_row <= row.sheet_row <= area.last_row
        if inside and row.sheet_row in hidden:
            choice.skipped[row.sheet_row] = SKIPPED_HIDDEN


def _reason_to_skip(states: Sequence[RowState | None], which: Which) -> str | None:
    """Why a document does not go; None when it goes."""
    if which is Which.EVERY:
        return None
    if RowState.UNKNOWN in states:
        return SKIPPED_UNKNOWN
    if which is Which.FAILED and RowState.REJECTED not in states:
        return SKIPPED_NOT_FAILED
    if which is Which.NEW and any(state not in (None, RowState.SKIPPED) for state in states):
        return SKIPPED_NOT_NEW
    if which is not Which.ALL and all(state is RowState.ACCEPTED for state in states):
        return SKIPPED_ACCEPTED
    return None


def _keep(choice: _Choice, members: Sequence[Row], states: Mapping[int, RowState], which: Which) -> None:
    """Keep a document; hold it back when a part was accepted before, for that part would be posted twice."""
    numbers = [row.sheet_row for row in members]
    accepted = [number for number in numbers if states.get(number) is RowState.ACCEPTED]
    if not accepted or which in (Which.ALL, Which.EVERY):
        choice.kept.update(numbers)
        return
    message = (
        f"Row {accepted[0]} of the same document was accepted before; to send the whole document once more, "
        "empty its status cell first; or give this row a document key of its own."
    )
    done = set(accepted)
    rest = [number for number in numbers if number not in done]
    choice.kept.update(rest)
    choice.skipped.update(dict.fromkeys(accepted, SKIPPED_ACCEPTED))
    choice.errors.extend(RowError(number, None, None, message, Code.DUPLICATE) for number in rest)
