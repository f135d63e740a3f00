"""Where tokens are kept: the system's keyring, or a file that only this user can read.

A token alone is kept, never a password. Windows' store takes 1,280 characters, more than a token has (peers.md §8.5).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import keyring
import keyring.errors
from filelock import FileLock
from keyring.backends import fail, null

from xlsc.errors import UsageError

#: Tokens hold for three months (P §1.4 [doc]).
LIFETIME = timedelta(days=90)
_SERVICE_NAME = "xlsc"


@dataclass(frozen=True, slots=True)
class TokenKey:
    """What a token belongs to; a user has one per company (P §1.4 [doc])."""

    service: str
    company_id: str
    email: str

    @property
    def text(self) -> str:
        """One line, the name of the entry in the keyring."""
        return f"{self.email.strip().lower()} {self.company_id.strip().lower()} {self.service.rstrip('/')}"


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token and when it was given, as ISO date and time in UTC. The token never shows."""

    token: str
    since: str

    def __repr__(self) -> str:
        return f"KeptToken(since={self.since!r})"

    @property
    def expires(self) -> datetime:
        """When it ends, as far as the documentation tells."""
        return datetime.fromisoformat(self.since) + LIFETIME


class TokenStore(Protocol):
    """Keeps tokens; ``place`` says where, for people."""

    place: str

    def read(self, key: TokenKey) -> KeptToken | None:
        """The token, or None."""
        ...

    def write(self, key: TokenKey, token: str) -> None:
        """Keep a token that was given just now."""
        ...

    def remove(self, key: TokenKey) -> bool:
        """Forget a token; whether there was one."""
        ...


def open_token_store(home: Path, environ: Mapping[str, str] | None = None) -> TokenStore:
    """The keyring where there is one, else a file in ``home``; ``XLSC_TOKEN_STORE`` = keyring or file decides by hand.

    Raises:
        UsageError: A keyring is demanded and there is none, or the word is another.
    """
    wanted = (os.environ if environ is None else environ).get("XLSC_TOKEN_STORE", "")
    if wanted not in ("", "file", "keyring"):
        raise UsageError(f"XLSC_TOKEN_STORE is {wanted!r}.", "Set it to keyring or file, or leave it out.")
    if wanted == "file":
        return FileTokens(home / "tokens.json")
    if _has_keyring():
        return KeyringTokens()
    if wanted == "keyring":
        raise UsageError("This system has no keyring.", "Leave XLSC_TOKEN_STORE out to keep tokens in a file.")
    return FileTokens(home / "tokens.json")


def _has_keyring() -> bool:
    """Whether a real store answers; the library's stand-ins would lose the token in silence."""
    try:
        backend = keyring.get_keyring()
        if isinstance(backend, (fail.Keyring, null.Keyring)) or backend.priority <= 0:
            return False
        backend.get_password(_SERVICE_NAME, "probe")
    except (keyring.errors.KeyringError, RuntimeError, OSError):
        return False
    return True


class KeyringTokens:
    """Tokens in the system's own store."""

    place = "the system's keyring"

    def read(self, key: TokenKey) -> KeptToken | None:
        """The token, or None."""
        try:
            text = keyring.get_password(_SERVICE_NAME, key.text)
        except keyring.errors.KeyringError as error:
            raise _locked(error) from None
        return _decode(text) if text else None

    def write(self, key: TokenKey, token: str) -> None:
        """Keep a token that was given just now."""
        try:
            keyring.set_password(_SERVICE_NAME, key.text, json.dumps(asdict(KeptToken(token, _now()))))
        except keyring.errors.KeyringError as error:
            raise _locked(error) from None

    def remove(self, key: TokenKey) -> bool:
        """Forget a token; whether there was one."""
        if self.read(key) is None:
            return False
        try:
            keyring.delete_password(_SERVICE_NAME, key.text)
        except keyring.errors.KeyringError as error:
            raise _locked(error) from None
        return True


class FileTokens:
    """Tokens in one file of mode 0600, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = f"the file {path}, which only you can read"

    def read(self, key: TokenKey) -> KeptToken | None:
        """The token, or None."""
        entry = self._load().get(key.text)
        return KeptToken(entry["token"], entry["since"]) if entry else None

    def write(self, key: TokenKey, token: str) -> None:
        """Keep a token that was given just now."""
        with FileLock(f"{self._path}.lock", timeout=30):
            self._replace(self._load() | {key.text: asdict(KeptToken(token, _now()))})

    def remove(self, key: TokenKey) -> bool:
        """Forget a token; whether there was one."""
        with FileLock(f"{self._path}.lock", timeout=30):
            kept = self._load()
            if key.text not in kept:
                return False
            del kept[key.text]
            self._replace(kept)
            return True

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            entries = json.loads(text)
            return {
                str(name): {"token": str(item["token"]), "since": str(item["since"])} for name, item in entries.items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UsageError(
                f"The file of tokens {self._path} is damaged.",
                "Delete it and sign in again: xlsc login.",
                in_excel="Delete it and sign in again.",
            ) from None

    def _replace(self, entries: dict[str, dict[str, str]]) -> None:
        # mkstemp makes the file with mode 0600, so that no moment exists in which others can read it.
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".tokens")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(entries, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _decode(text: str) -> KeptToken | None:
    try:
        entry = json.loads(text)
        return KeptToken(str(entry["token"]), str(entry["since"]))
    except (ValueError, TypeError, KeyError):
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _locked(error: Exception) -> UsageError:
    return UsageError(
        f"The system's keyring cannot be used ({type(error).__name__}).",
        "Unlock it, or set XLSC_TOKEN_STORE=file to keep the token in a file that only you can read.",
    )
