"""Cell values on their way into and out of a running Excel, which types texts as a person would.

Source: xlwings.md §6 and §7: floats for all numbers, texts read like keyboard input, errors as texts or numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from xlsc.core.table import CellError, CellValue
from xlsc.errors import WorkbookError
from xlsc.sheets.ooxml.serials import to_serial

T = TypeVar("T")

MAX_TEXT = 32_767
_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
#: Errors that Excel hands over as numbers in any case (xlwings.md §6).
_NUMBERS = {-2146826243: "#SPILL!", -2146826238: "#CALC!", -2146826245: "#GETTING_DATA"}
#: Texts that Excel would not take for anything else.
_SAFE = re.compile(r"[^\W\d_][^\d:/]*", re.UNICODE)
_WORDS = frozenset(("true", "false"))


def from_cell(value: object) -> CellValue:
    """A value as a cell of xlsc holds it."""
    if isinstance(value, str):
        return CellError(value) if value in _ERRORS else value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return CellError(_NUMBERS[value]) if value in _NUMBERS else float(value)
    if value is None or isinstance(value, (bool, float, Decimal, datetime, date, time, timedelta)):
        return value
    return str(value)


def to_cell(value: CellValue) -> object:
    """A value as Excel takes it; a text that it would read as something else gets an apostrophe in front.

    Raises:
        WorkbookError: A text is longer than a cell can hold.
    """
    if value is None or isinstance(value, (bool, float, datetime)):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, time, timedelta)):
        return _moment(value)
    text = str(value)
    if len(text) > MAX_TEXT:
        raise WorkbookError(
            f"A text of {len(text):,} characters is too long for a cell.", f"A cell holds {MAX_TEXT:,}."
        )
    if isinstance(value, CellError):
        return text
    return text if _SAFE.fullmatch(text) and text.casefold() not in _WORDS else f"'{text}"


def _moment(value: date | time | timedelta) -> object:
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a sheet's dates have no zone
    return to_serial(value)


def in_runs(cells: Mapping[tuple[int, int], T]) -> list[tuple[int, int, list[T]]]:
    """(column, first row, values) of cells, by (row, column), that stand below each other without a gap.

    >>> in_runs({(2, 1): "a", (3, 1): "b", (5, 1): "c"})
    [(1, 2, ['a', 'b']), (1, 5, ['c'])]
    """
    found: list[tuple[int, int, list[T]]] = []
    for row, column in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if found and found[-1][0] == column and found[-1][1] + len(found[-1][2]) == row:
            found[-1][2].append(cells[row, column])
        else:
            found.append((column, row, [cells[row, column]]))
    return found
