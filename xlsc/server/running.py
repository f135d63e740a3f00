"""One run from its number to its end in the history, also when one process runs another."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.results import RunResult
from xlsc.server.backend import Backend
from xlsc.server.handling import Context
from xlsc.server.history import MadeFile, OpenRun, RunEnd, RunStart, TenantRows
from xlsc.server.processes import Definition
from xlsc.server.runs import RunCall, RunOutcome, RunPorts, run_process

LOG = logging.getLogger("xlsc.server")
