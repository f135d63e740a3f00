"""Texts that stand for something else than themselves: one empties a value, one leaves it as it is."""

from __future__ import annotations

from xlsc.core.table import Row, Table

#: Cell text that sets a value to empty; an empty cell leaves it unchanged.
BLANK_MARKER = "{blank}"
#: Cell text that leaves a value unchanged as an empty cell does; for formulas, which cannot empty their cell.
SKIP_MARKER = "{skip}"


def replace_marker(table: Table, marker: str, value: str | None) -> Table:
    """The table with another value wherever a cell says the marker, in any case and with blanks around it.

    Args:
        table: The rows.
        marker: What to look for; "" changes nothing.
        value: What takes its place.
    """
    folded = marker.strip().casefold()
    if not folded:
        return table

    def stands(text: str | None) -> bool:
        return text is not None and text.strip().casefold() == folded

    # Most rows hold no marker: one look at the whole row is many times faster than one at each cell.
    rows = [
        Row(row.sheet_row, tuple(value if stands(text) else text for text in row.values))
        if folded in "\n".join(filter(None, row.values)).casefold()
        else row
        for row in table.rows
    ]
    return table.with_rows(rows)
