"""Real processes killed at each step, two senders, folders that cannot be written."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from xlsc.errors import OutcomeUnknown, UsageError
from xlsc.outbox import DocumentState, Outbox, Phase

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
