"""``kill -9`` of the service in the middle of a run: no half document in its database, and the next start knows."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import requests

from xlsc.server.samples import SAMPLE_COMPANIES
from xlsc.wire.datatable import encode_rows

COLUMNS = ["PostingDate", "DocumentNo", "AccountNo", "Description", "Debit", "Credit"]
GL_JOURNAL = "0b54d5a0-7f0e-4b3c-9a51-a95300a50002"


@contextlib.contextmanager
def serving(data):
    command = [sys.executable, "-m", "xlsc", "serve", "--port", "0", "--data", str(data), "--json", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = json.loads(process.stdout.readline())
        yield process, next(value for value in line.values() if str(value).endswith("/API"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def sign_in(url):
    query = {"email": "demo@example.com", "password": "demo", "companyId": SAMPLE_COMPANIES[0][0]}
    return requests.post(f"{url}/GetToken", params=query, timeout=10).json()


def counts(path):
    if not path.exists():
        return 0, {}
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        heads = connection.execute("SELECT count(*) FROM journals").fetchone()[0]
        lines = dict(connection.execute("SELECT document_no, count(*) FROM journal_lines GROUP BY document_no"))
    return heads, lines


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not a signal of Windows")
def test_no_half_document_is_left(tmp_path):
    rows = []
    for number in range(20_000):
        name = f"K{number:06d}"
        rows += [("2026-03-02", name, "6100", "x", "5", None), ("2026-03-02", name, "1000", "x", None, "5")]
    body = encode_rows(COLUMNS, rows)
    database = tmp_path / "contoso.sqlite"
    with serving(tmp_path) as (process, url):
        query = {"token": sign_in(url), "mapKey": GL_JOURNAL}

        def run():
            with contextlib.suppress(requests.RequestException):
                requests.post(f"{url}/RunMapDataTableWithErrors", params=query, data=body, timeout=60)

        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 60
        while counts(database)[0] < 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        thread.join(60)
    heads, lines = counts(database)
    assert 200 <= heads < 20_000
    assert len(lines) == heads
    assert set(lines.values()) == {2}
    with serving(tmp_path) as (_process, url):
        token = sign_in(url)
        history = requests.get(
            f"{url}/GetHistoryForProcess", params={"token": token, "processId": GL_JOURNAL}, timeout=10
        ).json()
        again = requests.post(
            f"{url}/RunMapDataTableWithErrors",
            params={"token": token, "mapKey": GL_JOURNAL},
            data=encode_rows(COLUMNS, rows[-2:]),
            timeout=30,
        ).json()
    assert history[0]["RunNumber"] == 1
    assert (again["RunNumber"], again["RecordCount"], again["ErrorCount"]) == (2, 1, 0)
