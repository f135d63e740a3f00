"""Number formats and hidden rows of areas in a running Excel, asked by halves: the way without macros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import xlwings as xw

from xlsc.core.addresses import Area


@dataclass(frozen=True, slots=True)
class FormatRun:
    """Cells below each other that share a number format; all numbers 1-based and inclusive."""

    column: int
    first_row: int
    last_row: int
    code: str


def read_formats(sheet: xw.Sheet, area: Area) -> Sequence[FormatRun]:
    """Runs of one number format, column by column; where formats are mixed, halves are asked."""
    found: list[FormatRun] = []
    parts = [(column, area.first_row, area.last_row) for column in range(area.last_column, area.first_column - 1, -1)]
    while parts:
        column, first, last = parts.pop()
        code: str | None = sheet.range((first, column), (last, column)).number_format
        if code is not None:
            found.append(FormatRun(column, first, last, code))
        elif first < last:
            middle = (first + last) // 2
            parts += [(column, middle + 1, last), (column, first, middle)]
    return found


def read_hidden(sheet: xw.Sheet, area: Area) -> frozenset[int]:
    """Rows of the area that are hidden or filtered away: those without a height; halves are asked."""
    hidden: set[int] = set()
    parts = [(area.first_row, area.last_row)]
    while parts:
        first, last = parts.pop()
        height = sheet.range((first, area.first_column), (last, area.first_column)).row_height
        if height is None and first < last:
            middle = (first + last) // 2
            parts += [(first, middle), (middle + 1, last)]
        elif height == 0:
            hidden.update(range(first, last + 1))
    return frozenset(hidden)


def by_column(area: Area, runs: Sequence[FormatRun]) -> tuple[list[str], dict[tuple[int, int], str]]:
    """The commonest format of each column, and those of the cells that differ, by (row, column).

    >>> by_column(Area(1, 1, 3, 1), [FormatRun(1, 1, 2, "General"), FormatRun(1, 3, 3, "@")])
    (['General'], {(3, 1): '@'})
    """
    counts: dict[int, dict[str, int]] = {}
    for run in runs:
        of_column = counts.setdefault(run.column, {})
        of_column[run.code] = of_column.get(run.code, 0) + run.last_row - run.first_row + 1
    columns = range(area.first_column, area.last_column + 1)
    common = [max(counts.get(column, {"General": 1}).items(), key=lambda item: item[1])[0] for column in columns]
    return common, {
        (row, run.column): run.code
        for run in runs
        if run.code != common[run.column - area.first_column]
        for row in range(run.first_row, run.last_row + 1)
    }
