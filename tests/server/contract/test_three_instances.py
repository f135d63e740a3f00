"""Three instances on one PostgreSQL: shared tokens, run numbers and history; every document exactly once."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import requests

from tests.server.contract.conftest import CONTOSO, Stranger
from xlsc.server.samples import write_samples

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
REQUESTS, INSTANCES = 200, 3
GL_JOURNAL = "0b54d5a0-7f0e-4b3c-9a51-a95300a50002"


@contextlib.contextmanager
def instance(data, processes, url):
    command = [sys.executable, "-m", "xlsc", "serve", "--port", "0", "--data", str(data), "--processes", str(processes)]
    environ = os.environ | {"XLSC_DATABASE": url}
    process = subprocess.Popen(
        [*command, "--json", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    )
    try:
        line = json.loads(process.stdout.readline())
        yield next(value for value in line.values() if str(value).endswith("/API"))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def journal(number):
    name = f"P{number:05d}"
    rows = [("6100", "10", ""), ("1000", "", "10" if number % 10 else "11")]
    return (
        "<RequestData>"
        + "".join(
            f"<Table><PostingDate>2026-02-02</PostingDate><DocumentNo>{name}</DocumentNo><AccountNo>{account}</AccountNo>"
            f"<Debit>{debit}</Debit><Credit>{credit}</Credit></Table>"
            for account, debit, credit in rows
        )
        + "</RequestData>"
    )


def test_concurrent_requests_through_three_instances_count_once(postgresql_url, tmp_path):
    processes = tmp_path / "processes"
    write_samples(processes)
    connections = processes / "connections.toml"
    # The targets stand in the same PostgreSQL database as the service's own store.
    target = postgresql_url
    text = re.sub(r'url = "sqlite:///contoso.sqlite"', f'url = "{target}"', connections.read_text())
    connections.write_text(text)
    with contextlib.ExitStack() as stack:
        urls = [
            stack.enter_context(instance(tmp_path / f"data{number}", processes, postgresql_url))
            for number in range(INSTANCES)
        ]
        query = {"email": "demo@example.com", "password": "demo", "companyId": CONTOSO}
        token = requests.post(f"{urls[0]}/GetToken", params=query, timeout=60).json()
        callers = [Stranger(url, token) for url in urls]
        assert [caller.post("validate").json() for caller in callers] == [True] * INSTANCES

        def run(number):
            caller = callers[number % INSTANCES]
            answer = requests.post(
                f"{caller.url}/RunMapDataTableWithErrors",
                params={"token": token, "mapKey": GL_JOURNAL},
                data=journal(number),
                timeout=120,
            )
            return answer.status_code, answer.json()

        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(run, range(REQUESTS)))
        histories = [caller.get("GetHistoryForProcess", processId=GL_JOURNAL).json() for caller in callers]
    assert {status for status, _ in answers} == {200}
    assert sorted(answer["RunNumber"] for _, answer in answers) == list(range(1, REQUESTS + 1))
    wrong = [number for number, (_, answer) in enumerate(answers) if answer["ErrorCount"]]
    assert wrong == list(range(0, REQUESTS, 10))
    with psycopg.connect(postgresql_url) as connection:
        heads = Counter(row[0] for row in connection.execute("SELECT document_no FROM journals"))
        lines = Counter(row[0] for row in connection.execute("SELECT document_no FROM journal_lines"))
    expected = {f"P{number:05d}" for number in range(REQUESTS) if number % 10}
    assert heads == Counter(expected)
    assert lines == Counter(dict.fromkeys(expected, 2))
    assert histories[0] == histories[1] == histories[2]
    assert [run["RunNumber"] for run in histories[0]] == list(range(REQUESTS, REQUESTS - 10, -1))
