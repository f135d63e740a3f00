"""Workbooks with parts as other programs write them, made from one of our own."""

import pytest

from tests.sheets.foreign_parts import TYPES, declare, relate, replace_parts
from xlsc.sheets.files import create_book


@pytest.fixture
def made(tmp_path):
    """A function that makes a workbook whose sheet's part has this text, and that gives its path."""

    def make(sheet=None, parts=(), strings=None):
        path = tmp_path / "made.xlsx"
        book = create_book(path, "Data")
        book.save()
        changes = dict(parts)
        if sheet is not None:
            changes["xl/worksheets/sheet1.xml"] = sheet
        if strings is not None:
            changes["xl/sharedStrings.xml"] = strings
            changes["[Content_Types].xml"] = declare("xl/sharedStrings.xml", f"{TYPES}.sharedStrings+xml")
            changes["xl/_rels/workbook.xml.rels"] = relate("sharedStrings", "sharedStrings.xml")
        return replace_parts(path, changes)

    return make
