"""A filled template survives any change of its process: no value is lost, none comes to stand under another name."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsc.core.catalog import ColumnInfo, Process
from xlsc.core.template import Template, TemplateColumn
from xlsc.core.template_changes import compare, moved
from xlsc.flows.layout import find_layout
from xlsc.flows.migrating import migrate
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.sheets.files import open_book
from xlsc.sheets.template_writer import write_template

NAMES = st.sampled_from(
    [
        "No",
        "Name",
        "Zip",
        "ZipCode",
        "City",
        "Credit Limit",
        "CreditLimit",
        "Größe",
        "Amount",
        "Note",
        "Colour",
        "Class",
    ]
)
#: Headers of a person's own columns; some are names that a process may get.
OWN = st.lists(st.sampled_from(["Note", "My note", "Class", "Colour", "Sum", "ZipCode"]), unique=True, max_size=3)


@st.composite
def changes(draw):
    """(template's columns, captions, the process's names afterwards, own headers, rows)."""
    before = draw(st.lists(NAMES, unique_by=str.casefold, min_size=1, max_size=6))
    after = draw(st.lists(NAMES, unique_by=str.casefold, max_size=5))
    kept = [name for name in before[1:] if draw(st.booleans())]
    process = list(dict.fromkeys([before[0], *kept, *after]))
    process = draw(st.permutations(process))
    captions = {}
    for name in before:
        caption = draw(st.sampled_from(["", "", f"Caption {name}", "Class", "City"]))
        others = {*map(str.casefold, before), *(text.casefold() for text in captions.values())} - {name.casefold()}
        if caption and caption.casefold() not in others:
            captions[name] = caption
    headers = {(captions.get(name) or name).casefold() for name in before} | {name.casefold() for name in before}
    own = [text for text in draw(OWN) if text.casefold() not in headers]
    count = draw(st.integers(1, 3))
    return before, captions, process, own, count


def build(path, before, captions, own, count):
    """A template with rows; each cell says where it came from, so that a value under a wrong name shows."""
    columns = tuple(TemplateColumn(name, captions.get(name, ""), key=place == 0) for place, name in enumerate(before))
    write_template(path, Template("P", "P", columns), {"xlsc.process_id": "P", "xlsc.template_version": "2"})
    book = openpyxl.load_workbook(path)
    data, rules = book["Data"], book["Columns"]
    rules.cell(1, 25, "Author's remark")
    rules.cell(2, 25, "kept")
    end = data.max_column
    for place, text in enumerate(own, start=end + 1):
        data.cell(1, place, text)
    for row in range(2, count + 2):
        for place, name in enumerate(before, start=1):
            data.cell(row, place, f"{name}/{row}")
        for place, text in enumerate(own, start=end + 1):
            data.cell(row, place, f"own {text}/{row}")
    book.save(path)


def values(path, *sheets):
    book = openpyxl.load_workbook(path)
    return Counter(
        cell.value
        for name in (sheets or book.sheetnames)
        for row in book[name].iter_rows(min_row=2)
        for cell in row
        if cell.value is not None
    )


def update(path, process):
    """As ``xlsc template update`` does, without a service."""
    found = ProcessColumns(
        Process("key", "P"),
        tuple(ColumnInfo(name, is_required=number == 0) for number, name in enumerate(process)),
        frozenset(process),
    )
    book = open_book(path)
    rules = read_rules(book)
    difference = compare([item.column for item in rules.template], process)
    kept = migrate(book, open_data_sheet(book, None, rules), rules, difference, found)
    book.save(path)
    return found, difference, kept


def read(path, found):
    """Texts by column of the process, as they would be sent, and the sheet's private headers."""
    book = open_book(path)
    rules = read_rules(book)
    sheet = open_data_sheet(book, None, rules)
    layout = find_layout(sheet, rules.wanted(found.columns))
    block = sheet.read(layout.area)
    rows = [row for row in block.rows if any(value is not None for value in row)]
    texts = {
        column.name: [row[column.sheet_column - layout.area.first_column] for row in rows] for column in layout.columns
    }
    return texts, layout.private


@given(changes())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_value_is_lost_whatever_a_process_becomes(change):
    before, captions, process, own, count = change
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        build(path, before, captions, own, count)
        data_before, all_before = values(path, "Data"), values(path)
        # The key column stays the key: the first of the template.
        found, difference, kept = update(path, [before[0], *(name for name in process if name != before[0])])
        assert not data_before - values(path, "Data"), "a value left the data sheet"
        names = {item.column for item in read_rules(open_book(path)).template}
        gone = {*difference.removed, *(old for old, _ in difference.renamed), *(captions.get(n, "") for n in before)}
        lost = all_before - values(path)
        assert {text for text in lost if "/" in str(text)} == set()
        assert {str(text) for text in lost} <= gone | {"text", "number?", "date?", "yes"}
        texts, private = read(path, found)
        renamed = {new: old for old, new in difference.renamed}
        for name in names:
            old = renamed.get(name, name)
            wanted = [f"{old}/{row}" for row in range(2, count + 2)] if old in before else [None] * count
            assert texts[name] == wanted, f"{name} holds other values"
        assert names == set(process)
        assert {f"own {text}/2" for text in own} <= set(map(str, values(path, "Data")))
        assert kept == (count if difference.removed else 0)
        if difference.removed:
            put_aside = values(path, "Kept columns")
            assert {f"{name}/{row}" for name in difference.removed for row in range(2, count + 2)} <= set(put_aside)
        assert openpyxl.load_workbook(path)["Columns"].cell(2, 25).value == "kept"
        _, nothing, _ = update(path, [column.name for column in found.columns])
        assert nothing.is_empty
        assert len(private) >= len(own)


@given(st.lists(NAMES, unique_by=str.casefold, max_size=9), st.randoms(use_true_random=False))
def test_the_fewest_names_are_said_to_have_moved(names, random):
    process = [*names]
    assert moved(names, process) == ()
    random.shuffle(process)
    found = moved(names, process)
    rest = [name for name in names if name not in found]
    assert rest == [name for name in process if name in rest]
    assert len(found) < max(len(names), 1)


def test_a_template_on_two_sheets_is_migrated_on_both(tmp_path):
    root = Path(__file__).resolve().parents[2]
    path = Path(shutil.copy(root / "templates" / "sales_orders_lines.xlsx", tmp_path / "o.xlsx"))
    book = openpyxl.load_workbook(path)
    for place, value in enumerate(("A", "2026-01-31", "AARON01"), start=1):
        book["Orders"].cell(2, place, value)
    for place, value in enumerate(("A", 1, "LAMP-01", 2, 9.5), start=1):
        book["Lines"].cell(2, place, value)
    book.save(path)
    found, difference, kept = update(
        path, ["OrderNo", "OrderDate", "CustomerNo", "LineNo", "ItemNo", "Quantity", "Warehouse"]
    )
    assert (difference.renamed, difference.removed) == ((("CustomerNumber", "CustomerNo"),), ("UnitPrice",))
    assert (difference.added, kept) == (("Warehouse",), 1)
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["Orders"][1]][:4] == ["Order no.", "Order date", "Customer", "SmartConnect"]
    assert [cell.value for cell in book["Lines"][1]][-3:] == ["UnitPrice (removed)", "SmartConnect", "Warehouse"]
    assert [cell.value for cell in book["Kept columns"][2]] == [2, 9.5]
    texts, _ = read(path, found)
    assert (texts["CustomerNo"], texts["ItemNo"], texts["Warehouse"]) == (["AARON01"], ["LAMP-01"], [None])
