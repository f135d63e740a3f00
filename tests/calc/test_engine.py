"""The engine itself: what it must do as Excel does, and what a dying office means."""

import datetime as dt
import os
import signal

import openpyxl
import pytest
import xlwings as xw

from tests.calc.engine import Tables, new_book, open_book

pytestmark = pytest.mark.office
_deaths: list[int] = []


@pytest.fixture
def sheet(engine):
    return new_book(engine).sheets[0]


def test_values_are_typed_as_excel_types_them(sheet):
    sheet.range((1, 1)).value = [["001"], ["'001"], ["=1+1"], ["'=1+1"], ["TRUE"], ["#N/A"], ["Ann"], [None]]
    found = sheet.range((1, 1), (8, 1)).options(ndim=1, err_to_str=True).value
    assert found == [1.0, "001", 2.0, "=1+1", True, "#N/A", "Ann", None]


def test_dates_and_truth_values_are_told_from_numbers(sheet):
    sheet.range((1, 1)).value = [[dt.datetime(2026, 1, 31, 12), True, 46053.5]]
    assert sheet.range((1, 1), (1, 3)).value == [dt.datetime(2026, 1, 31, 12), True, 46053.5]


def test_a_format_for_texts_keeps_what_is_typed(sheet):
    sheet.range((1, 1), (2, 1)).number_format = "@"
    sheet.range((1, 1)).value = [["007"], ["=x"]]
    assert sheet.range((1, 1), (2, 1)).value == ["007", "=x"]


def test_notes_outlive_values_written_below_them(sheet):
    sheet.range((2, 2)).add_note("kept")
    sheet.range((1, 1)).value = [[1, 2], [3, 4]]
    assert sheet.range((2, 2)).note.text == "kept"


def test_looks_of_many_cells_are_one_answer_only_where_they_agree(sheet):
    area = sheet.range((1, 1), (2, 2))
    assert (area.color, area.number_format) == (None, "General")
    sheet.range((1, 1)).color = (255, 199, 206)
    sheet.range((1, 1)).number_format = "00000"
    assert (area.color, area.number_format) == ((0, 0, 0), None)
    assert sheet.range((1, 1)).color == (255, 199, 206)


def test_tables_and_selections_are_seen(engine, sheet):
    sheet.range((2, 1)).value = [["No", "Name"], [1, "Ann"]]
    Tables(sheet.impl).add("People", (2, 1), (3, 2))
    assert [(table.name, table.range.address) for table in sheet.impl.tables] == [("People", "$A$2:$B$3")]
    sheet.range((2, 1), (3, 1)).select()
    assert xw.App(impl=engine.apps.apps[0]).selection.address == "$A$2:$A$3"


def test_what_is_saved_is_what_is_opened(engine, sheet, tmp_path):
    sheet.range((1, 1)).value = [["No"], ["'001"]]
    sheet.freeze_panes.freeze_at("1:1")
    sheet.book.save(tmp_path / "kept.xlsx")
    sheet.book.close()
    again = open_book(engine, tmp_path / "kept.xlsx")
    assert again.sheets[0].range((1, 1), (2, 1)).value == ["No", "001"]
    # Calc itself forgets the panes of a document that it loads without showing it.
    kept = openpyxl.load_workbook(tmp_path / "kept.xlsx")
    assert kept["Data"].freeze_panes == "A2"
    kept.close()


def test_an_office_that_dies_costs_no_test(engine, office, sheet):
    if not _deaths:
        _deaths.append(office.process.pid)
        os.killpg(office.process.pid, signal.SIGKILL)
        office.process.wait()
    sheet.range((1, 1)).value = "alive"
    assert office.process.pid not in _deaths
    assert office.starts >= 2
