"""An administrator's policy holds whatever a person sets: on the command line, in variables, files and workbooks."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from xlsc.settings import policy_files

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OTHER = "https://other.example.com/API"


@pytest.fixture
def policy(home, monkeypatch):
    """Writes the policy's [locked] table; only from then on it holds."""

    def write(text: str) -> Path:
        path = home.parent / "policy.toml"
        path.write_text(f"[locked]\n{text}\n", encoding="utf-8")
        monkeypatch.setenv("XLSC_POLICY", str(path))
        return path

    return write


@pytest.fixture
def items(tmp_path) -> Path:
    """Three items, the last one with a unit that local checks refuse."""
    path = Path(shutil.copy(TEMPLATES / "items.xlsx", tmp_path))
    book = openpyxl.load_workbook(path)
    for number, unit in ((2, "EA"), (3, "BX"), (4, "CASE")):
        for place, value in enumerate((f"POLICY-{number}", "Lamp", unit, 5), start=1):
            book["Data"].cell(number, place).value = value
    book.save(path)
    return path


def refused(cli, *arguments):
    """What the command says; nothing is sent and no workbook changes."""
    books = [argument for argument in arguments if isinstance(argument, Path) and argument.exists()]
    before = [book.read_bytes() for book in books]
    answer = cli(*arguments)
    assert answer.code == 2, answer.out
    assert [book.read_bytes() for book in books] == before
    return answer.err


@pytest.mark.parametrize("command", ["send", "check"])
def test_only_allowed_services_are_used(signed_in, policy, items, command):
    path = policy(f'allowed_services = ["{OTHER}"]')
    said = refused(signed_in, command, items)
    assert OTHER in said
    assert str(path) in said


def test_allowed_services_hold_for_templates_lists_and_signing_in(signed_in, service, policy, tmp_path):
    policy(f'allowed_services = ["{OTHER}"]')
    assert OTHER in refused(signed_in, "template", "new", "ITEMS", "-o", tmp_path / "new.xlsx")
    assert not (tmp_path / "new.xlsx").exists()
    assert OTHER in refused(signed_in, "processes")
    assert OTHER in refused(signed_in, "login", service.api_url, "--email", "demo@example.com")


def test_a_workbook_cannot_lead_to_a_service_that_is_not_allowed(signed_in, service, policy, items):
    policy(f'allowed_services = ["{service.api_url}/"]')
    assert signed_in("check", items, "--no-marks").code == 1
    book = openpyxl.load_workbook(items)
    book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty(name="xlsc.service_url", value=OTHER))
    book.save(items)
    assert f"The service {OTHER} is not among the allowed services" in refused(signed_in, "send", items)


@pytest.mark.parametrize("command", ["send", "check"])
def test_no_more_rows_than_allowed(signed_in, policy, items, command):
    policy("max_rows = 2")
    said = refused(signed_in, command, items)
    assert [word for word in ("3 rows", "2 are allowed", "--range") if word not in said] == []
    assert signed_in("check", items, "--range", "A2:F3", "--no-marks").code == 0


@pytest.mark.parametrize("command", ["send", "check"])
def test_unchecked_rows_never_go(signed_in, policy, items, command):
    path = policy("allow_unchecked = false")
    assert str(path) in refused(signed_in, command, items, "--no-checks")


def test_unchecked_rows_go_where_it_is_allowed(signed_in, policy, items):
    policy("allow_unchecked = true")
    report = signed_in("send", items, "--no-checks", "--json").json
    assert (report["accepted"], report["rejected"], len(report["runs"])) == (2, 1, 1)


LOCKS = {
    "max_rows": ("2", "100"),
    "allow_unchecked": ("false", "true"),
    "allowed_services": (f'["{OTHER}"]', '["https://mine.example.com/API"]'),
}


@pytest.mark.parametrize("name", LOCKS)
def test_no_variable_changes_a_lock(signed_in, policy, items, monkeypatch, name):
    locked, wanted = LOCKS[name]
    path = policy(f"{name} = {locked}")
    monkeypatch.setenv(f"XLSC_{name.upper()}", wanted.strip('[]"'))
    said = refused(signed_in, "send", items)
    assert [word for word in (name, str(path), "the environment") if word not in said] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_settings_file_changes_a_lock(signed_in, policy, items, home, name):
    locked, wanted = LOCKS[name]
    with (home / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(f"{name} = {wanted}\n")
    path = policy(f"{name} = {locked}")
    said = refused(signed_in, "send", items)
    assert [word for word in (name, str(path), "settings.toml") if word not in said] == []


def test_the_settings_say_that_a_policy_holds(signed_in, policy):
    path = policy("max_rows = 2")
    assert str(path) in signed_in("settings", "--json").out


def test_rules_cannot_be_taken_out_of_a_template(signed_in, policy, items):
    policy("allow_unchecked = false")
    book = openpyxl.load_workbook(items)
    book.remove(book["Columns"])
    book.save(items)
    assert "Columns is gone" in refused(signed_in, "send", items)


def test_no_variable_hides_the_policy_of_the_system(monkeypatch, tmp_path):
    usual = policy_files({})[0]
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    found = policy_files({"XLSC_POLICY": str(tmp_path / "own.toml")})
    assert (found[0], found[-1]) == (usual, tmp_path / "own.toml")
