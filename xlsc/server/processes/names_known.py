"""The names that the expressions and the SQL of a process may use besides its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsc.server.expressions import Names

#: Set by the engine, read-only (P §5 [doc S13, S15]); ``GobalLastError`` is the original's own spelling.
SYSTEM_VARIABLES = (
    "GlobalCompanyID",
    "GlobalErrorCount",
    "GlobalLastError",
    "GobalLastError",
    "GlobalMapDescription",
    "GlobalMapID",
    "GlobalProcessCount",
    "GlobalRollingColumn",
    "GlobalRunDate",
    "GlobalRunNumber",
    "GlobalSuccessCount",
    "GlobalUserID",
)


def names_of(columns: Sequence[str], variables: Iterable[str]) -> Names:
    """Columns, the process's own variables and the engine's."""
    return Names(columns, [*variables, *SYSTEM_VARIABLES])
