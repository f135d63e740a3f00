"""What a send leaves in the logs: a line per send in the hash-chained run log, a row on the workbook's log sheet."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from xlsc.flows.report import SendReport
from xlsc.flows.work import Work
from xlsc.outbox import RunLine


def log_runs(work: Work, report: SendReport) -> None:
    """Append a line when something was sent.

    Raises:
        UsageError: The log cannot be written.
    """
    if not report.runs:
        return
    counts = report.counts
    settings = work.session.settings
    work.outbox.run_log.append(
        RunLine(
            when_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            user=settings.email,
            workbook=work.location,
            workbook_sha256=_hash(Path(work.location)),
            service=work.session.service,
            company=settings.company_name or settings.company_id,
            process=report.process.map_id,
            run_number=report.runs[-1].run_number,
            documents=sum(run.documents for run in report.runs),
            rows_read=counts.read,
            accepted=counts.accepted,
            rejected=counts.rejected,
            skipped=counts.skipped,
            unknown=counts.unknown,
            seconds=round(sum(run.seconds for run in report.runs), 3),
        )
    )


def _hash(path: Path) -> str:
    """Of the workbook's file as it stands now; "" for one that was never saved."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
