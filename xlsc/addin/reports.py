"""Reports in the words of a message box."""

from __future__ import annotations

from collections.abc import Iterable

from xlsc.core.causes import describe_cause
from xlsc.flows.report import SendReport

_SHOWN = 8


def describe_report(report: SendReport) -> str:
    """Headline, counts, the most frequent causes."""
    causes = [describe_cause(cause) for cause in report.causes[:_SHOWN]]
    more = len(report.causes) - _SHOWN
    lines = [report.headline, "", str(report.counts), *report.remarks, "", *causes]
    return "\n".join([*lines, *([f"and {more} further messages"] if more > 0 else [])]).strip()


def as_lines(rows: Iterable[Iterable[object]]) -> str:
    """Rows as lines of a message box."""
    return "\n".join("  ".join("" if value is None else str(value) for value in row) for row in rows)
