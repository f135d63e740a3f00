"""Worksheets of a file locked by their author: what is locked cannot be changed in Excel, unlocked cells can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlsc.errors import UsageError
from xlsc.sheets.files import FileBook
from xlsc.sheets.ooxml.frame import Frame
from xlsc.sheets.ooxml.protection import protection_attributes
from xlsc.sheets.ooxml.sheet_text import Row
from xlsc.sheets.port import Book


class _NoRows:
    """Visits no row; only the frame changes."""

    def rows(self) -> Iterable[int]:
        """See RowEditor."""
        return ()

    def wants(self, number: int, piece: str) -> bool:
        """See RowEditor."""
        del number, piece
        return False

    def edit(self, row: Row) -> None:
        """See RowEditor."""


def lock_sheets(book: Book, names: Sequence[str], password: str) -> None:
    """Protect worksheets of a workbook file.

    Args:
        book: A file.
        names: The worksheets, hidden ones too.
        password: Takes the protection off again; "" lets anybody do so.

    Raises:
        UsageError: There is no such worksheet, or the workbook is no file.
    """
    if not isinstance(book, FileBook):
        raise UsageError(f"{book.name} is no file.", "Save it and name the file.")
    entries = {entry.name.casefold(): entry for entry in book.document.workbook.sheets()}
    for name in names:
        if name.casefold() not in entries:
            listed = ", ".join(entry.name for entry in entries.values())
            raise UsageError(f"{book.name} has no worksheet {name!r}.", f"There are: {listed}.")
    attributes = protection_attributes(password) if names else {}

    def protect(frame: Frame) -> None:
        frame.protect(attributes)

    for name in names:
        book.document.edit(entries[name.casefold()].part, _NoRows(), protect)
