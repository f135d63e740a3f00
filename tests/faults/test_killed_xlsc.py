"""``kill -9`` of xlsc at every step of a send: afterwards nothing is lost, nothing is posted twice, nothing lies."""

import json
import os
import shutil
import subprocess
import sys

import openpyxl
import pytest

from tests.faults.bench import Ledger
from xlsc.cli.main import run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not a signal of Windows")

#: Where the process ends itself: before or after a step. The script is given the place and the command line.
DRIVER = """
import os, signal, sys
from xlsc.cli.main import run
from xlsc.client.transport import Transport
from xlsc.outbox import Outbox
from xlsc.sheets.files import FileBook, FileSheet

PLACES = {
    "begin": (Outbox, "begin"),
    "mark_sending": (Outbox, "mark_sending"),
    "send": (Transport, "send"),
    "settle": (Outbox, "settle"),
    "apply": (FileSheet, "apply"),
    "save": (FileBook, "save"),
    "marks_written": (Outbox, "marks_written"),
}
when, place = sys.argv[1].split("-")
owner, name = PLACES[place]
inner = getattr(owner, name)

def dying(*arguments, **named):
    is_run = place != "send" or arguments[1].path == "RunMapDataTableWithErrors"
    if is_run and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    found = inner(*arguments, **named)
    if is_run:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

setattr(owner, name, dying)
sys.exit(run(sys.argv[2:]))
"""
STEPS = ["begin", "mark_sending", "send", "settle", "apply", "save", "marks_written"]


def statuses(path):
    sheet = openpyxl.load_workbook(path)["Data"]
    return [str(sheet.cell(row, 7).value or "").split(",")[0].split(":")[0] for row in range(2, 8)]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_send_leaves_the_truth(service, signed_in, journal, capfd, when, step):
    path, names = journal
    command = ["send", str(path), "--process", "GL JOURNAL", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, f"{when}-{step}", *command], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == -9, done.stderr
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
    run(command)
    capfd.readouterr()
    assert ledger.posted(names) == dict.fromkeys(names[:2], 1)
    assert statuses(path) == ["Accepted"] * 4 + ["Rejected"] * 2
    assert not list(path.parent.glob(".xlsc-*"))


def _open_entries(capfd):
    run(["outbox", "--json"])
    return [entry["entry"] for entry in json.loads(capfd.readouterr().out)]


def test_a_folder_that_goes_away_during_the_run_loses_no_outcome(bench):
    from dataclasses import replace

    from xlsc.errors import WorkbookError
    from xlsc.flows.send import SendOptions, send

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
