"""``xlsc data`` and ``xlsc run``: a process's own rows, and runs that need no rows."""

from __future__ import annotations

from pathlib import Path

import click

from xlsc.cli.places import session
from xlsc.cli.printing import json_option, print_json, print_table
from xlsc.errors import EXIT_OK, EXIT_REJECTED, UsageError
from xlsc.flows.data import ProcessData, parse_variables, read_data, write_data
from xlsc.flows.own_run import run_process
from xlsc.frames import csv_bytes
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.ooxml.saving import replace_file

variables_option = click.option(
    "--var", "variables", multiple=True, metavar="GBL_NAME=VALUE", help="Value of a variable; may repeat."
)
#: Rows shown on the screen.
SHOWN_ROWS = 50


@click.command("data")
@click.argument("process")
@variables_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write into this .xlsx or .csv file; a workbook that is there gets the rows on an empty sheet.",
)
@click.option("--sheet", "-s", default="Data", show_default=True, help="Worksheet for the rows.")
@click.option("--refresh", is_flag=True, help="Replace the rows of the same process that stand on the sheet.")
@json_option
def data(
    process: str, variables: tuple[str, ...], output: Path | None, sheet: str, refresh: bool, as_json: bool
) -> None:
    """Get the rows of the source of PROCESS."""
    with session() as current:
        found = read_data(current.client, process, parse_variables(variables))
    if output is not None:
        _write(output, sheet, found, refresh=refresh)
    if as_json:
        print_json(
            {"process": found.process.map_id, "columns": list(found.columns), "rows": [list(r) for r in found.rows]}
        )
        return
    if output is not None:
        click.echo(f"{len(found.rows):,} rows written into {output}.")
        return
    print_table(found.columns, found.rows[:SHOWN_ROWS])
    if len(found.rows) > SHOWN_ROWS:
        click.echo(f"… and {len(found.rows) - SHOWN_ROWS:,} further rows; all with -o FILE.")


def _write(output: Path, sheet: str, found: ProcessData, *, refresh: bool) -> None:
    suffix = output.suffix.casefold()
    if suffix == ".csv":
        content = csv_bytes(found.columns, found.rows)
        replace_file(output, lambda file: file.write(content))
        return
    if suffix not in (".xlsx", ".xlsm"):
        raise UsageError(f"{output} is neither .xlsx nor .csv.", "Choose one of these endings.")
    book = open_book(output) if output.exists() else create_book(output, sheet)
    try:
        names = [name.casefold() for name in book.sheet_names()]
        target = book.sheet(sheet) if sheet.casefold() in names else book.add_sheet(sheet)
        write_data(target, found, refresh=refresh)
        book.save(output)
    finally:
        book.close()


@click.command("run")
@click.argument("process")
@variables_option
@json_option
def run(process: str, variables: tuple[str, ...], as_json: bool) -> int:
    """Run PROCESS on its own source; a run is never repeated by itself."""
    with session() as current:
        result = run_process(current.client, process, parse_variables(variables))
    if as_json:
        print_json(
            {
                "process": result.map_id,
                "run_number": result.run_number,
                "documents": result.record_count,
                "rejected": result.error_count,
                "succeeded": result.succeeded,
                "message": result.error_message,
            }
        )
    else:
        click.echo(f"Run {result.run_number}: {result.record_count} documents, {result.error_count} rejected.")
        if result.error_message:
            click.echo(f"  {result.error_message}")
    return EXIT_OK if result.succeeded else EXIT_REJECTED
