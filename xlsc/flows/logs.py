"""What runs leave in the hash-chained log: a line each, also when xlsc was ended before it could write it."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from xlsc.core.results import RowState
from xlsc.flows.report import SendReport
from xlsc.flows.work import Work
from xlsc.outbox import DocumentState, Entry, Outbox, RunLine


def log_runs(work: Work, report: SendReport) -> None:
    """Append a line for each run of a send; rows that were in no run stand in the last one's.

    Raises:
        UsageError: The log cannot be written.
    """
    settings = work.session.settings
    book_hash = _hash(Path(work.location)) if report.runs else ""
    in_runs = {row for run in report.runs for row in run.states}
    rest = Counter(state for row, state in report.states.items() if row not in in_runs)
    rest[RowState.SKIPPED] += sum(row not in report.states for row in report.skipped)
    for run in report.runs:
        is_last = run is report.runs[-1]
        rows = Counter(run.states.values()) + (rest if is_last else Counter())
        line = RunLine(
            when_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            user=settings.email,
            workbook=work.location,
            workbook_sha256=book_hash,
            service=work.session.service,
            company=settings.company_name or settings.company_id,
            process=report.process.map_id,
            run_number=run.run_number,
            documents=run.documents,
            rows_read=len(run.states) + (report.rows_read - len(in_runs) if is_last else 0),
            accepted=rows[RowState.ACCEPTED],
            rejected=rows[RowState.REJECTED],
            skipped=rows[RowState.SKIPPED],
            unknown=rows[RowState.UNKNOWN],
            seconds=round(run.seconds, 3),
        )
        work.outbox.run_log.append(line, run.entry_id)


def log_forgotten(outbox: Outbox) -> None:
    """Append the lines of runs whose program ended before it wrote them, as far as the outbox knows these runs.

    Raises:
        UsageError: The log cannot be written.
    """
    for entry in outbox.unlogged_entries():
        outbox.run_log.append(_line_of(outbox, entry), entry.entry_id)


def _line_of(outbox: Outbox, entry: Entry) -> RunLine:
    documents = outbox.documents(entry.entry_id)
    rows: Counter[DocumentState] = Counter()
    for item in documents:
        rows[item.state] += len(item.sheet_rows)
    return RunLine(
        when_utc=entry.begun_utc.isoformat(timespec="seconds"),
        user=entry.user,
        workbook=entry.workbook,
        workbook_sha256="",
        service=entry.service,
        company=entry.company_id,
        process=entry.process_id,
        run_number=entry.run_number,
        documents=len(documents),
        rows_read=sum(rows.values()),
        accepted=rows[DocumentState.ACCEPTED],
        rejected=rows[DocumentState.REJECTED],
        skipped=rows[DocumentState.NOT_SENT],
        unknown=rows[DocumentState.UNKNOWN],
        seconds=0.0,
    )


def _hash(path: Path) -> str:
    """Of the workbook's file as it stands now; "" for one that was never saved."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
