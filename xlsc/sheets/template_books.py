"""Workbooks that begin as a copy of a template: the file is made by ``save``, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from xlsc.sheets.files import FileBook
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.port import Book


def book_of(data: bytes, path: Path) -> Book:
    """A new workbook with the contents of a template.

    Args:
        data: The template's file.
        path: Where ``save`` puts it; no file may be there.

    Raises:
        WorkbookError: The data are no workbook.
    """
    return FileBook(Package(data, path.name), path, None)
