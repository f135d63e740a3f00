"""Checking a sheet without sending: all findings at once, marked in the cells; the service tells columns only."""

from __future__ import annotations

from datetime import datetime

from xlsc.core.marks import plan_marks
from xlsc.core.results import RowState
from xlsc.flows.prepare import Prepared, prepare
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.report import SendReport
from xlsc.flows.rules import open_data_sheet
from xlsc.flows.send import SendOptions
from xlsc.flows.work import LOCALLY, Work
from xlsc.sheets.port import Sheet

CHECKED = "checked, not sent"
_CORRECTED = f"{LOCALLY} earlier; nothing wrong is found now, not sent yet."


def check(work: Work, options: SendOptions) -> SendReport:
    """Check a sheet's rows and mark what is wrong; ``options.dry_run`` leaves the marks out.

    Raises:
        UsageError: The sheet cannot be read as rows of the process.
        ServiceError: The process's columns cannot be had.
        WorkbookError: The marks cannot be written.
    """
    client = work.session.client
    found = read_columns(client, find_process(client, options.process))
    sheet = open_data_sheet(work.book, options.sheet, options.rules)
    prepared = prepare(sheet, found, options.read, options.rules, unchecked=options.unchecked)
    good = {row.sheet_row: CHECKED for row in prepared.good.rows}
    report = SendReport(
        process=found.process,
        workbook=work.book.name,
        sheet=sheet.name,
        table=prepared.reading.table,
        rows_read=prepared.rows_read,
        states={**prepared.rejected, **dict.fromkeys(good, RowState.SKIPPED)},
        skipped={**prepared.reading.skipped, **good},
        errors=prepared.errors,
        remarks=prepared.remarks,
        runs=(),
        sent=False,
    )
    if not options.dry_run:
        _show(work, sheet, prepared, report)
    return report


def _show(work: Work, sheet: Sheet, prepared: Prepared, report: SendReport) -> None:
    """Mark wrong rows; take the marks of earlier findings off rows that are sound now. The service's marks stay."""
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    counts = report.counts
    summary = (
        f"{now}: checked for {report.process.map_id}. {counts.read:,} rows read, {counts.rejected:,} wrong. "
        f"{report.headline}"
    )
    kept = {row.sheet_row for row in prepared.good.rows}
    corrected = prepared.reading.held & kept
    states = {**prepared.rejected, **dict.fromkeys(corrected, RowState.REJECTED)}
    texts = {**dict.fromkeys(prepared.rejected, LOCALLY), **dict.fromkeys(corrected, _CORRECTED)}
    layout = prepared.reading.layout
    sheet.apply(plan_marks(prepared.reading.table, states, report.errors, layout.marks, summary, texts))
    work.save()
