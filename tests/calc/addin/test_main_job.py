"""From a click in Calc to the service's database and back into the cells: VBA, Python, flows, service, marks."""

import sqlite3
import time

import pytest

from tests.faults.bench import Ledger

pytestmark = pytest.mark.office
MARKED = ["Accepted", "Accepted", "Rejected", "Rejected", "Accepted", "Accepted"]


def states(excel):
    return [text.split(",")[0].split(":")[0] for text in excel.texts("G2:G7")]


def posted(service, names):
    ledger = Ledger(service.backend.options.data / "contoso.sqlite")
    return dict(ledger.posted(names))


def test_a_button_sends_marks_and_after_correction_nothing_is_left_of_the_marks(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    account = journal.cell("C4")
    account.CellBackColor = 0xFFFF00
    journal.cell("D4").CellBackColor = 0xCCFFCC
    journal.cell("D4").CharWeight = 150.0
    journal.sheet.Annotations.insertNew(account.CellAddress, "mine")
    before = journal.looks("A1:F7")

    journal.press()
    assert "2 of 6 rows are rejected." in journal.report()
    assert states(journal) == MARKED
    assert journal.cell("G1").String == "SmartConnect"
    assert account.CellBackColor not in (-1, 0xFFFF00)
    assert journal.note("C4").startswith("mine\n\nSmartConnect: ")
    assert "9999" in journal.note("C4")
    changed = [
        (row, column)
        for row, (old, new) in enumerate(zip(before, journal.looks("A1:F7"), strict=True), start=1)
        for column, (one, other) in enumerate(zip(old, new, strict=True), start=1)
        if one != other
    ]
    # The other row of the rejected document is marked at its number.
    assert changed == [(4, 3), (5, 2)]
    assert posted(service, names) == {names[0]: 1, names[2]: 1}

    account.setString("6300")
    assert "Every row was accepted." in journal.send("send_failed")
    assert states(journal) == ["Accepted"] * 6
    assert posted(service, names) == dict.fromkeys(names, 1)
    after = journal.looks("A1:F7")
    assert after[3][2] == (*before[3][2][:-1], "6300")
    after[3][2] = before[3][2]
    assert after == before

    journal.click("clear_marks")
    assert journal.texts("G1:G7") == [""] * 7
    assert journal.looks("A1:F3") == before[:3]
    entries = journal.home / "outbox.sqlite"
    with sqlite3.connect(entries) as connection:
        assert connection.execute("SELECT count(*) FROM entries WHERE phase NOT IN ('settled')").fetchone() == (0,)
    connection.close()


def test_a_check_marks_without_asking_for_a_run(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    journal.cell("B2").setString("")
    journal.send("check_sheet")
    assert journal.cell("B2").CellBackColor != -1
    assert "must not be blank" in journal.note("B2")
    assert posted(service, names) == {}


def test_a_selection_is_widened_to_whole_documents(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    journal.select("A5:B6")
    journal.send("send_selection")
    assert states(journal) == ["", "", *MARKED[2:]]
    assert posted(service, names) == {names[2]: 1}


def test_a_send_stops_at_the_first_error(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    assert "2 accepted + 2 rejected + 2 skipped" in journal.send("send_until_error")
    assert posted(service, names) == {names[0]: 1}
    journal.cell("C4").setString("6300")
    journal.send("send_unsent")
    assert posted(service, names) == {names[0]: 1, names[2]: 1}


def test_stop_ends_a_send_after_its_current_run(journal, service):
    names = [f"S{number:03d}{time.time_ns() % 10**9}" for number in range(40)]
    rows = []
    for name in names:
        rows += [("2026-03-02", name, "6100", "stop", 5.0, ""), ("2026-03-02", name, "1000", "stop", "", 5.0)]
    journal.cell("A2:F81").setDataArray(tuple(rows))
    since = len(journal.person.heard())
    journal.click("send_until_error", until=lambda: posted(service, names))
    journal.click("stop", until=lambda: True)
    report = journal.report(since)
    done = posted(service, names)
    assert 0 < len(done) < len(names), report
    assert f"{2 * len(done)} accepted" in report
    texts = journal.texts("G2:G81")
    assert sum(text.startswith("Accepted") for text in texts) == 2 * len(done)


def test_a_protected_sheet_keeps_its_looks_and_loses_no_outcome(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    before = journal.looks("A1:G7")
    journal.sheet.protect("")
    journal.click("send_sheet", until=lambda: "Data is protected." in str(journal.person.heard()))
    assert journal.looks("A1:G7") == before
    journal.sheet.unprotect("")
    journal.send("send_sheet")
    assert states(journal) == MARKED
    assert posted(service, names) == {names[0]: 1, names[2]: 1}
