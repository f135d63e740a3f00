"""``kill -9`` of the service in the middle of a run: xlsc calls it unknown, guesses nothing, posts nothing twice."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from tests.faults.bench import Ledger, take_duplicates
from tests.faults.conftest import write_journal
from xlsc.cli.main import run
from xlsc.outbox import Outbox

DOCUMENTS = 600


@contextlib.contextmanager
def serving_on(port, data):
    command = [sys.executable, "-m", "xlsc", "serve", "--port", str(port), "--data", str(data), "--json", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def count(database):
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection:
        return connection.execute("SELECT count(*) FROM journals").fetchone()[0]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not a signal of Windows")
def test_a_run_that_the_service_broke_off_is_unknown_until_somebody_looks(tmp_path, monkeypatch, capfd):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("XLSC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    data = tmp_path / "service"
    database = data / "contoso.sqlite"
    path, names = write_journal(tmp_path / "book.xlsx", count=DOCUMENTS)
    send = ["send", str(path), "--process", "GL JOURNAL", "--json"]
    with serving_on(port, data) as service:
        take_duplicates(database)
        url = f"http://127.0.0.1:{port}/API"
        assert run(["login", url, "--email", "demo@example.com", "--company", "Contoso Ltd"]) == 0
        sender = subprocess.Popen([sys.executable, "-m", "xlsc", *send], stdout=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 120
        while count(database) < 20 and time.monotonic() < deadline:
            time.sleep(0.005)
        service.send_signal(signal.SIGKILL)
        report = json.loads(sender.communicate(timeout=60)[0])
    assert (sender.returncode, report["unknown"], report["green"]) == (5, 2 * DOCUMENTS, False)
    with serving_on(port, data):
        posted = Ledger(database).posted(names)
        assert 20 <= len(posted) < DOCUMENTS
        capfd.readouterr()
        assert run([*send, "--again"]) == 5
        assert run(["settle"]) == 5
        assert "may have broken off half way" in capfd.readouterr().out
        with Outbox.open(tmp_path / "home" / "outbox.sqlite") as outbox:
            (entry,) = outbox.open_entries()
        by_hand = ["settle", "--entry", str(entry.entry_id), "--as"]
        told = [part for name in posted for part in ("--document", name)]
        assert run([*by_hand, "accepted", *told]) == 5
        assert run([*by_hand, "not-sent"]) == 0
        capfd.readouterr()
        assert run(send) == 0
        told = json.loads(capfd.readouterr().out)
        assert (told["accepted"], told["skipped"]) == (2 * (DOCUMENTS - len(posted)), 2 * len(posted))
        assert Ledger(database).posted(names) == dict.fromkeys(names, 1)
