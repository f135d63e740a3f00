"""``xlsc send``: a sheet's rows to a process, and what came of them back into the cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlsc.cli.options import ReadChoices, book_argument, output_option, read_options, to_send_options
from xlsc.cli.places import open_desk, screen_control
from xlsc.cli.printing import json_option, print_report
from xlsc.errors import UsageError
from xlsc.flows.send import bodies
from xlsc.flows.send import send as send_flow


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
@click.option("--var", "variables", multiple=True, metavar="GBL_NAME=VALUE", help="Value of a variable; may repeat.")
@click.option("--dry-run", is_flag=True, help="Read and check, but neither send nor mark.")
@click.option(
    "--save-request",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the request's body into this file; it holds no token.",
)
@output_option
@json_option
def send(book: Path, output: Path | None, save_request: Path | None, as_json: bool, **chosen: Any) -> int:  # noqa: ANN401
    """Send the rows of BOOK to a process and mark every wrong row where it stands.

    Rows that were accepted before are not sent again. Rows read = accepted + rejected + skipped + unknown.
    """
    choices = ReadChoices.of(chosen)
    with open_desk(book, output, choices.settings()) as desk:
        options = to_send_options(choices, desk, dry_run=chosen["dry_run"], sending=chosen)
        if save_request is not None:
            _save(save_request, bodies(desk.work, options))
        report = send_flow(desk.work, options, screen_control(quiet=as_json))
    print_report(report, as_json=as_json)
    if not as_json and not chosen["dry_run"]:
        click.echo(f"Marks are in {desk.target}.")
    return report.exit_code


def _save(path: Path, found: list[bytes]) -> None:
    if len(found) != 1:
        raise UsageError(
            f"There are {len(found)} requests to save into one file.",
            "Leave --documents-per-run out." if found else "There is no row to send; see: xlsc check.",
        )
    path.write_bytes(found[0])
