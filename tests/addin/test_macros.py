"""The ribbon's actions, on real xlwings code over an engine that imitates Excel, against the embedded service."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.excel_double.engine import new_book
from tests.excel_double.host import DoubleHost
from xlsc.addin import acts, formulas, macros, macros_books
from xlsc.addin.desk import DESK
from xlsc.addin.registry import ACTIONS
from xlsc.server.options import ServiceOptions
from xlsc.server.service import Service, start_service

MODULES = (macros, macros_books)


def find_macro(name):
    return next((getattr(module, name) for module in MODULES if hasattr(module, name)), None)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with start_service(ServiceOptions(data=tmp_path_factory.mktemp("m"), host="127.0.0.1", port=0)) as running:
        yield running


class Person:
    """Answers dialogs as told, and remembers what was shown."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.shown: list[tuple[str, str]] = []
        self.asked: list[object] = []

    def show(self, title, text):
        self.shown.append((title, text))

    def confirm(self, title, text):
        self.asked.append(text)
        return self.answers.pop(0)

    def ask(self, title, fields):
        self.asked.append(fields)
        answer = self.answers.pop(0)
        return None if answer is None else {field.name: field.value for field in fields} | answer


class Excel:
    """The double with a person in front of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.book, self.engine = new_book("Data")
        self.person = Person()
        self.app = self.book.app

    @property
    def sheet(self):
        return self.book.sheets[0]

    def click(self, action, *answers):
        self.person.answers = list(answers)
        find_macro(action)()

    def wait(self):
        """Excel's OnTime, until the work is done."""
        deadline = time.monotonic() + 30
        while acts.JOBS and time.monotonic() < deadline:
            macros.poll()
            time.sleep(0.01)
        assert acts.JOBS == []
        return self.person.shown[-1][1]

    def statuses(self, column):
        rows = self.sheet.range((2, column), (self.sheet.used_range.last_cell.row, column)).options(ndim=1).value
        return [str(value or "").split(",")[0].split(":")[0] for value in rows]


@pytest.fixture
def excel(service, tmp_path, monkeypatch) -> Iterator[Excel]:
    monkeypatch.setenv("XLSC_HOME", str(tmp_path))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    found = Excel(service)
    monkeypatch.setattr(DESK, "dialogs", found.person)
    monkeypatch.setattr(DESK, "host", DoubleHost())
    monkeypatch.setattr(DESK, "find_book", lambda: found.book)
    formulas.forget_answers()
    acts.REPORTS.clear()
    yield found
    acts.JOBS.clear()


@pytest.fixture
def signed_in(excel):
    answer = {
        "service_url": excel.service.api_url,
        "email": "demo@example.com",
        "password": "demo",
        "company": "Contoso Ltd",
    }
    excel.click("sign_in", answer)
    assert "Signed in as demo@example.com" in excel.person.shown[-1][1]
    return excel


@pytest.fixture
def journal(signed_in):
    signed_in.click("pick_process", {"process": "GL JOURNAL"})
    signed_in.click("insert_mapped_headers")
    assert signed_in.sheet.range((1, 1), (1, 6)).value[1] == "DocumentNo"
    stamp = f"M{time.time_ns() % 10**10}"
    rows = []
    for number, account in enumerate(("6100", "9999", "6200")):
        rows.append(["2026-03-02", f"{stamp}{number}", f"'{account}", "macro", 5, None])
        rows.append(["2026-03-02", f"{stamp}{number}", "'1000", "macro", None, 5])
    signed_in.sheet.range((2, 1)).value = rows
    return signed_in


def test_every_action_of_the_ribbon_has_its_macro():
    names = {action.target for action in ACTIONS}
    assert {name.split(":")[0] for name in names} == {module.__name__ for module in MODULES}
    assert [name for name in names if not callable(find_macro(name.split(":")[1]))] == []


def test_send_marks_correct_send_again_clear(journal):
    journal.click("send_sheet")
    assert "2 of 6 rows are rejected." in journal.wait()
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2
    account = journal.sheet.range((4, 3))
    assert account.color is not None
    assert "9999" in account.note.text
    journal.click("next_error")
    journal.click("list_errors", None)
    assert "9999" in journal.person.asked[-1][0].choices[0]
    account.value = "'6300"
    journal.click("send_failed")
    assert "Every row was accepted." in journal.wait()
    assert account.color is None
    assert account.note is None
    assert journal.statuses(7) == ["Accepted"] * 6
    journal.click("send_unsent")
    assert "nothing to send" in journal.wait()
    journal.click("clear_marks")
    assert journal.sheet.range((1, 7)).value is None


def test_the_ribbon_is_told_what_happens(journal):
    journal.click("send_sheet")
    journal.wait()
    told = [call[0].rpartition("!")[2] for call in journal.app.impl.macros_run]
    assert told[0] == "XlscSetSignedIn"
    assert {"XlscSetWorking", "XlscPollIn", "XlscSetMarked"} <= set(told)


def test_check_and_selection(journal):
    journal.sheet.range((2, 2)).value = None
    journal.click("check_sheet")
    assert "wrong" in journal.wait()
    assert journal.sheet.range((2, 2)).color is not None
    journal.sheet.range((4, 1), (6, 2)).select()
    journal.click("send_selection")
    journal.wait()
    assert journal.statuses(7)[2:] == ["Rejected"] * 2 + ["Accepted"] * 2


def test_stop_at_the_first_error(journal):
    journal.click("send_until_error")
    text = journal.wait()
    assert "2 accepted + 2 rejected + 2 skipped" in text


def test_a_protected_sheet_loses_no_outcome(journal):
    journal.click("send_sheet")
    journal.sheet.impl.is_protected = True
    assert "protected" in journal.wait()
    journal.sheet.impl.is_protected = False
    journal.click("send_sheet")
    journal.wait()
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2


def test_a_background_send_shows_at_the_next_look(journal, tmp_path):
    from xlsc.sheets.files import create_book

    journal.click("send_in_background")
    assert "no saved file" in journal.person.shown[-1][1]
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
    journal.click("open_entries")
    assert "6 rows of this sheet show their state now." in journal.person.shown[-1][1]
    assert journal.statuses(7) == ["Accepted"] * 2 + ["Rejected"] * 2 + ["Accepted"] * 2


def test_errors_are_saved_to_the_service(journal):
    journal.click("send_sheet")
    journal.wait()
    journal.click("save_errors")
    assert journal.person.shown[-1] == ("Save errors", "The service keeps them.")


def test_data_runs_and_variables(signed_in):
    signed_in.click("pick_process", {"process": "CUSTOMERS BY STATE"})
    signed_in.click("get_data_with_variables", {"pairs": "STATE=ID"})
    assert signed_in.sheet.range((2, 1)).value == "EAGLE05"
    signed_in.click("refresh_data")
    assert signed_in.sheet.range((3, 1)).value is None
    signed_in.click("run_with_variables", {"pairs": "STATE=ID"}, True)
    assert "1 documents, 0 rejected" in signed_in.person.shown[-1][1]
    signed_in.click("run_process", False)
    signed_in.click("describe_process")
    assert "CustomerNumber (key)" in signed_in.person.shown[-1][1]


def test_templates_settings_logs_and_about(journal, tmp_path):
    journal.click("new_template", {"process": "ITEMS", "file": str(tmp_path / "t.xlsx")})
    assert (tmp_path / "t.xlsx").exists()
    journal.click("about_template")
    assert "GL JOURNAL" in journal.person.shown[-1][1]
    journal.click("send_sheet")
    journal.wait()
    journal.click("run_log")
    assert "The log is as it was written." in journal.person.shown[-1][1]
    journal.click("open_entries")
    assert "known" in journal.person.shown[-1][1]
    journal.click("edit_settings", {"dates": "us", "max_rows": "500"})
    from xlsc.settings import resolve

    assert (resolve().dates, resolve().max_rows) == ("us", 500)
    journal.click("edit_settings", {"max_rows": "many"})
    assert "no number of rows" in journal.person.shown[-1][1]
    journal.click("update_template")
    assert "no Columns sheet" in journal.person.shown[-1][1]


def test_signing_out_and_what_is_missing_is_said(signed_in):
    signed_in.click("send_sheet")
    assert "Pick process" in signed_in.person.shown[-1][1]
    signed_in.click("next_error")
    assert "No cell of this sheet is marked." in signed_in.person.shown[-1][1]
    signed_in.click("show_status")
    assert "Signed in: demo@example.com" in signed_in.person.shown[-1][1]
    signed_in.click("pick_company", {"password": "demo"}, {"company": "Fabrikam Inc"})
    assert formulas.read_company() == "Fabrikam Inc"
    signed_in.click("sign_out")
    signed_in.click("pick_process", None)
    assert "not signed in" in signed_in.person.shown[-1][1]


def test_no_password_and_no_token_reaches_a_dialog_or_the_workbook(journal, tmp_path):
    journal.click("send_sheet")
    journal.wait()
    token = next(iter(json.loads((tmp_path / "tokens.json").read_text()).values()))["token"]
    shown = str(journal.person.shown) + str(journal.book.api.properties) + str(journal.app.impl.macros_run)
    assert token not in shown


def test_importing_the_macros_is_quick_beside_xlwings():
    code = "import sys, xlwings; old = set(sys.modules); import xlsc.addin.macros; print(len(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1500
    heavy = "import sys, xlsc.addin.macros; print([n for n in ('flask', 'sqlalchemy', 'rich') if n in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.office
def test_a_window_asks_and_answers_on_a_screen(tmp_path):
    import os
    import shutil

    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("Xvfb or xdotool is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("Xvfb or xdotool is not installed")
    display = f":{90 + os.getpid() % 9}"
    screen = subprocess.Popen(["Xvfb", display, "-screen", "0", "800x600x24"], stderr=subprocess.DEVNULL)
    environ = os.environ | {"DISPLAY": display}
    question = {"title": "Sign in", "fields": [
        {"name": "email", "label": "E-mail", "value": "", "secret": False, "choices": []},
        {"name": "password", "label": "Password", "value": "", "secret": True, "choices": []},
    ]}  # fmt: skip
    try:
        time.sleep(1)
        window = subprocess.Popen(
            [sys.executable, "-m", "xlsc.addin.window"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ,
        )  # fmt: skip
        window.stdin.write(json.dumps(question))
        window.stdin.close()
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Sign in"]
        subprocess.run(find, env=environ, check=True, capture_output=True, timeout=30)
        for keys in (["type", "ann@example.com"], ["key", "Tab"], ["type", "pass word"], ["key", "Return"]):
            subprocess.run(["xdotool", *keys], env=environ, check=True, timeout=30)
        answer = window.stdout.read()
        window.wait(30)
        window.stdout.close()
    finally:
        screen.terminate()
        screen.wait(10)
    assert json.loads(answer) == {"email": "ann@example.com", "password": "pass word"}
