"""``xlsc processes``, ``columns``, ``history``, ``errors``, ``outputs``: what the service tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click

from xlsc.cli.places import session
from xlsc.cli.printing import json_option, print_json, print_table
from xlsc.core.catalog import OutputFile
from xlsc.errors import UsageError
from xlsc.flows.error_book import ErrorBook, write_error_book
from xlsc.flows.processes import find_process, read_columns
from xlsc.sheets.ooxml.saving import replace_file


@click.command("processes")
@json_option
def processes(as_json: bool) -> None:
    """List the processes that you may run."""
    with session() as current:
        found = current.client.map_list()
    if as_json:
        print_json([asdict(process) for process in found])
        return
    print_table(["Process", "Description"], [(process.map_id, process.description) for process in found])


@click.command("columns")
@click.argument("process")
@click.option("--mapped", is_flag=True, help="Only columns that reach the target.")
@json_option
def columns(process: str, mapped: bool, as_json: bool) -> None:
    """List the source columns of PROCESS; key columns group rows into documents."""
    with session() as current:
        found = read_columns(current.client, find_process(current.client, process))
    shown = [column for column in found.columns if not mapped or column.name in found.mapped]
    if as_json:
        listed = [
            {"name": column.name, "key": column.is_required, "mapped": column.name in found.mapped} for column in shown
        ]
        print_json({"process": found.process.map_id, "map_key": found.process.map_key, "columns": listed})
        return
    rows = [
        (column.name, "key" if column.is_required else "", "yes" if column.name in found.mapped else "no")
        for column in shown
    ]
    print_table(["Column", "Key", "Mapped"], rows)


@click.command("history")
@click.argument("process")
@json_option
def history(process: str, as_json: bool) -> None:
    """List the last ten runs of PROCESS, newest first."""
    with session() as current:
        runs = current.client.history_for_process(find_process(current.client, process).map_key)
    if as_json:
        print_json([asdict(run) for run in runs])
        return
    rows = [
        (run.run_number, run.run_date, run.record_count, run.error_count, "yes" if run.errors_saved else "no")
        for run in runs
    ]
    print_table(["Run", "Date", "Documents", "Rejected", "Errors kept"], rows)


@click.command("errors")
@click.argument("process")
@click.argument("run_number", type=int, metavar="RUN")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them into this new workbook, to be corrected and sent with --failed-only.",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An empty template of PROCESS, whose checks and drop-downs the workbook gets.",
)
@json_option
def errors(process: str, run_number: int, output: Path | None, template: Path | None, as_json: bool) -> None:
    """List the error rows that the service kept of a run of PROCESS, at most a thousand."""
    if template is not None and output is None:
        raise UsageError("--template is given, but no new workbook.", "Name it with --output.")
    with session() as current:
        if output is not None:
            made = write_error_book(current, process, run_number, output, template)
            _print_book(output, made, as_json=as_json)
            return
        found = current.client.errors_for_process_run(find_process(current.client, process).map_key, run_number)
    if as_json:
        print_json(asdict(found))
        return
    for tenant in found.tenants:
        click.echo(f"{tenant.server} {tenant.technical}: {tenant.error_count} error rows")
        rows = zip(tenant.errors.messages, tenant.errors.rows, strict=True)
        print_table(["Message", *tenant.errors.columns], [(message, *row) for message, row in rows])


def _print_book(output: Path, made: ErrorBook, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(output), **asdict(made)})
        return
    click.echo(f"{made.rows} error rows of run {made.run_number} of {made.process} are in {output}.")
    click.echo(f"Correct the marked cells, then: xlsc send {output} --failed-only")


@click.command("outputs")
@click.argument("process")
@click.option("--run", "run_number", type=int, help="Only files of this run.")
@click.option(
    "--save",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Fetch the files into this folder; files that are there are not overwritten.",
)
@json_option
def outputs(process: str, run_number: int | None, folder: Path | None, as_json: bool) -> None:
    """List the output files of PROCESS, and fetch them with --save."""
    with session() as current:
        found = current.client.outputs_for_process(find_process(current.client, process).map_key, run_number)
        saved = (
            {} if folder is None else {item.output_id: _fetch(current.client.get_file, item, folder) for item in found}
        )
    # The address holds a token, so it is never shown.
    listed = [
        {
            "run_number": item.run_number,
            "created": item.created,
            "file": item.file_name,
            "description": item.description,
            "saved": str(saved.get(item.output_id, "")),
        }
        for item in found
    ]
    if as_json:
        print_json(listed)
        return
    print_table(["Run", "Created", "File", "Description", "Saved as"], [tuple(item.values()) for item in listed])


def _fetch(get_file: Callable[[str], bytes], item: OutputFile, folder: Path) -> Path:
    """Fetch one file; its name is the service's, without any folder in it."""
    key = parse_qs(urlsplit(item.uri).query).get("key", [""])[0]
    target = folder / (Path(item.file_name.replace("\\", "/")).name or f"{item.output_id}.zip")
    if target.exists():
        raise UsageError(f"{target} is there already.", "Move it away, or choose another folder.")
    content = get_file(key)
    replace_file(target, lambda file: file.write(content))
    return target
