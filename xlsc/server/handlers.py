"""Which handler answers which call; a test keeps this list as long as wire/calls.py's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlsc.server import call_catalog, call_history, call_runs, call_sign_in
from xlsc.server.handling import Context

#: Handlers by the call's name; each returns a value that wire/answers.py knows, or a whole response.
HANDLERS: dict[str, Callable[[Context], Any]] = {
    "public_key": call_sign_in.public_key,
    "user": call_sign_in.user_with_products,
    "company_list": call_sign_in.company_list,
    "get_token": call_sign_in.get_token,
    "validate": call_sign_in.validate,
    "connections": call_catalog.connections,
    "data_sources": call_catalog.data_sources,
    "map_list": call_catalog.map_list,
    "processes_by_connection": call_catalog.processes_by_connection,
    "processes_for_datasource": call_catalog.processes_for_datasource,
    "map_columns": call_catalog.map_columns,
    "mapped_map_columns": call_catalog.mapped_map_columns,
    "all_data": call_runs.all_data,
    "all_data_with_variables": call_runs.all_data,
    "run_map": call_runs.run_map,
    "run_map_with_variables": call_runs.run_map_with_variables,
    "run_map_data_table": call_runs.run_map_data_table,
    "run_map_data_table_with_errors": call_runs.run_map_data_table_with_errors,
    "run_map_xml": call_runs.run_map_data_table,
    "save_process_errors": call_history.save_process_errors,
    "history_for_process": call_history.history_for_process,
    "errors_for_process_run": call_history.errors_for_process_run,
    "outputs_for_process": call_history.outputs_for_process,
    "get_file": call_history.get_file,
}
