"""One run from its number to its end in the history, also when one process runs another."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlsc.core.results import RunResult
from xlsc.server.backend import Backend
from xlsc.server.history import RunEnd, RunStart
from xlsc.server.processes import Definition
from xlsc.server.runs import RunCall, RunPorts, read_data, run_process

LOG = logging.getLogger("xlsc.server")
#: A process that runs a process that runs a process … ends here.
MAX_DEPTH = 5
BROKEN = RunEnd(succeeded=False, record_count=0, error_count=1, error_message="The service failed during this run.")


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller gave: columns and rows, or None for the process's own source; and variables by name."""

    rows: tuple[Sequence[str], Sequence[Sequence[str | None]]] | None
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs processes for one request.

    Args:
        backend: The service.
        start: Who runs, from where, through which call; the process is filled in per run.
        depth: How many runs this one stands inside of.
    """

    backend: Backend
    start: RunStart
    depth: int = 0

    def execute(self, definition: Definition, given: Given, *, with_validation: bool) -> RunResult:
        """Number, run, and remember; a run that breaks is remembered as failed."""
        run = self.backend.history.start(replace(self.start, map_key=definition.map_key))
        call = RunCall(given.rows, given.variables, with_validation, self.start.email, run.run_number)
        try:
            outcome = run_process(definition, call, self._ports(definition))
        except BaseException:
            self.backend.history.finish(run, BROKEN)
            raise
        self.backend.history.finish(run, _to_end(definition, outcome))
        return outcome.result

    def read(
        self, definition: Definition, variables: Mapping[str, str]
    ) -> tuple[Sequence[str], Sequence[Sequence[str | None]]]:
        """Columns and rows of the process's own source."""
        return read_data(definition, variables, self._ports(definition))

    def _ports(self, definition: Definition) -> RunPorts:
        raise NotImplementedError
