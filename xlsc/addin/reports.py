"""Reports in the words of a message box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsc.core.catalog import HistoryRun
from xlsc.core.causes import describe_cause
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.report import SendReport

_SHOWN = 8


def describe_report(report: SendReport) -> str:
    """Headline, counts, why rows were left out, the most frequent causes."""
    left = [f"{count:,} skipped: {reason}" for reason, count in report.skip_reasons.items()]
    causes = [describe_cause(cause) for cause in report.causes[:_SHOWN]]
    more = len(report.causes) - _SHOWN
    lines = [report.headline, "", str(report.counts), *left[:_SHOWN], *report.remarks, "", *causes]
    return "\n".join([*lines, *([f"and {more} further messages"] if more > 0 else [])]).strip()


def describe_process(found: ProcessColumns, runs: Sequence[HistoryRun]) -> str:
    """Its columns, and its last run."""
    columns = [
        f"{column.name}{' (key)' if column.is_required else ''}{'' if column.name in found.mapped else ' (not mapped)'}"
        for column in found.columns
    ]
    last = max(runs, key=lambda run: run.run_number, default=None)
    words = (
        "No run yet."
        if last is None
        else (
            f"Last run: {last.run_number}, {last.run_date}, {last.record_count} documents, {last.error_count} rejected."
        )
    )
    return "\n".join([found.process.description or found.process.map_id, "", *columns, "", words])


def as_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows as lines of a message box."""
    return "\n".join("  ".join("" if value is None else str(value) for value in row) for row in rows)
