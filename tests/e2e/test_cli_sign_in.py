"""Signing in: who, where, and never a password or token on a screen, in a log, a workbook or the outbox."""

import openpyxl
import pytest


def test_a_company_has_to_be_named_where_there_are_several(cli, service, monkeypatch):
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    answer = cli("login", service.api_url, "--email", "demo@example.com")
    assert answer.code == 2
    assert "Contoso Ltd" in answer.err
    assert "Fabrikam Inc" in answer.err


def test_a_wrong_password_is_refused_and_not_shown(cli, service, monkeypatch):
    monkeypatch.setenv("XLSC_PASSWORD", "hunter2-wrong")
    answer = cli("login", service.api_url, "--email", "demo@example.com", "--company", "Contoso Ltd")
    assert answer.code == 3
    assert "hunter2" not in answer.out + answer.err


@pytest.mark.parametrize("form", ["plain", "hmac", "rsa"])
def test_every_password_form_signs_in(cli, service, monkeypatch, form):
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    answer = cli(
        "login", service.api_url, "--email", "demo@example.com", "--company", "contoso ltd", "--password-form", form
    )
    assert answer.code == 0, answer.err
    assert cli("whoami", "--json").json["valid"] is True


def test_the_password_may_come_from_standard_input(cli, service, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("clerk-demo\n"))
    answer = cli("login", service.api_url, "--email", "clerk@example.com", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["company"] == "Contoso Ltd"


def test_a_user_sees_only_what_is_granted(cli, service, monkeypatch):
    monkeypatch.setenv("XLSC_PASSWORD", "reader-demo")
    assert cli("login", service.api_url, "--email", "reader@example.com").code == 0
    names = {process["map_id"] for process in cli("processes", "--json").json}
    assert names == {"ITEMS", "CUSTOMERS BY STATE"}
    assert cli("columns", "GL JOURNAL").code == 3


def test_signing_out_forgets_the_token(signed_in):
    assert signed_in("logout").code == 0
    answer = signed_in("processes")
    assert answer.code == 3
    assert "xlsc login" in answer.err


def test_without_signing_in_the_next_step_is_told(cli):
    answer = cli("processes")
    assert answer.code == 2
    assert "xlsc login" in answer.err


def test_an_expired_token_is_renewed_when_the_password_is_at_hand(signed_in, home, monkeypatch):
    import json

    file = home / "tokens.json"
    kept = {name: entry | {"token": "not-a-token"} for name, entry in json.loads(file.read_text()).items()}
    file.write_text(json.dumps(kept))
    assert signed_in("processes").code == 3
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    assert signed_in("processes").code == 0
    assert "not-a-token" not in file.read_text()


def test_no_secret_reaches_a_file_or_the_screen(signed_in, service, home, tmp_path):
    import json

    token = next(iter(json.loads((home / "tokens.json").read_text()).values()))["token"]
    path = tmp_path / "book.xlsx"
    shown = []
    for arguments in (
        ("headers", path, "--process", "CUSTOMERS"),
        ("send", path, "--json"),
        ("outputs", "CUSTOMERS BY STATE"),
        ("outputs", "CUSTOMERS BY STATE", "--json"),
        ("settings",),
        ("whoami",),
        ("columns", "NOPE"),
    ):
        answer = signed_in(*arguments)
        shown.append(answer.out + answer.err)
    assert token not in "".join(shown)
    openpyxl.load_workbook(path)
    for file in [path, *home.rglob("*"), *(tmp_path.glob("*"))]:
        if file.is_file() and file.name != "tokens.json":
            content = file.read_bytes()
            assert token.encode() not in content, file
    assert "demo" not in (home / "settings.toml").read_text().replace("demo@example.com", "")


def test_http_to_another_machine_is_refused(cli, monkeypatch):
    monkeypatch.setenv("XLSC_PASSWORD", "x")
    answer = cli("login", "http://api.example.com/API", "--email", "a@example.com")
    assert answer.code == 2
    assert "https" in answer.err


def test_settings_are_shown_changed_and_refused(cli):
    assert cli("settings", "run_timeout_seconds=120").code == 0
    assert cli("settings", "--json").json["run_timeout_seconds"]["value"] == 120
    assert cli("settings", "colour=red").code == 2
    assert cli("settings", "run_timeout_seconds=soon").code == 2
