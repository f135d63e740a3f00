"""``xlsc send``: a sheet's rows to a process, and what came of them back into the cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from xlsc.cli.options import ReadChoices, book_argument, output_option, read_options, to_send_options
from xlsc.cli.places import open_desk, screen_control
from xlsc.cli.printing import json_option, print_json, print_report
from xlsc.cli.stopping import stop_between_runs
from xlsc.errors import EXIT_OK, UsageError
from xlsc.flows.background import start_in_background
from xlsc.flows.send import bodies
from xlsc.flows.send import send as send_flow
from xlsc.sheets.ooxml.saving import replace_file


@click.command("send")
@book_argument
@read_options
@click.option("--all-or-nothing", is_flag=True, help="Send nothing when a row is wrong.")
@click.option(
    "--documents-per-run",
    type=click.IntRange(0),
    metavar="N",
    help="Split into runs of at most N documents; 0 = as many as a run takes in good time. One run when left out.",
)
@click.option("--stop-at-first-error", is_flag=True, help="Send no further run after one with rejected rows.")
@click.option(
    "--bisect", is_flag=True, help="Halve a run that is refused as a whole until the guilty rows stand alone."
)
@click.option("--detach", is_flag=True, help="Send in the background; xlsc settle BOOK shows the outcome later.")
@click.option(
    "--on-behalf-of",
    type=click.Path(dir_okay=False, path_type=Path),
    hidden=True,
    help="The workbook that this copy was taken of; used by --detach.",
)
@click.option("--var", "variables", multiple=True, metavar="GBL_NAME=VALUE", help="Value of a variable; may repeat.")
@click.option("--dry-run", is_flag=True, help="Read and check, but neither send nor mark.")
@click.option(
    "--save-request",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the request's body into this file; it holds no token.",
)
@output_option
@json_option
def send(
    book: Path,
    output: Path | None,
    save_request: Path | None,
    detach: bool,
    on_behalf_of: Path | None,
    as_json: bool,
    **chosen: Any,  # noqa: ANN401
) -> int:
    """Send the rows of BOOK to a process and mark every wrong row where it stands.

    Rows that were accepted before are not sent again. Rows read = accepted + rejected + skipped + unknown.
    """
    choices = ReadChoices.of(chosen)
    if detach:
        return _start(book, as_json=as_json)
    with open_desk(book, output, choices.settings(), on_behalf_of) as desk:
        sending = chosen | {"on_behalf_of": on_behalf_of}
        options = to_send_options(choices, desk, dry_run=chosen["dry_run"], sending=sending)
        if save_request is not None:
            if save_request.resolve() in (book.resolve(), desk.target.resolve()):
                raise UsageError(
                    f"{save_request} is the workbook itself.",
                    "Name another file with --save-request, such as body.xml.",
                )
            _save(save_request, bodies(desk.work, options))
        try:
            with stop_between_runs() as stopped:
                report = send_flow(desk.work, options, replace(screen_control(quiet=as_json), cancelled=stopped))
        finally:
            if on_behalf_of is not None:
                book.unlink()
    print_report(report, as_json=as_json)
    if not as_json and not chosen["dry_run"] and on_behalf_of is None:
        click.echo(f"Marks are in {desk.target}.")
    return report.exit_code


def _start(book: Path, *, as_json: bool) -> int:
    """Send a copy in a process of its own, so that the workbook may be open, closed or changed meanwhile."""
    started = start_in_background(book, click.get_current_context().obj)
    if as_json:
        print_json({"process": started.process_id, "report": str(started.report)})
    else:
        click.echo(f"Sending {book.name} in the background (process {started.process_id}).")
        click.echo(f"Its report will be in {started.report}; show the outcome with: xlsc settle {book}")
    return EXIT_OK


def _save(path: Path, found: list[bytes]) -> None:
    if len(found) != 1:
        raise UsageError(
            f"There are {len(found)} requests to save into one file.",
            "Leave --documents-per-run out." if found else "There is no row to send; see: xlsc check.",
        )
    replace_file(path, lambda file: file.write(found[0]))
