"""``xlsc settle``, ``outbox``, ``log``: what was sent, what is not known, and the record of every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from xlsc.cli.places import open_desk, open_outbox, session
from xlsc.cli.printing import json_option, print_json, print_table
from xlsc.errors import EXIT_OK, EXIT_REJECTED, OutcomeUnknown, UsageError
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.flows.settle import (
    Settled,
    describe_unknown,
    settle_by_hand,
    settle_unknown,
    show_pending,
    take_over,
)
from xlsc.outbox import DocumentState, Entry, Phase
from xlsc.settings import resolve
from xlsc.sheets.log_book import write_log_book

#: Fields of a line of the log, and their headers.
_LOG_COLUMNS = {
    "when_utc": "When (UTC)",
    "user": "By",
    "company": "Company",
    "process": "Process",
    "run_number": "Run",
    "documents": "Documents",
    "rows_read": "Read",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "skipped": "Skipped",
    "unknown": "Unknown",
    "seconds": "Seconds",
    "workbook": "Workbook",
    "workbook_sha256": "Workbook's SHA-256",
}
#: Counts of the chart and their colours.
_LOG_COLOURS = {"Accepted": "4E9A51", "Rejected": "C0392B", "Skipped": "B7B7B7", "Unknown": "E0A100"}
#: Documents of one entry named on the screen; --json names all.
_NAMED = 8
_BY_HAND = {"accepted": DocumentState.ACCEPTED, "rejected": DocumentState.REJECTED, "not-sent": DocumentState.NOT_SENT}


@click.command("settle")
@click.argument("book", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--process", "-p", help="Process of BOOK; its own when none is named.")
@click.option("--sheet", "-s", help="Worksheet of BOOK; the active one when none is named.")
@click.option("--entry", type=int, metavar="N", help="Settle this entry by hand; needs --as.")
@click.option("--as", "state", type=click.Choice(list(_BY_HAND)), help="What you found out about that entry.")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="KEY",
    help="Only this document of the entry, by its key as xlsc outbox shows it; may repeat.",
)
@click.option(
    "--take-over",
    type=click.FloatRange(min=0),
    metavar="HOURS",
    help="First take over what other computers left in a shared outbox more than so many hours ago.",
)
@json_option
def settle(book: Path | None, process: str | None, sheet: str | None, as_json: bool, **chosen: Any) -> int:  # noqa: ANN401
    """Find out what became of runs that gave no answer, and show it in BOOK.

    The service's history is asked first; what it cannot tell, you can record with --entry and --as.
    """
    if chosen["take_over"] is not None:
        _take_over(chosen["take_over"], as_json=as_json)
    settled = _settle(chosen["entry"], chosen["state"], chosen["documents"])
    shown = _show(book, process, sheet) if book is not None else 0
    _print_settled(settled, shown, as_json=as_json)
    return OutcomeUnknown.exit_code if any(item.entry.phase is Phase.UNKNOWN for item in settled) else EXIT_OK


def _take_over(hours: float, *, as_json: bool) -> None:
    with open_outbox(resolve()) as box:
        taken = take_over(box, hours * 3600)
    for text in taken if not as_json else ():
        click.echo(text)


def _settle(entry: int | None, state: str | None, documents: Sequence[str]) -> list[Settled]:
    if (entry is None) != (state is None) or (documents and entry is None):
        raise UsageError("--entry and --as belong together.", "Example: xlsc settle --entry 7 --as not-sent.")
    if entry is not None and state is not None:
        with open_outbox(resolve()) as box:
            return [settle_by_hand(box, entry, _BY_HAND[state], documents)]
    with session() as current, open_outbox(current.settings) as box:
        return settle_unknown(current, box)


def _show(book: Path, process: str | None, sheet: str | None) -> int:
    with open_desk(book, None, {}) as desk:
        client = desk.work.session.client
        found = read_columns(client, find_process(client, process or desk.process))
        rules = read_rules(desk.work.book)
        return show_pending(desk.work, open_data_sheet(desk.work.book, sheet, rules), found, rules)


def _print_settled(settled: list[Settled], shown: int, *, as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "entry": item.entry.entry_id,
                "phase": item.entry.phase.value,
                "text": item.text,
                "documents": item.documents,
            }
            for item in settled
        ]
        print_json({"settled": listed, "rows_shown": shown})
        return
    if not settled:
        click.echo("No run is of unknown outcome.")
    for item in settled:
        click.echo(f"Entry {item.entry.entry_id}, {item.entry.process_id}, {item.entry.workbook}: {item.text}")
        if item.entry.phase is Phase.UNKNOWN:
            click.echo(f"  When you know: xlsc settle --entry {item.entry.entry_id} --as accepted|rejected|not-sent")
            click.echo("  or one by one, with --document KEY; xlsc outbox lists the keys.")
    if shown:
        click.echo(f"{shown:,} rows of the workbook show their state now.")


@click.command("outbox")
@json_option
def outbox(as_json: bool) -> int:
    """List runs that are open, being sent, or of unknown outcome; ends with 5 when there are unknown ones."""
    with open_outbox(resolve()) as box:
        box.recover()
        entries = box.open_entries()
        counts = {entry.entry_id: len(box.documents(entry.entry_id)) for entry in entries}
        keys = {entry.entry_id: describe_unknown(box, entry.entry_id) for entry in entries}
    if as_json:
        print_json([_entry(entry, counts[entry.entry_id]) | {"unknown": keys[entry.entry_id]} for entry in entries])
    elif entries:
        rows = [tuple(_entry(entry, counts[entry.entry_id]).values()) for entry in entries]
        print_table(
            ["Entry", "State", "Begun (UTC)", "Process", "Documents", "Workbook", "Sheet", "By", "Reason"], rows
        )
        _print_unknown(keys)
    else:
        click.echo("Nothing is open: every run's outcome is known.")
    unknown = any(entry.phase is Phase.UNKNOWN for entry in entries)
    return OutcomeUnknown.exit_code if unknown else EXIT_OK


def _print_unknown(keys: Mapping[int, Sequence[str]]) -> None:
    for entry_id, found in keys.items():
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        if found:
            click.echo(f"Entry {entry_id}, of unknown outcome: {'; '.join(found[:_NAMED])}{more}")


def _entry(entry: Entry, documents: int) -> dict[str, object]:
    return {
        "entry": entry.entry_id,
        "state": entry.phase.value,
        "begun_utc": entry.begun_utc.isoformat(timespec="seconds"),
        "process": entry.process_id,
        "documents": documents,
        "workbook": entry.workbook,
        "sheet": entry.sheet,
        "by": entry.user,
        "reason": entry.reason,
    }


@click.group("log")
def log() -> None:
    """The log of all runs; each line carries the hash of the one before, so that changes show."""


@log.command("show")
@json_option
def show_log(as_json: bool) -> None:
    """List all runs."""
    with open_outbox(resolve()) as box:
        lines = box.run_log.read()
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    shown = ("when_utc", "user", "process", "run_number", "rows_read", "accepted", "rejected", "skipped", "unknown")
    rows = [tuple(getattr(line, name) for name in (*shown, "workbook")) for line in lines]
    names = ["When (UTC)", "By", "Process", "Run", "Read", "Accepted", "Rejected", "Skipped", "Unknown", "Workbook"]
    print_table(names, rows)


@log.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export_log(file: Path, as_json: bool) -> None:
    """Write the log into a new workbook FILE, with charts of rows and seconds per run."""
    with open_outbox(resolve()) as box:
        lines = box.run_log.read()
    rows = [[_moment(line.when_utc), *(getattr(line, name) for name in list(_LOG_COLUMNS)[1:])] for line in lines]
    write_log_book(file, list(_LOG_COLUMNS.values()), rows, _LOG_COLOURS)
    if as_json:
        print_json({"file": str(file), "runs": len(rows)})
        return
    click.echo(f"{len(rows):,} runs written into {file}.")


def _moment(when_utc: str) -> datetime | str:
    """A moment as a workbook holds it, in UTC; the text itself where a hand has changed it."""
    try:
        return datetime.fromisoformat(when_utc).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return when_utc


@log.command("verify")
@json_option
def verify_log(as_json: bool) -> int:
    """Find out whether the log was changed; ends with 1 when it was."""
    with open_outbox(resolve()) as box:
        broken = box.run_log.verify()
        path = box.run_log.path
    if as_json:
        print_json({"intact": broken is None, "line": broken.line_number if broken else None})
    elif broken is None:
        click.echo(f"{path} is as it was written.")
    else:
        click.echo(f"{path}, line {broken.line_number}: {broken.reason}")
    return EXIT_OK if broken is None else EXIT_REJECTED
