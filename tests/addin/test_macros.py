"""The ribbon's actions, on real xlwings code over an engine that imitates Excel, against the embedded service.

Each runs twice: as on Windows, where Excel polls, and as on the Mac, where a macro returns when its work is done.
"""

import json
import subprocess
import sys
import time

import pytest

from tests.addin.conftest import find_macro
from xlsc.addin import formulas, jobs
from xlsc.addin.desk import DESK
from xlsc.addin.registry import ACTIONS
from xlsc.settings import resolve
from xlsc.sheets.files import create_book


@pytest.fixture(params=[True, False], ids=["windows", "mac"])
def polls(request):
    return request.param


def test_every_action_of_the_ribbon_has_its_macro():
    assert [action.id for action in ACTIONS if not callable(find_macro(action.target.split(":")[1]))] == []


def test_send_marks_correct_send_again_clear(journal):
    assert "2 of 6 rows are rejected." in journal.click("send_sheet")
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2
    account = journal.sheet.range((4, 3))
    assert account.color is not None
    assert "9999" in account.note.text
    journal.click("next_error")
    assert "9999" in journal.last
    account.value = "'6300"
    assert "Every row was accepted." in journal.click("send_failed")
    assert account.color is None
    assert account.note is None
    assert journal.statuses(7) == ["Accepted"] * 6
    assert "nothing to send" in journal.click("send_unsent")
    journal.click("clear_marks")
    assert journal.sheet.range((1, 7)).value is None


def test_a_macro_is_done_when_it_returns_on_the_mac(journal, polls):
    """There a Python ends with its macro: what a thread had not done yet would be lost."""
    journal.start("send_sheet")
    if not polls:
        assert "2 of 6 rows are rejected." in journal.last
    journal.wait()
    assert jobs.JOBS.active == []


def test_the_ribbon_is_told_what_happens(journal):
    journal.click("send_sheet")
    told = journal.told()
    assert told[0] == "XlscSetSignedIn"
    assert "XlscSetMarked" in told
    assert told[-1] == "XlscSetWorking"
    assert journal.app.impl.macros_run[-1][1] is False


def test_check_and_selection(journal):
    journal.sheet.range((2, 2)).value = None
    assert "wrong" in journal.click("check_sheet")
    assert journal.sheet.range((2, 2)).color is not None
    journal.sheet.range((4, 1), (6, 2)).select()
    journal.click("send_selection")
    assert journal.statuses(7)[2:] == ["Rejected"] * 2 + ["Accepted"] * 2


def test_stop_at_the_first_error(journal):
    text = journal.click("send_until_error")
    assert "2 accepted + 2 rejected + 2 skipped" in text
    assert "2 skipped: not sent: stopped after rejected rows" in text


def test_a_protected_sheet_is_refused_before_anything_is_sent(journal):
    journal.sheet.impl.is_protected = True
    assert "protected" in journal.click("send_sheet")
    journal.sheet.impl.is_protected = False
    journal.click("send_sheet")
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2


def test_a_background_send_shows_at_the_next_look(journal, tmp_path):
    assert "no saved file" in journal.click("send_in_background")
    # The double cannot save: the file is made from what it holds, as Excel would.
    path = tmp_path / "journal.xlsx"
    held = journal.sheet.used_range.options(ndim=2, empty=None).value
    saved = create_book(path, "Data")
    saved.sheet().write(1, 1, [[value or None for value in row] for row in held])
    saved.write_properties(DESK.book().read_properties())
    saved.save()
    journal.book.impl.path = str(path)
    journal.click("send_in_background")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        reports = list((tmp_path / "background").glob("*.json"))
        if reports and reports[0].read_text().strip().endswith("}"):
            break
        time.sleep(0.05)
    assert "6 rows of this sheet show their state now." in journal.click("open_entries")
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2


def test_errors_are_saved_to_the_service(journal):
    assert "no run" in journal.click("save_errors")
    journal.click("send_sheet")
    assert journal.click("save_errors").endswith("of GL JOURNAL: The service keeps them.")


def test_data_runs_and_variables(signed_in):
    signed_in.click("pick_process", {"process": "CUSTOMERS BY STATE"})
    signed_in.click("get_data_with_variables", {"pairs": "STATE=ID"})
    assert signed_in.sheet.range((2, 1)).value == "EAGLE05"
    signed_in.click("refresh_data")
    assert signed_in.sheet.range((3, 1)).value is None
    assert "Refresh data" in signed_in.click("get_data")
    assert "1 documents, 0 rejected" in signed_in.click("run_with_variables", {"pairs": "STATE=ID"}, "Run it")
    assert "GBL_STATE = ID" in signed_in.person.asked[-1][1]
    shown = len(signed_in.person.shown)
    signed_in.click("run_process", "Do not run it")
    assert len(signed_in.person.shown) == shown
    text = signed_in.click("describe_process")
    assert "CustomerNumber (key)" in text
    assert "1 documents, 0 rejected" in text


def test_templates_settings_logs_and_about(journal, tmp_path):
    journal.click("new_template", None)
    label = next(choice for choice in journal.person.asked[-1][2][0].choices if choice.startswith("ITEMS"))
    journal.click("new_template", {"process": label, "file": str(tmp_path / "t.xlsx")})
    assert (tmp_path / "t.xlsx").exists()
    assert "press Update" in journal.click("new_template", {"process": label, "file": str(tmp_path / "t.xlsx")})
    assert "GL JOURNAL" in journal.click("about_template")
    journal.click("send_sheet")
    assert "The log is as it was written." in journal.click("run_log")
    assert "known" in journal.click("open_entries")
    journal.click("edit_settings", {"dates": "us", "max_rows": "500"})
    assert "dates: iso (built in)" in journal.person.asked[-1][1]
    assert (resolve().dates, resolve().max_rows) == ("us", 500)
    assert "no number of rows" in journal.click("edit_settings", {"max_rows": "many"})
    assert "no Columns sheet" in journal.click("update_template")
    assert "no Columns sheet" in journal.click("restore_headers")


def test_signing_out_and_what_is_missing_is_said(signed_in):
    assert "Pick process" in signed_in.click("send_sheet")
    assert "No cell of this sheet is marked." in signed_in.click("next_error")
    assert "Signed in: demo@example.com" in signed_in.click("show_status")
    signed_in.click("pick_company", {"password": "demo"}, {"company": "Fabrikam Inc"})
    assert formulas.read_company() == "Fabrikam Inc"
    signed_in.click("sign_out")
    text = signed_in.click("pick_process", None)
    assert "not signed in" in text
    assert "Press Sign in on the SmartConnect tab." in text
    assert signed_in.told()[-1] in ("XlscForgetSignedIn", "XlscSetWorking")


def test_a_typed_process_that_is_none_is_named_with_those_alike(signed_in):
    text = signed_in.click("pick_process", {"process": "GL JURNAL"})
    assert "Did you mean GL JOURNAL" in text
    assert "xlsc" not in text


def test_no_password_and_no_token_reaches_a_dialog_or_the_workbook(journal, tmp_path):
    journal.click("send_sheet")
    token = next(iter(json.loads((tmp_path / "tokens.json").read_text()).values()))["token"]
    shown = str(journal.person.shown) + str(journal.book.api.properties) + str(journal.app.impl.macros_run)
    assert token not in shown + str(journal.person.said) + str(journal.person.asked)


def test_importing_the_macros_is_quick_beside_xlwings():
    code = "import sys, xlwings; old = set(sys.modules); import xlsc.addin.macros; print(len(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1500
    code = "import json, sys, xlsc.addin.macros; print(json.dumps(list(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"flask", "sqlalchemy", "rich", "tkinter"} & set(json.loads(found.stdout)) == set()
