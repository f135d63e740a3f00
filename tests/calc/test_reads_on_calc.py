"""The add-in's own reading macros, run in LibreOffice Calc: formats and hidden rows of whole areas in one call."""

from pathlib import Path

import pytest

from tests.calc.engine import open_book
from tests.calc.host import CalcHost
from xlsc.addin.build import build_workbook
from xlsc.addin.build.package import PlainSheet
from xlsc.core.addresses import Area
from xlsc.sheets import live_formats
from xlsc.sheets.live import LiveBook
from xlsc.sheets.live_hosts import ADDIN
from xlsc.sheets.live_macros import Addin, BookMacros, MarkMacros

pytestmark = pytest.mark.office
HOST = Path(__file__).parents[1] / "addin" / "building" / "CalcHost.bas"
AREA = Area(1, 1, 60, 2)


def macros_of(sheet):
    addin = Addin(sheet.sheet.book.app, ADDIN)
    assert addin.is_there()
    return MarkMacros(addin, sheet.sheet.book.name, sheet.name)


@pytest.fixture
def sheet(engine, tmp_path):
    rows = [["No", "Name"], *([f"n{number}", float(number)] for number in range(59))]
    built = build_workbook(
        tmp_path / "book.xlsm",
        sheets=[PlainSheet("Data", rows)],
        host="calc",
        extra_modules={"host": HOST.read_text(encoding="utf-8")},
    )
    return LiveBook(open_book(engine, built), CalcHost()).sheet()


def test_runs_of_formats_are_those_that_xlwings_tells(sheet):
    for first, last, code in ((3, 3, "00000"), (5, 5, "0.00"), (20, 41, "00000"), (60, 60, "@")):
        sheet.sheet.range((first, 2), (last, 2)).number_format = code
    macros = macros_of(sheet)
    told = macros.read_formats(AREA)
    assert len(told) == 1 + 8
    assert live_formats.by_column(AREA, told) == live_formats.by_column(
        AREA, live_formats.read_formats(sheet.sheet, AREA)
    )


def test_hidden_rows_are_told(sheet):
    assert macros_of(sheet).read_hidden(AREA) == frozenset()
    for row in (7, 10, 11, 60):
        sheet.sheet.impl.api.Rows.getByIndex(row - 1).IsVisible = False
    assert macros_of(sheet).read_hidden(AREA) == {7, 10, 11, 60}
    assert macros_of(sheet).read_hidden(Area(10, 1, 11, 2)) == {10, 11}


def test_protection_and_the_saved_file_are_told(sheet):
    """Calc's Basic knows no CustomDocumentProperties and no folder: these are for a person with Excel to see."""
    book = sheet.sheet.book
    macros = BookMacros(Addin(book.app, ADDIN), book.name)
    assert macros.saved_path() == "book.xlsm"
    assert not macros.is_protected("Data")
    sheet.sheet.impl.protect()
    assert macros.is_protected("Data")
    sheet.sheet.impl.api.unprotect("")
    sheet.sheet.range((2, 1)).value = "changed"
    assert macros.saved_path() == ""
