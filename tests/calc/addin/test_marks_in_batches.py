"""Marks through the add-in's own VBA in Calc: tens of calls for thousands, the same as cell by cell, undone exactly."""

import pytest

from tests.calc.addin.book import build_macro_book
from tests.calc.engine import new_book, open_book
from tests.calc.host import CalcHost
from tests.contracts.sheet_contract import SheetContract, plan
from xlsc.core.addresses import Area
from xlsc.sheets.live import LiveBook

pytestmark = pytest.mark.office
#: xlGray50, and colours as VBA packs them.
HALF_GREY, RED, YELLOW = -4125, 255, 65535


def with_macros(engine, tmp_path, rows=()):
    found = LiveBook(open_book(engine, build_macro_book(tmp_path / "marks.xlsm", rows)), CalcHost())
    assert found.host._macros(found.sheet().sheet) is not None
    return found


class TestLiveOnCalcWithMacros(SheetContract):
    @pytest.fixture(autouse=True)
    def give_engine(self, engine):
        self.engine = engine

    def book(self, tmp_path):
        return with_macros(self.engine, tmp_path)

    def reopen(self, book, tmp_path):
        return book


def fill(sheet, count):
    sheet.write(1, 1, [["No", "Name"]] + [[f"N{number}", f"Name {number}"] for number in range(count)])


def wrong(count):
    rows = range(2, count + 2)
    return plan([(row, 2, f"bad {row}") for row in rows], [(row, "Rejected: bad") for row in rows], rows, column=3)


def looks(sheet, rows):
    """(fill, note, status) of each row's marked cell."""
    api = sheet.sheet.api
    cells = [(api.getCellByPosition(1, row - 1), api.getCellByPosition(2, row - 1)) for row in rows]
    return [(cell.CellBackColor, cell.getAnnotation().String, status.String) for cell, status in cells]


def test_a_thousand_marks_take_tens_of_calls(engine, tmp_path):
    """Ten thousand take as few (tests/live/test_live_batches.py); Calc's notes alone would take minutes for them."""
    count = 1_000
    sheet = with_macros(engine, tmp_path).sheet()
    fill(sheet, count)
    seen = [2, 3, 501, count, count + 1]
    before = looks(sheet, seen)
    engine.calls.clear()
    sheet.apply(wrong(count))
    assert sum(engine.calls.values()) <= 60, engine.calls
    assert [note for _, note, _ in looks(sheet, seen)] == [f"SmartConnect: bad {row}" for row in seen]
    assert len({color for color, _, _ in looks(sheet, seen)}) == 1
    assert len(sheet.marked_cells()) == count
    engine.calls.clear()
    assert sheet.clear() == count
    assert sum(engine.calls.values()) <= 60, engine.calls
    assert looks(sheet, seen) == before
    assert sheet.used_area() == Area(1, 1, count + 1, 2)


def test_batches_leave_what_marks_cell_by_cell_leave(engine, tmp_path):
    given = plan(
        [(2, 2, "bad"), (4, 1, "worse"), (4, 2, "worse"), (6, 2, "bad\nand more")],
        [(2, "Rejected: bad"), (3, "Accepted, run 3"), (4, "Rejected: worse"), (6, "Rejected: bad")],
        range(2, 7),
        column=3,
    )
    found, calls = [], []
    # The one without macros first: Calc finds those of any open workbook.
    for make in (lambda: LiveBook(new_book(engine), CalcHost()), lambda: with_macros(engine, tmp_path)):
        book = make()
        sheet = book.sheet()
        fill(sheet, 6)
        sheet.sheet.range((2, 2)).color = (255, 255, 0)
        sheet.sheet.range((4, 1)).add_note("mine")
        engine.calls.clear()
        sheet.apply(given)
        calls.append(dict(engine.calls))
        api = sheet.sheet.api
        cells = [api.getCellByPosition(column, row) for row in range(7) for column in range(3)]
        found.append([(cell.String, cell.CellBackColor, cell.getAnnotation().String) for cell in cells])
        assert sheet.clear() == 4
        assert sheet.sheet.range((4, 1)).note.text == "mine"
        assert sheet.sheet.range((2, 2)).color == (255, 255, 0)
        assert sheet.sheet.range((2, 2)).note is None
        book.book.close()
    assert found[0] == found[1]
    assert calls[1]["range"] < calls[0]["range"]


def test_patterns_and_colours_are_restored_exactly_and_notes_of_people_kept(engine, tmp_path):
    """Calc keeps a pattern for VBA alone and shows a mixed colour; both come back."""
    book = with_macros(engine, tmp_path)
    sheet = book.sheet()
    fill(sheet, 4)
    app, place = book.book.app, ("marks.xlsm", "Data")
    records = [("2", "2", str(HALF_GREY), f"c{RED}", f"c{YELLOW}", "+", "mine"), ("3", "2", "1", f"c{RED}", "", "", "")]
    app.macro("XlscMarks.XlscWriteLooks")(*place, "\x1e".join(map("\x1f".join, records)))
    asked = "\x1e".join(f"{row}\x1f2" for row in (2, 3, 4))
    before = app.macro("XlscMarks.XlscReadLooks")(*place, asked), looks(sheet, (2, 3, 4))
    assert f"{HALF_GREY}\x1fc{RED}\x1fc{YELLOW}" in before[0]
    assert len({color for color, _, _ in before[1]}) == 3
    sheet.apply(plan([(row, 2, "bad") for row in (2, 3, 4)], [(2, "Rejected: bad")], (2, 3, 4), column=3))
    assert looks(sheet, (2,))[0][1] == "mine\n\nSmartConnect: bad"
    marked = looks(sheet, (2, 3, 4))
    assert not {color for color, _, _ in marked} & {color for color, _, _ in before[1]}
    sheet.apply(plan([], [(row, "Accepted, run 2") for row in (2, 3, 4)], (2, 3, 4), column=3))
    sheet.clear()
    assert (app.macro("XlscMarks.XlscReadLooks")(*place, asked), looks(sheet, (2, 3, 4))) == before
