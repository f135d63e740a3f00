"""Sends teach guesses; they show with a question mark, and hold nothing back."""

import os
import sqlite3

import openpyxl

from tests.templates.books import NUMBERS, copied, fill


def items(signed_in, tmp_path, count, **columns):
    path = copied("items", tmp_path)
    stamp = f"{os.getpid()}-{next(NUMBERS)}"
    names = ("Item", "Description", "Unit", "Price")
    values = [(f"H{stamp}-{n}", f"Secretly named lamp {n}", ("EA", "PK")[n % 2], n + 0.5) for n in range(count)]
    rows = [dict(zip(names, row, strict=True)) for row in values]
    fill(path, [row | columns for row in rows])
    return path


def hints(signed_in, process="ITEMS"):
    return {(item["column"], item["kind"]): item for item in signed_in("template", "hints", process, "--json").json}


def test_accepted_rows_teach_and_show_in_a_new_template(signed_in, tmp_path, home):
    assert hints(signed_in) == {}
    assert signed_in("send", items(signed_in, tmp_path, 30), "--json").json["accepted"] == 30
    known = hints(signed_in)
    assert known["UnitPrice", "type"]["text"] == "number"
    assert known["Unit", "choices"]["text"] == "EA; PK"
    assert 0.8 < known["UnitPrice", "type"]["confidence"] < 1
    path = tmp_path / "new.xlsx"
    assert "Unit" in signed_in("template", "new", "ITEMS", "-o", path, "--json").json["guessed"]
    columns = openpyxl.load_workbook(path)["Columns"]
    names = [cell.value for cell in columns[1]]
    rows = {row[0].value: {name: cell.value for name, cell in zip(names, row, strict=True)} for row in columns}
    assert (rows["Unit"]["Choices"], rows["UnitPrice"]["Type"]) == ("EA; PK ?", "number?")
    # Against every guess: an unknown unit, a text for a number. Nothing is held back here; the service decides.
    fill(path, [{"ItemNo": f"G{os.getpid()}", "Description": "x", "Unit": "KG", "UnitPrice": "much"}])
    assert signed_in("check", path, "--json").json["rejected"] == 0
    report = signed_in("send", path, "--json").json
    assert report["runs"]
    assert report["errors"][0]["code"] == "service"


def test_rejections_teach_what_the_service_said(signed_in, tmp_path):
    path = items(signed_in, tmp_path, 2, Unit="ZZ")
    book = openpyxl.load_workbook(path)
    for row in book["Columns"].iter_rows(min_row=2):
        if row[0].value == "Unit":
            row[[cell.value for cell in book["Columns"][1]].index("Choices")].value = None
    book.save(path)
    assert signed_in("send", path, "--json").json["rejected"] == 2
    assert hints(signed_in)["Unit", "refused"]["text"] == "ZZ"


def test_no_rows_are_kept_and_all_is_forgotten_on_demand(signed_in, tmp_path, home):
    assert signed_in("send", items(signed_in, tmp_path, 30)).code == 0
    stored = sqlite3.connect(home / "outbox.sqlite").execute("SELECT column_name, sums FROM experiences").fetchall()
    assert {name for name, _ in stored} >= {"Description", "Unit"}
    assert "Secretly" not in str(stored)
    assert all(len(sums) < 2_000 for _, sums in stored)
    assert signed_in("template", "hints", "ITEMS", "--forget").code == 0
    assert hints(signed_in) == {}


def test_learning_can_be_switched_off(signed_in, tmp_path, monkeypatch):
    monkeypatch.setenv("XLSC_LEARN", "false")
    assert signed_in("send", items(signed_in, tmp_path, 5)).code == 0
    assert hints(signed_in) == {}
