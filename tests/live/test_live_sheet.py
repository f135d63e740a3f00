"""The port over real xlwings code, on an engine that imitates what bites in Excel."""

import pytest

from tests.contracts.sheet_contract import SheetContract, plan
from tests.excel_double.engine import Engine, new_book
from tests.excel_double.host import DoubleHost
from xlsc.core.addresses import Area
from xlsc.errors import WorkbookError
from xlsc.sheets import patience
from xlsc.sheets.live import LiveBook


def live(name: str = "Data") -> tuple[LiveBook, Engine]:
    book, engine = new_book(name)
    return LiveBook(book, DoubleHost()), engine


class TestLive(SheetContract):
    def book(self, tmp_path):
        return live()[0]

    def reopen(self, book, tmp_path):
        return book


@pytest.fixture
def excel():
    book, engine = live()
    sheet = book.sheet()
    sheet.write(1, 1, [["No", "Name"]] + [[f"{number:03d}", f"Name {number}"] for number in range(200)])
    engine.calls.clear()
    return book, engine, sheet


def test_reading_two_hundred_rows_takes_a_few_calls(excel):
    _book, engine, sheet = excel
    sheet.read(Area(1, 1, 201, 2))
    assert sum(engine.calls.values()) <= 6


def test_statuses_of_all_rows_are_one_write(excel):
    _book, engine, sheet = excel
    sheet.apply(plan([], [(row, "Accepted, run 1") for row in range(2, 202)], range(2, 202), column=3))
    assert engine.calls["write"] == 2
    assert sum(engine.calls.values()) <= 20


def test_a_busy_excel_is_waited_for_and_then_reported(excel, monkeypatch):
    _book, engine, sheet = excel
    pauses = []
    monkeypatch.setattr(patience, "sleep", pauses.append)
    engine.busy_calls = 3
    assert sheet.used_area() == Area(1, 1, 201, 2)
    assert pauses == [0.1, 0.2, 0.4]
    engine.busy_calls = 1000
    with pytest.raises(WorkbookError, match="being edited"):
        sheet.used_area()
    assert 10 <= sum(pauses[3:]) <= 12


def test_screen_and_calculation_come_back_whatever_happens(excel):
    book, _engine, sheet = excel
    app = book.book.app
    sheet.apply(plan([(2, 1, "x")], [(2, "Rejected: x")], [2], column=3))
    assert (app.screen_updating, app.calculation) == (True, "automatic")
    sheet.sheet.impl.is_protected = True
    with pytest.raises(WorkbookError, match="protected"):
        sheet.apply(plan([(2, 1, "x")], [(2, "Rejected: x")], [2], column=3))
    assert (app.screen_updating, app.calculation) == (True, "automatic")


def test_fills_and_notes_of_the_person_come_back(excel):
    _book, _engine, sheet = excel
    cell = sheet.sheet.range((2, 2))
    cell.color = (255, 255, 0)
    cell.add_note("mine")
    sheet.apply(plan([(2, 2, "wrong"), (3, 2, "wrong")], [(2, "Rejected: wrong")], [2, 3], column=3))
    assert cell.note.text == "mine\n\nSmartConnect: wrong"
    assert cell.color != (255, 255, 0)
    sheet.apply(plan([(2, 2, "still wrong")], [(2, "Rejected: still")], [2], column=3))
    assert cell.note.text == "mine\n\nSmartConnect: still wrong"
    assert sheet.clear() == 2
    assert (cell.color, cell.note.text) == ((255, 255, 0), "mine")
    assert sheet.sheet.range((3, 2)).color is None


def test_codes_dates_and_words_are_not_typed_away(excel):
    _book, _engine, sheet = excel
    texts = [
        "007",
        "1E5",
        "1/2",
        "2026-01-31",
        "TRUE",
        "=x",
        "+1",
        "-1",
        "@a",
        "5%",
        "1,000",
        "'q",
        "#N/A",
        "Ångström 7",
    ]
    sheet.write(300, 1, [[text] for text in texts])
    assert [row[0] for row in sheet.read(Area(300, 1, 313, 1)).rows][:-2] == texts[:-2]


def test_hidden_rows_formats_and_merged_cells_are_seen(excel):
    _book, _engine, sheet = excel
    sheet.sheet.impl.hidden_rows = {5, 6, 90}
    sheet.sheet.range((7, 1)).number_format = "00000"
    block = sheet.read(Area(2, 1, 100, 2))
    assert block.hidden_rows == {5, 6, 90}
    assert (block.number_format(7, 1), block.number_format(8, 1)) == ("00000", "General")
    assert list(sheet.merged_areas()) == []
    sheet.sheet.impl.merged = [(3, 1, 4, 1)]
    assert sheet.merged_areas() != []
