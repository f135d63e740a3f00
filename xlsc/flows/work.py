"""What a flow works with, and the words it can say to a face while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.rules import ColumnRule, DocumentRule
from xlsc.flows.connect import Session
from xlsc.outbox import Outbox
from xlsc.sheets.port import Book


def _say_nothing(_text: str) -> None:
    """For faces that show no progress."""


def _never() -> bool:
    """For faces without a cancel button."""
    return False


@dataclass(frozen=True, slots=True)
class Control:
    """A face's side of long work: hears sentences on progress, tells whether the person cancelled."""

    progress: Callable[[str], None] = _say_nothing
    cancelled: Callable[[], bool] = _never


#: A face that neither shows progress nor cancels.
QUIET = Control()
#: Status text of rows that local checks held back, so that a later check can tell them from the service's rejections.
LOCALLY = "Rejected before sending"


@dataclass(frozen=True, slots=True)
class Rules:
    """Local checks and how headers are written, as the workbook's author says; empty where nobody does.

    Attributes:
        columns: Checks on values.
        documents: Checks on documents.
        captions: Header texts by column name.
        blank_marker: Cell text that sets a value to empty; "" = there is none.
        sheets: Names of header and lines sheet, when the author put them on two; else ().
        keys: Header texts of the key columns, which join the two.
    """

    columns: Sequence[ColumnRule] = ()
    documents: Sequence[DocumentRule] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    blank_marker: str = ""
    sheets: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A workbook and where it goes.

    Attributes:
        book: The workbook.
        location: Its full path or name, by which the outbox knows it.
        session: The service.
        outbox: The record of every send.
        save: Keeps the workbook after its cells have changed; nothing to do where the person saves.
        check_save: Finds out before a send whether ``save`` could write.
        write_later: How a person of this face gets marks into the workbook that could not be written.
    """

    book: Book
    location: str
    session: Session
    outbox: Outbox
    save: Callable[[], None]
    check_save: Callable[[], None]
    write_later: str = "Write the marks later with: xlsc settle BOOK."
