"""A run of a process: rows to documents, checks, tasks, one transaction per document and tenant, error rows.

Source: P §5 (order of a run, counts are documents), §2.4–§2.6.
"""

from __future__ import annotations

from xlsc.server.runs.engine import read_data, run_process
from xlsc.server.runs.ports import GivenRows, RunCall, RunOutcome, RunPorts

__all__ = ["GivenRows", "RunCall", "RunOutcome", "RunPorts", "read_data", "run_process"]
