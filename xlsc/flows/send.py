"""Sending a sheet: read, check, refuse what was posted before, run by run, show every row's fate, prove the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from xlsc.core.documents import Document, fingerprints
from xlsc.core.marks import plan_marks
from xlsc.core.results import RowError, RowState
from xlsc.core.table import Table
from xlsc.errors import OutcomeUnknown, SentBefore, UsageError, WorkbookError, XlscError
from xlsc.flows.bisect import find_guilty, is_refused_whole, most_runs
from xlsc.flows.delivery import Delivered, Delivery, deliver
from xlsc.flows.learning import learn
from xlsc.flows.logs import log_forgotten, log_runs
from xlsc.flows.pace import Pace
from xlsc.flows.prepare import Prepared, prepare
from xlsc.flows.processes import find_process, read_columns
from xlsc.flows.reading import SKIPPED_UNKNOWN, ReadOptions, Which
from xlsc.flows.report import RunRecord, SendReport
from xlsc.flows.rules import open_data_sheet
from xlsc.flows.settle import show_pending
from xlsc.flows.work import LOCALLY, QUIET, Control, Rules, Work
from xlsc.outbox import Accepted, UnknownDocument
from xlsc.sheets.port import Sheet

#: Documents named in a message.
_NAMED = 5
SKIPPED_STOPPED = "not sent: stopped after rejected rows"
SKIPPED_CANCELLED = "not sent: cancelled"
SKIPPED_UNKNOWN_BEFORE = "not sent: the outcome of an earlier run is unknown"
SKIPPED_HELD = "not sent: other rows are wrong"
SKIPPED_VALIDATION = "not run: a validation refused the run"
SKIPPED_DRY_RUN = "not sent: dry run"
SKIPPED_SENT = "accepted before"


@dataclass(frozen=True, slots=True)
class SendOptions:
    """Choices of one send.

    Attributes:
        process: Id or key.
        sheet: Name of the worksheet; None = the active one.
        read: Which rows, and how they are read.
        rules: Local checks.
        unchecked: Leave the local checks out.
        all_or_nothing: Send nothing when a row is wrong.
        documents_per_run: Most documents of one run; None = all in one, 0 = as many as a run takes in good time.
        stop_at_first_error: Send no further run after one with rejected documents.
        variables: Values of GBL_ variables.
        dry_run: Do everything but send and mark.
        bisect: Halve a run that is refused as a whole until its guilty documents stand alone.
        mark: Show the outcome in the workbook; False leaves that to a later settle.
        wanted_again: Fingerprints of documents that were accepted before and shall go once more: the person saw them.
        leave_accepted: Leave documents out that were accepted before, instead of stopping the send.
    """

    process: str
    sheet: str | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    rules: Rules = field(default_factory=Rules)
    unchecked: bool = False
    all_or_nothing: bool = False
    documents_per_run: int | None = None
    stop_at_first_error: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    bisect: bool = False
    mark: bool = True
    wanted_again: frozenset[str] = frozenset()
    leave_accepted: bool = False

    @property
    def again(self) -> bool:
        """Whether any document that was accepted before goes once more."""
        return self.read.which is Which.ALL or bool(self.wanted_again)

    @property
    def leaves_accepted(self) -> bool:
        """Whether documents that were accepted before are left out without a word."""
        return self.leave_accepted or self.read.which is Which.NEW


@dataclass(slots=True)
class _Progress:
    """What has become known while runs go out; the one mutable thing of a send."""

    states: dict[int, RowState]
    errors: list[RowError]
    skipped: dict[int, str]
    remarks: list[str] = field(default_factory=list)
    runs: list[RunRecord] = field(default_factory=list)
    run_of: dict[int, int] = field(default_factory=dict)
    twins: frozenset[str] = frozenset()

    def add(self, delivered: Delivered) -> None:
        self.states.update(delivered.states)
        self.errors += delivered.errors
        self.remarks += delivered.remarks
        self.runs.append(delivered.record)
        number = delivered.record.run_number
        for row, state in delivered.states.items():
            if state is RowState.SKIPPED:
                self.skipped[row] = SKIPPED_VALIDATION
            elif number is not None:
                self.run_of[row] = number

    def skip(self, table: Table, documents: Sequence[Document], reason: str) -> None:
        for document in documents:
            for index in document.indexes:
                self.skipped[table.rows[index].sheet_row] = reason


def send(work: Work, options: SendOptions, control: Control = QUIET) -> SendReport:
    """Send a sheet's rows to a process and mark what came of them.

    Args:
        work: Workbook, service, outbox.
        options: What to send and how.
        control: The face's progress and cancel button.

    Returns:
        The report; rejected rows are values in it, no exception.

    Raises:
        UsageError: The sheet cannot be sent as it is, or documents were accepted before; nothing was sent.
        ServiceError: The service cannot be reached or turned the first run away; nothing was run.
        WorkbookError: The workbook could not be saved afterwards, so nothing was sent.
    """
    client = work.session.client
    found = read_columns(client, find_process(client, options.process))
    sheet = open_data_sheet(work.book, options.sheet, options.rules)
    if not options.dry_run:
        work.check_save()
        work.outbox.recover()
        log_forgotten(work.outbox)
        show_pending(work, sheet, found, options.rules)
    control.progress(f"Reading sheet {sheet.name}")
    prepared = prepare(sheet, found, options.read, options.rules, unchecked=options.unchecked)
    if not options.dry_run and options.mark:
        sheet.check_marks(prepared.reading.layout.status_column, [row.sheet_row for row in prepared.reading.table.rows])
    progress = _Progress(prepared.rejected, list(prepared.errors), dict(prepared.reading.skipped))
    _send_or_skip(work, prepared, options, progress, control)
    report = _report(work, prepared, progress, sent=not options.dry_run)
    if options.dry_run:
        return report
    if options.mark:
        report = _show_safely(work, sheet, prepared, report, progress.run_of)
    learn(work, report, options.rules.blank_marker)
    return _log_safely(work, report)


def _send_or_skip(work: Work, prepared: Prepared, options: SendOptions, progress: _Progress, control: Control) -> None:
    """Send what may go, with the right to this process held from the look at what went before to the last run."""
    held = SKIPPED_DRY_RUN if options.dry_run else SKIPPED_HELD if options.all_or_nothing and prepared.errors else ""
    if held:
        progress.skip(prepared.good, _hold_sent(work, prepared, options, progress), held)
    elif prepared.documents:
        key = prepared.found.process.map_key
        with work.outbox.lock(work.session.service, work.session.settings.company_id, key):
            documents = _hold_sent(work, prepared, options, progress)
            _send_runs(work, prepared, documents, options, progress, control)


def _show_safely(
    work: Work, sheet: Sheet, prepared: Prepared, report: SendReport, run_of: Mapping[int, int]
) -> SendReport:
    """Show the marks; a report whose marks cannot be written still reaches the person, and says so."""
    try:
        show(work, sheet, prepared, report, run_of)
    except (WorkbookError, UsageError) as error:
        if not report.runs:
            raise
        remark = f"The workbook does not show it: {error.message} The outbox keeps it: settle open entries to show it."
        return replace(report, remarks=(*report.remarks, remark))
    return report


def _log_safely(work: Work, report: SendReport) -> SendReport:
    """Log the runs; a log that cannot be written takes no report away. The next send writes the lines."""
    try:
        log_runs(work, report)
    except UsageError as error:
        remark = f"The run log lacks it until the next send: {error.message}"
        return replace(report, remarks=(*report.remarks, remark))
    return report


def bodies(work: Work, options: SendOptions) -> list[bytes]:
    """The requests' bodies that a send would make, for people who want to look at them; they hold no secret."""
    client = work.session.client
    found = read_columns(client, find_process(client, options.process))
    sheet = open_data_sheet(work.book, options.sheet, options.rules)
    prepared = prepare(sheet, found, options.read, options.rules, unchecked=options.unchecked)
    pace = Pace(options.documents_per_run)
    return [_delivery(prepared, chunk, options).body() for chunk in pace.chunks(prepared.documents)]


def show(
    work: Work, sheet: Sheet, prepared: Prepared, report: SendReport, run_of: Mapping[int, int] | None = None
) -> None:
    """Write the marks, then save, then tell the outbox that the workbook shows them."""
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    verb = "sent to" if report.sent else "checked for"
    summary = f"{now}: {verb} {report.process.map_id}. {report.counts}. {report.headline}"
    kept = {row: state for row, state in report.states.items() if report.skipped.get(row) != SKIPPED_SENT}
    numbers = run_of or {}
    texts = {row: _status(state, numbers.get(row)) for row, state in kept.items()}
    texts |= {row: f"Skipped: {report.skipped[row]}" for row in kept if row in report.skipped}
    plan = plan_marks(prepared.reading.table, kept, report.errors, prepared.reading.layout.marks, summary, texts)
    sheet.apply(plan)
    work.save()
    for run in report.runs:
        work.outbox.marks_written(run.entry_id)


def _status(state: RowState, run_number: int | None) -> str:
    """The beginning of a status text; a rejection without a run was made here."""
    if run_number is not None and state is not RowState.UNKNOWN:
        return f"{state.value.capitalize()}, run {run_number}"
    return LOCALLY if state is RowState.REJECTED else ""


def _hold_sent(work: Work, prepared: Prepared, options: SendOptions, progress: _Progress) -> list[Document]:
    """The documents that may go; those accepted before from anywhere stop the send, or are left out of what is new.

    Raises:
        UsageError: Documents were accepted before.
        OutcomeUnknown: Documents were sent before, and nobody knows what became of them.
    """
    documents = prepared.documents
    prints = fingerprints(prepared.good, documents)
    progress.twins = frozenset(text for text, count in Counter(prints).items() if count > 1)
    scope = (work.session.service, work.session.settings.company_id, prepared.found.process.map_key)
    held = {item.document.fingerprint: item for item in work.outbox.unknown_documents(*scope)}
    before = {} if options.read.which is Which.ALL else work.outbox.accepted_before(*scope, prints)
    before = {text: item for text, item in before.items() if text not in options.wanted_again}
    paired = list(zip(documents, prints, strict=True))
    unknown = [(document, held[text]) for document, text in paired if text in held]
    if unknown and options.read.which is not Which.NEW:
        raise _unknown_before(unknown)
    if before and not options.leaves_accepted:
        raise _sent_before({text: (document, before[text]) for document, text in paired if text in before})
    progress.skip(prepared.good, [document for document, text in paired if text in before], SKIPPED_SENT)
    progress.skip(prepared.good, [document for document, _ in unknown], SKIPPED_UNKNOWN)
    return [document for document, text in paired if text not in before and text not in held]


def _unknown_before(found: Sequence[tuple[Document, UnknownDocument]]) -> OutcomeUnknown:
    named = [
        f"{_name(document)} on {item.when.astimezone():%Y-%m-%d %H:%M} by {item.by} from {item.workbook}"
        for document, item in found[:_NAMED]
    ]
    return OutcomeUnknown(
        f"Documents were sent before, and their outcome is unknown: {'; '.join(named)}{_more(found)}."
        " Nothing was sent.",
        "Settle them first (xlsc settle); until then they are not sent again.",
        in_excel="Settle them first with Open entries; until then they are not sent again.",
    )


def _name(document: Document) -> str:
    return " | ".join(text or "" for text in document.key) or "a row"


def _more(found: Sequence[object]) -> str:
    return f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""


def _sent_before(found: Mapping[str, tuple[Document, Accepted]]) -> SentBefore:
    named = {
        fingerprint: f"{_name(document)} on {item.when.astimezone():%Y-%m-%d %H:%M}"
        f" by {item.by}{f' in run {item.run_number}' if item.run_number else ''} from {item.workbook}"
        for fingerprint, (document, item) in found.items()
    }
    listed = list(named.values())
    return SentBefore(
        f"Documents with the same content were accepted before: {'; '.join(listed[:_NAMED])}{_more(listed)}."
        " Nothing was sent.",
        "Send only what was never sent with --new-only, or send these once more with --again.",
        in_excel="Press Not yet sent, which leaves them out.",
        documents=named,
    )


def _delivery(
    prepared: Prepared, documents: Sequence[Document], options: SendOptions, twins: frozenset[str] = frozenset()
) -> Delivery:
    indexes = sorted(index for document in documents for index in document.indexes)
    table = prepared.good.with_rows([prepared.good.rows[index] for index in indexes])
    return Delivery(
        prepared.found.process,
        prepared.reading.layout.sheet_name,
        table,
        options.variables,
        options.again,
        twins,
        options.rules.blank_marker,
    )


def _send_runs(
    work: Work,
    prepared: Prepared,
    documents: Sequence[Document],
    options: SendOptions,
    progress: _Progress,
    control: Control,
) -> None:
    """Run after run, until all went, one has no known outcome, or the person stops."""
    pace = Pace(options.documents_per_run)
    done = 0
    for chunk in pace.chunks(documents):
        reason = _stop_reason(progress, options, control)
        if reason:
            progress.skip(prepared.good, documents[done:], reason)
            return
        control.progress(f"Sending documents {done + 1:,} to {done + len(chunk):,} of {len(documents):,}")
        try:
            seconds = _send_chunk(work, prepared, chunk, options, progress, control)
        except XlscError as error:
            if not progress.runs:
                raise
            progress.remarks.append(f"Stopped after {done:,} documents: {error.message}")
            left = [document for document in documents[done:] if not _is_known(document, prepared.good, progress)]
            progress.skip(prepared.good, left, f"not sent: {error.message}")
            return
        pace.note(len(chunk), seconds)
        done += len(chunk)


def _send_chunk(
    work: Work,
    prepared: Prepared,
    chunk: Sequence[Document],
    options: SendOptions,
    progress: _Progress,
    control: Control,
) -> float:
    """One run, and the runs that find its guilty documents where that was asked for. Returns the run's seconds."""

    def send_part(part: Sequence[Document]) -> Delivered:
        return deliver(work, _delivery(prepared, part, options, progress.twins))

    delivered = send_part(chunk)
    if not (options.bisect and is_refused_whole(delivered, len(chunk))):
        progress.add(delivered)
        return delivered.record.seconds
    control.progress(f"The run was refused as a whole; finding out why takes at most {most_runs(len(chunk)):,} runs")
    progress.runs.append(delivered.record)
    for item in find_guilty(chunk, send_part, control.cancelled):
        progress.add(item)
    left = [document for document in chunk if not _is_known(document, prepared.good, progress)]
    is_unknown = RowState.UNKNOWN in progress.states.values()
    progress.skip(prepared.good, left, SKIPPED_UNKNOWN_BEFORE if is_unknown else SKIPPED_CANCELLED)
    return delivered.record.seconds


def _is_known(document: Document, table: Table, progress: _Progress) -> bool:
    return table.rows[document.indexes[0]].sheet_row in progress.states


def _stop_reason(progress: _Progress, options: SendOptions, control: Control) -> str:
    if control.cancelled():
        return SKIPPED_CANCELLED
    if RowState.UNKNOWN in progress.states.values():
        return SKIPPED_UNKNOWN_BEFORE
    if options.stop_at_first_error and any(run.rejected for run in progress.runs):
        return SKIPPED_STOPPED
    return ""


def _report(work: Work, prepared: Prepared, progress: _Progress, *, sent: bool) -> SendReport:
    rows = {row.sheet_row for row in prepared.reading.table.rows}
    states = dict(progress.states)
    states |= {row: RowState.SKIPPED for row in progress.skipped if row in rows and row not in states}
    return SendReport(
        process=prepared.found.process,
        workbook=work.book.name,
        sheet=prepared.reading.layout.sheet_name,
        table=prepared.reading.table,
        rows_read=prepared.rows_read,
        states=states,
        skipped=progress.skipped,
        errors=tuple(progress.errors),
        remarks=(*prepared.remarks, *progress.remarks),
        runs=tuple(progress.runs),
        sent=sent,
    )
