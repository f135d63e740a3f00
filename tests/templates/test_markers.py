"""Empty cells leave values, markers empty or leave them; both can be renamed, and cells take them while typing."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.templates.person import at_calc
from xlsc.core.markers import BLANK_MARKER, SKIP_MARKER, replace_marker
from xlsc.core.table import Column, Row, Table

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NUMBERS = itertools.count(1)
#: Values of one item: number, description, unit, price, class.
KNOWN = ("Lamp", "EA", 12, "furnishing")


@pytest.fixture
def path(tmp_path) -> Path:
    return Path(shutil.copy(TEMPLATES / "items.xlsx", tmp_path))


@pytest.fixture
def item() -> str:
    return f"M{os.getpid()}{next(NUMBERS)}"


def fill(path, *rows, columns=None):
    book = openpyxl.load_workbook(path)
    data = book["Data"]
    for number, values in enumerate(rows, start=2):
        for place, value in enumerate(values, start=1):
            data.cell(number, place).value = value
        data.cell(number, 6).value = None
    for cell, value in (columns or {}).items():
        book["Columns"][cell] = value
    book.save(path)


def marker_cell(path, label):
    cells = openpyxl.load_workbook(path)["Columns"]["A"]
    return next(f"B{cell.row}" for cell in cells if cell.value == f"{label} marker:")


def sent(cli, path, body):
    assert cli("send", path, "--dry-run", "--save-request", body, "--json").code == 0
    return {
        name: text for name, text in re.findall(r"<(\w+)(?:>([^<>]*)</\1>| ?/>)", body.read_text()) if name in COLUMNS
    }


COLUMNS = ("ItemNo", "Description", "Unit", "UnitPrice", "Class")


def test_an_empty_cell_is_left_out_and_a_marker_is_sent_empty(path, item, signed_in, tmp_path):
    fill(path, (item, "Lamp", None, 12, "{blank}"))
    assert sent(signed_in, path, tmp_path / "body.xml") == {
        "ItemNo": item,
        "Description": "Lamp",
        "UnitPrice": "12",
        "Class": "",
    }


@pytest.mark.parametrize("text", ["{BLANK}", " {Blank} ", "{blank}"])
def test_case_and_blanks_do_not_matter(path, item, signed_in, tmp_path, text):
    fill(path, (item, "Lamp", text, 12, None))
    assert sent(signed_in, path, tmp_path / "body.xml")["Unit"] == ""


def test_the_skip_marker_is_an_empty_cell(path, item, signed_in, tmp_path):
    fill(path, (item, "Lamp", "{skip}", 12, "{Skip}"))
    assert sent(signed_in, path, tmp_path / "body.xml").keys() == {"ItemNo", "Description", "UnitPrice"}


@pytest.mark.parametrize("text", ["{blank}", "{skip}"])
def test_neither_fills_a_value_that_is_required(path, item, signed_in, text):
    fill(path, (item, text, None, 12, None), (f"{item}b", "Lamp", None, text, None), (text, "Lamp", None, 1, None))
    report = signed_in("check", path, "--json").json
    found = {(error["row"], error["column"]) for error in report["errors"]}
    assert found == {(2, "Description"), (3, "UnitPrice"), (4, "ItemNo")}


def test_markers_are_renamed_on_the_columns_sheet(path, item, signed_in, tmp_path):
    renamed = {marker_cell(path, "Blank"): "leeren", marker_cell(path, "Skip"): "n/a"}
    fill(path, (item, "Lamp", "Leeren", 12, "N/A"), columns=renamed)
    found = sent(signed_in, path, tmp_path / "body.xml")
    assert (found["Unit"], "Class" in found) == ("", False)
    fill(path, (item, "{blank}", None, 12, None))
    assert sent(signed_in, path, tmp_path / "body.xml")["Description"] == "{blank}"


def test_markers_that_are_the_same_are_named(path, item, signed_in):
    cell = marker_cell(path, "Skip")
    fill(path, (item, *KNOWN), columns={cell: "{Blank}"})
    answer = signed_in("send", path)
    assert (answer.code, f"cell {cell}" in answer.err) == (2, True)


def test_a_marker_that_was_cleared_is_the_one_that_is_built_in(path, item, signed_in, tmp_path):
    fill(path, (item, "Lamp", "{blank}", 12, None), columns={marker_cell(path, "Blank"): None})
    assert sent(signed_in, path, tmp_path / "body.xml")["Unit"] == ""


def test_rows_with_markers_are_the_same_rows_to_the_twice_guard(path, item, signed_in):
    fill(path, (item, "Lamp", "{skip}", 12, "{blank}"))
    assert signed_in("send", path, "--json").json["accepted"] == 1
    fill(path, (item, "Lamp", None, 12, "{blank}"))
    assert "accepted before" in signed_in("send", path).err


@pytest.mark.office
@pytest.mark.parametrize(
    ("cell", "text", "takes"),
    [
        ("J2", "12.5", True), ("J2", "{blank}", True), ("J2", "{skip}", True), ("J2", "much", False),
        ("K2", "2026-01-31", True), ("K2", "{blank}", True), ("K2", "soon", False),
        ("E2", "WA", True), ("E2", "{blank}", True), ("E2", "Washington", False),
        ("A2", "001", True), ("A2", "1234567890123456", False),
        ("I2", "COD", True), ("I2", "NET99", False),
    ],
)  # fmt: skip
def test_cells_take_markers_where_a_value_may_be_missing(office, tmp_path, cell, text, takes):
    path = Path(shutil.copy(TEMPLATES / "customers.xlsx", tmp_path))
    with at_calc(office, path, save=False) as workbook:
        workbook.type("Data", {cell: text})
        assert bool(workbook.sheet("Data").showInvalid()) is not takes


@given(st.lists(st.sampled_from([None, "", "x", "{blank}", "{BLANK} ", "a{blank}", "{skip}"]), max_size=8))
def test_only_cells_that_say_the_marker_change(values):
    columns = tuple(Column(f"C{place}") for place in range(len(values)))
    table = replace_marker(Table(columns, (Row(2, tuple(values)),)), BLANK_MARKER, None)
    expected = [None if value is not None and value.strip().lower() == BLANK_MARKER else value for value in values]
    assert list(table.rows[0].values) == expected
    assert replace_marker(table, "", None) is table
    assert SKIP_MARKER not in replace_marker(table, SKIP_MARKER, None).rows[0].values
