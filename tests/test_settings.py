"""Settings: which place wins, what a policy locks, what is refused."""

from __future__ import annotations

import stat
from dataclasses import fields

import pytest

from xlsc.errors import UsageError
from xlsc.settings import REGISTRY, Settings, home, read_user_file, resolve, write_user_settings


@pytest.fixture
def environ(tmp_path):
    return {"XLSC_HOME": str(tmp_path / "home")}


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text('[defaults]\nemail = "policy@example.com"\ndates = "us"\n[locked]\nmax_rows = 500\n')
    return path


def test_every_setting_has_a_field_and_a_sentence_of_help():
    assert {item.name for item in fields(Settings)} - {"origins"} == set(REGISTRY)
    assert all(setting.help.endswith(".") for setting in REGISTRY.values())


def test_the_strongest_place_wins(environ, policy):
    def email(**places):
        return resolve(policies=[policy], **{"environ": environ, **places}).email

    assert resolve(environ=environ, policies=[]).email == ""
    assert email() == "policy@example.com"
    write_user_settings({"email": "user@example.com"}, environ)
    assert email() == "user@example.com"
    variables = {**environ, "XLSC_EMAIL": "variable@example.com"}
    assert email(environ=variables) == "variable@example.com"
    assert email(environ=variables, workbook={"email": "book@example.com"}) == "book@example.com"
    both = {"workbook": {"email": "book@example.com"}, "arguments": {"email": "arg@example.com", "dates": None}}
    assert email(environ=variables, **both) == "arg@example.com"


def test_variables_are_read_by_kind(environ):
    texts = {"XLSC_MAX_ROWS": "9", "XLSC_ALLOW_UNCHECKED": "yes", "XLSC_RUN_TIMEOUT_SECONDS": "1.5"}
    found = resolve(environ={**environ, **texts, "XLSC_PASSWORD": "hunter2"}, policies=[])
    assert (found.max_rows, found.allow_unchecked, found.run_timeout_seconds) == (9, True, 1.5)
    assert "hunter2" not in repr(found)
    with pytest.raises(UsageError, match="max_rows"):
        resolve(environ={**environ, "XLSC_MAX_ROWS": "many"}, policies=[])


def test_a_locked_value_wins_and_an_override_names_the_policy_file(environ, policy):
    found = resolve(arguments={"max_rows": 500}, environ=environ, policies=[policy])
    assert (found.max_rows, found.dates, found.origins["max_rows"]) == (500, "us", str(policy))
    for places in ({"arguments": {"max_rows": 9}}, {"environ": {**environ, "XLSC_MAX_ROWS": "9"}}):
        with pytest.raises(UsageError, match=str(policy)):
            resolve(policies=[policy], **{"environ": environ, **places})


def test_the_first_policy_file_cannot_be_unlocked_by_the_second(environ, policy, tmp_path):
    second = tmp_path / "mine.toml"
    second.write_text("[locked]\nmax_rows = 1000000\n")
    assert resolve(environ=environ, policies=[policy, second]).max_rows == 500
    with pytest.raises(UsageError, match="gone"):
        resolve(environ=environ, policies=[policy, tmp_path / "gone.toml"])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1", "colour"),
        ("max_rows = true", "max_rows"),
        ("max_rows = 0", "max_rows"),
        ('dates = "german"', "dates"),
        ('read_timeout_seconds = "60"', "read_timeout_seconds"),
        ('allowed_services = ["ftp://x"]', "allowed_services"),
        ('password = "hunter2"', "password"),
        ('service_url = "https://ann:hunter2@example.com"', "service_url"),
        ("dates = ", "TOML"),
    ],
)
def test_a_wrong_file_names_itself_and_the_key_and_no_secret(environ, text, named):
    path = home(environ) / "settings.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=named) as caught:
        read_user_file(environ)
    assert str(path) in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_user_settings_are_merged_and_nothing_wrong_is_written(environ):
    odd = 'Ann "A" \\ \x7f \U0001f600 = Co'
    write_user_settings({"company_name": odd, "allowed_services": ("https://a.example.com",)}, environ)
    write_user_settings({"max_rows": 7, "email": "a@example.com"}, environ)
    write_user_settings({"email": None}, environ)
    expected = {"company_name": odd, "allowed_services": ("https://a.example.com",), "max_rows": 7}
    assert read_user_file(environ) == expected
    for wrong in ({"token": "x"}, {"token": None}, {"max_rows": "x"}, {"colour": "x"}):
        with pytest.raises(UsageError):
            write_user_settings(wrong, environ)
    assert read_user_file(environ) == expected
    assert not list(home(environ).glob(".settings-*"))


def test_only_allowed_services_are_used(environ):
    allowed = {"allowed_services": ["https://a.example.com/x"]}
    assert resolve({**allowed, "service_url": "https://A.example.com/x/"}, environ=environ, policies=[]).service_url
    with pytest.raises(UsageError, match="not among"):
        resolve({**allowed, "service_url": "https://b.example.com/x"}, environ=environ, policies=[])


def test_a_setting_at_odds_with_another_is_refused_before_the_file_changes(environ):
    write_user_settings({"service_url": "https://a.example.com"}, environ)
    with pytest.raises(UsageError, match="not among"):
        write_user_settings({"allowed_services": ("https://b.example.com",)}, environ)
    assert read_user_file(environ) == {"service_url": "https://a.example.com"}


def test_home_is_private_and_a_bad_one_is_named(environ, tmp_path):
    assert stat.S_IMODE(home(environ).stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"):
        home({"XLSC_HOME": str(tmp_path / "file" / "home")})
    assert resolve(environ=environ, policies=[]).outbox_path(environ) == home(environ) / "outbox.sqlite"
