"""Templates of every version stay readable for ever: filled ones of each are checked, sent, updated and checked again.

The files are frozen as they were (base64, since no binary is a source here); they are never built anew.
"""

import base64
from pathlib import Path

import openpyxl
import pytest

from tests.templates.books import column, fill
from xlsc.core.template import HEADERS, LAYOUT_VERSION
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.sheets.files import open_book

FROZEN = Path(__file__).parent / "frozen"
#: Rows that each frozen file holds, and what a column of it says.
HELD = {
    "version_1_before_two_sheets": (2, ("Description", ["Lamp", "Chair"]), "Data"),
    "version_1": (2, ("Customer no.", ["001077", "001078"]), "Data"),
    "version_1_two_sheets": (2, ("Item", ["LAMP-01", "TONER-7"]), "Lines"),
    "version_2": (2, ("Customer no.", ["002077", "002078"]), "Data"),
}


def thawed(name, tmp_path):
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(base64.decodebytes((FROZEN / f"{name}.xlsx.b64").read_bytes()))
    return path


def test_each_version_up_to_this_one_is_kept():
    kept = {path.name.removesuffix(".xlsx.b64") for path in FROZEN.glob("*")}
    assert kept == set(HELD)
    assert {int(name.split("_")[1]) for name in kept} == set(range(1, LAYOUT_VERSION + 1))


@pytest.mark.parametrize("name", HELD)
def test_it_is_read_checked_sent_updated_and_checked_again(name, signed_in, tmp_path):
    path = thawed(name, tmp_path)
    rows, (header, texts), sheet = HELD[name]
    assert column(path, header, sheet)[:rows] == texts
    checked = signed_in("check", path, "--json").json
    assert (checked["read"], checked["rejected"], checked["remarks"]) == (rows, 0, [])
    sent = signed_in("send", path, "--json").json
    assert (sent["accepted"], sent["green"]) == (rows, True), sent["errors"]
    done = signed_in("template", "update", path, "--json").json
    assert (done["removed"], done["renamed"], done["restored"], done["kept_rows"]) == ([], [], [], 0)
    assert column(path, header, sheet)[:rows] == texts
    again = signed_in("check", path, "--again", "--json").json
    assert (again["read"], again["rejected"]) == (rows, 0), again["errors"]


def test_a_frozen_file_of_version_1_gets_the_columns_of_the_columns_sheet_it_lacks(signed_in, tmp_path):
    path = thawed("version_1_before_two_sheets", tmp_path)
    book = openpyxl.load_workbook(path)
    assert "Sheet" not in [cell.value for cell in book["Columns"][1]]
    for row in book["Columns"].iter_rows(min_row=2):
        if row[0].value == "Class":
            book["Columns"].delete_rows(row[0].row)
            break
    place = [cell.value for cell in book["Data"][1]].index("Class") + 1
    book["Data"].cell(1, place).value = "Kind"
    book["Data"].tables["Data"].tableColumns[place - 1].name = "Kind"
    book.save(path)
    assert signed_in("template", "update", path, "--json").json["added"] == ["Class"]
    headers = [cell.value for cell in openpyxl.load_workbook(path)["Columns"][1]]
    assert set(HEADERS) <= set(headers)
    assert column(path, "Kind")[0] == "furnishing"
    fill(path, [{"Class": "furnishing"}])
    assert signed_in("send", path, "--json").json["accepted"] == 2


def test_what_is_new_in_version_2_is_read_from_its_frozen_file(tmp_path):
    book = open_book(thawed("version_2", tmp_path))
    rules = read_rules(book)
    by_name = {rule.column: rule for rule in rules.columns}
    assert by_name["TermsCode"].choices == ("NET10", "NET30", "NET45", "NET60", "COD", "PREPAID")
    assert by_name["ZipCode"].pattern is not None
    assert rules.skip_markers == {"Phone": "n/a"}
    assert open_data_sheet(book, None, rules).name == "Data"
