"""``xlsc refresh``: the data of a template got anew, beside what a person wrote there."""

from __future__ import annotations

from pathlib import Path

import click

from xlsc.cli.data import variables_option
from xlsc.cli.options import book_argument
from xlsc.cli.places import session
from xlsc.cli.printing import json_option, print_json
from xlsc.flows.data import parse_variables
from xlsc.flows.refresh import Refreshed
from xlsc.flows.refresh import refresh as refresh_flow
from xlsc.sheets.binding import read_binding
from xlsc.sheets.files import open_book

#: Rows named on the screen.
_NAMED = 8


@click.command("refresh")
@book_argument
@variables_option
@click.option("--sheet", "-s", help="Worksheet of the data; the active one when none is named.")
@click.option("--replace", is_flag=True, help="Write all rows from the top, whatever stands beside them.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows into this file instead."
)
@json_option
def refresh(
    book: Path, variables: tuple[str, ...], sheet: str | None, replace: bool, output: Path | None, as_json: bool
) -> None:
    """Get the data of the template BOOK anew, with the variables in its named cells.

    A row stays where it was sorted, beside what stands in columns of your own.
    """
    opened = open_book(book)
    try:
        binding = read_binding(opened)
        with session(binding.as_settings() if binding and binding.service_url else None) as current:
            done = refresh_flow(opened, current, sheet, parse_variables(variables), replace=replace)
        opened.save(output or book)
    finally:
        opened.close()
    _print(output or book, done, as_json=as_json)


def _print(path: Path, done: Refreshed, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "workbook": str(path),
                "process": done.source,
                "variables": dict(done.variables),
                "rows": done.rows,
                "updated": done.updated,
                "emptied": done.emptied,
                "kept": list(done.kept),
                "missing": list(done.missing),
            }
        )
        return
    asked = ", ".join(f"{name}={text}" for name, text in done.variables.items())
    click.echo(f"{done.rows:,} rows of {done.source}{f' ({asked})' if asked else ''} are in {path}.")
    click.echo(f"  {done.updated:,} were there, {done.rows - done.updated:,} are new, {done.emptied:,} are gone.")
    if done.kept:
        more = len(done.kept) - _NAMED
        listed = ", ".join(map(str, done.kept[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")
        click.echo(f"  Gone, but kept for what you wrote beside them: rows {listed}.")
    if done.missing:
        click.echo(f"  Not on the sheet: {', '.join(done.missing)}.")
