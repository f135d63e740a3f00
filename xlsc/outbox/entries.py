"""The outbox's values: plans, phases, states, outcomes. No file is touched here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from xlsc.core.results import RunResult


class Phase(StrEnum):
    """How far an entry has come."""

    OPEN = "open"  # on disk; provably nothing was sent
    SENDING = "sending"  # the first byte may have gone out
    ANSWERED = "answered"  # every document's fate is known
    UNKNOWN = "unknown"  # at least one document may or may not have been posted
    NOT_SENT = "not_sent"  # given up before the first byte
    SETTLED = "settled"  # known, and the marks stand in the workbook


class DocumentState(StrEnum):
    """What became of one document."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """One document about to be sent.

    Attributes:
        fingerprint: Canonical hash of its content, independent of workbook, order and formatting.
        key_text: Its key columns' values, for people.
        sheet_rows: 1-based rows of the sheet.
    """

    fingerprint: str
    key_text: str
    sheet_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """One run about to be sent.

    Attributes:
        body_sha256: Hexadecimal hash of the request's body.
        runs_before: The process's newest run number before this one, from its history; None when that is not known.
    """

    service: str
    company_id: str
    process_key: str
    process_id: str
    workbook: str
    sheet: str
    user: str
    body_sha256: str
    documents: Sequence[DocumentPlan]
    runs_before: int | None = None

    @property
    def scope(self) -> str:
        """Text equal for plans that reach the same process."""
        return scope_text(self.service, self.company_id, self.process_key)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run's answer says.

    Attributes:
        states: One per document, in the plan's order; never OPEN.
        run_number: The process's run counter (P §2.4), None where there was no run.
        result: The decoded answer, kept until the marks are written; None where there is none.
        answer_sha256: Hexadecimal hash of the answer's bytes, or "".
    """

    states: Sequence[DocumentState]
    run_number: int | None = None
    result: RunResult | None = None
    answer_sha256: str = ""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document of an entry; ``index`` is its 0-based place in the plan."""

    index: int
    fingerprint: str
    key_text: str
    sheet_rows: tuple[int, ...]
    state: DocumentState


@dataclass(frozen=True, slots=True)
class Entry:
    """One run as the outbox knows it; times are UTC, the order of entries is that of ``entry_id``, not of times."""

    entry_id: int
    phase: Phase
    service: str
    company_id: str
    process_key: str
    process_id: str
    workbook: str
    sheet: str
    user: str
    host: str
    body_sha256: str
    begun_utc: datetime
    run_number: int | None
    reason: str
    resolved_how: str
    marks_written: bool
    answer_sha256: str
    result: RunResult | None
    runs_before: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An earlier acceptance of a document: when (UTC), by whom, in which run, from which workbook."""

    when: datetime
    by: str
    run_number: int | None
    workbook: str
    entry_id: int


@dataclass(frozen=True, slots=True)
class UnknownDocument:
    """A document that may or may not have been posted."""

    entry_id: int
    document: StoredDocument
    when: datetime
    by: str
    workbook: str


def scope_text(service: str, company_id: str, process_key: str) -> str:
    """Text equal for two spellings of one process.

    Addresses, companies and keys ignore case: a needless question is better than a document posted twice.
    """
    parts = urlsplit(service.strip())
    address = f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/').lower()}"
    return "\n".join((address, company_id.strip().casefold(), process_key.strip().casefold()))
