"""The service's error rows back to the rows and cells of the sheet: it sends values and a message, no row number.

Which rows belong together is pairing.py's business, which cell a message means is cells_meant.py's.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsc.core.canonical import exact
from xlsc.core.cells_meant import Evidence, Meant, find_cell, find_meant
from xlsc.core.documents import key_of
from xlsc.core.pairing import Echo, Values, pair_rows
from xlsc.core.results import Code, ErrorTable, RowError
from xlsc.core.table import Table

__all__ = ["find_cell", "locate"]

#: Characters of one value and of a whole row in the summary of a row that fits nowhere.
_SHOWN_VALUE = 60
_SHOWN_ROW = 500
_NO_REASON = "The service rejected this row without giving a reason."


def locate(errors: ErrorTable, table: Table, code: Code = Code.SERVICE) -> list[RowError]:
    """Pair the service's error rows with the sheet rows they came from, and find the cell that each message means.

    Rows are compared by key columns first, with numbers, dates, booleans and blanks in any spelling, then by the
    whole row, then by order within equals. Codes that lost their leading zeros or their case are found where only
    one row fits. The service puts all rows of a failed document into the table, each with the same message; where
    that message repeats a value, only the rows that have it get the cell.

    Args:
        errors: Error rows of an answer; columns may be missing, more, or in another order and case.
        table: What was sent; ``sheet_row`` is 1-based as in Excel.
        code: Code of the errors that are found.

    Returns:
        One RowError per error row, sorted by sheet row and within it in the answer's order. Rows that fit no sheet
        row come last: ``sheet_row`` None, code UNLOCATED, ``value`` a summary of what came back.

    Source:
        P §2.5: no row id, whole documents fail, dates come back with a midnight time [obs]; order of rows [?].

    >>> from xlsc.core.table import Column, Row
    >>> sent = Table((Column("No", is_key=True), Column("Day")), [Row(5, ("C1", "2018-09-16"))])
    >>> [found.sheet_row for found in locate(ErrorTable(("No",), [("C1",)], ["Locked."]), sent)]
    [5]
    """
    messages = [_message(errors.messages, position) for position in range(len(errors.rows))]
    answers = pair_rows(Echo(errors.columns, errors.rows, messages), table)
    located = [(index, position) for position, index in enumerate(answers) if index is not None]
    located.sort()
    meant = _find_cells([(index, messages[position]) for index, position in located], table)
    found: list[RowError] = []
    for (index, position), cell in zip(located, meant, strict=True):
        row = table.rows[index]
        column = table.columns[cell.index].name if cell else None
        value = exact(row.values[cell.index]) if cell else None
        found.append(RowError(row.sheet_row, column, value, messages[position], code))
    found.sort(key=lambda error: error.sheet_row or 0)
    for position, answer in enumerate(answers):
        if answer is None:
            summary = _summary(errors.columns, errors.rows[position])
            found.append(RowError(None, None, summary, messages[position], Code.UNLOCATED))
    return found


def _message(messages: Sequence[str], position: int) -> str:
    text = messages[position].strip() if position < len(messages) else ""
    return text or _NO_REASON


def _find_cells(located: Sequence[tuple[int, str]], table: Table) -> list[Meant | None]:
    """The cell meant in each row; within a document, a message counts where most speaks for it.

    "Account 9999 is not known" comes with every line of its journal and means the line that has 9999.
    """
    names, keys = table.names, frozenset(table.key_indexes)
    pick = key_of(table)
    best: dict[tuple[Values | int, str], Evidence] = {}
    groups: list[tuple[Values | int, str]] = []
    meant: list[Meant | None] = []
    for index, message in located:
        row = table.rows[index]
        cell = find_meant(message, names, row.values, keys)
        group = (pick(row) if keys else index, message)
        if cell:
            best[group] = max(cell.evidence, best.get(group, cell.evidence))
        groups.append(group)
        meant.append(cell)
    return [cell if cell and cell.evidence == best[group] else None for cell, group in zip(meant, groups, strict=True)]


def _summary(columns: Sequence[str], values: Sequence[str | None]) -> str | None:
    """The row as text for a person: DocumentNo=JV001, Amount=50."""
    parts = [
        f"{column}={text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + '…'}"
        for column, value in zip(columns, values, strict=False)
        if (text := exact(value))
    ]
    summary = ", ".join(parts)
    return (summary if len(summary) <= _SHOWN_ROW else summary[:_SHOWN_ROW] + "…") or None
