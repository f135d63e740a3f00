"""What a run's answer says about each document that was sent. Nothing is called accepted that the counts do not prove.

Counts are documents (P §2.4 [doc S9]); error rows carry no row number (P §2.5); a validation task that fails stops
the run before any data is processed (P §5 [doc S13]). Source of the judgement: those facts, no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.documents import Document
from xlsc.core.matching import locate
from xlsc.core.results import Code, RowError, RowState, RunResult
from xlsc.core.table import Table

_NO_REASON = "The service rejected this document without giving a reason."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the documents of one run.

    Attributes:
        states: One per document, in their order: accepted, rejected, unknown, or skipped = the run did not reach it.
        errors: All error rows of the answer at their sheet rows; those that fit no row have none.
        remarks: Sentences for the person on what does not add up; any of them keeps a report from being green.
    """

    states: tuple[RowState, ...]
    errors: tuple[RowError, ...]
    remarks: tuple[str, ...]


def judge(table: Table, documents: Sequence[Document], result: RunResult) -> Judgement:
    """The state of every document of a run, from its answer.

    Args:
        table: What was sent.
        documents: ``group_documents(table)``.
        result: The answer.
    """
    found = _locate_all(table, result)
    rows = {error.sheet_row for error in found if error.sheet_row is not None}
    failed = [any(table.rows[index].sheet_row in rows for index in document.indexes) for document in documents]
    others, remark = _judge_others(len(table.rows), failed, result)
    states = tuple(RowState.REJECTED if bad else others for bad in failed)
    errors = [*found, *_reasons(table, documents, failed, others, result)]
    remarks = [remark] if remark else []
    lost = sum(error.sheet_row is None for error in found)
    if lost:
        remarks.append(f"{lost} error row{'s' if lost > 1 else ''} of the service fit no row that was sent.")
    return Judgement(states, tuple(errors), tuple(remarks))


def find_mismatch(result: RunResult, map_key: str, runs_before: int | None) -> str:
    """Why an answer cannot be that of a run just made: another process's, or an older run's; "" when it can.

    Args:
        result: The answer; a run number of 0 tells nothing.
        map_key: GUID of the process that ran.
        runs_before: Its newest run number before the run; None when that is not known.

    Source: P §2.4 (MapKey, run counter per process). A cache or a gateway may give an old answer once more.
    """
    told, asked = (key.strip().strip("{}").casefold() for key in (result.map_key, map_key))
    if told and told != asked:
        return f"the answer is that of another process ({result.map_id or result.map_key})"
    if runs_before is not None and 0 < result.run_number <= runs_before:
        return f"the answer is that of run {result.run_number}, which was made before"
    return ""


def _locate_all(table: Table, result: RunResult) -> list[RowError]:
    """Error rows, and those of validation tasks that are not among them."""
    found = locate(result.errors, table, Code.SERVICE)
    seen = {(error.sheet_row, error.message) for error in found}
    for validation in result.validation_errors:
        located = locate(validation.errors, table, Code.VALIDATION)
        if not validation.errors.rows and (validation.message or validation.task):
            message = validation.message or f"The validation {validation.task} failed."
            located = [RowError(None, None, None, message, Code.VALIDATION)]
        for error in located:
            if (error.sheet_row, error.message) not in seen:
                seen.add((error.sheet_row, error.message))
                found.append(error)
    return found


def _judge_others(row_count: int, failed: Sequence[bool], result: RunResult) -> tuple[RowState, str]:
    """The state of the documents without an error row, and what keeps it from being certain.

    Named documents stay rejected whatever the counts say; the others are accepted or rejected only on proof.
    """
    count, rejected = len(failed), sum(failed)
    errors, records = result.error_count, result.record_count
    if rejected == count:
        return RowState.REJECTED, _remark_on_named(count, result)
    if result.validation_errors and not result.succeeded and records == 0:
        return RowState.SKIPPED, ""
    if not rejected and not result.succeeded and records == 0:
        # The run failed before it took up a document; an error is the run's own.
        return RowState.REJECTED, ""
    if records < count:
        return RowState.UNKNOWN, f"The service counts {records} documents, but {count} were sent."
    if not rejected and not result.succeeded and errors == records and records in (count, row_count):
        # All failed; there are no error rows to tell more.
        return RowState.REJECTED, ""
    if errors > rejected:
        return RowState.UNKNOWN, f"The service counts {errors} rejected documents but names {rejected}."
    if not result.succeeded and not errors and not rejected:
        return RowState.UNKNOWN, "The service calls the run failed but names no document that failed."
    return RowState.ACCEPTED, _remark_on_counts(row_count, count, rejected, result)


def _remark_on_named(count: int, result: RunResult) -> str:
    """What does not fit when every document is named as rejected."""
    errors, records = result.error_count, result.record_count
    if result.validation_errors and not result.succeeded:
        return ""  # the run stopped before it counted
    if errors < count or errors > max(count, records):
        return f"The service counts {errors} rejected documents but names {count}."
    return f"The service counts {records} documents, but {count} were sent." if records < count else ""


def _remark_on_counts(row_count: int, count: int, rejected: int, result: RunResult) -> str:
    """What does not fit although no document is left in doubt."""
    errors, records = result.error_count, result.record_count
    if errors < rejected:
        return f"The service counts {errors} rejected documents but names {rejected}."
    if records not in (count, row_count):
        return f"The service counts {records} documents, but {count} were sent."
    return ""


def _reasons(
    table: Table, documents: Sequence[Document], failed: Sequence[bool], others: RowState, result: RunResult
) -> list[RowError]:
    """The run's own message at every row that is rejected without an error row of its own."""
    if others is not RowState.REJECTED:
        return []
    message = result.error_message.strip() or _NO_REASON
    return [
        RowError(table.rows[index].sheet_row, None, None, message, Code.SERVICE)
        for document, bad in zip(documents, failed, strict=True)
        if not bad
        for index in document.indexes
    ]
