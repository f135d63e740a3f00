"""``kill -9`` of xlsc, or a full disk, at every step of a send: nothing is lost, nothing posted twice, nothing lies."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import openpyxl
import pytest

from tests.faults.bench import Ledger
from xlsc.cli.main import run
from xlsc.errors import WorkbookError
from xlsc.flows.send import SendOptions, send
from xlsc.outbox import Outbox

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not a signal of Windows")

#: Where the process ends itself, or where its disk is full from then on: before or after a step. The script is given
#: what happens, the place, and the command line.
DRIVER = """
import os, resource, signal, sys
from xlsc.cli.main import run
from xlsc.client.transport import Transport
from xlsc.outbox import Outbox, RunLog
from xlsc.sheets.files import FileBook, FileSheet

PLACES = {
    "begin": (Outbox, "begin"),
    "mark_sending": (Outbox, "mark_sending"),
    "send": (Transport, "send"),
    "settle": (Outbox, "settle"),
    "apply": (FileSheet, "apply"),
    "save": (FileBook, "save"),
    "marks_written": (Outbox, "marks_written"),
    "log": (RunLog, "append"),
    "log_file": (RunLog, "_write"),
}
what, when, place = sys.argv[1].split("-")
owner, name = PLACES[place]
inner = getattr(owner, name)

def strike():
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    # Not a byte more: what a full disk does to every file at once.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

def dying(*arguments, **named):
    is_run = place != "send" or arguments[1].path == "RunMapDataTableWithErrors"
    if is_run and when == "before":
        strike()
    found = inner(*arguments, **named)
    if is_run and when == "after":
        strike()
    return found

setattr(owner, name, dying)
sys.exit(run(sys.argv[2:]))
"""
STEPS = ["begin", "mark_sending", "send", "settle", "apply", "save", "marks_written", "log", "log_file"]


def statuses(path):
    sheet = openpyxl.load_workbook(path)["Data"]
    return [str(sheet.cell(row, 7).value or "").split(",")[0].split(":")[0] for row in range(2, 8)]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_send_leaves_the_truth(service, signed_in, journal, capfd, when, step):
    path, names = journal
    done = drive(f"kill-{when}-{step}", path)
    assert done.returncode == -9, done.stderr
    goes_on_right(service, path, names, capfd)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_is_full_from_a_step_on_leaves_the_truth(service, signed_in, journal, capfd, when, step):
    path, names = journal
    done = drive(f"full-{when}-{step}", path)
    told = json.loads(done.stdout)
    posted = Ledger(service.backend.options.data / "contoso.sqlite").posted(names)
    if "read" not in told:
        assert (done.returncode, posted) == (2, {})
        assert "Free space" in told["hint"]
    elif f"{when}-{step}" != "after-log":
        # A run was made: its report comes all the same, says what no disk took, and is not green.
        assert told["read"] == told["accepted"] + told["rejected"] + told["skipped"] + told["unknown"] == 6
        assert (told["green"], len(posted)) == (False, 2)
        assert done.returncode == (5 if told["unknown"] else 1)
        assert told["unknown"] == (6 if f"{when}-{step}" in LOST_ANSWERS else 0)
        assert told["remarks"]
    goes_on_right(service, path, names, capfd)


#: Steps after which the answer reaches no disk any more.
LOST_ANSWERS = ("after-mark_sending", "before-send", "after-send", "before-settle")


def drive(place, path):
    command = [sys.executable, "-c", DRIVER, place, "send", str(path), "--process", "GL JOURNAL", "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def goes_on_right(service, path, names, capfd):
    """Nothing was posted twice and no status lies; then it is settled, sent again, and all is right."""
    ledger = Ledger(service.backend.options.data / "contoso.sqlite")
    posted = ledger.posted(names)
    assert all(count == 1 for count in posted.values())
    assert not [
        name
        for name, status in zip(names, statuses(path)[::2], strict=True)
        if status == "Accepted" and name not in posted
    ]
    openpyxl.load_workbook(path)
    capfd.readouterr()
    run(["settle", str(path), "--process", "GL JOURNAL", "--json"])
    capfd.readouterr()
    for entry in _open_entries(capfd):
        # The run never arrived: the person looked it up.
        assert not posted
        run(["settle", "--entry", str(entry), "--as", "not-sent"])
    run(["send", str(path), "--process", "GL JOURNAL", "--json"])
    capfd.readouterr()
    assert ledger.posted(names) == dict.fromkeys(names[:2], 1)
    assert statuses(path) == ["Accepted"] * 4 + ["Rejected"] * 2
    assert not list(path.parent.glob(".xlsc-*"))
    run(["log", "verify", "--json"])
    assert json.loads(capfd.readouterr().out)["intact"]
    run(["log", "show", "--json"])
    lines = json.loads(capfd.readouterr().out)
    with Outbox.open(path.parent / "home" / "outbox.sqlite") as outbox:
        runs = outbox._database.rows("SELECT DISTINCT run_number FROM entries WHERE phase = 'settled' AND logged")
        unlogged = outbox._database.rows(
            "SELECT 1 FROM entries JOIN documents USING (entry_id) WHERE NOT logged AND state <> 'not_sent'"
        )
    assert unlogged == []
    assert {line["run_number"] for line in lines} - {None} <= {number for (number,) in runs}
    assert all(
        line["rows_read"] == line["accepted"] + line["rejected"] + line["skipped"] + line["unknown"] for line in lines
    )


def _open_entries(capfd):
    run(["outbox", "--json"])
    return [entry["entry"] for entry in json.loads(capfd.readouterr().out)]


def test_a_folder_that_goes_away_during_the_run_loses_no_outcome(bench):
    def lost():
        raise WorkbookError("The folder is gone.", "Bring it back.")

    names = bench.fill(2)
    report = send(replace(bench.work, save=lost), SendOptions("GL JOURNAL"))
    assert (report.counts.accepted, report.is_green) == (4, False)
    assert "xlsc settle" in report.remarks[0]
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)
    again = send(bench.work, SendOptions("GL JOURNAL"))
    assert again.runs == ()
    assert bench.statuses() == ["Accepted"] * 4


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit is not installed")
def test_a_full_disk_sends_nothing(service, signed_in, journal, capfd):
    path, names = journal
    before = path.read_bytes()
    command = [sys.executable, "-m", "xlsc", "send", str(path), "--process", "GL JOURNAL", "--json"]
    limited = ["prlimit", "--fsize=4096", *command]
    done = subprocess.run(limited, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".xlsc-*"))
    assert Ledger(service.backend.options.data / "contoso.sqlite").posted(names) == {}
    assert run(["send", str(path), "--process", "GL JOURNAL", "--json"]) == 1
