"""What commands show: tables for people, JSON for programs, reports for both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from xlsc.core.causes import Cause, describe_cause
from xlsc.core.results import RowError, RowState
from xlsc.flows.report import SendReport

#: Every command has it.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
#: Causes listed on the screen; --json lists all.
SHOWN_CAUSES = 15


#: Columns of what is no terminal: a table in a file or a pipe is never squeezed.
_UNLIMITED_WIDTH = 10_000


class _Console(Console):
    """rich's, but for a pipe that nobody reads any more: that is no exit code 1, which says that rows were rejected."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Standard output; colours, and a limit of width, only on a terminal."""
    found = _Console(highlight=False, soft_wrap=True)
    if not found.is_terminal:
        found.width = _UNLIMITED_WIDTH
    return found


@dataclass(slots=True)
class Screen:
    """Numbered steps with what happens in them, for a person who looks on.

    Attributes:
        quiet: Show nothing, as JSON is asked for.
        steps: How many there will be.
        step_number: The one under way, from 1.
    """

    quiet: bool
    steps: int
    step_number: int = 0

    def step(self, title: str) -> None:
        """Begin the next step."""
        self.step_number += 1
        if not self.quiet:
            gap = "\n" if self.step_number > 1 else ""
            console().print(Text(f"{gap}Step {self.step_number} of {self.steps}: {title}", style="bold"))

    def say(self, text: str) -> None:
        """One line on what was done."""
        if not self.quiet:
            click.echo(text)

    def report(self, report: SendReport) -> None:
        """What became of the rows."""
        if not self.quiet:
            print_report(report, as_json=False)


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people; texts from outside are never taken for markup."""
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console().print(table)


def report_as_json(report: SendReport) -> dict[str, Any]:
    """A report for programs."""
    counts = report.counts
    return {
        "process": report.process.map_id,
        "workbook": report.workbook,
        "sheet": report.sheet,
        "green": report.is_green,
        "headline": report.headline,
        "read": counts.read,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "skipped": counts.skipped,
        "unknown": counts.unknown,
        "skip_reasons": report.skip_reasons,
        "remarks": list(report.remarks),
        "runs": [
            {
                "entry": run.entry_id,
                "run_number": run.run_number,
                "documents": run.documents,
                "rejected": run.rejected,
                "seconds": round(run.seconds, 3),
            }
            for run in report.runs
        ],
        "causes": [_cause_as_json(cause) for cause in report.causes],
        "rows": [_row_as_json(report, row) for row in sorted(report.states.keys() | report.skipped.keys())],
        "errors": [_error_as_json(error) for error in report.errors],
    }


def _row_as_json(report: SendReport, row: int) -> dict[str, Any]:
    """A row that was read; one that was left out says why."""
    state = report.states.get(row, RowState.SKIPPED)
    found: dict[str, Any] = {"row": row, "state": state.value}
    return found | {"reason": report.skipped[row]} if row in report.skipped else found


def _cause_as_json(cause: Cause) -> dict[str, Any]:
    return {
        "message": cause.message,
        "count": cause.count,
        "code": cause.code.value,
        "column": cause.column,
        "cells": list(cause.cells),
    }


def _error_as_json(error: RowError) -> dict[str, Any]:
    return {
        "row": error.sheet_row,
        "column": error.column,
        "value": error.value,
        "message": error.message,
        "code": error.code.value,
    }


def print_report(report: SendReport, *, as_json: bool) -> None:
    """A report on standard output."""
    if as_json:
        print_json(report_as_json(report))
        return
    out = console()
    colour = "green" if report.is_green else "red" if report.counts.unknown or report.unsettled else "yellow"
    out.print(Text(report.headline, style=f"bold {colour}"))
    out.print(Text(f"  {report.counts}"))
    for run in report.runs:
        number = f"Run {run.run_number}" if run.run_number else "A run without an answer"
        documents = f"{run.documents:,} document{'' if run.documents == 1 else 's'}"
        out.print(Text(f"  {number}: {documents}, {run.rejected:,} rejected, {run.seconds:.1f} s"))
    for reason, count in report.skip_reasons.items():
        out.print(Text(f"  {count:,} skipped: {reason}"))
    for remark in report.remarks:
        out.print(Text(f"  {remark}", style="yellow"))
    causes = report.causes
    for cause in causes[:SHOWN_CAUSES]:
        out.print(Text(f"  {describe_cause(cause)}"))
    if len(causes) > SHOWN_CAUSES:
        out.print(Text(f"  and {len(causes) - SHOWN_CAUSES:,} further messages; all with --json"))
    if report.counts.unknown or report.unsettled:
        out.print(Text("  Ask the service what became of them: xlsc settle", style="bold"))
