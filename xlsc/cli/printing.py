"""What commands show: tables for people, JSON for programs, reports for both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from xlsc.core.causes import Cause, describe_cause
from xlsc.core.results import RowError
from xlsc.flows.report import SendReport

#: Every command has it.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
#: Causes listed on the screen; --json lists all.
SHOWN_CAUSES = 15


def console() -> Console:
    """Standard output; colours only on a terminal."""
    return Console(highlight=False, soft_wrap=True)


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
        "rows": [{"row": row, "state": state.value} for row, state in sorted(report.states.items())],
        "errors": [_error_as_json(error) for error in report.errors],
    }


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
        out.print(Text(f"  {number}: {run.documents:,} documents, {run.rejected:,} rejected, {run.seconds:.1f} s"))
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
