"""Locks with an owner: who is alive, and who may send to a process. The operating system ends a dead owner's locks."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from filelock import FileLock, Timeout

from xlsc.errors import UsageError
from xlsc.outbox.folders import file_mode, make_folder, open_to_team


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lock; ``since`` is UTC in ISO form."""

    user: str
    host: str
    pid: int
    since: str

    def age_seconds(self) -> float:
        """Seconds since the lock was taken, by this machine's clock."""
        return (datetime.now(UTC) - datetime.fromisoformat(self.since)).total_seconds()

    def __str__(self) -> str:
        return f"{self.user} (process {self.pid} on {self.host}) since {self.since[:19]} UTC{self._for_how_long()}"

    def _for_how_long(self) -> str:
        """For people; nothing when a clock was set, here or there."""
        seconds = self.age_seconds()
        return f", for {seconds / 60:,.0f} minutes" if seconds >= 60 else ""


def this_owner() -> Owner:
    """This process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return Owner(user, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat())


def make_locks_folder(folder: Path) -> None:
    """The folder of an outbox's locks, open to whom the outbox's folder is open.

    Raises:
        OSError: It cannot be made.
    """
    if not folder.exists():
        make_folder(folder)
        open_to_team(folder)


class Presence:
    """Proof that this outbox is open: a file locked until it is closed or its process ends.

    Process ids are reused; a lock of the operating system is not.
    """

    def __init__(self, folder: Path) -> None:
        try:
            make_locks_folder(folder)
            self.name = uuid4().hex
            self._lock = FileLock(folder / f"{self.name}.lock", thread_local=False, mode=file_mode(folder))
            self._lock.acquire(timeout=5)
        except OSError as error:
            raise _unusable(folder, error) from error

    def close(self) -> None:
        """End the proof."""
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)


def is_present(folder: Path, name: str) -> bool:
    """Whether the outbox of that name is still open in a process of this host."""
    path = folder / f"{name}.lock"
    if not path.exists():
        return False
    probe = FileLock(path, thread_local=False, mode=file_mode(folder))
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    with contextlib.suppress(PermissionError):  # a colleague's in a shared folder
        path.unlink(missing_ok=True)
    return False


def read_owner(owner_file: Path) -> Owner | None:
    """Who wrote a lock's file; None where there is none that can be read."""
    try:
        return Owner(**json.loads(owner_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


class SenderLock:
    """The right to send to one process; a context manager.

    Args:
        folder: Where the outbox's locks stand.
        scope: Text equal for every spelling of one process.
        timeout_seconds: How long to wait for another owner.
        force_after_seconds: Take over a lock left by another host when it is older than this; None = never.
            A lock left by a dead process of this host is always taken over, one that is held never.
    """

    def __init__(
        self, folder: Path, scope: str, timeout_seconds: float = 30.0, force_after_seconds: float | None = None
    ) -> None:
        name = hashlib.sha256(scope.encode()).hexdigest()[:32]
        make_locks_folder(folder)
        self._lock = FileLock(folder / f"{name}.lock", thread_local=False, mode=file_mode(folder))
        self._owner_file = folder / f"{name}.json"
        self._timeout_seconds = timeout_seconds
        self._force_after_seconds = force_after_seconds

    def owner(self) -> Owner | None:
        """Who wrote the lock last and did not give it back, or None."""
        return read_owner(self._owner_file)

    def __enter__(self) -> SenderLock:
        """Take the lock.

        Raises:
            UsageError: Another process holds it, or another host left it; names the owner and since when.
        """
        try:
            self._lock.acquire(timeout=self._timeout_seconds)
        except Timeout as error:
            raise UsageError(
                f"Rows are being sent to this process by {self.owner() or 'another process'}.",
                "Wait until that send has ended, then try again.",
            ) from error
        except OSError as error:
            raise _unusable(self._owner_file.parent, error) from error
        try:
            self._refuse_foreign(self.owner())
            written = self._owner_file.with_suffix(".new")
            written.write_text(json.dumps(asdict(this_owner())), encoding="utf-8")
            open_to_team(written)
            written.replace(self._owner_file)
        except BaseException as error:
            self._lock.release()
            if isinstance(error, OSError):
                raise _unusable(self._owner_file.parent, error) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        self._owner_file.unlink(missing_ok=True)
        self._lock.release()

    def _refuse_foreign(self, left: Owner | None) -> None:
        """A share may not carry locks between hosts, so another host's owner file counts although the lock is free."""
        if left is None or left.host == socket.gethostname():
            return
        limit = self._force_after_seconds
        if limit is None or left.age_seconds() < limit:
            raise UsageError(
                f"The lock of this process was left by {left}.",
                "Make sure that nothing is being sent there, then take it over with: xlsc settle --take-over 1"
                " (hours since it was taken).",
                in_excel="Make sure that nothing is being sent there, then ask whoever runs xlsc to take it over.",
            )


def _unusable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"The folder {folder} cannot be used for locks: {error}.", "Make it writable or free some space.")


def release_foreign(folder: Path, after_seconds: float) -> list[Owner]:
    """Take away the locks that other hosts left longer ago; their owners, for people.

    A lock that is held now, as far as the file system tells, stays.
    """
    released: list[Owner] = []
    for owner_file in sorted(folder.glob("*.json")):
        lock = FileLock(owner_file.with_suffix(".lock"), thread_local=False, mode=file_mode(folder))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        except OSError as error:
            raise _unusable(folder, error) from error
        try:
            owner = read_owner(owner_file)
            if owner is not None and owner.host != socket.gethostname() and owner.age_seconds() >= after_seconds:
                owner_file.unlink(missing_ok=True)
                released.append(owner)
        finally:
            lock.release()
    return released
