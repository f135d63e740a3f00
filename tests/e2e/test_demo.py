"""The demo as a stranger starts it: its words, its counts, its workbooks."""

import json
import subprocess
import sys

import openpyxl


def test_the_demo_ends_with_everything_accepted(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "xlsc", "demo", "--out", str(tmp_path / "out"), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    customers, journal = json.loads(done.stdout)["jobs"]
    for job in (customers, journal):
        for report in (job["before"], job["after"]):
            assert report["read"] == report["accepted"] + report["rejected"] + report["skipped"] + report["unknown"]
        assert job["before"]["rejected"] > 0
        assert (job["after"]["rejected"], job["after"]["green"], job["marks_left"]) == (0, True, 0)
    assert customers["before"]["read"] == 60
    assert len(customers["before"]["causes"]) >= 12
    assert {item["row"] for item in journal["before"]["rows"] if item["state"] == "rejected"} == {6, 7, 8, 14, 15, 16}


def test_the_demo_keeps_both_workbooks_and_restores_their_looks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "xlsc", "demo", "--out", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "60 rows read = " in done.stdout
    after = openpyxl.load_workbook(tmp_path / "customers-after.xlsx").active
    before = openpyxl.load_workbook(tmp_path / "customers-before.xlsx").active
    assert [cell for row in after.iter_rows(min_row=2) for cell in row if cell.fill.patternType] == []
    assert [cell for row in after.iter_rows(min_row=2) for cell in row if cell.comment] == []
    marked = {cell.coordinate for row in before.iter_rows(min_row=2) for cell in row if cell.fill.patternType}
    assert {"A5", "I9", "J13", "G17", "A21", "A22", "E26", "J30"} <= marked
    assert all(str(after.cell(row, 12).value).startswith("Accepted, run ") for row in range(2, 62))
    assert after["A2"].value == "001001"
