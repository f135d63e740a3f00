"""Long work on the double: progress, stopping, what was sent before, faults; Excel's thread waits for nothing."""

import threading
import time

import pytest

from tests.addin.conftest import find_macro
from xlsc.addin import jobs
from xlsc.addin.registry import ACTIONS
from xlsc.addin.steps import apart
from xlsc.client.transport import Transport
from xlsc.errors import NoAnswer, OutcomeUnknown


class Gate:
    """Holds calls back until it is opened; counts what passed, and in which threads."""

    def __init__(self, monkeypatch, word):
        self.open = threading.Event()
        self.waiting = threading.Event()
        self.threads = set()
        self.passed = 0
        sent = Transport.send

        def send(transport, call, request):
            self.threads.add(threading.current_thread())
            if word in call.path:
                self.waiting.set()
                assert self.open.wait(60)
                self.passed += 1
            return sent(transport, call, request)

        monkeypatch.setattr(Transport, "send", send)


@pytest.fixture
def gate(journal, monkeypatch):
    found = Gate(monkeypatch, "RunMapDataTable")
    yield found
    found.open.set()


@pytest.fixture
def at_once(monkeypatch):
    """Progress windows open without delay."""
    monkeypatch.setattr(jobs, "_PROGRESS_AFTER_SECONDS", 0.0)


def test_a_click_returns_while_the_service_still_thinks(journal, gate):
    journal.start("send_sheet")
    assert gate.waiting.wait(30)
    # The rule for Excel's thread is 0.2 s; a poll is given what a busy machine may add.
    polls = []
    for _ in range(5):
        begun = time.thread_time()
        jobs.JOBS.poll()
        polls.append(time.thread_time() - begun)
    assert max(polls) < 0.2
    assert journal.person.shown[-1][0] != "Send"
    assert journal.told()[-2:] != ["XlscSetWorking", "XlscSetMarked"]
    assert "XlscPollIn" in journal.told()
    gate.open.set()
    journal.wait()
    assert "2 of 6 rows are rejected." in journal.last


def test_no_macro_asks_the_service_on_excels_thread(journal, gate, tmp_path):
    """All actions of the ribbon, one after the other; the few that ask nothing are known."""
    gate.open.set()
    answers = {
        "sign_in": [{"service_url": journal.service.api_url, "email": "demo@example.com", "password": "demo"},
                    {"company": "Contoso Ltd"}],
        "pick_company": [{"password": "demo"}, {"company": "Contoso Ltd"}],
        "pick_process": [{"process": "GL JOURNAL"}],
        "get_data_with_variables": [{"pairs": "STATE=ID"}],
        "run_with_variables": [{"pairs": "STATE=ID"}, "Run it"],
        "run_process": ["Run it"],
        "new_template": [{"process": "ITEMS", "file": str(tmp_path / "t.xlsx")}],
        "edit_settings": [{"max_rows": "500"}],
        "send_sheet": ["Send again"],
    }  # fmt: skip
    names = [action.target.split(":")[1] for action in ACTIONS]
    for name in sorted(names, key=lambda name: name == "sign_out"):
        if name not in ("open_help", "list_errors", "check_updates"):
            journal.click(name, *answers.get(name, []))
    assert gate.passed
    assert threading.main_thread() not in gate.threads


def test_progress_is_shown_and_a_wish_to_stop_holds_after_the_run(journal, gate, at_once):
    journal.person.stops = True
    journal.start("send_until_error")
    assert gate.waiting.wait(30)
    journal.wait(lambda: jobs.JOBS.active[0].is_stopping)
    window = journal.person.windows[0]
    assert "Sending documents 1 to 1 of 3" in window.told[-1]["text"]
    assert window.told[-1]["can_stop"] is False
    assert "Sending documents 1 to 1 of 3" in journal.person.said[-1]
    gate.open.set()
    journal.wait()
    assert gate.passed == 1
    assert "6 rows read = 2 accepted + 0 rejected + 4 skipped + 0 unknown" in journal.last
    assert "4 skipped: not sent: cancelled" in journal.last
    assert window.is_closed
    assert journal.person.said[-1] == ""
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Skipped"] * 4


def test_stop_on_the_ribbon_does_the_same(journal, gate):
    journal.start("send_until_error")
    assert gate.waiting.wait(30)
    journal.start("stop")
    gate.open.set()
    journal.wait()
    assert gate.passed == 1
    assert "2 accepted + 0 rejected + 4 skipped" in journal.last


def test_a_second_send_waits_for_the_first(journal, gate):
    journal.start("send_sheet")
    assert gate.waiting.wait(30)
    journal.start("send_sheet")
    assert journal.last == "Send is under way.\n\nWait until it has ended, or press Stop."
    journal.start("about_template")
    assert "GL JOURNAL" in journal.last
    gate.open.set()
    journal.wait()
    assert gate.passed == 1


def test_marks_are_not_cleared_under_a_send(journal, gate):
    journal.start("send_sheet")
    assert gate.waiting.wait(30)
    journal.start("clear_marks")
    assert journal.last.startswith("Send is under way.")
    gate.open.set()
    journal.wait()


def test_reading_that_takes_too_long_can_be_left(journal, monkeypatch):
    gate = Gate(monkeypatch, "GetMapColumns")
    journal.start("describe_process")
    assert gate.waiting.wait(30)
    journal.start("stop")
    journal.wait()
    assert journal.last == "Stopped.\n\nNothing was changed."
    assert journal.told()[-1] == "XlscSetWorking"
    gate.open.set()


def test_a_run_cannot_be_left(journal, monkeypatch, at_once):
    journal.click("pick_process", {"process": "CUSTOMERS BY STATE"})
    gate = Gate(monkeypatch, "RunMap")
    journal.start("run_with_variables", {"pairs": "STATE=ID"}, "Run it")
    journal.wait(gate.waiting.is_set)
    jobs.JOBS.poll()
    journal.start("stop")
    assert journal.person.windows[-1].told[-1]["can_stop"] is False
    assert [job.title for job in jobs.JOBS.active] == ["Run process"]
    gate.open.set()
    journal.wait()
    assert journal.person.shown[-1][0] == "Run process"


@pytest.mark.parametrize("polls", [True, False])
def test_what_was_accepted_before_goes_again_only_when_the_person_says_so(journal, polls):
    journal.click("send_sheet")
    first = journal.sheet.range((2, 2)).value
    journal.click("clear_marks")
    shown = len(journal.person.shown)
    journal.click("send_sheet", "Send nothing")
    assert len(journal.person.shown) == shown
    title, text, choices = journal.person.asked[-1]
    assert (title, choices[-1]) == ("Sent before", "Send nothing")
    assert text.startswith("2 documents with the same content accepted before:")
    assert f"{first} on " in text
    assert "by demo@example.com in run " in text
    assert journal.statuses(7) == [""] * 6
    assert "2 rejected + 4 skipped" in journal.click("send_sheet", "Send the others only")
    journal.click("clear_marks")
    # They went: the process itself refuses a journal that it has.
    assert "was posted before. (B2, B3)" in journal.click("send_sheet", "Send again")


def test_sending_again_means_the_documents_that_were_shown(journal):
    """Failed only, sent again, takes none of the accepted rows along."""
    journal.click("send_sheet")
    journal.sheet.range((4, 3)).value = "'6300"
    journal.click("send_failed")
    journal.sheet.range((4, 7), (5, 7)).value = [["Rejected"], ["Rejected"]]
    text = journal.click("send_failed", "Send again")
    assert journal.person.asked[-1][1].startswith("1 document with the same content")
    assert "6 rows read = 0 accepted + 2 rejected + 4 skipped" in text


def test_what_was_written_meanwhile_is_read_before_it_goes_again(journal):
    journal.click("send_sheet")
    journal.click("clear_marks")

    def change_and_say(title, text, choices):
        journal.sheet.range((4, 3)).value = "'6300"
        return "Send again"

    journal.person.choose = change_and_say
    assert "2 accepted + 4 rejected" in journal.click("send_sheet")


def test_an_answer_that_is_lost_is_settled_by_the_person(journal, monkeypatch):
    sent = Transport.send

    def lose(transport, call, request):
        if "RunMapDataTable" in call.path:
            sent(transport, call, request)
            raise OutcomeUnknown("The run was sent, but the line broke.", "Look.", in_excel="Press Open entries.")
        if "History" in call.path:
            raise NoAnswer("Nobody answers.", "Wait.")
        return sent(transport, call, request)

    monkeypatch.setattr(Transport, "send", lose)
    assert "6 rows may or may not have been posted" in journal.click("send_sheet")
    assert journal.statuses(7) == ["Unknown"] * 6
    text = journal.click("open_entries", None)
    title, text, fields = journal.person.asked[-1]
    assert title == "Open entries"
    assert "GL JOURNAL, 3 documents, Book1" in fields[0].choices[0]
    assert fields[1].choices == ("accepted", "rejected", "not sent")
    text = journal.click("open_entries", {"state": "perhaps"})
    assert "Nothing was settled." in text
    text = journal.click("open_entries", {"state": "accepted"})
    assert "Settled by hand: accepted." in text
    assert "6 rows of this sheet show their state now." in text
    assert journal.statuses(7) == ["Accepted"] * 6


def test_open_entries_are_listed_while_nobody_is_signed_in(excel):
    text = excel.click("open_entries")
    assert "Press Sign in on the SmartConnect tab." in text


def test_a_sheet_protected_meanwhile_loses_no_outcome_and_no_other_sheet_gets_it(journal, gate):
    journal.start("send_sheet")
    assert gate.waiting.wait(30)
    journal.sheet.impl.is_protected = True
    gate.open.set()
    journal.wait()
    assert "The workbook does not show it: Sheet Data is protected." in journal.last
    assert "Press Open entries to write the marks later." in journal.last
    assert "xlsc" not in journal.last
    journal.sheet.impl.is_protected = False
    sheets = journal.book.impl.sheets.sheets
    other = journal.book.sheets.add("Other", after=journal.sheet)
    other.range((1, 1)).value = [journal.sheet.range((1, 1), (1, 6)).value]
    sheets.reverse()
    assert journal.click("open_entries") == "Every run's outcome is known."
    sheets.reverse()
    assert journal.click("open_entries") == "6 rows of this sheet show their state now."
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2


def test_a_fault_of_ours_is_told_and_ends_the_job(journal):
    def work():
        yield from apart(lambda: 1 / 0)

    jobs.macro("Test")(work)()
    journal.wait()
    assert journal.last.startswith("xlsc made a mistake (ZeroDivisionError in")
    assert jobs.JOBS.active == []


def test_an_excel_that_cannot_be_spoken_to_leaves_no_job_behind(journal, monkeypatch):
    def work():
        yield from apart(lambda: None)
        raise NoAnswer("No.", "Wait.")

    def refuse(title, text):
        raise RuntimeError("no Excel")

    monkeypatch.setattr(journal.person, "show", refuse)

    def click():
        jobs.macro("Test")(work)()
        journal.wait()

    with pytest.raises(RuntimeError):
        click()
    assert jobs.JOBS.active == []


def test_a_new_python_frees_the_ribbon(excel):
    """The one that was at work ended: Excel still polls."""
    find_macro("send_sheet")
    from xlsc.addin import macros

    macros.poll()
    assert excel.app.impl.macros_run[-1][1:] == (False,)


def test_a_refusal_lets_the_ribbon_sign_in_again(signed_in, tmp_path):
    (tmp_path / "tokens.json").unlink()
    assert "Press Sign in" in signed_in.click("pick_process", None)
    assert "XlscForgetSignedIn" in signed_in.told()


def test_header_and_lines_on_two_sheets_are_sent_as_one(journal):
    """The snapshot holds the sheets that the rules join, and each gets its own marks."""
    names = journal.sheet.range((1, 1), (1, 6)).value
    rows = journal.sheet.range((2, 1), (7, 6)).options(ndim=2).value
    head, columns = journal.book.sheets.add("Head", after=journal.sheet), journal.book.sheets.add("Columns")
    journal.book.impl.sheets.sheets.sort(key=lambda sheet: sheet.name, reverse=True)
    journal.book.impl.sheets.sheets.sort(key=lambda sheet: sheet.name != "Data")
    lines = journal.sheet
    keys = {"DocumentNo"}
    upper = ["PostingDate"]
    listed = [["Column", "Caption", "Type", "Key", "Sheet"]]
    listed += [[n, n, "text", "yes" if n in keys else None, "Head" if n in upper else "Data"] for n in names]
    columns.range((1, 1)).value = listed
    head.range((1, 1)).value = [["DocumentNo", *upper], *[[rows[n][1], rows[n][0]] for n in (0, 2, 4)]]
    kept = [place for place, name in enumerate(names) if name not in upper]
    block = [[*(row[place] for place in kept), None] for row in [names, *rows]]
    lines.range((1, 1)).value = [[*block[0][:-1], "SmartConnect"]]
    head.range((1, 3)).value = "SmartConnect"
    as_text = [[f"'{value}" if isinstance(value, str) else value for value in row] for row in block[1:]]
    lines.range((2, 1)).value = as_text
    text = journal.click("send_sheet")
    assert "4 accepted + 2 rejected" in text
    assert journal.statuses(6) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2
    assert [str(row).split(",")[0] for row in head.range((2, 3), (4, 3)).value] == ["Accepted", "Rejected", "Accepted"]
