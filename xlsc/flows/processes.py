"""The processes of a company: found by name or key, with their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from xlsc.client.client import Client
from xlsc.core.catalog import ColumnInfo, Process
from xlsc.errors import UnknownProcess, UsageError


@dataclass(frozen=True, slots=True)
class ProcessColumns:
    """A process and the columns of its source; ``mapped`` are the names of those that reach the target."""

    process: Process
    columns: tuple[ColumnInfo, ...]
    mapped: frozenset[str]

    def choose(self, *, all_columns: bool) -> tuple[ColumnInfo, ...]:
        """All columns, or those that are mapped and the key columns."""
        if all_columns:
            return self.columns
        return tuple(column for column in self.columns if column.is_required or column.name in self.mapped)


def find_process(client: Client, wanted: str) -> Process:
    """The process with this id or key, without regard to case.

    Raises:
        UsageError: Nothing was named.
        UnknownProcess: There is none; the hint names those that sound alike.
    """
    return find_among(client.map_list() if wanted.strip() else (), wanted)


def find_among(processes: Sequence[Process], wanted: str) -> Process:
    """The process with this id or key among those of a company, without regard to case.

    Raises:
        UsageError: Nothing was named.
        UnknownProcess: There is none; the hint names those that sound alike.
    """
    if not wanted.strip():
        raise UsageError(
            "No process is named.",
            "Name one with --process; list them with: xlsc processes.",
            in_excel="Choose one with Pick process, or name it in the formula.",
        )
    folded = wanted.strip().casefold()
    for process in processes:
        if folded in (process.map_id.casefold(), process.map_key.casefold()):
            return process
    hint = _suggest(wanted, processes)
    raise UnknownProcess(
        f"There is no process {wanted!r} for this user and company.",
        hint + (" List all with: xlsc processes." if hint.endswith("?") else ""),
        in_excel=hint,
    )


def read_columns(client: Client, process: Process) -> ProcessColumns:
    """The columns of a process, in the order of its source.

    Raises:
        ServiceError: The service refuses, or the process has no columns.
    """
    columns = client.map_columns(process.map_key)
    if not columns:
        raise UsageError(
            f"The process {process.map_id} has no source columns.", "Ask its author to complete the data source."
        )
    mapped = client.mapped_map_columns(process.map_key)
    return ProcessColumns(process, columns, frozenset(column.name for column in mapped))


def _suggest(wanted: str, processes: Sequence[Process]) -> str:
    names = {process.map_id.casefold(): process.map_id for process in processes}
    close = [names[name] for name in get_close_matches(wanted.strip().casefold(), names, n=3, cutoff=0.5)]
    if close:
        return f"Did you mean {' or '.join(close)}?"
    listed = ", ".join(process.map_id for process in processes[:8])
    return f"There are: {listed}." if listed else "This user may run none; ask an administrator for the rights."
