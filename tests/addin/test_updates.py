"""Comparing versions through the user's own pip: real pip over a folder of packages, and without any."""

import subprocess
import sys

import pytest

import xlsc
from xlsc.addin import updates
from xlsc.addin.updates import Newest, describe, find_newest


def say(text, errors="", code=0):
    program = f"import sys; sys.stdout.write({text!r}); sys.stderr.write({errors!r}); sys.exit({code})"
    return [sys.executable, "-c", program]


def test_a_newer_version_is_told_and_nothing_is_installed():
    newest = find_newest(say("xlsc (0.10.0)\nAvailable versions: 0.10.0, 0.9.0\n  INSTALLED: 0.1.0\n"))
    assert newest == Newest("0.10.0")
    assert describe("0.9.1", newest).startswith("This is xlsc 0.9.1; 0.10.0 is there.")
    assert describe("0.10", newest) == "This is xlsc 0.10, the newest version."
    assert describe("0.11.0", newest) == "This is xlsc 0.11.0, the newest version."


@pytest.mark.parametrize(
    ("errors", "why"),
    [
        ("/usr/bin/python: No module named pip", "this Python has no pip"),
        ("ERROR: No matching distribution found for xlsc", "cannot be reached, or has no xlsc"),
        ("Looking in indexes: https://ann:secret@example.com/simple\nboom", "pip gave no answer"),
    ],
)
def test_what_keeps_it_from_being_known_is_readable_and_holds_no_secret(errors, why):
    text = describe("0.1.0", find_newest(say("", errors, 1)))
    assert text.startswith("This is xlsc 0.1.0. Whether there is a newer one is not known: ")
    assert why in text
    assert "secret" not in text


def test_an_index_that_never_answers_does_not_hang(monkeypatch):
    monkeypatch.setattr(updates, "_ALL_SECONDS", 0.5)
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert find_newest(sleeping) == Newest("", "the package index did not answer")


def test_the_users_own_pip_is_asked_with_the_users_own_settings(monkeypatch, tmp_path):
    """Pip's settings name a folder where nobody answers: so it was asked, and says what it does without an index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    text = describe(xlsc.__version__, find_newest())
    assert "is not known: the package index cannot be reached, or has no xlsc." in text


def test_the_button_says_it(excel, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert excel.click("check_updates").startswith(f"This is xlsc {xlsc.__version__}")


def test_help_opens_the_manual_of_this_version(tmp_path, monkeypatch):
    monkeypatch.setenv("XLSC_HOME", str(tmp_path))
    monkeypatch.setenv("BROWSER", "true")
    command = [sys.executable, "-P", "-m", "xlsc.addin.manual"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    page = done.stdout.strip()
    assert page.endswith("addin.html")
    with open(page, encoding="utf-8") as written:
        assert "SmartConnect" in written.read()
