"""Templates that people damaged: what is wrong is named with its cell and the next step, and nothing is sent."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NUMBERS = itertools.count(1)
HEADERS = ["Customer no.", "Name", "Address", "City", "State", "ZIP", "E-mail", "Phone", "Terms", "Credit limit"]


@pytest.fixture
def path(tmp_path) -> Path:
    """Two customers with an e-mail address each."""
    path = Path(shutil.copy(TEMPLATES / "customers.xlsx", tmp_path))
    stamp = f"D{os.getpid()}{next(NUMBERS)}"

    def fill(book):
        for row in (2, 3):
            values = {"A": f"{stamp}{row}", "B": f"Name {row}", "G": f"mail{row}@example.com", "I": "COD"}
            for column, value in values.items():
                book["Data"][f"{column}{row}"] = value

    change(path, fill)
    return path


def change(path, what):
    book = openpyxl.load_workbook(path)
    what(book)
    book.save(path)


def refused(cli, path, *options):
    """What ``send`` says when it sends nothing and leaves the file alone."""
    before = path.read_bytes()
    answer = cli("send", path, *options)
    assert answer.code == 2, answer.out
    assert path.read_bytes() == before
    return answer.err


def accepted(cli, path, *options):
    answer = cli("send", path, *options, "--json")
    return answer.json.get("accepted", answer.json)


def headers(path, row=1):
    return [cell.value for cell in openpyxl.load_workbook(path)["Data"][row]]


class Test_Headers:  # noqa: N801 - reads as a title
    @pytest.mark.parametrize(
        ("cell", "text", "words"),
        [
            ("G1", "Mail", ["G1 says 'Mail'", "'E-mail'"]),
            ("G1", "Contact", ["G1 says 'Contact'", "'E-mail'"]),
            ("G1", None, ["G1 is empty", "'E-mail'"]),
            ("A1", "Kunde", ["A1 says 'Kunde'", "'Customer no.'"]),
            ("K1", "seit", ["K1 says 'seit'", "'Customer since'"]),
        ],
    )
    def test_one_that_was_renamed_is_named_and_restored(self, path, signed_in, cell, text, words):
        change(path, lambda book: book["Data"].__setitem__(cell, text))
        said = refused(signed_in, path)
        assert [word for word in [*words, "xlsc template update"] if word not in said] == []
        assert signed_in("check", path).code == 2
        done = signed_in("template", "update", path, "--json").json
        assert [header for _, header in done["restored"]] == [words[1].strip("'")]
        assert headers(path)[:10] == HEADERS
        assert accepted(signed_in, path) == 2

    def test_two_side_by_side_are_restored_in_their_order(self, path, signed_in):
        change(path, lambda book: book["Data"].__setitem__("F1", "x"))
        change(path, lambda book: book["Data"].__setitem__("G1", "y"))
        assert signed_in("template", "update", path, "--json").json["restored"] == [["x", "ZIP"], ["y", "E-mail"]]
        assert headers(path)[:10] == HEADERS

    def test_one_is_restored_where_it_stands_after_columns_moved(self, path, signed_in):
        def move(book):
            data = book["Data"]
            del data.tables["Data"]
            data.insert_cols(1, 2)
            data.insert_rows(1, 3)
            data["A4"], data["B4"], data["I4"] = "My note", "Mine too", "Mails"
            data["A5"] = "call"

        change(path, move)
        assert "I4 says 'Mails'" in refused(signed_in, path)
        assert signed_in("template", "update", path, "--json").json["restored"] == [["Mails", "E-mail"]]
        assert headers(path, 4)[:10] == ["My note", "Mine too", *HEADERS[:8]]
        assert accepted(signed_in, path) == 2

    def test_a_column_that_was_deleted_is_no_damage(self, path, signed_in):
        def delete(book):
            del book["Data"].tables["Data"]
            book["Data"].delete_cols(8)

        change(path, delete)
        assert accepted(signed_in, path) == 2

    def test_a_key_column_that_was_deleted_is_named(self, path, signed_in):
        def delete(book):
            del book["Data"].tables["Data"]
            book["Data"].delete_cols(1)

        change(path, delete)
        assert "CustomerNumber" in refused(signed_in, path)

    def test_those_of_two_sheets_are_restored_each_on_its_own(self, tmp_path, signed_in):
        path = Path(shutil.copy(TEMPLATES / "sales_orders_lines.xlsx", tmp_path))

        def fill(book):
            orders, lines = book["Orders"], book["Lines"]
            orders["A2"], orders["B2"], orders["C2"] = f"O{os.getpid()}", "2026-02-02", "AARON01"
            lines["A2"], lines["B2"], lines["C2"], lines["D2"] = f"O{os.getpid()}", 1, "LAMP-01", 2
            orders["C1"], lines["C1"] = "Kunde", "Artikel"

        change(path, fill)
        assert "Orders: C1 says 'Kunde'" in refused(signed_in, path)
        done = signed_in("template", "update", path, "--json").json
        assert done["restored"] == [["Kunde", "Customer"], ["Artikel", "Item"]]
        assert accepted(signed_in, path) == 1


class Test_Places:  # noqa: N801 - reads as a title
    def test_a_row_far_below_the_table_is_named(self, path, signed_in):
        change(path, lambda book: book["Data"].__setitem__("B60", "checked by me"))
        said = refused(signed_in, path)
        assert "B60" in said
        assert "A1:L51" in said

    def test_rows_named_with_a_range_go_though_something_stands_below(self, path, signed_in):
        change(path, lambda book: book["Data"].__setitem__("B60", "checked by me"))
        assert accepted(signed_in, path, "--range", "A2:L3") == 2

    def test_a_table_below_the_table_is_left_alone(self, path, signed_in):
        def add(book):
            data = book["Data"]
            data["A60"], data["B60"], data["A61"], data["B61"] = "Code", "Word", "COD", "cash on delivery"
            data.add_table(Table(displayName="Words", ref="A60:B61"))

        change(path, add)
        assert accepted(signed_in, path) == 2

    def test_a_table_made_smaller_keeps_the_rows_that_touch_it(self, path, signed_in):
        change(path, lambda book: setattr(book["Data"].tables["Data"], "ref", "A1:L2"))
        assert accepted(signed_in, path) == 2

    def test_private_columns_at_both_sides_are_left_alone_and_never_sent(self, path, signed_in, tmp_path):
        def add(book):
            data = book["Data"]
            data["M1"], data["M2"], data["M3"] = "My note", "secret word", "=1/0"
            data["N1"], data["N2"] = "E-mail of mine", "private@example.com"

        change(path, add)
        body = tmp_path / "body.xml"
        assert accepted(signed_in, path, "--save-request", body) == 2
        assert "secret word" not in body.read_text()
        assert "private@example.com" not in body.read_text()
        assert openpyxl.load_workbook(path)["Data"]["M2"].value == "secret word"

    def test_two_sheets_with_data_have_to_be_chosen_from(self, path, signed_in):
        def copy(book):
            book.copy_worksheet(book["Data"]).title = "Data 2"
            book["Data 2"].add_table(Table(displayName="Data2", ref="A1:L51"))
            book.active = book.sheetnames.index("Guide")

        change(path, copy)
        said = refused(signed_in, path)
        assert "Data, Data 2" in said
        assert "--sheet" in said
        assert accepted(signed_in, path, "--sheet", "Data") == 2

    def test_the_guide_is_never_sent(self, path, signed_in):
        change(path, lambda book: (setattr(book, "active", book.sheetnames.index("Guide")), book.remove(book["Data"])))
        assert "no sheet has a table" in refused(signed_in, path)


class Test_Copies:  # noqa: N801 - reads as a title
    def test_a_copy_of_the_whole_workbook_is_not_sent_twice(self, path, signed_in):
        copied = Path(shutil.copy(path, path.with_name("copy of customers.xlsx")))
        assert accepted(signed_in, path) == 2
        assert "accepted before" in refused(signed_in, copied)
        assert accepted(signed_in, copied, "--again") == 2

    def test_a_copy_of_a_sent_workbook_knows_what_was_accepted(self, path, signed_in):
        assert accepted(signed_in, path) == 2
        copied = Path(shutil.copy(path, path.with_name("copy of customers.xlsx")))
        report = signed_in("send", copied, "--json").json
        assert report["skip_reasons"] == {"accepted before": 2}

    def test_a_copied_sheet_is_not_sent_twice_either(self, path, signed_in):
        assert accepted(signed_in, path) == 2

        def copy(book):
            book.copy_worksheet(book["Data"]).title = "February"
            for row in (2, 3):
                book["February"].cell(row, 12).value = None

        change(path, copy)
        assert "accepted before" in refused(signed_in, path, "--sheet", "February")


class Test_The_Columns_Sheet:  # noqa: N801 - reads as a title
    @pytest.mark.parametrize(
        ("header", "row", "value", "words"),
        [
            ("Type", 4, "money", ["'money'", "integer"]),
            ("Check", 4, "often", ["'often'", "unique"]),
            ("Length", 3, "15 or so", ["'15 or so'"]),
            ("Length", 3, -15, ["'-15'"]),
            ("Key", 5, "perhaps", ["'perhaps'", "yes"]),
            ("Required", 5, "ja", ["'ja'", "yes"]),
            ("Column", 5, "CustomerName", ["row 3"]),
            ("Caption", 5, "Name", ["row 3"]),
            ("Column", 5, None, ["names no column"]),
        ],
    )
    def test_a_wrong_word_is_named_with_its_cell(self, path, signed_in, header, row, value, words):
        names = [cell.value for cell in openpyxl.load_workbook(path)["Columns"][1]]
        cell = f"{'ABCDEFGHIJKLMNOPQRST'[names.index(header)]}{row}"
        change(path, lambda book: book["Columns"].__setitem__(cell, value))
        said = refused(signed_in, path)
        assert [word for word in [f"Columns, cell {cell}", *words] if word not in said] == []

    def test_a_header_that_was_renamed_is_named(self, path, signed_in):
        change(path, lambda book: book["Columns"].__setitem__("A1", "Spalte"))
        assert "row 1 lacks the header Column" in refused(signed_in, path)

    def test_a_column_that_the_process_does_not_know_is_named(self, path, signed_in):
        change(path, lambda book: book["Columns"].__setitem__("A8", "EmailAdress"))
        said = refused(signed_in, path)
        assert [word for word in ("EmailAdress", "Email", "A8") if word not in said] == []

    def test_a_column_that_the_process_has_no_more_is_told(self, path, signed_in):
        change(path, lambda book: book["Columns"].__setitem__("A9", "Fax"))
        change(path, lambda book: book["Data"].__setitem__("H1", "Fax"))
        report = signed_in("send", path, "--json").json
        assert report["accepted"] == 2
        assert ["'Fax'" in remark for remark in report["remarks"]] == [True]

    @pytest.mark.parametrize("state", ["hidden", "veryHidden"])
    def test_it_holds_when_it_is_hidden(self, path, signed_in, state):
        def hide(book):
            book["Columns"].sheet_state = state
            book["Data"]["I3"] = "NET99"

        change(path, hide)
        report = signed_in("send", path, "--json").json
        assert (report["accepted"], [error["code"] for error in report["errors"]]) == (1, ["choice"])

    def test_it_is_missed_when_it_is_gone(self, path, signed_in):
        change(path, lambda book: book.remove(book["Columns"]))
        said = refused(signed_in, path)
        assert "sheet Columns is gone" in said

    def test_yes_and_no_may_be_switches(self, path, signed_in):
        change(path, lambda book: [book["Columns"].__setitem__(cell, cell[0] == "D") for cell in ("C5", "D8")])
        change(path, lambda book: book["Data"].__setitem__("G3", None))
        report = signed_in("send", path, "--json").json
        assert [(error["column"], error["code"]) for error in report["errors"]] == [("Email", "required")]
