"""Templates in time: migrated with their rows in them, repaired, given away; the words of the Columns sheet."""

import hashlib
import os

import openpyxl
import pytest

from tests.templates.books import column, fill
from xlsc.core.template import HEADERS, TYPES, TemplateColumn, column_rules, document_rules, read_row, write_row
from xlsc.core.template_changes import compare
from xlsc.errors import UsageError
from xlsc.sheets.files import open_book


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
    said = "\n".join(found.json["findings"])
    assert all(what in said for what in ("A20 holds a token", "A21 holds a path", "Ann Author"))


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


def test_another_order_is_told_once_and_moves_nothing(signed_in, tmp_path):
    path = tmp_path / "t.xlsx"
    signed_in("template", "new", "ITEMS", "-o", path)
    assert signed_in("template", "update", path, "--dry-run", "--json").json["reordered"] == []
    book = openpyxl.load_workbook(path)
    columns = book["Columns"]
    place = [cell.value for cell in columns[1]].index("Order") + 1
    names = [columns.cell(row, 1).value for row in range(2, 7)]
    # As if the process had Class first when the template was made: its hash was another then.
    for row, order in enumerate((2, 3, 4, 5, 1), start=2):
        columns.cell(row, place).value = order
    for item in book.custom_doc_props.props:
        if item.name == "xlsc.columns_hash":
            item.value = "0" * 16
    book.save(path)
    headers = [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]]
    done = signed_in("template", "update", path, "--json").json
    assert (done["reordered"], done["added"], done["removed"]) == ([names[-1]], [], [])
    assert [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]] == headers
    assert signed_in("template", "update", path, "--json").json["reordered"] == []


def test_a_column_of_ones_own_steps_aside_for_a_new_one_of_the_process(signed_in, tmp_path):
    path = tmp_path / "t.xlsx"
    signed_in("template", "new", "ITEMS", "-o", path)
    book = openpyxl.load_workbook(path)
    columns, data = book["Columns"], book["Data"]
    for row in columns.iter_rows(min_row=2):
        if row[0].value == "Class":
            columns.delete_rows(row[0].row)
            break
    fill_place = [cell.value for cell in data[1]].index("Class") + 1
    data.cell(2, fill_place, "my own class")
    book.save(path)
    fill(path, [{"ItemNo": f"S{os.getpid()}", "Description": "lamp", "UnitPrice": 2}])
    assert signed_in("template", "update", path, "--json").json["added"] == ["Class"]
    assert column(path, "Class (own)")[0] == "my own class"
    fill(path, [{"Class": "furnishing"}])
    assert signed_in("send", path, "--json").json["accepted"] == 1
    assert column(path, "Class (own)")[0] == "my own class"
