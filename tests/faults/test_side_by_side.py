"""Several xlsc at once: real processes racing on one outbox, a folder shared by users, what other computers left."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.bench import COLUMNS, Ledger
from tests.faults.conftest import write_journal
from tests.faults.proxy import Fault
from xlsc.cli.main import run
from xlsc.core.catalog import ColumnInfo
from xlsc.errors import OutcomeUnknown, UsageError
from xlsc.flows import send as sending
from xlsc.flows.processes import find_process
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import show_pending
from xlsc.flows.work import Control, Rules
from xlsc.outbox import DocumentState, Outbox, Phase
from xlsc.sheets.files import open_book
from xlsc.sheets.memory import MemoryBook

GL = SendOptions("GL JOURNAL")


def start(path, *more):
    command = [sys.executable, "-m", "xlsc", "send", str(path), "--process", "GL JOURNAL", "--json", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("more", [(), ("--new-only",), ("--failed-only",), ("--documents-per-run", "1")])
def test_processes_that_race_with_copies_post_every_document_once(service, signed_in, tmp_path, more):
    path, names = write_journal(tmp_path / "book.xlsx")
    copies = [Path(shutil.copyfile(path, tmp_path / f"copy{number}.xlsx")) for number in range(3)]
    if more == ("--failed-only",):
        _reject_first(service, copies, names)
    processes = [start(copy, *more) for copy in copies]
    answers = [process.communicate(timeout=120)[0] for process in processes]
    posted = Ledger(service.backend.options.data / "contoso.sqlite").posted(names)
    assert posted == dict.fromkeys(names, 1)
    reports = [json.loads(answer) for answer in answers]
    assert sum(report.get("accepted", 0) for report in reports) == 6
    for report, process in zip(reports, processes, strict=True):
        if "read" in report:
            assert report["read"] == report["accepted"] + report["rejected"] + report["skipped"] + report["unknown"]
        else:
            assert process.returncode == 2
            assert "were accepted before" in report["message"] or "being sent" in report["message"]


def _reject_first(service, copies, names):
    """Statuses as after a run that rejected all."""
    del service, names
    for copy in copies:
        book = open_book(copy)
        book.sheet().write(1, 7, [["SmartConnect"], *[["Rejected, run 1: No."]] * 6])
        book.save(copy)


def test_a_second_click_sends_nothing(signed_in, service, tmp_path, capfd):
    path, names = write_journal(tmp_path / "book.xlsx")
    for more, accepted in (((), 6), ((), 0), (("--new-only",), 0), (("--failed-only",), 0)):
        capfd.readouterr()
        assert run(["send", str(path), "--process", "GL JOURNAL", "--json", *more]) == 0
        told = json.loads(capfd.readouterr().out)
        assert (told["accepted"], told["skipped"]) == (accepted, 6 - accepted)
    assert Ledger(service.backend.options.data / "contoso.sqlite").posted(names) == dict.fromkeys(names, 1)


def test_twice_is_told_with_when_by_whom_and_run_and_again_is_the_way(bench):
    names = bench.fill(2)
    number = send(bench.work, GL).runs[0].run_number
    other = bench.give_book(MemoryBook(sheet_name="Other"))
    rows = [list(row) for row in bench.first]
    rows[1:] = [["3/2/2026", row[1].lower(), *row[2:4], *row[4:]] for row in reversed(rows[1:])]
    order = [1, 0, 3, 2, 5, 4]
    other.book.sheet().write(1, 1, [[row[place] for place in order] for row in rows])
    with pytest.raises(UsageError) as caught:
        send(other.work, GL)
    today = datetime.now().astimezone().strftime("%Y-%m-%d")
    for part in (names[0].lower(), today, "by demo@example.com", f"in run {number}", "book.xlsx"):
        assert part in caught.value.message
    assert "--again" in caught.value.hint
    assert sum(bench.ledger.posted(names).values()) == 2
    again = send(bench.work, replace(GL, read=ReadOptions(which=Which.ALL)))
    assert again.counts.accepted == 4
    assert bench.ledger.posted(names) == dict.fromkeys(names, 2)


def test_equal_documents_of_one_send_all_go_however_it_is_split(bench, monkeypatch):
    """A process without key columns: two rows alike are two documents, and a third elsewhere is asked about."""
    _without_keys(monkeypatch)
    header, row = list(COLUMNS), ["2026-03-02", "TWIN", "6100", "x", 0.5, None]
    bench.start_book([header, row, row, ["2026-03-02", "SINGLE", "6100", "x", 0.5, None]])
    bench.proxy.faults = [_taken(bench, number) for number in range(3)]
    report = send(bench.work, replace(GL, documents_per_run=1))
    assert (report.counts.accepted, len(report.runs), report.is_green) == (3, 3, True)
    other = bench.give_book(MemoryBook(sheet_name="Data"))
    other.start_book([header, row])
    with pytest.raises(UsageError, match="accepted before"):
        send(other.work, GL)


def test_of_two_equal_documents_one_lost_mark_is_one_lost_mark(bench, monkeypatch):
    """The first twin is accepted, the second never sent, and no mark stands yet: one row becomes accepted, not both."""
    _without_keys(monkeypatch)
    row = ["2026-03-02", "TWIN", "6100", "x", 0.5, None]
    bench.start_book([list(COLUMNS), row, row])
    bench.proxy.faults = [_taken(bench, 0)]
    control = Control(cancelled=lambda: bench.proxy.seen > 0)
    report = send(bench.work, replace(GL, documents_per_run=1, mark=False), control)
    assert (report.counts.accepted, report.counts.skipped) == (1, 1)
    client = bench.session.client
    found = sending.read_columns(client, find_process(client, "GL JOURNAL"))
    assert show_pending(bench.work, bench.book.sheet(), found, Rules()) == 1
    assert bench.statuses() == ["Accepted", ""]


def _without_keys(monkeypatch):
    inner = sending.read_columns

    def keyless(client, process):
        found = inner(client, process)
        return replace(found, columns=tuple(ColumnInfo(item.name, False) for item in found.columns))

    monkeypatch.setattr(sending, "read_columns", keyless)


def _taken(bench, number):
    return Fault("instead", answer=bench.answer(RecordCount=1, RunNumber=2_000_000 + number))


def test_unknown_documents_are_named_from_another_copy(bench):
    names = bench.fill(2)
    bench.proxy.faults = [Fault("drop_answer")]
    send(bench.work, GL)
    other = bench.give_book(MemoryBook(sheet_name="Data"))
    other.start_book(bench.first)
    with pytest.raises(OutcomeUnknown, match=rf"{names[0]} on .* by demo@example\.com from .*book\.xlsx") as caught:
        send(other.work, GL)
    assert "xlsc settle" in caught.value.hint
    new = send(other.work, replace(GL, read=ReadOptions(which=Which.NEW)))
    assert (new.counts.skipped, new.is_green, new.exit_code) == (4, False, 5)


OTHER_USER = """
import os, sys
from pathlib import Path
from xlsc.outbox import *
with Outbox.open(Path(sys.argv[4])):
    pass  # all is imported before the rights to read it go
if os.geteuid() == 0: os.setgroups([]); os.setgid(4711); os.setuid(int(sys.argv[2]))
os.umask(0o077)
with Outbox.open(Path(sys.argv[1]), sys.argv[3]) as box:
    documents = [DocumentPlan(sys.argv[2], "k", (2,))]
    plan = EntryPlan("https://s.example.com", "C", "P", "P", "b.xlsx", "S", "u", "0", documents)
    with box.lock("https://s.example.com", "C", "P"):
        entry = box.begin(plan); box.mark_sending(entry)
        box.settle(entry, Outcome([DocumentState.ACCEPTED], 1)); box.marks_written(entry)
        line = RunLine("t", "u", "b", "", "s", "C", "P", 1, 1, 1, 1, 0, 0, 0, 0.1)
        box.run_log.append(line, entry)
    print(len(box.accepted_before("https://s.example.com", "C", "P", ["4001", "4002"])), box.run_log.verify())
"""


@pytest.mark.skipif(os.name == "nt", reason="on Windows a file has its folder's rights")
@pytest.mark.parametrize("journal_mode", ["wal", "truncate"])
def test_a_team_shares_an_outbox_in_a_folder_that_it_may_write(tmp_path, journal_mode):
    """Two users of one group, each with the strictest umask: both send, both are in the chain of the log.

    Only root can be two users; without its rights both are the same one, and the files' rights alone are looked at.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, 0, 4711)
        folder.chmod(0o2770)
        for count, user in enumerate(("4001", "4002"), start=1):
            command = [sys.executable, "-c", OTHER_USER, str(folder / "outbox.sqlite"), user, journal_mode]
            done = subprocess.run(
                [*command, str(tmp_path / "warm.sqlite")], capture_output=True, text=True, check=False, timeout=60
            )
            assert done.stdout.split() == [str(count), "None"], done.stderr
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes["outbox.sqlite"] == modes["outbox.runs.jsonl"] == modes["runs.lock"] == 0o660
    assert modes["outbox.sqlite.locks"] & 0o777 == 0o770


@pytest.mark.skipif(os.name == "nt", reason="on Windows a file has its folder's rights")
def test_an_outbox_of_ones_own_is_for_nobody_else(tmp_path):
    tmp_path.chmod(0o755)
    with Outbox.open(tmp_path / "new" / "outbox.sqlite"):
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*")}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert modes == {0o600, 0o700}


def test_what_another_computer_left_is_taken_over_when_asked(signed_in, tmp_path, capfd):
    """Its lock and its half-done run stay until somebody says after how many hours they are dead."""
    path, names = write_journal(tmp_path / "book.xlsx", count=1)
    assert run(["send", str(path), "--process", "GL JOURNAL", "--json"]) == 0
    with Outbox.open(signed_in / "outbox.sqlite") as outbox:
        (row,) = outbox._database.rows("SELECT service, company_id, process_key FROM entries")
        two_hours_ago = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        with outbox._database.writing() as connection:
            connection.execute("UPDATE documents SET state = 'open'")
            connection.execute(
                "UPDATE entries SET phase = 'sending', host = 'far.example.com', owner = 'x', runs_before = NULL,"
                " run_number = NULL, result = NULL, begun_utc = ?",
                (two_hours_ago,),
            )
        with outbox.lock(*row):
            (owner_file,) = (signed_in / "outbox.sqlite.locks").glob("*.json")
            held = json.loads(owner_file.read_text())
    owner_file.write_text(json.dumps(held | {"host": "far.example.com", "user": "eve", "since": two_hours_ago}))
    capfd.readouterr()
    assert run(["send", str(path), "--process", "GL JOURNAL", "--again", "--json"]) == 2
    said = json.loads(capfd.readouterr().out)
    assert "eve" in said["message"]
    assert "for 120 minutes" in said["message"]
    assert "--take-over" in said["hint"]
    assert run(["settle", "--take-over", "3"]) == 0
    assert "No run is of unknown" in capfd.readouterr().out
    code = run(["settle", "--take-over", "1"])
    out = capfd.readouterr().out
    assert "The lock of eve" in out
    assert "was left unfinished" in out
    assert code == 5
    with Outbox.open(signed_in / "outbox.sqlite") as outbox:
        (entry,) = outbox.open_entries()
        assert entry.phase is Phase.UNKNOWN
    assert run(["settle", "--entry", str(entry.entry_id), "--as", "accepted", "--document", names[0].lower()]) == 0
    assert run(["settle", "--entry", str(entry.entry_id), "--as", "accepted"]) == 2
    with Outbox.open(signed_in / "outbox.sqlite") as outbox:
        assert [item.state for item in outbox.documents(entry.entry_id)] == [DocumentState.ACCEPTED]
