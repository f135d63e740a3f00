"""One run from its number to its end in the history, also when one process runs another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsc.core.results import RunResult
from xlsc.errors import UsageError
from xlsc.server.backend import Backend
from xlsc.server.history import MadeFile, RunEnd, RunStart, TenantRows
from xlsc.server.processes import Definition
from xlsc.server.runs import RunCall, RunOutcome, RunPorts, read_data, run_process

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
            outcome = run_process(definition, call, self._ports())
            end = _to_end(definition, outcome)
        except BaseException:
            self.backend.history.finish(run, BROKEN)
            raise
        self.backend.history.finish(run, end)
        _remove(outcome.outputs)
        return outcome.result

    def read(
        self, definition: Definition, variables: Mapping[str, str]
    ) -> tuple[Sequence[str], Sequence[Sequence[str | None]]]:
        """Columns and rows of the process's own source."""
        return read_data(definition, variables, self._ports())

    def _ports(self) -> RunPorts:
        return RunPorts(
            connections=self.backend.processes.connections(),
            output_folder=self.backend.options.output_folder,
            run_other=self._run_other,
            clock=self.backend.clock,
        )

    def _run_other(self, map_id: str, variables: Mapping[str, str]) -> RunResult:
        """Run another process of the same company for a task of this one.

        Raises:
            UsageError: There is no such process, or runs stand inside each other too deep.
        """
        if self.depth >= MAX_DEPTH:
            raise UsageError(f"Processes run each other more than {MAX_DEPTH} deep.", "Look for a circle among them.")
        for definition in self.backend.processes.of_company(self.start.company_id):
            if definition.map_id.lower() == map_id.lower():
                inner = replace(self, depth=self.depth + 1)
                return inner.execute(definition, Given(None, variables), with_validation=False)
        raise UsageError(f"This company has no process {map_id!r}.", "Correct the task that runs it.")


def _to_end(definition: Definition, outcome: RunOutcome) -> RunEnd:
    result = outcome.result
    tenants = [TenantRows(tenant.server_name, tenant.technical_name, table) for tenant, table in outcome.tenant_errors]
    files = [MadeFile(path.name, definition.description, path.read_bytes()) for path in outcome.outputs]
    return RunEnd(
        succeeded=result.succeeded,
        record_count=result.record_count,
        error_count=result.error_count,
        error_message=result.error_message,
        tenants=tenants,
        files=files,
        saved=definition.stores_errors,
    )


def _remove(files: Sequence[Path]) -> None:
    """The store has them now, for every instance."""
    for path in files:
        path.unlink(missing_ok=True)
