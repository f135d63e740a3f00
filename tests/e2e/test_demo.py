"""The demo as a stranger starts it: its words, its counts, its workbooks."""

import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest


def run_demo(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "xlsc", "demo", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
    )


def test_the_demo_ends_with_everything_accepted(tmp_path):
    done = run_demo("--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    customers, journal = json.loads(done.stdout)["jobs"]
    for job in (customers, journal):
        for report in (job["before"], job["after"]):
            assert report["read"] == report["accepted"] + report["rejected"] + report["skipped"] + report["unknown"]
            assert len(report["rows"]) == report["read"]
        assert job["before"]["rejected"] > 0
        assert (job["after"]["rejected"], job["after"]["green"], job["marks_left"]) == (0, True, 0)
        assert job["looks_changed"] == []
    assert customers["before"]["read"] == 60
    assert len(customers["before"]["causes"]) >= 12
    rejected = {item["row"] for item in journal["before"]["rows"] if item["state"] == "rejected"}
    assert rejected == {6, 7, 8, 9, 15, 16, 17}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The demo's screen, and the folder of its workbooks."""
    folder = tmp_path_factory.mktemp("demo")
    done = run_demo("--out", "books", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout, folder / "books"


def test_seven_steps_counts_places_and_three_commands_are_shown(shown):
    text, folder = shown
    assert re.findall(r"^Step (\d) of 7: ", text, re.MULTILINE) == list("1234567")
    counts = re.findall(r"(\d+) rows read = (\d+) accepted \+ (\d+) rejected \+ (\d+) skipped \+ (\d+) unknown", text)
    assert len(counts) == 8  # each of four sends where it happens, and at the end
    assert all(int(read) == sum(map(int, parts)) for read, *parts in counts)
    assert "RunMapDataTableWithErrors" in text
    for name in ("customers-before", "customers-after", "gl-journal-before", "gl-journal-after"):
        assert os.path.join("books", f"{name}.xlsx") in text
        assert (folder / f"{name}.xlsx").exists()
    commands = re.findall(r"^  \S.* ((?:serve|login|headers) .*)$", text, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["serve", "login", "headers"]


def test_both_workbooks_are_kept_and_the_looks_come_back(shown):
    _text, folder = shown
    after = openpyxl.load_workbook(folder / "customers-after.xlsx").active
    before = openpyxl.load_workbook(folder / "customers-before.xlsx").active
    data = [cell for row in after.iter_rows(min_row=2) for cell in row]
    assert {cell.coordinate for cell in data if cell.fill.patternType} == {"I9", "J13", "J16"}  # the person's own
    assert after["J13"].fill.fgColor.rgb.endswith("E2EFDA")
    assert before["J13"].fill.fgColor.rgb != after["J13"].fill.fgColor.rgb
    assert [cell.coordinate for cell in data if cell.comment] == []
    marked = {cell.coordinate for row in before.iter_rows(min_row=2) for cell in row if cell.comment}
    assert {"A5", "I9", "J13", "G17", "A21", "A22", "E26", "J30"} <= marked
    assert all(before[address].fill.patternType for address in marked)
    assert all(str(after.cell(row, 12).value).startswith("Accepted, run ") for row in range(2, 62))
    assert (after["F4"].value, after["F4"].number_format) == (2108, "00000")
    assert re.match(r"SmartConnect: \d{4}-\d\d-\d\d \d\d:\d\d: sent to CUSTOMERS", after["L1"].comment.text)


def test_a_second_demo_over_the_same_data_goes_as_well(tmp_path):
    """The ledger takes no journal twice, and the outbox no document: the second demo has journals of its own."""
    for _turn in range(2):
        done = run_demo("--out", tmp_path / "out", "--data", tmp_path / "data")
        assert done.returncode == 0, done.stdout + done.stderr
    assert f"--data {tmp_path / 'data' / 'service'} --port" in done.stdout


def test_a_workbook_of_an_earlier_demo_that_is_open_stays(tmp_path):
    book = tmp_path / "gl-journal-after.xlsx"
    openpyxl.Workbook().save(book)
    before = book.read_bytes()
    (tmp_path / ".~lock.gl-journal-after.xlsx#").write_text("Bob,host,bob,25.11.2026 08:00,file:///x;")
    done = run_demo("--out", tmp_path)
    assert done.returncode == 4
    assert "is open in LibreOffice by Bob" in done.stderr
    assert book.read_bytes() == before
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".xlsx", ".xlsx#"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for arguments in (["--out", tmp_path / "file" / "out"], ["--out", tmp_path, "--data", tmp_path / "file" / "data"]):
        done = run_demo(*arguments)
        assert done.returncode == 4, done.stderr
        assert "Traceback" not in done.stderr
        assert "cannot be made" in done.stderr
