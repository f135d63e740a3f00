"""Splitting, halving, sending in the background, texts made worth reading."""

import json
import time
from pathlib import Path

import openpyxl

from tests.faults.bench import COLUMNS
from tests.faults.proxy import Fault
from xlsc.cli.main import run
from xlsc.flows.bisect import most_runs
from xlsc.flows.pace import Pace
from xlsc.flows.send import SendOptions, send
from xlsc.sheets.files import create_book

#: What a service says that refuses a run as a whole; the number is one that no run had yet.
REFUSED = {"RecordCount": 0, "RunNumber": 1_000_000, "Status": 1, "ErrorMessage": "The batch was refused."}


def test_a_run_refused_as_a_whole_is_halved_to_the_guilty_document(bench):
    names = bench.fill(4)
    # Whole, second-level and third-level runs that hold the third document are refused by the ERP behind the service.
    refused = Fault("instead", answer=bench.answer(**REFUSED))
    bench.proxy.faults = [refused, Fault(), refused, refused, Fault()]
    said = []
    from xlsc.flows.work import Control

    report = send(bench.work, SendOptions("GL JOURNAL", bisect=True), Control(progress=said.append))
    assert bench.statuses() == ["Accepted"] * 4 + ["Rejected"] * 2 + ["Accepted"] * 2
    assert sorted(bench.ledger.posted(names)) == [names[0], names[1], names[3]]
    assert (report.counts.accepted, report.counts.rejected, report.counts.adds_up) == (6, 2, True)
    assert any(f"at most {most_runs(4)} runs" in text for text in said)


def test_halving_stops_at_an_unknown_outcome(bench):
    bench.fill(4)
    bench.proxy.faults = [Fault("instead", answer=bench.answer(**REFUSED)), Fault("drop_answer")]
    report = send(bench.work, SendOptions("GL JOURNAL", bisect=True))
    assert (report.counts.unknown, report.counts.skipped) == (4, 4)
    assert report.counts.adds_up


def test_without_bisect_a_refused_run_rejects_all(bench):
    bench.fill(2)
    bench.proxy.faults = [Fault("instead", answer=bench.answer(**REFUSED))]
    report = send(bench.work, SendOptions("GL JOURNAL"))
    assert report.counts.rejected == 4
    assert report.causes[0].message == "The batch was refused."


def test_generic_texts_are_completed_from_the_kept_errors(bench):
    names = bench.fill(2, wrong=1)
    text = "Document was not sent due to document errors."
    rows = f"<ErrorTable><DocumentNo>{names[1]}</DocumentNo><EONERUNERRORS>{text}</EONERUNERRORS></ErrorTable>"
    answer = bench.answer(ErrorCount=1, Errors=f"<NewDataSet>{rows * 2}</NewDataSet>", Status=1)
    bench.proxy.faults = [Fault("after", answer=answer)]
    report = send(bench.work, SendOptions("GL JOURNAL"))
    assert report.causes[0].message.startswith("Account '9999' does not exist.")


def test_the_pace_follows_the_time_a_run_takes():
    pace = Pace(0)
    sizes = []
    for chunk in pace.chunks(list(range(10_000))):
        sizes.append(len(chunk))
        pace.note(len(chunk), len(chunk) * 0.05)
    assert sizes[0] == 100
    assert sizes[1] == 400
    assert sum(sizes) == 10_000
    slow = Pace(0)
    slow.note(100, 400.0)
    assert len(next(slow.chunks(list(range(50))))) == 5


def test_a_send_in_the_background_shows_at_the_next_settle(signed_in, service, tmp_path, capfd):
    path = tmp_path / "book.xlsx"
    book = create_book(path, "Data")
    name = f"B{time.time_ns() % 10**12}"
    book.sheet().write(
        1,
        1,
        [list(COLUMNS), ["2026-03-02", name, "6100", "bg", 5.0, None], ["2026-03-02", name, "1000", "bg", None, 5.0]],
    )
    book.save()
    before = path.read_bytes()
    capfd.readouterr()
    assert run(["send", str(path), "--process", "GL JOURNAL", "--detach", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)["report"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = Path(report).read_text(encoding="utf-8")
        if text.strip().endswith("}"):
            break
        time.sleep(0.05)
    assert json.loads(text)["accepted"] == 2
    assert path.read_bytes() == before
    assert run(["settle", str(path), "--process", "GL JOURNAL"]) == 0
    sheet = openpyxl.load_workbook(path)["Data"]
    assert [str(sheet.cell(row, 7).value).split(",")[0] for row in (2, 3)] == ["Accepted", "Accepted"]
    assert run(["log", "export", str(tmp_path / "log.xlsx")]) == 0
    book = openpyxl.load_workbook(tmp_path / "log.xlsx")
    assert [cell.value for cell in book["Runs"]["D"]][:3] == ["Process", "GL JOURNAL", None]
    assert len(book["Charts"]._charts) == 2


def test_one_corrected_value_goes_into_all_cells_of_a_group(signed_in, tmp_path, capfd):
    path = tmp_path / "customers.xlsx"
    book = create_book(path, "Data")
    rows = [["CustomerNumber", "CustomerName", "TermsCode"]]
    rows += [[f"G{number}", f"Group {number}", "NET77" if number < 5 else "NET30"] for number in range(7)]
    book.sheet().write(1, 1, rows)
    book.save()
    assert run(["send", str(path), "--process", "CUSTOMERS", "--json"]) == 1
    capfd.readouterr()
    assert run(["fix", str(path), "--json"]) == 0
    groups = json.loads(capfd.readouterr().out)
    assert [(item["column"], item["value"], len(item["cells"])) for item in groups] == [("TermsCode", "NET77", 5)]
    assert run(["fix", str(path), "--column", "TermsCode", "--from", "nope", "--to", "x", "--yes"]) == 2
    assert run(["fix", str(path), "--column", "termscode", "--from", "NET77", "--to", "NET30", "--yes", "--json"]) == 0
    capfd.readouterr()
    assert run(["send", str(path), "--process", "CUSTOMERS", "--failed-only", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["accepted"] == 5
