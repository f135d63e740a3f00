"""Locks with an owner: who is alive, and who may send to a process. The operating system ends a dead owner's locks."""

from __future__ import annotations

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
        return f"{self.user} (process {self.pid} on {self.host}) since {self.since[:19]} UTC"


def this_owner() -> Owner:
    """This process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return Owner(user, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat())


class Presence:
    """Proof that this outbox is open: a file locked until it is closed or its process ends.

    Process ids are reused; a lock of the operating system is not.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self.name = uuid4().hex
            self._lock = FileLock(folder / f"{self.name}.lock", thread_local=False)
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
    probe = FileLock(path, thread_local=False)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    probe.release()
    path.unlink(missing_ok=True)
    return False


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
        self._lock = FileLock(folder / f"{name}.lock", thread_local=False)
        self._owner_file = folder / f"{name}.json"
        self._timeout_seconds = timeout_seconds
        self._force_after_seconds = force_after_seconds

    def owner(self) -> Owner | None:
        """Who wrote the lock last and did not give it back, or None."""
        try:
            return Owner(**json.loads(self._owner_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def __enter__(self) -> SenderLock:
        """Take the lock.

        Raises:
            UsageError: Another process holds it, or another host left it; names the owner and since when.
        """
        try:
            self._owner_file.parent.mkdir(mode=0o700, exist_ok=True)
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
                "Make sure that nothing is being sent there, then repeat with force.",
            )


def _unusable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"The folder {folder} cannot be used for locks: {error}.", "Make it writable or free some space.")
