"""``xlsc headers``, ``check``, ``clear``: a workbook before and after sending."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlsc.cli.options import ReadChoices, book_argument, output_option, read_options, to_send_options
from xlsc.cli.places import open_desk, session
from xlsc.cli.printing import json_option, print_json, print_report, print_table
from xlsc.errors import UsageError
from xlsc.flows.check import check as check_flow
from xlsc.flows.fix import Alike, find_alike, pick, read_value
from xlsc.flows.fix import fix as fix_flow
from xlsc.flows.headers import HeadersReport, write_headers
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.sheets.binding import Binding, write_binding
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.port import Book, Sheet


@click.command("headers")
@click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--process", "-p", required=True, help="Process whose columns become headers.")
@click.option("--sheet", "-s", help="Worksheet; made where there is none of that name.")
@click.option(
    "--all/--mapped", "all_columns", default=False, help="All source columns, or those that reach the target."
)
@click.option(
    "--header-row", type=click.IntRange(1, 1_048_576), default=1, show_default=True, help="Row of the headers."
)
@json_option
def headers(book: Path, process: str, sheet: str | None, all_columns: bool, header_row: int, as_json: bool) -> None:
    """Write the columns of a process as headers into BOOK, which is made where there is none.

    Headers that are there stay; those that are missing are added on the right.
    """
    with session() as current:
        found = read_columns(current.client, find_process(current.client, process))
        settings = current.settings
        service = current.service
    opened = open_book(book) if book.exists() else create_book(book, sheet or "Sheet1")
    try:
        target = _find_or_add(opened, sheet)
        report = write_headers(target, found, all_columns=all_columns, header_row=header_row)
        write_binding(
            opened,
            Binding(
                service_url=service,
                company_id=settings.company_id,
                company_name=settings.company_name,
                process_key=found.process.map_key,
                process_id=found.process.map_id,
            ),
        )
        opened.save(book)
    finally:
        opened.close()
    _print_headers(book, found.process.map_id, report, as_json=as_json)


def _find_or_add(book: Book, name: str | None) -> Sheet:
    if name is not None and name.casefold() not in (other.casefold() for other in book.sheet_names()):
        return book.add_sheet(name)
    return book.sheet(name)


def _print_headers(book: Path, process: str, report: HeadersReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "workbook": str(book),
                "sheet": report.sheet_name,
                "process": process,
                "header_row": report.header_row,
                "written": list(report.written),
                "kept": list(report.kept),
            }
        )
        return
    done = f"{len(report.written)} headers written" if report.written else "All headers were there"
    click.echo(f"{done} in {book}, sheet {report.sheet_name}, row {report.header_row}, for {process}.")
    click.echo("Fill the rows below, then: xlsc send " + str(book))


@click.command("check")
@book_argument
@read_options
@output_option
@click.option("--no-marks", is_flag=True, help="Report only; leave the workbook as it is.")
@json_option
def check(book: Path, output: Path | None, no_marks: bool, as_json: bool, **chosen: Any) -> int:  # noqa: ANN401
    """Check the rows of BOOK without sending, and mark what is wrong."""
    choices = ReadChoices.of(chosen)
    with open_desk(book, output, choices.settings()) as desk:
        report = check_flow(desk.work, to_send_options(choices, desk, dry_run=no_marks))
    print_report(report, as_json=as_json)
    return report.exit_code


@click.command("clear")
@book_argument
@click.option("--sheet", "-s", help="Worksheet; the active one when none is named.")
@click.option("--all-sheets", is_flag=True, help="All worksheets.")
@output_option
@json_option
def clear(book: Path, sheet: str | None, all_sheets: bool, output: Path | None, as_json: bool) -> None:
    """Take all marks and status texts off BOOK; the cells look as they did before.

    Without statuses, xlsc goes by its outbox alone to know what was accepted.
    """
    if sheet and all_sheets:
        raise UsageError("--sheet and --all-sheets exclude each other.", "Give one of them.")
    opened = open_book(book)
    try:
        rules = read_rules(opened)
        targets = [opened.sheet(name) for name in opened.sheet_names()] if all_sheets else []
        cleared = {found.name: found.clear() for found in targets or [open_data_sheet(opened, sheet, rules)]}
        opened.save(output or book)
    finally:
        opened.close()
    if as_json:
        print_json({"workbook": str(output or book), "cleared": cleared})
        return
    for name, count in cleared.items():
        click.echo(f"Sheet {name}: {count:,} marked cells cleared.")


@click.command("fix")
@book_argument
@click.option("--sheet", "-s", help="Worksheet; the active one when none is named.")
@click.option(
    "--header-row", type=click.IntRange(1, 1_048_576), default=1, show_default=True, help="Row of the headers."
)
@click.option("--column", "-c", help="Header of the column whose marked cells are meant.")
@click.option("--from", "old", default="", help="What these cells hold; left out for blank ones.")
@click.option("--to", "new", help="The corrected value; a number when the old value is one.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@output_option
@json_option
def fix(  # noqa: PLR0913 - a command's parameters are its options
    book: Path,
    sheet: str | None,
    header_row: int,
    column: str | None,
    old: str,
    new: str | None,
    yes: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Write one corrected value into all marked cells of BOOK that hold the same wrong one.

    Without --column, lists the marked cells in groups. The cells are shown before anything is written.
    """
    opened = open_book(book)
    try:
        target = opened.sheet(sheet)
        groups = find_alike(target, header_row)
        if column is None or new is None:
            _print_groups(groups, as_json=as_json)
            return
        group = pick(groups, column, old)
        if not as_json:
            click.echo(f"{len(group.cells):,} cells: {', '.join(group.addresses[:20])}")
        if not yes and not click.confirm(f"Write {new!r} into them?", err=True):
            raise click.Abort
        count = fix_flow(target, group, read_value(new, group.value))
        opened.save(output or book)
    finally:
        opened.close()
    if as_json:
        print_json({"workbook": str(output or book), "cells": list(group.addresses)})
    else:
        click.echo(f"{count:,} cells written. Send them again: xlsc send {output or book} --failed-only")


def _print_groups(groups: list[Alike], *, as_json: bool) -> None:
    if as_json:
        print_json([{"column": item.header, "value": item.value, "cells": list(item.addresses)} for item in groups])
        return
    rows = [(len(item.cells), item.header, item.value, ", ".join(item.addresses[:8])) for item in groups]
    print_table(["Cells", "Column", "Value", "Where"], rows)
