"""A running Excel is crossed into a few times only, refuses at any of them, and gets its looks back; on the double."""

import copy

import pytest

from tests.contracts.sheet_contract import SheetContract, plan
from tests.excel_double.addin import Addin
from tests.excel_double.engine import new_book
from tests.excel_double.host import DoubleHost
from xlsc.core.addresses import Area
from xlsc.errors import WorkbookError
from xlsc.sheets import patience
from xlsc.sheets.live import LiveBook

ROWS = 10_000
ALL = range(2, ROWS + 2)


def live_with_addin():
    book, engine = new_book("Data")
    book.app.impl.addin = Addin(book.app.impl)
    return LiveBook(book, DoubleHost()), engine


class TestLiveWithTheAddin(SheetContract):
    def book(self, tmp_path):
        return live_with_addin()[0]

    def reopen(self, book, tmp_path):
        return book


@pytest.fixture
def excel():
    book, engine = live_with_addin()
    sheet = book.sheet()
    sheet.write(1, 1, [["No", "Name"]] + [[f"{number:05d}", f"Name {number}"] for number in range(ROWS)])
    engine.calls.clear()
    return book, engine, sheet


def wrong(rows=ALL, text="bad"):
    return plan([(row, 2, text) for row in rows], [(row, f"Rejected: {text}") for row in rows], rows, column=3)


def test_ten_thousand_errors_take_tens_of_calls(excel):
    _book, engine, sheet = excel
    sheet.apply(wrong())
    assert sum(engine.calls.values()) <= 50
    assert len(sheet.marked_cells()) == ROWS
    engine.calls.clear()
    assert sheet.clear() == ROWS
    assert sum(engine.calls.values()) <= 50
    assert sheet.used_area() == Area(1, 1, ROWS + 1, 2)


def test_reading_mixed_formats_and_filtered_rows_takes_a_few_calls(excel):
    _book, engine, sheet = excel
    for row in range(2, ROWS, 2):
        sheet.sheet.impl.formats[row, 1] = "00000"
    sheet.sheet.impl.hidden_rows = set(range(3, ROWS, 3))
    block = sheet.read(Area(1, 1, ROWS + 1, 2))
    assert sum(engine.calls.values()) <= 10
    assert block.hidden_rows == set(range(3, ROWS, 3))
    assert (block.number_format(2, 1), block.number_format(3, 1)) == ("00000", "General")


def test_filtered_rows_get_their_marks_as_well(excel):
    _book, _engine, sheet = excel
    sheet.sheet.impl.hidden_rows = {3}
    sheet.apply(wrong([2, 3]))
    assert list(sheet.marked_cells()) == [(2, 2), (3, 2)]
    assert [row[0] for row in sheet.read(Area(2, 3, 3, 3)).rows] == ["Rejected: bad"] * 2


@pytest.mark.parametrize(
    "fill", [(1, "t5:0.4", ""), (17, "c16777215", "c255"), (-4128, "c255", "t2:0"), (4000, "", "")], ids=str
)
def test_theme_and_pattern_fills_come_back_exactly(excel, fill):
    _book, _engine, sheet = excel
    sheet.sheet.impl.patterns[2, 2] = fill
    sheet.apply(wrong([2]))
    sheet.apply(wrong([2], "still bad"))
    assert "still bad" in sheet.sheet.range((2, 2)).note.text
    sheet.clear()
    found = sheet.sheet.impl.patterns[2, 2]
    assert (found[0], found[1].replace(":0.0", ":0"), found[2].replace(":0.0", ":0")) == fill
    assert sheet.sheet.range((2, 2)).note is None


def state(sheet):
    impl = sheet.sheet.impl
    notes = {cell: note._text for cell, note in impl.note_texts.items()}
    return copy.deepcopy((impl.values, impl.colors, impl.patterns, notes))


def test_an_excel_that_refuses_at_any_call_ends_up_with_the_same_marks(excel, monkeypatch):
    """Busy for three calls from the n-th on, for every n: nothing is missing and nothing is there twice."""
    book, engine, sheet = excel
    monkeypatch.setattr(patience, "sleep", lambda _seconds: None)
    before = state(sheet)
    rows = [2, 3, 7]
    sheet.apply(wrong(rows))
    wanted = state(sheet)
    total = sum(engine.calls.values())
    sheet.clear()
    assert state(sheet)[0] == before[0]
    for call in range(total):
        engine.refuse_from(call, 3)
        sheet.apply(wrong(rows))
        assert state(sheet) == wanted, f"busy at call {call}"
        engine.refuse_from(call, 3)
        sheet.clear()
        assert state(sheet) == before, f"busy at call {call} of clearing"
    app = book.book.app
    assert (app.screen_updating, app.calculation) == (True, "automatic")


def test_an_excel_busy_for_too_long_is_reported_and_its_settings_come_back(excel, monkeypatch):
    book, engine, sheet = excel
    monkeypatch.setattr(patience, "sleep", lambda _seconds: None)
    engine.refuse_from(8, 20)
    with pytest.raises(WorkbookError, match="being edited"):
        sheet.apply(wrong([2]))
    app = book.book.app
    assert (app.screen_updating, app.calculation) == (True, "automatic")


def test_long_texts_go_by_themselves_and_too_long_ones_are_refused(excel):
    _book, _engine, sheet = excel
    long = "ä" * 30_000
    sheet.write(2, 2, [["short"], [long], ["short"]])
    assert [row[0] for row in sheet.read(Area(2, 2, 4, 2)).rows] == ["short", long, "short"]
    with pytest.raises(WorkbookError, match="32,768"):
        sheet.write(2, 2, [["x" * 32_768]])
