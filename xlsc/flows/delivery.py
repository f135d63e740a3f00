"""One run, from plan to known outcome: on disk before the first byte, sent once, on disk before the first cell.

Source: peers.md §8.1 (write-ahead order), P §2.3–§2.6.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlsc.client.client import RunAnswer
from xlsc.core.addresses import format_cell
from xlsc.core.catalog import Process
from xlsc.core.documents import Document, fingerprints, group_documents
from xlsc.core.judging import find_mismatch, judge
from xlsc.core.markers import replace_marker
from xlsc.core.results import RowError, RowState
from xlsc.core.table import Table
from xlsc.errors import OutcomeUnknown, ServiceError, UsageError, XlscError
from xlsc.flows.completing import complete
from xlsc.flows.report import RunRecord
from xlsc.flows.work import Work
from xlsc.outbox import DocumentPlan, DocumentState, EntryPlan, Outcome
from xlsc.wire.datatable import encode_rows

_RUN_CALL = "run_map_data_table_with_errors"
_STATES = {
    RowState.ACCEPTED: DocumentState.ACCEPTED,
    RowState.REJECTED: DocumentState.REJECTED,
    RowState.UNKNOWN: DocumentState.UNKNOWN,
    RowState.SKIPPED: DocumentState.NOT_SENT,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes out in one run.

    Attributes:
        process: That runs.
        sheet: Name of the worksheet.
        table: The rows, whole documents.
        variables: Values of GBL_ variables.
        again: Send documents that were accepted before once more.
        twins: Fingerprints that the send has several documents of, which all shall go.
        blank_marker: Cell text that sets a value to empty; "" = there is none.
    """

    process: Process
    sheet: str
    table: Table
    variables: Mapping[str, str]
    again: bool = False
    twins: frozenset[str] = frozenset()
    blank_marker: str = ""

    def body(self) -> bytes:
        """The request's body; a value that is the marker becomes an empty element, a blank one none.

        Raises:
            UsageError: A cell holds what XML cannot hold.
        """
        return encode_rows(self.table.columns, self._rows(), self.variables, self._address)

    def _rows(self) -> Sequence[Sequence[str | None]]:
        return [row.values for row in replace_marker(self.table, self.blank_marker, "").rows]

    def _address(self, row_index: int, column_index: int) -> str:
        column = self.table.columns[column_index].sheet_column
        row = self.table.rows[row_index].sheet_row
        return format_cell(row, column) if column else f"row {row}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one run ended; states by sheet row. ``named``: the answer's error rows name what was rejected."""

    states: Mapping[int, RowState]
    errors: tuple[RowError, ...]
    remarks: tuple[str, ...]
    record: RunRecord
    named: bool = True


def plan_entry(work: Work, delivery: Delivery, body: bytes, documents: Sequence[Document]) -> EntryPlan:
    """What the outbox has to know before anything is sent."""
    table = delivery.table
    prints = fingerprints(table, documents)
    settings = work.session.settings
    return EntryPlan(
        service=work.session.service,
        company_id=settings.company_id,
        process_key=delivery.process.map_key,
        process_id=delivery.process.map_id,
        workbook=work.location,
        sheet=delivery.sheet,
        user=settings.email,
        body_sha256=hashlib.sha256(body).hexdigest(),
        documents=[
            DocumentPlan(
                fingerprint,
                " | ".join(text or "" for text in document.key),
                tuple(table.rows[index].sheet_row for index in document.indexes),
            )
            for fingerprint, document in zip(prints, documents, strict=True)
        ],
        runs_before=_newest_run(work, delivery.process),
    )


def _newest_run(work: Work, process: Process) -> int | None:
    """The process's newest run number; None when its history cannot be had, which then settles nothing later."""
    try:
        history = work.session.client.history_for_process(process.map_key)
    except ServiceError:
        return None
    return max((run.run_number for run in history), default=0)


def deliver(work: Work, delivery: Delivery) -> Delivered:
    """Send one run and record what became of it.

    Returns:
        The states; unknown ones when the run left this machine and no full answer came, or none that is this run's.

    Raises:
        UsageError: A document was accepted before, or a cell cannot be sent; nothing was sent.
        OutcomeUnknown: A document's earlier run has no known outcome; nothing was sent.
        ServiceError: The service cannot be reached or turned the call away; nothing was run.
    """
    documents = group_documents(delivery.table)
    body = delivery.body()
    plan = plan_entry(work, delivery, body, documents)
    entry_id = work.outbox.begin(plan, delivery.again, delivery.twins)
    work.outbox.mark_sending(entry_id)
    started = time.monotonic()
    try:
        answer = _run(work, delivery, body, entry_id)
        if mismatch := find_mismatch(answer.result, delivery.process.map_key, plan.runs_before):
            raise OutcomeUnknown(
                f"The run was sent, but {mismatch}.", "Settle it: xlsc settle.", in_excel="Settle it with Open entries."
            )
        return _record(work, delivery, documents, RunRecord(entry_id, None, len(documents), 0, 0.0), answer, started)
    except OutcomeUnknown as error:
        return _unknown(work, delivery, documents, entry_id, error.message, time.monotonic() - started)


def _run(work: Work, delivery: Delivery, body: bytes, entry_id: int) -> RunAnswer:
    """The answer of the one call that may post something.

    Raises:
        OutcomeUnknown: No full answer came, or the person stopped waiting for it.
        ServiceError: Nothing was run; the outbox knows.
    """
    try:
        return work.session.client.run(_RUN_CALL, delivery.process.map_key, body)
    except OutcomeUnknown:
        raise
    except XlscError as error:
        work.outbox.not_sent(entry_id, error.message)
        raise
    except KeyboardInterrupt:
        raise OutcomeUnknown(
            "You stopped xlsc while it waited for the answer.",
            "Settle it: xlsc settle.",
            in_excel="Settle it with Open entries.",
        ) from None
    except BaseException:
        work.outbox.unknown(entry_id, "xlsc was interrupted while it waited for the answer.")
        raise


def _record(
    work: Work,
    delivery: Delivery,
    documents: Sequence[Document],
    record: RunRecord,
    answer: RunAnswer,
    started: float,
) -> Delivered:
    """What an answer says, once the outbox has it.

    Raises:
        OutcomeUnknown: The outbox could not take it: what no disk holds, no cell shows.
    """
    result = answer.result
    judged = judge(delivery.table, documents, result)
    number = result.run_number or None
    try:
        states = [_STATES[state] for state in judged.states]
        work.outbox.settle(record.entry_id, Outcome(states, number, result, answer.sha256))
    except UsageError as error:
        raise OutcomeUnknown(f"The run was answered, but {error.message}", error.hint) from error
    errors = complete(work.session.client, delivery.process.map_key, number, judged.errors, delivery.table)
    by_row = _by_row(delivery.table, documents, judged.states)
    rejected = sum(state is RowState.REJECTED for state in judged.states)
    record = replace(record, run_number=number, rejected=rejected, seconds=time.monotonic() - started, states=by_row)
    named = bool(result.errors.rows) or any(item.errors.rows for item in result.validation_errors)
    return Delivered(by_row, tuple(errors), judged.remarks, record, named)


def _unknown(
    work: Work, delivery: Delivery, documents: Sequence[Document], entry_id: int, reason: str, seconds: float
) -> Delivered:
    remarks = [reason]
    try:
        work.outbox.unknown(entry_id, reason)
    except UsageError as error:
        # The entry stays "being sent", which is unknown to everybody as soon as this process has ended.
        remarks.append(error.message)
    states = _by_row(delivery.table, documents, [RowState.UNKNOWN] * len(documents))
    record = RunRecord(entry_id, None, len(documents), 0, seconds, states)
    return Delivered(states, (), tuple(remarks), record)


def _by_row(table: Table, documents: Sequence[Document], states: Sequence[RowState]) -> dict[int, RowState]:
    return {
        table.rows[index].sheet_row: state
        for document, state in zip(documents, states, strict=True)
        for index in document.indexes
    }
