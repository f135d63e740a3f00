"""The calls that run a process or read its source (P §2.2–§2.4)."""

from __future__ import annotations

from collections.abc import Mapping

from xlsc.core.results import RunResult
from xlsc.errors import UsageError
from xlsc.server.handling import Context
from xlsc.server.history import RunStart
from xlsc.server.incoming import FORM, MAX_JSON_BYTES, charset_of, read_body, room_for
from xlsc.server.media_types import is_xml
from xlsc.server.processes import Definition
from xlsc.server.refusals import bad_request
from xlsc.server.running import Given, Runner
from xlsc.wire.datatable import decode_request, encode_data_set
from xlsc.wire.variables import decode_variables

#: Far more than a process has; as many as a database takes at most.
MAX_COLUMNS = 2000
#: As many as a worksheet has.
MAX_ROWS = 1_048_576
MAX_COLUMN_NAME = 500


def run_map(context: Context) -> RunResult:
    """Run a process on its own source."""
    definition = _runnable(context)
    _refuse_ignored_body(context)
    return _runner(context).execute(definition, Given(None, {}), with_validation=False)


def run_map_with_variables(context: Context) -> RunResult:
    """Run a process on its own source with variables."""
    definition = _runnable(context)
    return _runner(context).execute(definition, Given(None, _read_variables(context)), with_validation=False)


def run_map_data_table(context: Context) -> RunResult:
    """Run a process on the caller's rows; rows that validation tasks reject are left out of the answer."""
    definition = _runnable(context)
    return _runner(context).execute(definition, _read_rows(context), with_validation=False)


def run_map_data_table_with_errors(context: Context) -> RunResult:
    """Run a process on the caller's rows; rows that validation tasks reject come back too (P §2.3 [doc])."""
    definition = _runnable(context)
    return _runner(context).execute(definition, _read_rows(context), with_validation=True)


def all_data(context: Context) -> str:
    """The rows of a process's own source as an XML text."""
    definition = _runnable(context)
    try:
        columns, rows = _runner(context).read(definition, _read_variables(context))
    except UsageError as error:
        raise bad_request(error.message) from error
    return encode_data_set(columns, rows)


def _runner(context: Context) -> Runner:
    caller = context.caller
    start = RunStart("", caller.company.id, caller.user.email, context.address, context.call.path)
    return Runner(context.backend, start)


def _runnable(context: Context) -> Definition:
    definition = context.definition()
    if definition.real_time:
        raise bad_request("A real-time process can neither be run nor read by a call.")
    return definition


def _refuse_ignored_body(context: Context) -> None:
    """A caller that sends rows to runmap means something else: running without them would be a lie."""
    if context.request.mimetype == FORM:
        return
    if read_body(context.request, MAX_JSON_BYTES).strip() not in (b"", b"{}", b"[]", b"null", b'""'):
        raise bad_request("runmap takes no body; send rows to runmapdatatable, variables to RunMapWithVariables.")


def _read_variables(context: Context) -> Mapping[str, str]:
    """The variables of a body: JSON of either form, or XML as in the body of a run with rows."""
    body = read_body(context.request, MAX_JSON_BYTES)
    if not body.strip():
        return {}
    if not is_xml(context.request.mimetype):
        return decode_variables(body)
    asked = decode_request(body, charset_of(context.request))
    if asked.rows:
        raise bad_request(f"{context.call.path} takes variables, no rows; send rows to runmapdatatable.")
    return asked.variables


def _read_rows(context: Context) -> Given:
    with room_for(context.request):
        body = read_body(context.request, context.backend.options.body_bytes)
        if not body.strip():
            raise bad_request("The body with the rows is missing.")
        asked = decode_request(body, charset_of(context.request), MAX_ROWS)
    if len(asked.columns) > MAX_COLUMNS:
        raise bad_request(f"The rows have more than {MAX_COLUMNS} columns.")
    if any(len(name) > MAX_COLUMN_NAME for name in asked.columns):
        raise bad_request(f"The name of a column is longer than {MAX_COLUMN_NAME} characters.")
    return Given((asked.columns, asked.rows), asked.variables)
