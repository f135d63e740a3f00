"""Tokens are kept where only their user can read them, and never show."""

import stat

import pytest

from xlsc.client.tokens import FileTokens, KeyringTokens, TokenKey, open_token_store
from xlsc.errors import UsageError

KEY = TokenKey("https://api.example.com/API", "C-1", "Ann@Example.com")


def test_a_token_comes_back_for_its_own_key_only(tmp_path):
    store = FileTokens(tmp_path / "tokens.json")
    store.write(KEY, "s3cret")
    assert store.read(TokenKey("https://api.example.com/API/", "c-1", "ann@example.com ")).token == "s3cret"
    assert store.read(TokenKey(KEY.service, "C-2", KEY.email)) is None


def test_the_file_is_for_its_user_alone(tmp_path):
    store = FileTokens(tmp_path / "tokens.json")
    store.write(KEY, "s3cret")
    store.write(TokenKey("https://b.example.com/API", "C-1", KEY.email), "other")
    assert stat.S_IMODE((tmp_path / "tokens.json").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} <= {"tokens.json", "tokens.json.lock"}


def test_a_token_is_forgotten_once(tmp_path):
    store = FileTokens(tmp_path / "tokens.json")
    store.write(KEY, "s3cret")
    assert (store.remove(KEY), store.remove(KEY), store.read(KEY)) == (True, False, None)


def test_a_token_shows_in_no_repr(tmp_path):
    store = FileTokens(tmp_path / "tokens.json")
    store.write(KEY, "s3cret")
    assert "s3cret" not in repr(store.read(KEY))


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"token": "x"}}', "not json"])
def test_a_damaged_file_is_named(tmp_path, text):
    (tmp_path / "tokens.json").write_text(text)
    with pytest.raises(UsageError, match=r"tokens\.json is damaged"):
        FileTokens(tmp_path / "tokens.json").read(KEY)


def test_the_file_is_taken_when_asked_for(tmp_path):
    assert isinstance(open_token_store(tmp_path, {"XLSC_TOKEN_STORE": "file"}), FileTokens)
    with pytest.raises(UsageError, match="XLSC_TOKEN_STORE"):
        open_token_store(tmp_path, {"XLSC_TOKEN_STORE": "paper"})


def test_a_real_keyring_is_used(tmp_path):
    import keyring
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 5

        def __init__(self):
            super().__init__()
            self.kept = {}

        def get_password(self, service, username):
            return self.kept.get((service, username))

        def set_password(self, service, username, password):
            self.kept[service, username] = password

        def delete_password(self, service, username):
            del self.kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        store = open_token_store(tmp_path, {})
        assert isinstance(store, KeyringTokens)
        store.write(KEY, "s3cret")
        assert store.read(KEY).token == "s3cret"
        assert (store.remove(KEY), store.remove(KEY)) == (True, False)
        assert list(tmp_path.iterdir()) == []
    finally:
        keyring.set_keyring(before)


def test_without_a_keyring_a_file_is_taken_and_named(tmp_path):
    import keyring
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        store = open_token_store(tmp_path, {})
        assert isinstance(store, FileTokens)
        assert "only you can read" in store.place
        with pytest.raises(UsageError, match="no keyring"):
            open_token_store(tmp_path, {"XLSC_TOKEN_STORE": "keyring"})
    finally:
        keyring.set_keyring(before)
