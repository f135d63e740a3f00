"""The calls about past runs: history, error rows, output files (P §2.7)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from xlsc.core.catalog import HistoryRun, OutputFile, RunErrors
from xlsc.core.results import ErrorTable
from xlsc.server.handling import Context
from xlsc.server.incoming import read_body, room_for
from xlsc.server.outputs import StoredOutput
from xlsc.server.refusals import not_found
from xlsc.server.store import to_datetime
from xlsc.wire.datatable import decode_error_table


def history_for_process(context: Context) -> list[HistoryRun]:
    """The last ten runs of a process, newest first."""
    definition = context.definition()
    return [
        HistoryRun(
            id=past.id,
            map_id=definition.map_id,
            run_number=past.run_number,
            run_date=to_datetime(past.started).isoformat(),
            record_count=past.record_count,
            error_count=past.error_count,
            errors_saved=past.errors_saved,
        )
        for past in context.backend.history.past_runs(definition.map_key)
    ]


def errors_for_process_run(context: Context) -> RunErrors:
    """The saved error rows of a run by tenant."""
    definition = context.definition()
    number = context.parameters.number("runNumber") or 0
    run = context.backend.history.find_run(definition.map_key, number)
    if run is None:
        raise not_found(f"This process has no run {number}.")
    tenants = tuple(context.backend.history.saved_errors(run))
    return RunErrors(definition.map_key, definition.map_id, definition.description, number, tenants)


def save_process_errors(context: Context) -> bool:
    """Keep the error rows of a run; false when there is no such run, or none for this tenant."""
    definition = context.definition()
    given = _given_rows(context)
    number = context.parameters.number("runNumber") or 0
    run = context.backend.history.find_run(definition.map_key, number)
    if run is None:
        return False
    tenant = (context.parameters.text("tenantServer"), context.parameters.text("tenantTechnicalName"))
    return context.backend.history.save_errors(run, *tenant, given)


def outputs_for_process(context: Context) -> list[OutputFile]:
    """The files that runs of a process made, with links that work as long as the token does."""
    definition = context.definition()
    number = context.parameters.number("runNumber")
    return [_output(context, file) for file in context.backend.outputs.of_process(definition.map_key, number)]


def get_file(context: Context) -> Response:
    """One output file, for callers who may use its process."""
    found = context.backend.outputs.find(context.parameters.text("key"))
    if found is None or found[0] not in {definition.map_key for definition in context.definitions()}:
        raise not_found("There is no such file.", security=True)
    _map_key, name, content = found
    response = Response(
        content, content_type="application/zip" if name.endswith(".zip") else "application/octet-stream"
    )
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _output(context: Context, file: StoredOutput) -> OutputFile:
    token = quote(context.parameters.text("token"), safe="")
    return OutputFile(
        output_id=file.id,
        process_id=file.map_key,
        run_number=file.run_number,
        created=to_datetime(file.created).isoformat(),
        description=file.description,
        file_name=file.file_name,
        uri=f"{context.base_url}/api/getfile?token={token}&key={file.access_key}",
    )


def _given_rows(context: Context) -> ErrorTable | None:
    """The error rows in the body; None when it is empty."""
    if context.request.method == "GET":
        return None
    with room_for(context.request):
        body = read_body(context.request, context.backend.options.body_bytes)
        return decode_error_table(body.decode("utf-8", "replace")) if body.strip() else None
