"""What a run is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsc.core.catalog import Tenant
from xlsc.core.results import ErrorTable, RunResult
from xlsc.server.processes import ConnectionCatalog

#: Column names, and rows of wire texts in their order; None = no value.
GivenRows = tuple[Sequence[str], Sequence[Sequence[str | None]]]


@dataclass(frozen=True, slots=True)
class RunCall:
    """One call to run a process.

    Attributes:
        rows: The caller's; None = the process reads its own source.
        variables: GBL_ names in any case, with values that take the place of the defaults (P §5).
        with_validation: Whether rows that validation tasks reject come back (P §2.3 [doc]).
        user: Who runs, an e-mail address.
        run_number: Counted per process from 1.
    """

    rows: GivenRows | None
    variables: Mapping[str, str]
    with_validation: bool
    user: str
    run_number: int


@dataclass(frozen=True, slots=True)
class RunPorts:
    """What a run reaches beyond itself.

    Attributes:
        connections: Databases by name, and the folder of files.
        output_folder: Where files that the run makes are put, each in a folder of its process.
        run_other: Runs another process of the same company by its id, with variables.
        clock: Milliseconds since 1970 UTC.
    """

    connections: ConnectionCatalog
    output_folder: Path
    run_other: Callable[[str, Mapping[str, str]], RunResult]
    clock: Callable[[], int]


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        result: The answer of the call.
        tenant_errors: Error rows by tenant, for those that have some.
        outputs: Files that the run made; whoever takes them removes them.
    """

    result: RunResult
    tenant_errors: tuple[tuple[Tenant, ErrorTable], ...] = ()
    outputs: tuple[Path, ...] = ()
