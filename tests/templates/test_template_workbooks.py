"""Templates: built alike, filled, checked in their author's words, sent, marked, corrected, migrated, given away."""

import datetime as dt
import hashlib
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from xlsc.core.template import HEADERS, TYPES, TemplateColumn, column_rules, document_rules, read_row, write_row
from xlsc.core.template_changes import compare
from xlsc.errors import UsageError
from xlsc.flows.rules import read_rules
from xlsc.flows.template_files import build_templates, read_definition
from xlsc.sheets.files import open_book

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = itertools.count(1)


def fill(path, rows, sheet="Data"):
    book = openpyxl.load_workbook(path)
    data = book[sheet]
    names = [cell.value for cell in data[1]]
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            data.cell(number, names.index(name) + 1, value)
    book.save(path)


def column(path, name, sheet="Data"):
    data = openpyxl.load_workbook(path)[sheet]
    place = [cell.value for cell in data[1]].index(name) + 1
    return [data.cell(row, place).value for row in range(2, data.max_row + 1)]


def copied(name, tmp_path):
    return Path(shutil.copy(ROOT / "templates" / f"{name}.xlsx", tmp_path / f"{name}.xlsx"))


def test_the_shipped_workbooks_are_those_of_their_texts(tmp_path):
    build_templates(ROOT / "templates", tmp_path)
    shipped = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (ROOT / "templates").glob("*.xlsx")}
    built = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.xlsx")}
    assert built == shipped
    assert len(built) >= 5


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*.toml")), ids=lambda path: path.stem)
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


class Test_Normal_Use:  # noqa: N801 - reads as a title
    """What people do to workbooks does not break a template."""

    def customers(self, tmp_path):
        path = copied("customers", tmp_path)
        stamp = f"{os.getpid()}{next(NUMBERS)}"
        fill(path, [{"Customer no.": f"N{stamp}{n}", "Name": f"Name {n}", "Terms": "COD"} for n in range(3)])
        return path

    def accepted(self, cli, path, **options):
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        answer = cli("send", path, *arguments, "--json")
        return answer.json["accepted"] if answer.code in (0, 1) else answer.out

    def test_columns_may_be_moved_and_inserted(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        del data.tables["Data"]
        data.insert_cols(1, 2)
        data["A1"], data["A2"] = "My column", "=1/0"
        book.save(path)
        assert self.accepted(signed_in, path) == 3

    def test_the_sheet_may_be_renamed_and_rows_may_be_sorted(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        data.title = "Kunden"
        rows = [[cell.value for cell in row] for row in data.iter_rows(min_row=2, max_row=4)]
        for number, row in enumerate(reversed(rows), start=2):
            for place, value in enumerate(row, start=1):
                data.cell(number, place, value)
        book.save(path)
        assert self.accepted(signed_in, path, sheet="Kunden") == 3

    def test_hidden_rows_are_skipped_and_told(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].row_dimensions[3].hidden = True
        book.save(path)
        report = signed_in("send", path, "--json").json
        assert (report["accepted"], report["skip_reasons"]) == (2, {"hidden": 1})

    def test_blank_rows_and_a_longer_table_do_not_matter(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        for cell in data[60]:
            cell.value = data.cell(2, cell.column).value
        data["A60"] = f"L{os.getpid()}{next(NUMBERS)}"
        data.tables["Data"].ref = "A1:L60"
        book.save(path)
        assert self.accepted(signed_in, path) == 4

    def test_merged_cells_are_named(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].merge_cells("B2:B3")
        book.save(path)
        assert "B2:B3" in self.accepted(signed_in, path)

    def test_a_second_table_is_named(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        for place, name in enumerate(("Customer no.", "Name", "Terms"), start=20):
            data.cell(1, place, name)
            data.cell(2, place, "x")
        data.add_table(openpyxl.worksheet.table.Table(displayName="Other", ref="T1:V2"))
        book.save(path)
        assert "Other" in self.accepted(signed_in, path)

    def test_a_protected_sheet_is_named_before_anything_is_sent(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].protection.enable()
        book.save(path)
        before = path.read_bytes()
        assert "protected" in str(self.accepted(signed_in, path))
        assert path.read_bytes() == before

    @pytest.mark.office
    def test_a_round_trip_through_libreoffice(self, signed_in, tmp_path):
        soffice = shutil.which("soffice")
        if soffice is None:
            if os.environ.get("XLSC_REQUIRE_ALL") == "1":
                pytest.fail("LibreOffice is not installed and XLSC_REQUIRE_ALL=1")
            pytest.skip("LibreOffice is not installed")
        path = self.customers(tmp_path)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        out = tmp_path / "out"
        kind = "xlsx:Calc MS Excel 2007 XML"
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        saved = out / "customers.xlsx"
        assert read_rules(open_book(saved)).captions["CustomerNumber"] == "Customer no."
        assert self.accepted(signed_in, saved) == 3


def test_an_update_migrates_a_filled_workbook_without_losing_a_value(signed_in, tmp_path):
    path = tmp_path / "old.xlsx"
    assert signed_in("template", "new", "ITEMS", "-o", path).code == 0
    book = openpyxl.load_workbook(path)
    data, columns = book["Data"], book["Columns"]
    # As if the process had once had other columns: Desc for Description, Colour, and no Class.
    for row in columns.iter_rows(min_row=2):
        row[0].value = {"Description": "Descriptio", "Class": "Colour"}.get(row[0].value, row[0].value)
    names = [cell.value for cell in data[1]]
    for old, new in (("Description", "Descriptio"), ("Class", "Colour")):
        place = names.index(old) + 1
        data.cell(1, place, new)
        data.tables["Data"].tableColumns[place - 1].name = new
    book.save(path)
    fill(path, [{"ItemNo": "U1", "Descriptio": "lamp", "Colour": "red", "UnitPrice": 2}])
    shown = signed_in("template", "update", path, "--dry-run", "--json").json
    assert (shown["added"], shown["removed"], shown["renamed"]) == (
        ["Class"],
        ["Colour"],
        [["Descriptio", "Description"]],
    )
    before = path.read_bytes()
    assert path.read_bytes() == before
    done = signed_in("template", "update", path, "--json").json
    assert done["kept_rows"] == 1
    assert column(path, "Description")[0] == "lamp"
    assert column(path, "Colour (removed)")[0] == "red"
    assert column(path, "Colour", "Kept columns")[0] == "red"
    assert "Class" in [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]]
    assert signed_in("template", "update", path, "--dry-run", "--json").json["renamed"] == []
    fill(path, [{"Class": "furniture"}])
    assert signed_in("send", path, "--json").json["accepted"] == 1


def test_damaged_headers_are_restored(signed_in, tmp_path):
    path = tmp_path / "t.xlsx"
    signed_in("template", "new", "ITEMS", "-o", path)
    fill(path, [{"ItemNo": f"D{os.getpid()}", "Description": "lamp", "UnitPrice": 2}])
    book = openpyxl.load_workbook(path)
    book["Data"]["A1"], book["Data"]["C1"] = "oops", None
    book.save(path)
    assert signed_in("send", path).code == 2
    done = signed_in("template", "update", path, "--json").json
    assert done["restored"] == [["oops", "ItemNo"], ["", "Unit"]]
    assert signed_in("send", path, "--json").json["accepted"] == 1


def test_publishing_strips_the_company_and_finds_what_must_not_leave(signed_in, tmp_path):
    path = tmp_path / "t.xlsx"
    signed_in("template", "new", "ITEMS", "-o", path)
    found = signed_in("template", "publish", path, "--json")
    assert (found.code, found.json["findings"]) == (0, [])
    assert found.json["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert set(open_book(path).read_properties()) == {"xlsc.process_id", "xlsc.template_version", "xlsc.columns_hash"}
    book = openpyxl.load_workbook(path)
    book.properties.creator = "Ann Author"
    book["Guide"]["A20"] = "https://example.com/API/x?token=abcdef"
    book["Guide"]["A21"] = "/".join(("", "home", "ann", "templates"))
    book.save(path)
    found = signed_in("template", "publish", path, "--json")
    assert found.code == 1
    assert len(found.json["findings"]) == 3


@pytest.mark.parametrize("kind", [*TYPES, "date?"])
def test_a_row_of_the_columns_sheet_comes_back(kind):
    item = TemplateColumn("A B", "Ä", key=True, type=kind, length=5, choices=("x", "y"), check="unique", help="h")
    cells = dict(zip(HEADERS.values(), write_row(item), strict=True))
    assert read_row(cells, "row 2") == item


def test_what_the_columns_sheet_does_not_know_is_named():
    with pytest.raises(UsageError, match="Sheet Columns, row 4: the type 'money'"):
        read_row({"column": "A", "type": "money"}, "Sheet Columns, row 4")
    with pytest.raises(UsageError, match="row 4: the check"):
        read_row({"column": "A", "check": "often"}, "row 4")


def test_guesses_make_no_rules():
    assert column_rules([TemplateColumn("A", type="date?")])[0].kind == "text"
    assert document_rules([TemplateColumn("A", check="debit")]) == []


def test_names_that_are_alike_are_renamed_not_lost():
    changes = compare(["CustNo", "Name", "Fax"], ["CustomerNo", "Name", "Email"])
    assert changes.renamed == (("CustNo", "CustomerNo"),)
    assert (changes.added, changes.removed) == (("Email",), ("Fax",))
    assert compare(["a", "B"], ["A", "b"]).is_empty


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
