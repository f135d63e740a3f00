"""The list of errors on the double: groups, jumps, fixing all that are alike, staying open."""

import pytest

from tests.excel_double.ranges import Note
from xlsc.addin import jobs
from xlsc.addin.desk import DESK
from xlsc.addin.error_lists import LISTS, read_groups
from xlsc.addin.reports import describe_report


@pytest.fixture
def wrong(journal):
    """Two journals with one unknown account, one with another; the service names the message in each line of them."""
    for row, account in {2: "'9999", 4: "'9999", 6: "'8888"}.items():
        journal.sheet.range((row, 3)).value = account
    journal.click("send_sheet")
    return journal


@pytest.fixture
def opened(wrong):
    wrong.start("list_errors")
    yield wrong
    for window in wrong.person.windows:
        window.wishes.put(None)
    wrong.wait(lambda: not jobs.JOBS.active)
    assert LISTS == []
    assert all(window.is_closed for window in wrong.person.windows)


def wish(excel, **wanted):
    excel.person.windows[-1].wishes.put(wanted)
    done = len(excel.person.said) + len(excel.person.shown) + len(excel.person.windows[-1].told)
    excel.wait(lambda: len(excel.person.said) + len(excel.person.shown) + len(excel.person.windows[-1].told) > done)


def test_the_most_frequent_message_comes_first_with_its_cells(opened):
    title, groups = opened.person.windows[0].opened
    assert title == "Errors of Data"
    assert [(group["text"], group["cells"]) for group in groups] == [
        ("Account '9999' does not exist.", ["C2", "B3", "C4", "B5"]),
        ("Account '8888' does not exist.", ["C6", "B7"]),
    ]


def test_the_list_stays_open_beside_other_work_and_jumps(opened):
    wish(opened, jump="C4")
    assert (opened.app.impl.selected.row, opened.app.impl.selected.column) == (4, 3)
    assert opened.person.said[-1] == "C4: Account '9999' does not exist."
    opened.sheet.range((4, 3)).value = "'6200"
    opened.click("check_sheet")
    assert [job.title for job in jobs.JOBS.active] == ["Errors"]


def test_fix_all_like_this_shows_the_cells_and_writes_them_all(opened):
    opened.person.answers = [{"value": "6300"}]
    wish(opened, fix="C4")
    title, text, fields = opened.person.asked[-1]
    assert title == "Fix all like this"
    assert text == "2 marked cells of the column AccountNo hold '9999':\n\nC2, C4"
    assert [field.name for field in fields] == ["value"]
    assert [opened.sheet.range((row, 3)).value for row in (2, 4, 6)] == ["6300", "6300", "8888"]
    assert opened.last == "2 cells written. Send them with Failed only."


def test_the_list_shows_what_is_left_after_the_next_send(opened):
    for row in (2, 4):
        opened.sheet.range((row, 3)).value = "'6300"
    opened.click("send_failed")
    left = [{"text": "Account '8888' does not exist.", "cells": ["C6", "B7"]}]
    assert opened.person.windows[0].told[-1]["groups"] == left
    opened.click("clear_marks")
    assert opened.person.windows[0].told[-1]["groups"] == []


def test_cells_changed_while_the_person_thinks_are_left_alone(opened):
    def change_and_answer(title, fields, text=""):
        opened.sheet.range((4, 3)).value = "'6100"
        return {"value": "6300"}

    opened.person.ask = change_and_answer
    wish(opened, fix="C2")
    assert [opened.sheet.range((row, 3)).value for row in (2, 4)] == ["6300", "6100"]
    assert "1 cell written. 1 had been changed meanwhile." in opened.last


def test_a_protected_sheet_is_told_and_the_list_stays(opened):
    opened.sheet.impl.is_protected = True
    opened.person.answers = [{"value": "6300"}]
    wish(opened, fix="C4")
    assert "protected" in opened.last
    wish(opened, refresh="")
    assert len(opened.person.windows[0].told[-1]["groups"]) == 2


def test_a_cell_that_is_not_marked_any_more_is_said(opened):
    opened.click("clear_marks")
    wish(opened, fix="C4")
    assert opened.last == "C4 is not marked any more."


def test_the_marks_tell_the_errors_also_to_a_python_that_made_none_of_them(wrong):
    """After the workbook was opened again: nothing but its own marks is known."""
    from xlsc.addin import acts

    acts.REPORTS.clear()
    assert [len(group.cells) for group in read_groups(DESK.sheet())] == [4, 2]


def test_a_persons_own_note_is_no_part_of_the_message(journal):
    journal.sheet.impl.note_texts[4, 3] = Note(journal.sheet.impl, (4, 3), "Ask Ann.", "Ann")
    journal.click("send_sheet")
    groups = read_groups(DESK.sheet())
    assert [(group.message, group.cells) for group in groups] == [("Account '9999' does not exist.", ((4, 3), (5, 2)))]


def test_a_sheet_without_marks_opens_no_list(journal):
    assert journal.click("list_errors") == "No cell of this sheet is marked."
    assert journal.person.windows == []


def test_next_and_previous_go_round(wrong):
    visited = []
    for action in ("next_error",) * 7 + ("previous_error",) * 2:
        wrong.click(action)
        visited.append(wrong.app.impl.selected.row)
    assert visited == [2, 3, 4, 5, 6, 7, 2, 7, 6]


def test_a_report_says_why_rows_were_left_out(journal):
    from xlsc.addin import acts

    journal.click("check_sheet")
    assert "6 skipped: checked, not sent" in describe_report(acts.REPORTS[0])
