"""The durable record of every send: what may have been posted is on disk before the first byte goes out.

Nothing here talks to the service or to a sheet. Kept per document: its fingerprint, key text and sheet rows; row
contents that the service echoes are kept only until the marks stand in the workbook. Passwords, tokens and request
bodies never come here (the body only as its SHA-256). Source: peers.md §8.1, architecture.md §3.
"""

from xlsc.outbox.entries import (
    Accepted,
    DocumentPlan,
    DocumentState,
    Entry,
    EntryPlan,
    Outcome,
    Phase,
    StoredDocument,
    UnknownDocument,
)
from xlsc.outbox.locks import SenderLock
from xlsc.outbox.outbox import Outbox
from xlsc.outbox.runlog import BrokenLine, RunLine, RunLog

__all__ = [
    "Accepted",
    "BrokenLine",
    "DocumentPlan",
    "DocumentState",
    "Entry",
    "EntryPlan",
    "Outbox",
    "Outcome",
    "Phase",
    "RunLine",
    "RunLog",
    "SenderLock",
    "StoredDocument",
    "UnknownDocument",
]
