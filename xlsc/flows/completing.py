"""Generic texts made worth reading: what the service kept of a run often says more than its answer (P §2.5, §2.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xlsc.client.client import Client
from xlsc.core.matching import locate
from xlsc.core.results import RowError
from xlsc.core.table import Table
from xlsc.errors import ServiceError

#: Texts that hide the cause (P §2.5 [obs]).
_GENERIC = re.compile(r"\s*document was not sent due to document errors\.?\s*", re.IGNORECASE)


def is_generic(message: str) -> bool:
    """Whether a message says nothing about the cause.

    >>> is_generic("Document was not sent due to document errors."), is_generic("No such account.")
    (True, False)
    """
    return bool(_GENERIC.fullmatch(message))


def complete(
    client: Client, map_key: str, run_number: int | None, errors: Sequence[RowError], table: Table
) -> list[RowError]:
    """The errors, generic ones replaced by what the service kept of the run; unchanged where it kept nothing."""
    if run_number is None or not any(is_generic(error.message) for error in errors):
        return list(errors)
    try:
        kept = client.errors_for_process_run(map_key, run_number)
    except ServiceError:
        return list(errors)
    better: dict[int, RowError] = {}
    for tenant in kept.tenants:
        for found in locate(tenant.errors, table):
            if found.sheet_row is not None and not is_generic(found.message):
                better.setdefault(found.sheet_row, found)
    return [_better(error, better) for error in errors]


def _better(error: RowError, better: dict[int, RowError]) -> RowError:
    found = better.get(error.sheet_row or 0)
    if found is None or not is_generic(error.message):
        return error
    return replace(error, message=found.message, column=found.column, value=found.value)
