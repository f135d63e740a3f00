"""Fix all like this: one corrected value into every marked cell of a group, after showing which cells these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.addresses import Area, format_cell
from xlsc.core.table import CellValue
from xlsc.errors import UsageError
from xlsc.sheets.port import CellWrite, Sheet


@dataclass(frozen=True, slots=True)
class Alike:
    """Marked cells of one column that hold the same value.

    Attributes:
        header: Text of the column's header.
        value: What the cells hold.
        cells: (row, column), both 1-based, in sheet order.
    """

    header: str
    value: CellValue
    cells: tuple[tuple[int, int], ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The cells for people."""
        return tuple(format_cell(*cell) for cell in self.cells)


def find_alike(sheet: Sheet, header_row: int = 1) -> list[Alike]:
    """The marked cells in groups, largest first."""
    used = sheet.used_area()
    marked = list(sheet.marked_cells())
    if used is None or not marked:
        return []
    last_column = max(used.last_column, *(column for _, column in marked))
    block = sheet.read(Area(1, 1, max(used.last_row, *(row for row, _ in marked)), last_column))
    groups: dict[tuple[int, CellValue], list[tuple[int, int]]] = {}
    for row, column in marked:
        groups.setdefault((column, block.rows[row - 1][column - 1]), []).append((row, column))
    headers = block.rows[header_row - 1]
    found = [Alike(str(headers[column - 1] or ""), value, tuple(cells)) for (column, value), cells in groups.items()]
    return sorted(found, key=lambda group: (-len(group.cells), group.cells))


def pick(groups: Sequence[Alike], header: str, value: str) -> Alike:
    """The group of a column whose cells show this value, "" for blank ones.

    Raises:
        UsageError: There is none; the hint lists what there is.
    """
    for group in groups:
        shown = "" if group.value is None else _shown(group.value)
        if group.header.casefold() == header.casefold() and shown == value:
            return group
    listed = "; ".join(f"{group.header} = {_shown(group.value)!r}, {len(group.cells)} cells" for group in groups[:8])
    raise UsageError(
        f"No marked cell of the column {header} holds {value!r}.", f"Marked are: {listed}." if listed else "Nothing is."
    )


def fix(sheet: Sheet, group: Alike, value: CellValue) -> int:
    """Write the value into all cells of the group; their looks and marks stay until the next send. Returns how many.

    Raises:
        WorkbookError: The sheet is protected.
    """
    sheet.write_cells([CellWrite(row, column, value) for row, column in group.cells])
    return len(group.cells)


def read_value(text: str, old: CellValue) -> CellValue:
    """What a person typed: a number where a number stood and one is given, else the text.

    >>> read_value("7", 5.0), read_value("0007", "0005")
    (7.0, '0007')
    """
    if isinstance(old, (int, float)) and not isinstance(old, bool):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _shown(value: CellValue) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
