"""Real processes killed at each step, two senders, folders that cannot be written."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xlsc.errors import OutcomeUnknown, UsageError
from xlsc.outbox import DocumentState, Outbox, Outcome, Phase, RunLine

LINE = RunLine("t", "u", "b.xlsx", "", "s", "C", "P", 1, 1, 1, 1, 0, 0, 0, 0.1)

CHILD = """
import sys, time
from pathlib import Path
from xlsc.outbox import *
box = Outbox.open(Path(sys.argv[1]), sys.argv[3])
lock = box.lock("https://service.example.com/SmartConnect", "C-01", "CUSTOMERS"); lock.__enter__()
plan = EntryPlan("https://service.example.com/SmartConnect", "C-01", "CUSTOMERS", "P-1", "customers.xlsx", "Sheet1",
                 "bob@example.com", "0" * 64, [DocumentPlan("a", "k", (2, 3))])
entry = box.begin(plan)
if sys.argv[2] in ("sending", "settle"): box.mark_sending(entry)
if sys.argv[2] == "settle": box.settle(entry, Outcome([DocumentState.ACCEPTED], 5))
print(entry, flush=True)
time.sleep(60)
"""


def start(path: Path, step: str, journal: str = "wal") -> tuple[subprocess.Popen[bytes], int]:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), step, journal], stdout=subprocess.PIPE)
    return child, int(child.stdout.readline())


def stop(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.communicate(timeout=10)


@pytest.mark.parametrize(
    "case",
    [
        ("begin", Phase.NOT_SENT, DocumentState.NOT_SENT, "wal"),
        ("sending", Phase.UNKNOWN, DocumentState.UNKNOWN, "wal"),
        ("sending", Phase.UNKNOWN, DocumentState.UNKNOWN, "truncate"),
        ("settle", Phase.ANSWERED, DocumentState.ACCEPTED, "delete"),
    ],
)
def test_a_killed_sender_leaves_the_truth(tmp_path, plan, scope, case):
    step, phase, state, journal = case
    path = tmp_path / "outbox.sqlite"
    child, entry_id = start(path, step, journal)
    try:
        with Outbox.open(path, journal) as outbox:
            assert outbox.recover() == []  # its owner is alive
            with (
                pytest.raises(UsageError, match=rf"process {child.pid} on .* since 20"),
                outbox.lock(*scope, timeout_seconds=0.1),
            ):
                pass
            stop(child)
            assert outbox.recover() == ([entry_id] if step != "settle" else [])
            assert outbox.entry(entry_id).phase is phase
            assert [item.state for item in outbox.documents(entry_id)] == [state]
            assert [item.entry_id for item in outbox.pending_marks("customers.xlsx")] == [entry_id]
            with outbox.lock(*scope, timeout_seconds=5) as lock:
                assert lock.owner().pid == os.getpid()
                if state is DocumentState.NOT_SENT:
                    assert outbox.begin(plan("a")) > entry_id
                else:
                    with pytest.raises((UsageError, OutcomeUnknown)):
                        outbox.begin(plan("a"))
    finally:
        stop(child)


def test_the_lock_of_another_host_needs_age_and_force(outbox, scope, tmp_path):
    with outbox.lock(*scope):
        (owner_file,) = (tmp_path / "outbox.sqlite.locks").glob("*.json")
    owner = {"user": "eve", "host": "far.example.com", "pid": 12, "since": "2020-01-01T00:00:00+00:00"}
    owner_file.write_text(json.dumps(owner))
    for limit in (None, 1e12):
        with pytest.raises(UsageError, match=r"eve .*far\.example\.com"), outbox.lock(*scope, 1, limit):
            pass
    with outbox.lock(*scope, 1, 3600) as lock:
        assert lock.owner().user != "eve"


def test_folders_that_cannot_hold_an_outbox_are_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"):
        Outbox.open(tmp_path / "file" / "outbox.sqlite")
    (tmp_path / "outbox.sqlite").mkdir()
    with pytest.raises(UsageError, match=str(tmp_path)):
        Outbox.open(tmp_path / "outbox.sqlite")
    (tmp_path / "text.sqlite").write_text("this is no database, but a text long enough to be read as one" * 20)
    with pytest.raises(UsageError, match=r"text\.sqlite"):
        Outbox.open(tmp_path / "text.sqlite")


def test_a_full_disk_begins_nothing(tmp_path, plan):
    """The limit of the file size stands for the full disk: both make SQLite's write fail half way."""
    with Outbox.open(tmp_path / "outbox.sqlite", "truncate") as outbox:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / "outbox.sqlite").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, hard))
        try:
            with pytest.raises(UsageError, match=str(tmp_path)) as caught:
                outbox.begin(plan(*(f"{number:064}" for number in range(5000))))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "Free space" in caught.value.hint
        assert outbox.open_entries() == []
        assert outbox.entry(outbox.begin(plan("a"))).phase is Phase.OPEN


def test_the_disk_has_it_before_a_step_returns(tmp_path, monkeypatch):
    """Every commit is flushed, and so is every folder in which something new stands."""
    flushed = []
    monkeypatch.setattr("xlsc.outbox.folders.os.fsync", lambda handle: flushed.append(os.fstat(handle).st_ino))
    path = tmp_path / "a" / "b" / "outbox.sqlite"
    with Outbox.open(path) as outbox:
        database = outbox._database
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
        assert database.rows("PRAGMA synchronous") == [(2,)]
        assert database.rows("PRAGMA fullfsync") == [(1,)]
        # The new folder stands in a, a in tmp_path, the file and its locks in b.
        folders = [tmp_path, tmp_path / "a", path.parent]
        assert {folder.stat().st_ino for folder in folders} <= set(flushed)
        flushed.clear()
        outbox.run_log.append(LINE)
        assert {outbox.run_log.path.stat().st_ino, path.parent.stat().st_ino} <= set(flushed)


CLOCKS = [timedelta(days=-4000), timedelta(days=4000)]


@pytest.mark.parametrize("jump", CLOCKS, ids=["back", "forth"])
def test_no_clock_decides_anything(tmp_path, plan, scope, monkeypatch, jump):
    """A clock that jumps years between two steps: the same states, the same answers, the same owners."""
    path = tmp_path / "outbox.sqlite"
    with Outbox.open(path) as outbox:
        first = outbox.begin(plan("a", "b"))
        outbox.mark_sending(first)
        monkeypatch.setattr("xlsc.outbox.outbox._now", lambda: (datetime.now(UTC) + jump).isoformat())
        outbox.settle(first, Outcome([DocumentState.REJECTED, DocumentState.ACCEPTED], 5))
        second = outbox.begin(plan("a"))
        outbox.mark_sending(second)
        monkeypatch.undo()
        outbox.settle(second, Outcome([DocumentState.ACCEPTED], 6))
        third = outbox.begin(plan("a"), again=True)
        outbox.mark_sending(third)
        monkeypatch.setattr("xlsc.outbox.outbox._now", lambda: (datetime.now(UTC) + jump).isoformat())
        outbox.settle(third, Outcome([DocumentState.ACCEPTED], 7))
        assert outbox.accepted_before(*scope, ["a"])["a"].run_number == 7
        with Outbox.open(path) as other:
            assert other.recover() == []
            running = outbox.begin(plan("c"))
            outbox.mark_sending(running)
            assert other.recover() == []
            with pytest.raises(UsageError, match="being sent already"):
                other.begin(plan("c"))
    with Outbox.open(path) as other:
        assert other.recover() == [running]
        assert other.entry(running).phase is Phase.UNKNOWN


@pytest.mark.parametrize("jump", CLOCKS, ids=["back", "forth"])
def test_a_lock_of_this_host_is_never_judged_by_its_age(outbox, scope, tmp_path, jump):
    """A dead owner's lock is free at once, a living one's is held, whatever its date says."""
    with outbox.lock(*scope):
        (owner_file,) = (tmp_path / "outbox.sqlite.locks").glob("*.json")
        held = json.loads(owner_file.read_text())
    left = held | {"since": (datetime.now(UTC) + jump).isoformat(), "pid": 1}
    owner_file.write_text(json.dumps(left))
    with outbox.lock(*scope, timeout_seconds=0.2) as lock:
        assert lock.owner().pid == os.getpid()
        owner_file.write_text(json.dumps(left))
        with Outbox.open(tmp_path / "outbox.sqlite") as other, pytest.raises(UsageError, match="process 1 on"):
            other.lock(*scope, timeout_seconds=0.1).__enter__()
        assert outbox.release_locks(0) == []


def test_a_folder_that_nobody_may_write_begins_nothing(plan):
    """Named before anything is sent, with the folder and the next step."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Outbox.open(folder / "outbox.sqlite"):
            pass
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            with pytest.raises(UsageError, match=str(folder)) as caught:
                Outbox.open(folder / "outbox.sqlite").begin(plan("a"))
            assert "make it writable" in caught.value.hint.lower()
        finally:
            if is_root:
                os.seteuid(0)
            for path in [folder, *folder.rglob("*")]:
                path.chmod(0o700)
