"""A process's own data into a sheet or a list. Nothing here can run a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsc.client.client import Client
from xlsc.core.addresses import Area
from xlsc.core.catalog import Process
from xlsc.errors import UsageError
from xlsc.flows.processes import find_process
from xlsc.sheets.port import HeaderCell, Sheet
from xlsc.wire.variables import check_variable_name


@dataclass(frozen=True, slots=True)
class ProcessData:
    """Columns and rows of a process's source, as wire texts."""

    process: Process
    columns: tuple[str, ...]
    rows: Sequence[tuple[str | None, ...]]


def parse_variables(pairs: Sequence[str]) -> dict[str, str]:
    """Variables from texts such as ``GBL_STATE=WA``; the prefix may be left out.

    Raises:
        UsageError: A text has no ``=``, or its name is none of a variable.

    >>> parse_variables(["state=WA"])
    {'GBL_STATE': 'WA'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"{pair!r} is no variable with a value.", "Write it like GBL_STATE=WA.")
        name = name.strip().upper()
        found[check_variable_name(name if name.startswith("GBL_") else f"GBL_{name}")] = value.strip()
    return found


def read_data(client: Client, wanted: str, variables: Mapping[str, str]) -> ProcessData:
    """The rows of a process's own source.

    Raises:
        ServiceError: The service refuses, or there is no such process.
    """
    process = find_process(client, wanted)
    if variables:
        columns, rows = client.all_data_with_variables(process.map_key, variables)
    else:
        columns, rows = client.all_data(process.map_key)
    return ProcessData(process, tuple(columns), rows)


def write_data(sheet: Sheet, data: ProcessData, *, refresh: bool = False) -> int:
    """Headers and rows onto a sheet, from A1; texts stay texts. Returns the number of rows.

    Args:
        sheet: Empty, or with data of the same process when ``refresh`` is set.
        data: What to write.
        refresh: Replace the data that stand there; what stands right of them stays.

    Raises:
        UsageError: The sheet is not empty, or holds other data than those of this process.
    """
    used = sheet.used_area()
    if used is not None:
        if not refresh:
            raise UsageError(
                f"Sheet {sheet.name} is not empty: {used} is used.",
                "Name a new or an empty sheet with --sheet, or replace its data with --refresh.",
                in_excel="Go to an empty sheet, or press Refresh data.",
            )
        _clear(sheet, used, data.columns)
    cells = [HeaderCell(number, name, is_key=False) for number, name in enumerate(data.columns, start=1)]
    sheet.write_headers(1, cells)
    if data.rows:
        sheet.write(2, 1, data.rows)
    return len(data.rows)


def _clear(sheet: Sheet, used: Area, columns: Sequence[str]) -> None:
    """Empty the rows of former data, when the headers are those of the same process."""
    width = min(len(columns), used.last_column)
    block = sheet.read(Area(1, 1, used.last_row, width))
    headers = [str(value or "") for value in block.rows[0]]
    if headers != list(columns)[:width]:
        raise UsageError(
            f"Sheet {sheet.name} holds other data: {', '.join(headers[:4])}.",
            "Name another sheet with --sheet.",
            in_excel="Go to the sheet with the data of this process, or to an empty one and press Get data.",
        )
    if used.last_row > 1:
        sheet.write(2, 1, [[None] * width] * (used.last_row - 1))
