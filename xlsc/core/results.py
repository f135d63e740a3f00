"""What comes back: error codes, wrong rows, run results. A wrong row is a value, never an exception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a row is wrong; stable words for ``--json`` and for tests."""

    CELL_ERROR = "cell_error"  # the cell shows #N/A or the like
    CONTROL_CHARACTER = "control_character"  # XML cannot hold the cell's text
    TOO_LONG = "too_long"
    MISSING_KEY = "missing_key"
    REQUIRED = "required"
    TYPE = "type"
    CHOICE = "choice"
    PATTERN = "pattern"
    RANGE = "range"
    DUPLICATE = "duplicate"
    BALANCE = "balance"
    TOTAL = "total"  # a document's lines add up to something else than it says
    SAME_VALUE = "same_value"  # a header column differs within its document
    DOCUMENT = "document"  # another row of the same document is wrong
    SERVICE = "service"  # the service rejected the row's document
    VALIDATION = "validation"  # a validation task of the process rejected the row
    UNLOCATED = "unlocated"  # the service's error row fits no row that was sent


class RowState(StrEnum):
    """What became of a sheet row; every row that was read ends in exactly one of them."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one row.

    Attributes:
        sheet_row: 1-based row of the sheet; None when the error fits no row (code UNLOCATED).
        column: Technical name of the column meant, or None for the whole row.
        value: The offending wire text, or the whole echoed row for UNLOCATED; None when blank.
        message: For the person, without secrets.
        code: The reason's stable word.
    """

    sheet_row: int | None
    column: str | None
    value: str | None
    message: str
    code: Code


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The service's error rows: echoed source values and one message per row (P §2.5 [obs]).

    Attributes:
        columns: Names as echoed, without EONERUNERRORS and EONERUNIDENT.
        rows: Echoed values in column order; None where the element was missing.
        messages: EONERUNERRORS of each row, trimmed; as long as ``rows``.
    """

    columns: tuple[str, ...] = ()
    rows: Sequence[tuple[str | None, ...]] = ()
    messages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ValidationError:
    """What a validation task found (P §2.6 [?]): its name, its message, the rows it names."""

    task: str
    message: str
    errors: ErrorTable = ErrorTable()


@dataclass(frozen=True, slots=True)
class RunResult:
    """The answer of a run call (P §2.4); counts are documents, not rows.

    Attributes:
        run_number: The process's own run counter, from 1.
        record_count: Documents the service found in the rows.
        error_count: Documents that failed.
        succeeded: Status 0 of the answer.
        error_message: Last error message of the run, or "".
        errors: One row per failed source row.
        validation_errors: What validation tasks rejected.
    """

    map_key: str
    map_id: str
    map_description: str
    run_number: int
    record_count: int
    error_count: int
    succeeded: bool
    error_message: str
    errors: ErrorTable
    validation_errors: tuple[ValidationError, ...] = ()
