"""What an author writes on the Columns sheet holds: patterns, named lists, defaults, skip markers, own columns."""

import os

import openpyxl
import pytest

from tests.templates.books import NUMBERS, copied, fill
from tests.templates.office import converted
from xlsc.core.template import Template, TemplateColumn
from xlsc.flows.rules import read_rules
from xlsc.sheets.files import open_book
from xlsc.sheets.template_writer import write_template


def rule(path, name, **cells):
    """Change a row of the Columns sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["Columns"]
    headers = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == name:
            for header, value in cells.items():
                row[headers.index(header.replace("_", " "))].value = value
    book.save(path)


def found(report):
    return {(error["row"], error["column"], error["code"]) for error in report["errors"]}


def test_all_findings_come_in_one_pass(signed_in, tmp_path):
    path = copied("customers", tmp_path)
    fill(
        path,
        [
            {
                "Customer no.": "1" * 16,
                "Name": "x" * 61,
                "State": "W1",
                "ZIP": "98",
                "E-mail": "nobody",
                "Terms": "NET",
            },
            {"Name": None, "State": "WAA", "Credit limit": "much", "Customer since": "soon"},
        ],
    )
    report = signed_in("check", path, "--json").json
    assert found(report) == {
        (2, "CustomerNumber", "too_long"),
        (2, "CustomerName", "too_long"),
        (2, "State", "pattern"),
        (2, "ZipCode", "pattern"),
        (2, "Email", "pattern"),
        (2, "TermsCode", "choice"),
        (3, "CustomerNumber", "missing_key"),
        (3, "CustomerName", "required"),
        (3, "State", "too_long"),
        (3, "State", "pattern"),
        (3, "TermsCode", "required"),
        (3, "CreditLimit", "type"),
        (3, "CustomerSince", "type"),
    }


def test_a_named_list_may_grow_move_and_get_lost(signed_in, tmp_path):
    path = copied("customers", tmp_path)
    fill(path, [{"Customer no.": "1", "Name": "Ann", "Terms": "NET99"}])
    assert found(signed_in("check", path, "--json").json) == {(2, "TermsCode", "choice")}
    book = openpyxl.load_workbook(path)
    assert book["Data"].data_validations.dataValidation
    assert "TermsCodes" in {item.formula1 for item in book["Data"].data_validations.dataValidation}
    book["Lists"].title = "Our codes"
    book["Our codes"]["C9"] = "NET99"
    book.defined_names["TermsCodes"].attr_text = "'Our codes'!$C$9:$C$12"
    book.save(path)
    assert found(signed_in("check", path, "--json").json) == set()
    book = openpyxl.load_workbook(path)
    del book.defined_names["TermsCodes"]
    book.save(path)
    answer = signed_in("check", path)
    assert (answer.code, "TermsCodes" in answer.err) == (2, True)


def test_defaults_and_skip_markers_of_a_column(signed_in, tmp_path):
    path, body = copied("items", tmp_path), tmp_path / "body.xml"
    rule(path, "Unit", Default="BX")
    rule(path, "Class", Skip_marker="n/a")
    fill(
        path,
        [
            {"Item": "D1", "Description": "Lamp", "Price": 1, "Class": "N/A"},
            {"Item": "D2", "Description": "Lamp", "Price": 1, "Unit": "KG", "Class": "furnishing"},
            {"Item": "D3", "Description": "Lamp", "Price": 1, "Unit": "{blank}"},
        ],
    )
    report = signed_in("send", path, "--dry-run", "--save-request", body, "--json").json
    assert (report["read"], report["errors"]) == (3, [])
    text = body.read_text()
    assert text.count("<Unit>BX</Unit>") == 1
    assert text.count("<Unit>KG</Unit>") == 1
    assert text.count("<Class>") == 1
    assert "n/a" not in text.casefold()


def test_a_column_of_ones_own_is_not_sent_though_the_process_has_its_name(signed_in, tmp_path):
    path, body = copied("customers", tmp_path), tmp_path / "body.xml"
    book = openpyxl.load_workbook(path)
    book["Data"].cell(1, book["Data"].max_column + 1, "Remark")  # the process has such a column, the template not
    book.save(path)
    number = f"O{os.getpid()}{next(NUMBERS)}"
    fill(path, [{"Customer no.": number, "Name": "Ann", "Terms": "COD", "Remark": "owes me lunch"}])
    assert signed_in("send", path, "--save-request", body, "--json").json["accepted"] == 1
    assert "lunch" not in body.read_text()


def test_a_pattern_that_cannot_be_read_is_named(signed_in, tmp_path):
    path = copied("items", tmp_path)
    rule(path, "Unit", Pattern="/[/")
    fill(path, [{"Item": "D1", "Description": "Lamp", "Price": 1}])
    answer = signed_in("check", path)
    assert answer.code == 2
    assert "Columns" in answer.err
    assert "'/[/'" in answer.err


@pytest.mark.office
def test_the_balance_of_each_document_is_live_in_calc(tmp_path):
    path = copied("gl_journal", tmp_path)
    lines = [("001", 100, None), ("001", None, 60), ("1", 25.5, None), ("1", None, 25.5), ("JV*", 7, None)]
    fill(path, [{"Document no.": number, "Debit": debit, "Credit": credit} for number, debit, credit in lines])
    data = openpyxl.load_workbook(converted(path, tmp_path), data_only=True)["Data"]
    place = [cell.value for cell in data[1]].index("Balance") + 1
    assert [data.cell(row, place).value for row in range(2, 8)] == [40, 40, 0, 0, 7, 0]


def test_choices_that_no_drop_down_holds_go_onto_a_list_of_their_own(tmp_path):
    choices = tuple(f"Choice {number}, of many" for number in range(60))
    path = tmp_path / "t.xlsx"
    template = Template("P", "P", (TemplateColumn("No", key=True), TemplateColumn("Kind", choices=choices)))
    write_template(path, template, {"xlsc.process_id": "P", "xlsc.template_version": "2"})
    rules = read_rules(open_book(path))
    assert rules.columns[1].choices == choices
    book = openpyxl.load_workbook(path)
    assert book["Lists"].max_row == 61
    assert {item.formula1 for item in book["Data"].data_validations.dataValidation} >= {"Choices_2"}
