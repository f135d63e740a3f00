import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from xlsc.cli.service import service
from xlsc.errors import UsageError
from xlsc.server.accounts import Accounts
from xlsc.server.history import History, RunStart
from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service
from xlsc.server.store import now_ms, open_store

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `xlsc service …` on a store of its own and returns its JSON."""
    monkeypatch.delenv("XLSC_PASSWORD", raising=False)

    def invoke(*words: str, stdin: str = "") -> Any:
        result: Result = CliRunner().invoke(
            service, ["--data", str(tmp_path), *words, "--json"], input=stdin, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return invoke


def test_users_are_added_listed_disabled_and_enabled(run: Run):
    run("company", "add", "Contoso Ltd")
    added = run(
        "user", "add", "Ann@example.com", "--company", "contoso ltd", "--role", "administrator", stdin="s3cret\n"
    )
    assert added[0]["email"] == "ann@example.com"
    assert [(place["name"], place["role"]) for place in added[0]["companies"]] == [("Contoso Ltd", "administrator")]
    assert run("user", "disable", "ann@example.com")[0]["disabled"] is True
    assert [user["disabled"] for user in run("user", "list")] == [True]
    assert run("user", "enable", "ANN@example.com")[0]["disabled"] is False


def test_a_password_is_read_from_the_environment_and_never_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XLSC_PASSWORD", "s3cret-word")
    assert "s3cret-word" not in json.dumps(run("user", "add", "ann@example.com"))
    store = open_store(None, tmp_path)
    found = Accounts(store).find_user("ann@example.com")
    store.close()
    assert found is not None
    assert found[1].startswith("scrypt$")


def test_a_user_without_a_password_is_not_made(run: Run):
    with pytest.raises(UsageError, match="No password"):
        run("user", "add", "ann@example.com")
    assert run("user", "list") == []


def test_an_unknown_company_makes_no_user(run: Run):
    with pytest.raises(UsageError, match="no company"):
        run("user", "add", "ann@example.com", "--company", "Nowhere", stdin="s3cret\n")
    assert run("user", "list") == []


def test_a_password_can_be_changed_and_tokens_revoked(run: Run):
    run("user", "add", "ann@example.com", stdin="one\n")
    assert run("user", "password", "ann@example.com", stdin="two\n")[0]["email"] == "ann@example.com"
    assert run("user", "sign-out", "ann@example.com") == [{"email": "ann@example.com", "tokens_revoked": 0}]


def test_companies_keep_their_guid(run: Run):
    key = "11111111-2222-3333-4444-555555555555"
    assert run("company", "add", "Contoso Ltd", "--id", key) == [{"id": key, "name": "Contoso Ltd"}]
    assert run("company", "list") == [{"id": key, "name": "Contoso Ltd"}]


def test_the_log_tells_who_ran_what(run: Run, tmp_path: Path):
    store = open_store(None, tmp_path)
    History(store, "none", now_ms).start(RunStart("key", "company", "ann@example.com", "10.0.0.1", "runmap"))
    store.close()
    (entry,) = run("log")
    assert (entry["email"], entry["address"], entry["map_key"], entry["run_number"]) == (
        "ann@example.com",
        "10.0.0.1",
        "key",
        1,
    )
    assert entry["at"].endswith("Z")
    assert run("log", "--refusals") == []


def test_a_process_is_granted_and_taken_back_by_its_name(run: Run, tmp_path: Path):
    start_service(ServiceOptions(tmp_path)).close()
    companies = run("company", "list")
    assert len(companies) == 2
    granted = run("grant", "reader@example.com", "gl journal", "--company", companies[0]["name"])
    assert len(granted[0]["processes"]) == 1
    taken = run("grant", "reader@example.com", granted[0]["processes"][0], "--withdraw")
    assert taken[0]["processes"] == []
    with pytest.raises(UsageError, match="no process"):
        run("grant", "reader@example.com", "NOTHING")


def test_published_passwords_keep_the_service_on_loopback(run: Run, tmp_path: Path):
    start_service(ServiceOptions(tmp_path)).close()
    outside = ServiceOptions(tmp_path, host="0.0.0.0")
    with pytest.raises(UsageError) as caught:
        start_service(outside)
    assert "demo@example.com" in caught.value.message
    assert "user password" in caught.value.hint
    run("user", "disable", "clerk@example.com")
    run("user", "disable", "reader@example.com")
    run("user", "password", "demo@example.com", stdin="not in the manual\n")
    with start_service(outside) as service_outside:
        assert service_outside.url.startswith("http://127.0.0.1:")
