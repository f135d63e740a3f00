"""What every sheet adapter promises; a test class of an adapter derives from this one and makes books."""

from __future__ import annotations

from datetime import datetime

import pytest

from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.core.table import CellError
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.binding import Binding, read_binding, write_binding
from xlsc.sheets.port import Book, CellWrite, HeaderCell

FORMULA_LIKE = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'quoted"]


def plan(cells=(), statuses=(), cleared=(), header_row=1, column=4):
    rows = [RowStatus(row, RowState(text.split(":")[0].split(",")[0].lower()), text) for row, text in statuses]
    marks = [CellMark(row, place, note) for row, place, note in cells]
    return MarkPlan(header_row, column, "2026-01-31 10:00: sent.", rows, marks, list(cleared))


class SheetContract:
    """Give ``book``, an empty workbook whose one sheet is called Data, and ``reopen``, the same after a save."""

    def book(self, tmp_path) -> Book:
        raise NotImplementedError

    def reopen(self, book: Book, tmp_path) -> Book:
        raise NotImplementedError

    @pytest.fixture
    def opened(self, tmp_path):
        book = self.book(tmp_path)
        yield book
        book.close()

    @pytest.fixture
    def sheet(self, opened):
        found = opened.sheet("Data")
        found.write(1, 1, [["No", "Name", "Day"], ["001", "Ann", datetime(2026, 1, 31)], [1001.0, None, None]])
        return found

    def test_an_empty_sheet_has_no_used_area(self, opened):
        assert opened.sheet("data").used_area() is None
        assert list(opened.sheet_names()) == ["Data"]

    def test_values_come_back_as_they_went(self, sheet):
        assert sheet.used_area() == Area(1, 1, 3, 3)
        rows = [list(row) for row in sheet.read(Area(1, 1, 4, 4)).rows]
        assert rows == [
            ["No", "Name", "Day", None],
            ["001", "Ann", datetime(2026, 1, 31), None],
            [1001.0, None, None, None],
            [None] * 4,
        ]

    def test_an_area_may_begin_anywhere(self, sheet):
        assert [list(row) for row in sheet.read(Area(2, 2, 3, 3)).rows] == [
            ["Ann", datetime(2026, 1, 31)],
            [None, None],
        ]

    @pytest.mark.parametrize("text", FORMULA_LIKE)
    def test_texts_stay_texts(self, sheet, opened, tmp_path, text):
        sheet.write(5, 1, [[text]])
        sheet.write_cells([CellWrite(6, 1, text)])
        again = self.reopen(opened, tmp_path).sheet("Data")
        assert [row[0] for row in again.read(Area(5, 1, 6, 1)).rows] == [text, text]

    def test_booleans_and_errors_are_told_apart(self, sheet):
        sheet.write(5, 1, [[True, CellError("#N/A"), 0.1]])
        assert list(sheet.read(Area(5, 1, 5, 3)).rows[0]) == [True, CellError("#N/A"), 0.1]

    def test_line_breaks_and_odd_characters_survive(self, sheet, opened, tmp_path):
        text = "a\nb  c & <d> é 𝄞 _x0041_"
        sheet.write(5, 1, [[text]])
        assert self.reopen(opened, tmp_path).sheet("Data").read(Area(5, 1, 5, 1)).rows[0][0] == text

    def test_headers_are_written_where_asked(self, opened):
        sheet = opened.sheet("Data")
        sheet.write_headers(2, [HeaderCell(1, "Key", True, "A key."), HeaderCell(3, "Other", False)])
        assert list(sheet.read(Area(2, 1, 2, 3)).rows[0]) == ["Key", None, "Other"]

    def test_marks_show_and_go(self, sheet, opened, tmp_path):
        sheet.apply(plan([(2, 2, "bad"), (3, 3, "missing")], [(2, "Rejected: bad"), (3, "Rejected: missing")], [2, 3]))
        again = self.reopen(opened, tmp_path).sheet("Data")
        assert list(again.marked_cells()) == [(2, 2), (3, 3)]
        assert [row[0] for row in again.read(Area(1, 4, 3, 4)).rows] == [
            "SmartConnect",
            "Rejected: bad",
            "Rejected: missing",
        ]
        assert again.clear() == 2
        assert list(again.marked_cells()) == []
        assert again.used_area() == Area(1, 1, 3, 3)

    def test_marks_of_other_rows_stay(self, sheet):
        sheet.apply(plan([(2, 2, "bad"), (3, 1, "worse")], [(2, "Rejected: bad"), (3, "Rejected: worse")], [2, 3]))
        sheet.apply(plan([], [(2, "Accepted, run 2")], [2]))
        assert list(sheet.marked_cells()) == [(3, 1)]
        assert [row[0] for row in sheet.read(Area(2, 4, 3, 4)).rows] == ["Accepted, run 2", "Rejected: worse"]

    def test_the_same_marks_twice_are_the_same(self, sheet):
        for _ in range(3):
            sheet.apply(plan([(2, 2, "bad")], [(2, "Rejected: bad")], [2]))
        assert list(sheet.marked_cells()) == [(2, 2)]
        assert sheet.clear() == 1
        assert sheet.clear() == 0

    def test_clearing_leaves_other_texts_of_the_status_column(self, sheet):
        sheet.write(3, 4, [["my own words"]])
        sheet.apply(plan([], [(2, "Accepted, run 2")], [2]))
        sheet.clear()
        assert [row[0] for row in sheet.read(Area(2, 4, 3, 4)).rows] == [None, "my own words"]

    def test_a_sheet_is_found_without_regard_to_case(self, opened):
        assert opened.sheet("DATA").name == "Data"
        assert opened.sheet().name == "Data"
        with pytest.raises(UsageError, match="Data"):
            opened.sheet("Nowhere")

    def test_sheets_are_added_at_the_end(self, opened):
        opened.add_sheet("More").write(1, 1, [["x"]])
        assert list(opened.sheet_names()) == ["Data", "More"]
        assert opened.sheet("more").read(Area(1, 1, 1, 1)).rows[0][0] == "x"
        with pytest.raises(UsageError):
            opened.add_sheet("data")
        with pytest.raises(UsageError):
            opened.add_sheet("a/b")

    def test_the_log_grows_row_by_row(self, opened, tmp_path):
        opened.append_log(["When", "Rows"], ["now", 3])
        opened.append_log(["When", "Rows"], ["later", 4])
        again = self.reopen(opened, tmp_path)
        assert list(again.sheet_names()) == ["Data", "SmartConnect log"]
        assert again.sheet().name == "Data"
        rows = again.sheet("SmartConnect log").read(Area(1, 1, 3, 2)).rows
        assert [list(row) for row in rows] == [["When", "Rows"], ["now", 3.0], ["later", 4.0]]

    def test_properties_are_remembered_and_forgotten(self, opened, tmp_path):
        long = "é" * 1000
        opened.write_properties({"xlsc.a": "1", "xlsc.long": long})
        again = self.reopen(opened, tmp_path)
        assert dict(again.read_properties()) == {"xlsc.a": "1", "xlsc.long": long}
        again.write_properties({"xlsc.a": None, "xlsc.long": "short"})
        assert dict(again.read_properties()) == {"xlsc.long": "short"}

    def test_the_binding_is_remembered(self, opened, tmp_path):
        assert read_binding(opened) is None
        binding = Binding("https://api.example.com/API", "c-1", "Contoso Ltd", "k-1", "GL JOURNAL")
        write_binding(opened, binding)
        assert read_binding(self.reopen(opened, tmp_path)) == binding

    def test_what_leaves_the_sheet_is_refused(self, sheet):
        with pytest.raises(WorkbookError, match="outside"):
            sheet.write(1_048_576, 1, [["a"], ["b"]])
