"""What a flow works with, and the words it can say to a face while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.addresses import Area
from xlsc.core.catalog import ColumnInfo
from xlsc.core.rules import ColumnRule, DocumentRule
from xlsc.core.template import TemplateColumn
from xlsc.flows.connect import Session
from xlsc.flows.layout import Wanted
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
        skip_marker: Cell text that leaves a value unchanged; "" = there is none.
        sheets: Names of header and lines sheet, when the author put them on two; else ().
        keys: Header texts of the key columns, which join the two.
        template: The template's columns, in order; () where the workbook is no template.
        cells: Where each of them stands on the sheet Columns, for messages.
        skip_markers: Further ones, by column name.
        defaults: What is sent for an empty cell of a row that is not blank, by column name.
    """

    columns: Sequence[ColumnRule] = ()
    documents: Sequence[DocumentRule] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    blank_marker: str = ""
    skip_marker: str = ""
    sheets: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    template: tuple[TemplateColumn, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)
    skip_markers: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def wanted(self, columns: Sequence[ColumnInfo], selection: Area | None = None) -> Wanted:
        """What to look for on a sheet, given the process's columns; in a template, those that its author listed.

        A person's own column of another name that the process has, or gets later, is never sent. Keys always are.
        """
        listed = {item.column.casefold() for item in self.template}
        if listed:
            columns = [info for info in columns if info.is_required or info.name.casefold() in listed]
        return Wanted(columns, selection, self.captions, self.skip_marker, self.skip_markers, self.defaults)

    @property
    def headers(self) -> tuple[str, ...]:
        """What the headers of the data may say: captions and column names."""
        return tuple(dict.fromkeys(text for item in self.template for text in (item.header, item.column)))


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
