"""The calls that run a process or read its source (P §2.2–§2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsc.server.handling import Context
from xlsc.server.incoming import MAX_JSON_BYTES, read_body, room_for
from xlsc.server.processes import Definition
from xlsc.server.refusals import bad_request
from xlsc.server.running import Given, execute, read_source


def run_map(context: Context) -> dict[str, Any]:
    """Run a process on its own source."""
    definition = _runnable(context)
    _refuse_ignored_body(context)
    return execute(context, definition, Given(), with_validation=False)


def run_map_with_variables(context: Context) -> dict[str, Any]:
    """Run a process on its own source with variables."""
    definition = _runnable(context)
    return execute(context, definition, Given(variables=_read_variables(context)), with_validation=False)


def run_map_data_table(context: Context) -> dict[str, Any]:
    """Run a process on the caller's rows; rows that validation tasks reject are left out of the answer."""
    definition = _runnable(context)
    return execute(context, definition, _read_rows(context), with_validation=False)


def run_map_data_table_with_errors(context: Context) -> dict[str, Any]:
    """Run a process on the caller's rows; rows that validation tasks reject come back too (P §2.3 [doc])."""
    definition = _runnable(context)
    return execute(context, definition, _read_rows(context), with_validation=True)


def all_data(context: Context) -> str:
    """The rows of a process's own source as an XML text."""
    definition = _runnable(context)
    return read_source(context, definition, _read_variables(context))


def _runnable(context: Context) -> Definition:
    definition = context.definition()
    if definition.real_time:
        raise bad_request("A real-time process can neither be run nor read by a call.")
    return definition


def _refuse_ignored_body(context: Context) -> None:
    """A caller that sends rows to runmap means something else: running without them would be a lie."""
    if context.request.mimetype == "application/x-www-form-urlencoded":
        return
    if read_body(context.request, MAX_JSON_BYTES).strip() not in (b"", b"{}", b"[]", b"null", b'""'):
        raise bad_request("runmap takes no body; send rows to runmapdatatable, variables to RunMapWithVariables.")
