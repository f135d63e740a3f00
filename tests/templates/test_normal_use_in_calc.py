"""What people do to a filled template in LibreOffice; then it is sent as if nothing had happened."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.calc.office import struct
from tests.templates.person import NO_COLOUR, at_calc
from xlsc.core.template import DATA_SHEET
from xlsc.flows.rules import read_rules
from xlsc.sheets.binding import read_binding
from xlsc.sheets.files import open_book

pytestmark = pytest.mark.office
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NUMBERS = itertools.count(1)
LAST = "SmartConnect"


@pytest.fixture
def stamp() -> str:
    return f"C{os.getpid()}{next(NUMBERS)}"


@pytest.fixture
def customers(office, signed_in, tmp_path, stamp) -> Path:
    """Three customers, the second of which has unknown terms; not sent."""
    path = Path(shutil.copy(TEMPLATES / "customers.xlsx", tmp_path))
    with at_calc(office, path) as workbook:
        for row, terms in ((2, "COD"), (3, "NET99"), (4, "NET30")):
            texts = {"A": f"{stamp}{row}", "B": f"Name {row}", "E": "WA", "I": terms}
            workbook.type("Data", {f"{column}{row}": text for column, text in texts.items()})
    return path


def sent(cli, path, *options):
    answer = cli("send", path, *options, "--json")
    assert answer.code in (0, 1), answer.err
    return answer.json


def counts(report):
    return {name: report[name] for name in ("accepted", "rejected", "skipped", "unknown") if report[name]}


def correct(office, path, cell, text="COD"):
    with at_calc(office, path) as workbook:
        workbook.type("Data", {cell: text})


def test_rows_sorted_after_marking_keep_their_marks(customers, office, signed_in):
    assert counts(sent(signed_in, customers)) == {"accepted": 2, "rejected": 1}
    with at_calc(office, customers) as workbook:
        workbook.on("Data", "A2:L4", "DataSort", ByRows=True, Col1=2, Ascending1=False)
        assert [workbook.cell("Data", f"B{row}").String for row in (2, 3, 4)] == ["Name 4", "Name 3", "Name 2"]
        workbook.on("Data", "A2:L4", "DataSort", ByRows=True, Col1=9, Ascending1=False)
        assert [workbook.cell("Data", f"I{row}").String for row in (2, 3, 4)] == ["NET99", "NET30", "COD"]
        assert workbook.colour("Data", "I2") != NO_COLOUR
        workbook.type("Data", {"I2": "NET10"})
    assert counts(sent(signed_in, customers, "--failed-only")) == {"accepted": 1, "skipped": 2}
    assert open_book(customers).sheet("Data").marked_cells() == []


def test_filtered_rows_stay_here_and_go_when_they_are_shown(customers, office, signed_in):
    correct(office, customers, "I3")
    with at_calc(office, customers) as workbook:
        filtered = workbook.sheet("Data").getCellRangeByName("A1:L51").createFilterDescriptor(True)
        field = struct("sheet.TableFilterField")
        field.Field, field.StringValue, field.IsNumeric = 1, "Name 3", False
        field.Operator = type(field.Operator)("com.sun.star.sheet.FilterOperator", "EQUAL")
        filtered.setFilterFields((field,))
        filtered.ContainsHeader = True
        workbook.sheet("Data").getCellRangeByName("A1:L51").filter(filtered)
        assert not workbook.sheet("Data").Rows.getByIndex(1).IsVisible
    report = sent(signed_in, customers)
    assert (counts(report), report["skip_reasons"]) == ({"accepted": 1, "skipped": 2}, {"hidden": 2})
    report = sent(signed_in, customers, "--hidden-rows", "include")
    assert counts(report) == {"accepted": 2, "skipped": 1}


def test_hidden_columns_are_sent(customers, office, signed_in, tmp_path):
    correct(office, customers, "I3")
    with at_calc(office, customers) as workbook:
        workbook.sheet("Data").Columns.getByName("I").IsVisible = False
        workbook.sheet("Data").Columns.getByName("B").IsVisible = False
    body = tmp_path / "body.xml"
    assert counts(sent(signed_in, customers, "--save-request", body)) == {"accepted": 3}
    assert body.read_text().count("<TermsCode>COD</TermsCode>") == 2


def test_rows_and_columns_inserted_in_the_middle_and_rows_deleted(customers, office, signed_in):
    assert counts(sent(signed_in, customers)) == {"accepted": 2, "rejected": 1}
    with at_calc(office, customers) as workbook:
        data = workbook.sheet("Data")
        data.Rows.insertByIndex(2, 2)
        data.Columns.insertByIndex(1, 1)
        workbook.type("Data", {"B1": "My note", "B5": "call them", "J5": "COD"})
        data.Rows.removeByIndex(1, 1)
    report = sent(signed_in, customers)
    assert counts(report) == {"accepted": 1, "skipped": 1}
    assert openpyxl.load_workbook(customers)["Data"]["B4"].value == "call them"


def test_a_column_cut_and_pasted_beside_the_table_is_found_there(customers, office, signed_in):
    correct(office, customers, "I3")
    move_column(office, customers, "A1:A51", "N1")
    answer = signed_in("send", customers)
    assert (answer.code, "N1" in answer.err, "A1:L51" in answer.err) == (2, True, True)
    move_column(office, customers, "N1:N51", "M1")
    assert counts(sent(signed_in, customers)) == {"accepted": 3}


def move_column(office, path, area, target):
    with at_calc(office, path) as workbook:
        data = workbook.sheet("Data")
        data.moveRange(
            data.getCellRangeByName(target).getCellAddress(), data.getCellRangeByName(area).getRangeAddress()
        )


def test_the_data_sheet_renamed_and_moved_behind_the_others(customers, office, signed_in):
    correct(office, customers, "I3")
    with at_calc(office, customers) as workbook:
        workbook.sheet("Data").Name = "Kunden 2026"
        workbook.document.Sheets.moveByName("Kunden 2026", 3)
        workbook.go_to("Guide")
    assert counts(sent(signed_in, customers)) == {"accepted": 3}


def test_cut_and_paste_of_cells_and_of_numbers_from_elsewhere(customers, office, signed_in, stamp, tmp_path):
    correct(office, customers, "I3")
    with at_calc(office, customers) as workbook:
        data = workbook.sheet("Data")
        data.moveRange(
            data.getCellRangeByName("A30").getCellAddress(), data.getCellRangeByName("A3:L3").getRangeAddress()
        )
        scratch = workbook.document.Sheets
        scratch.insertNewByName("Scratch", 3)
        elsewhere = scratch.getByName("Scratch").getCellRangeByName("A1")
        elsewhere.Value = 98101
        data.copyRange(data.getCellRangeByName("F2").getCellAddress(), elsewhere.getRangeAddress())
    body = tmp_path / "body.xml"
    assert counts(sent(signed_in, customers, "--save-request", body)) == {"accepted": 3}
    assert "<ZipCode>98101</ZipCode>" in body.read_text()


def test_formulas_send_what_they_show_and_errors_are_named(customers, office, signed_in, tmp_path):
    with at_calc(office, customers) as workbook:
        data = workbook.sheet("Data")
        # A formula in a text cell is text to Calc, as it is to Excel: people format such a cell anew.
        for cell in ("B2", "I3", "D2", "D3"):
            data.getCellRangeByName(cell).NumberFormat = 0
        data.getCellRangeByName("B2").Formula = '="Alder"&" & Sons"'
        data.getCellRangeByName("J2").Formula = "=2*1250"
        data.getCellRangeByName("I3").Formula = "=1/0"
        data.getCellRangeByName("D2").Formula = '=IF(1=1;"";"x")'
    body = tmp_path / "body.xml"
    report = sent(signed_in, customers, "--save-request", body)
    assert counts(report) == {"accepted": 2, "rejected": 1}
    assert [(error["row"], error["column"]) for error in report["errors"]] == [(3, "TermsCode")]
    assert "#DIV/0!" in report["errors"][0]["message"]
    text = body.read_text()
    assert "<CustomerName>Alder &amp; Sons</CustomerName>" in text
    assert "<CreditLimit>2500</CreditLimit>" in text
    assert "<City>" not in text


def test_rows_below_a_table_that_did_not_grow_are_sent(customers, office, signed_in, stamp):
    correct(office, customers, "I3")
    with at_calc(office, customers) as workbook:
        cells = {}
        for row in range(5, 56):
            cells |= {f"A{row}": f"{stamp}{row}", f"B{row}": f"Name {row}", f"I{row}": "COD"}
        workbook.type("Data", cells)
    assert openpyxl.load_workbook(customers)["Data"].tables["Data"].ref == "A1:L51"
    assert counts(sent(signed_in, customers)) == {"accepted": 54}


def test_notes_of_people_stay_through_marking_and_correcting_in_calc(customers, office, signed_in):
    with at_calc(office, customers) as workbook:
        data = workbook.sheet("Data")
        data.Annotations.insertNew(data.getCellRangeByName("I3").getCellAddress(), "ask Ann")
        data.Annotations.insertNew(data.getCellRangeByName("I4").getCellAddress(), "terms\nagreed")
    assert counts(sent(signed_in, customers)) == {"accepted": 2, "rejected": 1}
    correct(office, customers, "I3")
    assert counts(sent(signed_in, customers, "--failed-only"))["accepted"] == 1
    with at_calc(office, customers, save=False) as workbook:
        assert workbook.note("Data", "I3") == "ask Ann"
        assert workbook.note("Data", "I4") == "terms\nagreed"
        assert workbook.colour("Data", "I3") == NO_COLOUR


def test_a_protected_sheet_with_unlocked_data_cells_is_used_as_any_other(customers, office, signed_in):
    with at_calc(office, customers) as workbook:
        data = workbook.sheet("Data")
        cells = data.getCellRangeByName("A2:L1000")
        protection = cells.CellProtection
        protection.IsLocked = False
        cells.CellProtection = protection
        data.protect("author's word")
    assert counts(sent(signed_in, customers)) == {"accepted": 2, "rejected": 1}
    correct(office, customers, "I3")
    assert counts(sent(signed_in, customers, "--failed-only"))["accepted"] == 1
    with at_calc(office, customers, save=False) as workbook:
        assert workbook.sheet("Data").isProtected()


def test_everything_of_the_template_is_still_there_after_calc(customers):
    template, saved = open_book(TEMPLATES / "customers.xlsx"), open_book(customers)
    assert read_binding(saved) == read_binding(template)
    assert read_rules(saved) == read_rules(template)
    assert saved.sheet_names() == template.sheet_names()
    assert [item.area for item in saved.sheet(DATA_SHEET).list_objects()] == [
        item.area for item in template.sheet(DATA_SHEET).list_objects()
    ]
