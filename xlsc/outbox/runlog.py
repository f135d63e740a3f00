"""The run log: one JSON line per run, each with the hash of the line before; the head's hash stands in the outbox.

A line goes to the outbox as pending, then to the file, then the head moves: a crash between loses and doubles nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from filelock import FileLock, Timeout

from xlsc.errors import UsageError
from xlsc.outbox.database import Database
from xlsc.outbox.folders import file_mode, flush_folder, open_to_team


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run: who, when (UTC, ISO form), what, and what became of it; ``seconds`` is the run's duration.

    The last run of a send also has the rows that were in none of its runs: those that local checks rejected, and
    those left out.

    Attributes:
        workbook_sha256: Of the file with its marks; "" where it was never saved, or xlsc ended before that.
        rows_read: Equals accepted + rejected + skipped + unknown, all of them rows.
    """

    when_utc: str
    user: str
    workbook: str
    workbook_sha256: str
    service: str
    company: str
    process: str
    run_number: int | None
    documents: int
    rows_read: int
    accepted: int
    rejected: int
    skipped: int
    unknown: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """The first line (1-based) that is not what was written, and why."""

    line_number: int
    reason: str


class RunLog:
    """The log beside one outbox.

    Args:
        path: The file of lines.
        database: Keeps the head.
        locks: Folder of the outbox's locks.
    """

    def __init__(self, path: Path, database: Database, locks: Path) -> None:
        self.path = path
        self._database = database
        self._locks = locks

    def append(self, line: RunLine, entry_id: int | None = None) -> str:
        """The newest line's hash; the line is on disk when this returns.

        Args:
            line: The run.
            entry_id: The outbox's entry of it, which has its line from now on; one that has it gets no second.

        Raises:
            UsageError: The file or the outbox cannot be written, or another process holds the log.
        """
        with self._locked():
            self._finish_pending()
            count, head = self._head()
            if (1,) in self._database.rows("SELECT logged FROM entries WHERE entry_id = ?", (entry_id,)):
                return head  # another process was faster
            text, digest = _encode(line, count + 1, head)
            with self._database.writing() as connection:
                connection.execute("UPDATE log_head SET pending = ?", (text,))
                connection.execute("UPDATE entries SET logged = 1 WHERE entry_id = ?", (entry_id,))
            self._finish_pending()
        return digest

    def verify(self) -> BrokenLine | None:
        """The first line changed, lost, added or moved; None when all lines are as written."""
        with self._locked():
            self._finish_pending()
            count, head = self._head()
            lines = self._lines()
            ended = not lines or self.path.read_bytes().endswith(b"\n")
        previous = ""
        for number, text in enumerate(lines, start=1):
            decoded = _decode(text, number, previous)
            if decoded is None:
                return BrokenLine(number, "The line was changed, or a line before it was taken out or moved.")
            if number > count:
                return BrokenLine(number, "The line was added by hand.")
            previous = decoded
        if not ended:
            return BrokenLine(len(lines), "The line's end is missing.")
        if len(lines) < count:
            return BrokenLine(len(lines) + 1, f"The log ends here, but {count} lines were written.")
        return None if previous == head else BrokenLine(count, "The log was written anew.")

    def read(self) -> list[RunLine]:
        """All readable lines in order; ask verify() whether they are the ones written."""
        with self._locked():
            self._finish_pending()
            texts = self._lines()
        found = [_fields_of(text) for text in texts]
        names = {item.name for item in fields(RunLine)}
        return [
            RunLine(**{name: line[name] for name in names})  # type: ignore[arg-type]  # verify() is the check
            for line in found
            if line is not None and names <= line.keys()
        ]

    def _head(self) -> tuple[int, str]:
        count, head = self._database.rows("SELECT line_count, hash FROM log_head")[0]
        assert isinstance(count, int)
        return count, str(head)

    def _finish_pending(self) -> None:
        pending = self._database.rows("SELECT pending FROM log_head")[0][0]
        if not isinstance(pending, str):
            return
        self._write(pending.encode() + b"\n")
        line = json.loads(pending)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE log_head SET line_count = ?, hash = ?, pending = NULL", (line["sequence"], line["hash"])
            )

    def _write(self, data: bytes) -> None:
        """Append the line unless it stands there; a torn beginning of it is overwritten."""
        content = self.path.read_bytes() if self.path.exists() else b""
        if content.endswith(data):
            return  # the crash came between the file and the head
        start = content.rfind(b"\n") + 1
        torn = content[start:]
        keep = start if data.startswith(torn) else len(content)
        is_new = not self.path.exists()
        with self.path.open("xb" if is_new else "r+b") as stream:
            stream.truncate(keep)
            stream.seek(keep)
            stream.write((b"" if keep == start else b"\n") + data)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            open_to_team(self.path)
            flush_folder(self.path.parent)

    def _lines(self) -> list[bytes]:
        content = self.path.read_bytes() if self.path.exists() else b""
        return content.removesuffix(b"\n").split(b"\n") if content else []

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with FileLock(self._locks / "runs.lock", timeout=30, mode=file_mode(self._locks)):
                yield
        except (OSError, Timeout) as error:
            raise UsageError(
                f"The run log {self.path} cannot be used: {error}.",
                "Free space in its folder, make it writable, or wait for the other process.",
            ) from error


def _canonical(fields_of_line: dict[str, object]) -> str:
    return json.dumps(fields_of_line, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _encode(line: RunLine, sequence: int, previous: str) -> tuple[str, str]:
    content: dict[str, object] = {**asdict(line), "sequence": sequence, "previous": previous}
    digest = hashlib.sha256(_canonical(content).encode()).hexdigest()
    return _canonical({**content, "hash": digest}), digest


def _fields_of(text: bytes) -> dict[str, object] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _decode(text: bytes, sequence: int, previous: str) -> str | None:
    """The line's hash when it is byte for byte what was written at this place, else None."""
    line = _fields_of(text)
    if line is None or _canonical(line).encode() != text:
        return None
    digest = line.pop("hash", None)
    right = hashlib.sha256(_canonical(line).encode()).hexdigest()
    fits = digest == right and line.get("sequence") == sequence and line.get("previous") == previous
    return right if fits else None
