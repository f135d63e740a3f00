"""The windows themselves, on a screen, with the keyboard alone."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time

import pytest

from xlsc.addin.child import Child, python_command
from xlsc.addin.dialogs import ExcelDialogs, Field

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def screen():
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail(f"{missing[0]} is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip(f"{missing[0]} is not installed")
    read, write = os.pipe()
    # The server itself looks for a free number and tells it.
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x700x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        display = f":{told.readline().strip()}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = display
    yield display
    os.environ.pop("DISPLAY")
    if before is not None:
        os.environ["DISPLAY"] = before
    server.terminate()
    server.wait(10)


def find(title):
    done = subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--name", title], check=True, capture_output=True, timeout=60
    )
    # A window that is seen is not yet one that listens.
    time.sleep(0.5)
    return done.stdout.split()[0].decode()


def press(*keys):
    for key in keys:
        subprocess.run(["xdotool", "key", key], check=True, timeout=30)
        time.sleep(0.05)


def type_in(text):
    subprocess.run(["xdotool", "type", text], check=True, timeout=30)


def answer(call, title, *acts):
    """What a dialog gives when these are done to its window."""
    given = []
    asking = threading.Thread(target=lambda: given.append(call()))
    asking.start()
    find(title)
    for act in acts:
        act()
    asking.join(60)
    assert not asking.is_alive()
    return given[0]


FIELDS = [Field("email", "E-mail"), Field("password", "Password", is_secret=True)]


def test_fields_are_filled_in_with_tab_and_enter(screen):
    given = answer(
        lambda: ExcelDialogs().ask("Sign in", FIELDS), "Sign in",
        lambda: type_in("ann@example.com"), lambda: press("Tab"), lambda: type_in("pass word"), lambda: press("Return"),
    )  # fmt: skip
    assert given == {"email": "ann@example.com", "password": "pass word"}


def test_esc_gives_up(screen):
    assert answer(lambda: ExcelDialogs().ask("Sign in", FIELDS), "Sign in", lambda: press("Escape")) is None


def test_a_list_is_searched_by_typing(screen):
    field = Field(
        "process", "Process", choices=("CUSTOMERS – Customer cards", "ITEMS – Item cards", "GL JOURNAL – Journal")
    )
    given = answer(
        lambda: ExcelDialogs().ask("Pick process", [field]), "Pick process",
        lambda: type_in("journ"), lambda: press("Return"),
    )  # fmt: skip
    assert given == {"process": "GL JOURNAL – Journal"}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [(["Return"], "Send nothing"), (["shift+Tab", "shift+Tab", "Return"], "Send again"), (["Escape"], None)],
)
def test_sending_again_takes_more_than_enter(screen, keys, wanted):
    choices = ("Send again", "Send the others only", "Send nothing")
    text = "\n".join(f"J{number} on 2026-03-02 by ann@example.com in run 5" for number in range(60))
    asked = lambda: ExcelDialogs().choose("Sent before", text, choices)  # noqa: E731
    assert answer(asked, "Sent before", lambda: press(*keys)) == wanted


def test_progress_is_shown_until_the_work_ends_and_esc_stops(screen):
    window = ExcelDialogs().open_progress("Send")
    window.tell({"text": "Sending documents 1 to 1 of 3", "can_stop": True})
    find("Send")
    assert window.hear() == []
    press("Escape")
    deadline = time.monotonic() + 30
    while not (heard := window.hear()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert heard == [{"stop": True}]
    press("Escape")
    window.tell({"text": "Sending documents 2 to 2 of 3", "can_stop": False})
    window.close()
    assert not window.is_open


def test_progress_that_cannot_be_stopped_says_nothing(screen):
    window = ExcelDialogs().open_progress("Run process")
    window.tell({"text": "Running", "can_stop": False})
    find("Run process")
    press("Escape")
    time.sleep(0.3)
    assert window.hear() == []
    assert window.is_open
    window.close()


GROUPS = [
    {"text": "Account '9999' does not exist.", "cells": ["C2", "C4", "C6"]},
    {"text": "Account '8888' does not exist.", "cells": ["C7"]},
]


def test_the_error_list_is_used_with_the_keyboard_alone(screen):
    window = ExcelDialogs().open_errors("Errors of Data", GROUPS)
    find("Errors of Data")
    press("Return")
    assert window.wait() == {"jump": "C2"}
    press("Right", "Down", "Down", "Return")
    assert window.wait() == {"jump": "C4"}
    press("F2")
    assert window.wait() == {"fix": "C4"}
    press("F5")
    assert window.wait()["refresh"] == "C4"
    window.tell({"groups": GROUPS[1:]})
    time.sleep(0.5)
    press("Return")
    assert window.wait() == {"jump": "C7"}
    assert window.is_open
    press("Escape")
    assert window.wait() is None
    window.close()


@pytest.mark.parametrize("module", ["progress_window", "error_window"])
def test_a_window_ends_with_the_python_that_opened_it(screen, module):
    question = '{"title": "Orphan", "groups": []}\n'
    command = python_command("-m", f"xlsc.addin.{module}")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as window:
        window.stdin.write(question)
        window.stdin.flush()
        find("Orphan")
        window.stdin.close()
        assert window.wait(30) == 0


def test_without_a_screen_a_question_is_given_up_and_work_goes_on(screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":65000")
    assert ExcelDialogs().ask("Sign in", FIELDS) is None
    window = ExcelDialogs().open_progress("Send")
    for _ in range(50):
        window.tell({"text": "on", "can_stop": True})
        time.sleep(0.02)
    assert window.hear() == []
    window.close()


def test_nothing_in_excels_current_folder_becomes_a_module(screen, tmp_path, monkeypatch):
    """Excel's folder is that of the workbook opened last: whoever sent it may have put modules beside it."""
    for name in ("json", "tkinter", "xlsc"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    window = Child("xlsc.addin.window", {"title": "Safe", "fields": [], "buttons": ["Fine"]})
    with contextlib.closing(window):
        find("Safe")
        press("Return")
        assert window.wait() == {"button": "Fine"}
    code = "import json; print(json.__file__)"
    unsafe = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert unsafe.returncode == 3
