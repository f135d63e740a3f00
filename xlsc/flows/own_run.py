"""Runs of a process on its own source, which need no rows."""

from __future__ import annotations

from collections.abc import Mapping

from xlsc.client.client import Client
from xlsc.core.results import RunResult
from xlsc.flows.processes import find_process


def run_process(client: Client, wanted: str, variables: Mapping[str, str]) -> RunResult:
    """Run a process on its own source; never repeated by itself.

    Raises:
        OutcomeUnknown: The run may or may not have been made.
        ServiceError: The service refuses or there is no such process; nothing was run.
    """
    process = find_process(client, wanted)
    if variables:
        return client.run_map_with_variables(process.map_key, variables)
    return client.run_map(process.map_key)
