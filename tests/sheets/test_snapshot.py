"""A copy of a sheet for a thread: same values, little memory, marks for the real sheet wherever its rows are now."""

import tracemalloc

import pytest

from tests.contracts.sheet_contract import SheetContract
from tests.contracts.sheet_contract import plan as contract_plan
from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.core.table import Block
from xlsc.errors import WorkbookError
from xlsc.sheets.joined import JoinedSheet
from xlsc.sheets.memory import MemoryBook, MemorySheet
from xlsc.sheets.port import ListObject
from xlsc.sheets.snapshot import SnapshotBook


class TestSnapshot(SheetContract):
    def book(self, tmp_path):
        real = MemoryBook(sheet_name="Data")
        return SnapshotBook(real, [real.sheet()])

    def reopen(self, book, tmp_path):
        return book


@pytest.fixture
def real():
    book = MemoryBook(sheet_name="Data")
    book.sheet().write(1, 1, [["No", "Name"], ["001", "Ann"], ["002", "Bob"], ["003", None]])
    return book


def wrong(row):
    status = RowStatus(row, RowState.REJECTED, "Rejected: bad")
    return MarkPlan(1, 3, "sent", [status], [CellMark(row, 1, "bad")], [2, 3, 4], [1, 2])


def test_a_copy_holds_what_the_sheet_held(real):
    sheet = real.sheet()
    sheet.formats[2, 1] = "000"
    sheet.hidden_rows = frozenset((3,))
    sheet.tables = (ListObject("T", Area(1, 1, 4, 2)),)
    real.write_properties({"xlsc.a": "1"})
    copy = SnapshotBook(real, [sheet])
    sheet.write(2, 1, [["changed"]])
    found = copy.sheet().read(Area(1, 1, 5, 3))
    rows = [["No", "Name", None], ["001", "Ann", None], ["002", "Bob", None], ["003", None, None], [None] * 3]
    assert [list(row) for row in found.rows] == rows
    assert (found.number_format(2, 1), found.number_format(2, 3), found.hidden_rows) == ("000", "General", {3})
    assert copy.sheet().list_objects() == list(sheet.tables)
    assert copy.read_properties() == {"xlsc.a": "1"}
    assert [list(row) for row in copy.sheet().read(Area(3, 2, 4, 2)).rows] == [["Bob"], [None]]


def test_marks_go_to_the_real_sheet_when_they_are_asked_for(real):
    copy = SnapshotBook(real, [real.sheet()])
    copy.sheet().apply(wrong(3))
    assert copy.sheet().read(Area(3, 3, 3, 3)).rows[0][0] == "Rejected: bad"
    assert real.sheet().marked_cells() == []
    copy.show_waiting()
    assert copy.lost_rows == 0
    assert real.sheet().marked_cells() == [(3, 1)]
    copy.show_waiting()
    assert copy.lost_rows == 0


def test_marks_follow_rows_that_were_sorted_and_leave_edited_ones_alone(real):
    copy = SnapshotBook(real, [real.sheet()])
    copy.sheet().apply(wrong(3))
    copy.sheet().apply(wrong(2))
    real.sheet().write(2, 1, [["002", "Bob"], ["003", None], ["001", "Anna"]])
    copy.show_waiting()
    assert copy.lost_rows == 2
    assert real.sheet().marked_cells() == []
    assert real.sheet().read(Area(2, 3, 2, 3)).rows[0][0] == "Rejected: bad"


def test_what_cannot_be_shown_goes_on_waiting(real):
    copy = SnapshotBook(real, [real.sheet()])
    copy.sheet().apply(wrong(3))
    real.sheet().is_protected = True
    with pytest.raises(WorkbookError, match="protected"):
        copy.show_waiting()
    real.sheet().is_protected = False
    copy.show_waiting()
    assert copy.lost_rows == 0
    assert real.sheet().marked_cells() == [(3, 1)]


def test_header_and_lines_on_two_sheets_get_their_marks_wherever_their_rows_are():
    book = MemoryBook(sheet_name="Orders")
    book.sheet().write(1, 1, [["Order", "Customer"], ["1", "ann"], ["2", "bob"]])
    book.add_sheet("Lines").write(1, 1, [["Order", "Item"], ["1", "pen"], ["2", "ink"], ["2", "cap"]])
    copy = SnapshotBook(book, [book.sheet("Lines"), book.sheet("Orders")])
    joined = JoinedSheet(copy.sheet("Orders"), copy.sheet("Lines"), ["Order"])
    states = [RowStatus(row, RowState.REJECTED, "Rejected: bad") for row in (3, 4)]
    joined.apply(MarkPlan(1, 4, "sent", states, [CellMark(3, 3, "no such"), CellMark(4, 2, "none")], [3, 4], [1, 2, 3]))
    book.sheet("Orders").write(2, 1, [["2", "bob"], ["1", "ann"]])
    book.sheet("Lines").write(2, 1, [["2", "cap"], ["2", "ink"], ["1", "pen"]])
    copy.show_waiting()
    assert copy.lost_rows == 0
    assert book.sheet("Orders").marked_cells() == [(2, 2)]
    assert book.sheet("Lines").marked_cells() == [(2, 2)]
    assert book.sheet("Lines").read(Area(2, 4, 4, 4)).rows == [["Rejected: bad"], ["Rejected: bad"], [None]]


class ReadOnce(MemorySheet):
    """Gives the same block each time, as a host does that read it in one call."""

    def read(self, area):
        return BLOCK


BLOCK = Block(Area(1, 1, 5_000, 20), [["same"] * 20 for _ in range(5_000)], ["General"] * 20, {}, frozenset())


def test_a_copy_keeps_no_object_per_cell():
    sheet = ReadOnce("Data", {(5_000, 20): "same"})
    tracemalloc.start()
    copy = SnapshotBook(MemoryBook(), [sheet])
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert copy.sheet().used_area() == Area(1, 1, 5_000, 20)
    assert kept < 100_000


def test_contract_plans_without_sent_columns_are_kept_too(real):
    copy = SnapshotBook(real, [real.sheet()])
    copy.sheet().apply(contract_plan([(2, 2, "bad")], [(2, "Rejected: bad")], [2], column=3))
    copy.show_waiting()
    assert copy.lost_rows == 0


def test_a_joined_sheet_is_blank_beyond_its_columns():
    book = MemoryBook(sheet_name="Orders")
    book.sheet().write(1, 1, [["Order", "Customer"], ["1", "ann"]])
    book.add_sheet("Lines").write(1, 1, [["Order", "Item"], ["1", "pen"]])
    found = JoinedSheet(book.sheet("Orders"), book.sheet("Lines"), ["Order"]).read(Area(2, 1, 2, 5))
    assert list(found.rows[0]) == ["1", "pen", "ann", None, None]
    assert len(found.column_formats) == 5
