"""Templates: built alike, filled, checked in their author's words, sent, marked, corrected."""

import datetime as dt
import hashlib
import os
from dataclasses import fields

import openpyxl
import pytest

from tests.templates.books import NUMBERS, ROOT, column, copied, fill
from xlsc.flows.template_files import build_templates, read_definition
from xlsc.outbox import RunLine


def test_the_shipped_workbooks_are_those_of_their_texts(tmp_path):
    build_templates(ROOT / "templates", tmp_path)
    shipped = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROOT / "templates").glob("*.xlsx")}
    built = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.xlsx")}
    assert built == shipped
    assert set(built) == {
        "customers.xlsx",
        "gl_journal.xlsx",
        "items.xlsx",
        "process_data.xlsx",
        "process_errors.xlsx",
        "purchase_journal.xlsx",
        "run_log.xlsx",
        "sales_orders.xlsx",
        "sales_orders_lines.xlsx",
    }


def test_the_run_log_has_a_column_for_all_that_a_line_says():
    columns = read_definition(ROOT / "templates" / "run_log.toml").columns
    assert {item.column for item in columns} == {item.name for item in fields(RunLine)} - {"service"}


SENT = [path for path in sorted((ROOT / "templates").glob("*.toml")) if path.stem != "run_log"]


@pytest.mark.parametrize("path", SENT, ids=lambda path: path.stem)
def test_every_definition_fits_its_sample_process(path, signed_in):
    template = read_definition(path)
    found = signed_in("columns", template.process, "--json").json["columns"]
    assert {item.column for item in template.columns} <= {item["name"] for item in found}
    assert {item.column for item in template.columns if item.key} == {item["name"] for item in found if item["key"]}


def test_customers_are_checked_in_captions_and_sent(signed_in, tmp_path):
    path = copied("customers", tmp_path)
    number = f"T{next(NUMBERS)}-{os.getpid()}"
    rows = [
        {"Customer no.": f"{number}a", "Name": "Ann", "Terms": "NET30", "Credit limit": 10},
        {"Customer no.": f"{number}b", "Name": "Bob", "Terms": "NET99", "Credit limit": "much"},
        {"Customer no.": f"{number}c", "Name": None, "Terms": "COD", "Customer since": dt.datetime(2025, 1, 31)},
    ]
    fill(path, rows)
    report = signed_in("send", path, "--json").json
    assert (report["accepted"], report["rejected"]) == (1, 2)
    assert {(error["row"], error["column"], error["code"]) for error in report["errors"]} == {
        (3, "TermsCode", "choice"),
        (3, "CreditLimit", "type"),
        (4, "CustomerName", "required"),
    }
    fill(path, [{}, {"Terms": "NET30", "Credit limit": 5}, {"Name": "Cid"}])
    again = signed_in("send", path, "--failed-only", "--json")
    assert (again.code, again.json["accepted"]) == (0, 2)
    assert [text.split(",")[0] for text in column(path, "SmartConnect")[:3]] == ["Accepted"] * 3


def test_a_journal_has_to_balance_before_it_goes(signed_in, tmp_path):
    path = copied("gl_journal", tmp_path)
    stamp = f"{os.getpid()}-{next(NUMBERS)}"
    day = dt.datetime(2026, 3, 2)

    def line(document, account, debit=None, credit=None, date=day):
        return {
            "Posting date": date,
            "Document no.": f"{document}-{stamp}",
            "Account": account,
            "Debit": debit,
            "Credit": credit,
        }

    rows = [
        line("A", "6100", 5), line("A", "1000", credit=5),
        line("B", "6100", 5), line("B", "1000", credit=4),
        line("C", "6100", 1), line("C", "1000", credit=1, date=dt.datetime(2026, 3, 3)),
    ]  # fmt: skip
    fill(path, rows)
    report = signed_in("send", path, "--json").json
    assert [item["state"] for item in report["rows"]] == ["accepted"] * 2 + ["rejected"] * 4
    assert {error["code"] for error in report["errors"]} >= {"balance", "same_value"}
    assert "Balance" not in str(report["errors"])
    formula = openpyxl.load_workbook(path)["Data"]["G2"].value
    assert formula.startswith("=IF(B2=")


def test_the_blank_marker_empties_and_an_empty_cell_leaves(signed_in, tmp_path):
    path, body = copied("items", tmp_path), tmp_path / "body.xml"
    fill(path, [{"Item": "LAMP-01", "Description": "Lamp", "Price": 1, "Class": "{blank}", "Unit": None}])
    answer = signed_in("send", path, "--save-request", body, "--dry-run", "--no-checks", "--json")
    assert answer.code == 2
    assert signed_in("send", path, "--save-request", body, "--dry-run", "--json").code == 0
    text = body.read_text()
    assert "<Class></Class>" in text or "<Class/>" in text or "<Class />" in text
    assert "<Unit>" not in text


def test_a_new_template_guesses_and_never_refuses_on_a_guess(signed_in, tmp_path):
    path = tmp_path / "new.xlsx"
    made = signed_in("template", "new", "SALES ORDERS", "-o", path, "--json").json
    assert set(made["guessed"]) == {"OrderDate", "Quantity", "UnitPrice"}
    assert signed_in("template", "new", "SALES ORDERS", "-o", path).code == 2
    fill(
        path,
        [
            {
                "OrderNo": "O-1",
                "OrderDate": "soon",
                "CustomerNumber": "AARON01",
                "LineNo": 1,
                "ItemNo": "LAMP-01",
                "Quantity": 1,
            }
        ],
    )
    report = signed_in("send", path, "--json").json
    assert report["runs"], "a guess held the row back"
    assert report["errors"][0]["message"] == "OrderDate: 'soon' is not a date."


def test_captions_may_be_in_any_language(signed_in, tmp_path):
    path, body = tmp_path / "sv.xlsx", tmp_path / "body.xml"
    assert signed_in("template", "new", "ITEMS", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    for row in book["Columns"].iter_rows(min_row=2):
        if row[0].value == "ItemNo":
            row[1].value = "Artikelnr på lager №"
    data = book["Data"]
    data["A1"] = "Artikelnr på lager №"
    data.tables["Data"].tableColumns[0].name = "Artikelnr på lager №"
    book.save(path)
    fill(path, [{"Artikelnr på lager №": "X1", "Description": "x", "UnitPrice": 1}])
    assert signed_in("send", path, "--dry-run", "--save-request", body, "--json").code == 0
    assert "<ItemNo>X1</ItemNo>" in body.read_text()


class TestHeaderAndLines:
    """Sales orders on two sheets."""

    def orders(self, tmp_path, **changed):
        path = copied("sales_orders_lines", tmp_path)
        stamp = f"{os.getpid()}-{next(NUMBERS)}"
        orders = [
            {"Order no.": f"{stamp}A", "Order date": dt.datetime(2026, 2, 2), "Customer": "AARON01"},
            {
                "Order no.": f"{stamp}B",
                "Order date": dt.datetime(2026, 2, 2),
                "Customer": changed.get("customer", "BAKER02"),
            },
        ]
        lines = [
            {"Order no.": f"{stamp}A", "Line": 1, "Item": "LAMP-01", "Quantity": 2},
            {"Order no.": f"{stamp}B", "Line": 1, "Item": "PAPER-A4", "Quantity": 5},
            {"Order no.": f"{stamp}A", "Line": 2, "Item": changed.get("item", "TONER-7"), "Quantity": 1},
        ]
        fill(path, orders, "Orders")
        fill(path, lines, "Lines")
        return path

    def test_lines_go_with_their_header(self, signed_in, tmp_path):
        path, body = self.orders(tmp_path), tmp_path / "body.xml"
        report = signed_in("send", path, "--save-request", body, "--json").json
        assert (report["read"], report["accepted"], report["runs"][0]["documents"]) == (3, 3, 2)
        assert body.read_text().count("<CustomerNumber>AARON01</CustomerNumber>") == 2
        assert [text.split(",")[0] for text in column(path, "SmartConnect", "Lines")[:3]] == ["Accepted"] * 3
        assert [text.split(",")[0] for text in column(path, "SmartConnect", "Orders")[:2]] == ["Accepted"] * 2

    def test_marks_stand_on_the_sheet_of_their_cell(self, signed_in, tmp_path):
        path = self.orders(tmp_path, customer="NOBODY9", item="NO-ITEM")
        assert signed_in("send", path, "--json").json["rejected"] == 3
        book = openpyxl.load_workbook(path)
        marked = {
            (sheet.title, cell.coordinate)
            for sheet in (book["Orders"], book["Lines"])
            for row in sheet.iter_rows(min_row=2)
            for cell in row
            if cell.fill.patternType
        }
        # The other line of the wrong order has no wrong cell: its key cell is marked.
        assert marked == {("Orders", "C3"), ("Lines", "C4"), ("Lines", "A2")}
        fill(path, [{}, {"Customer": "BAKER02"}], "Orders")
        fill(path, [{}, {}, {"Item": "TONER-7"}], "Lines")
        assert signed_in("send", path, "--failed-only", "--json").json["accepted"] == 3
        assert signed_in("clear", path).code == 0

    def test_a_header_without_lines_and_one_that_stands_twice_are_named(self, signed_in, tmp_path):
        path = self.orders(tmp_path)
        fill(path, [{}, {}, {"Order no.": "LONELY"}], "Orders")
        answer = signed_in("send", path)
        assert (answer.code, "A4" in answer.err) == (2, True)
        fill(path, [{}, {}, {"Order no.": column(path, "Order no.", "Orders")[0]}], "Orders")
        assert "rows 2 and 4" in signed_in("send", path).err

    def test_a_line_without_a_header_misses_what_the_header_says(self, signed_in, tmp_path):
        path = self.orders(tmp_path)
        fill(path, [{}, {}, {}, {"Order no.": "NOBODY", "Line": 1, "Item": "LAMP-01", "Quantity": 1}], "Lines")
        report = signed_in("send", path, "--json").json
        assert (report["accepted"], report["rejected"]) == (3, 1)
        assert {error["column"] for error in report["errors"]} == {"OrderDate", "CustomerNumber"}
