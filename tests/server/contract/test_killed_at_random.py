"""A load of concurrent runs while instances are killed at random: documents whole, numbers without gaps."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text

from tests.server.contract.conftest import CONTOSO
from xlsc.server.samples import write_samples

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not a signal of Windows")]
GL_JOURNAL = "0b54d5a0-7f0e-4b3c-9a51-a95300a50002"
LINES = (("6100", "10", ""), ("1000", "", "4"), ("2100", "", "6"))
CALLERS, KILLS = 8, 4


@dataclass
class Fleet:
    """Instances of one service, each on a port of its own that it keeps when it is started again."""

    home: Path
    store: str | None
    count: int
    ports: list[int] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_all(self) -> None:
        for number in range(self.count):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.ports.append(probe.getsockname()[1])
            self.running.append(self._start(number))
            self.wait(number)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        data = self.home / ("data" if self.store is None else f"data{number}")
        options = ["--port", str(self.ports[number]), "--data", str(data), "--processes", str(self.home / "processes")]
        environ = os.environ | ({} if self.store is None else {"XLSC_DATABASE": self.store})
        command = [sys.executable, "-m", "xlsc", "serve", *options, "--quiet"]
        return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, number: int) -> None:
        for _ in range(1200):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.ports[number])) == 0:
                    return
            assert self.running[number].poll() is None, "the instance did not start"
            time.sleep(0.1)
        pytest.fail("the instance did not start")

    def kill(self, number: int) -> None:
        self.running[number].kill()
        self.running[number].wait()

    def restart(self, number: int) -> None:
        self.kill(number)
        self.running[number] = self._start(number)
        self.wait(number)

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}/API"


def body(names: list[str]) -> str:
    rows = "".join(
        f"<Table><PostingDate>2026-02-02</PostingDate><DocumentNo>{name}</DocumentNo><AccountNo>{account}</AccountNo>"
        f"<Debit>{debit}</Debit><Credit>{credit}</Credit></Table>"
        for name in names
        for account, debit, credit in LINES
    )
    return f"<RequestData>{rows}</RequestData>"


def call_on(fleet: Fleet, token: str, caller: int, stop: threading.Event, answers: list[tuple[list[str], Any]]) -> None:
    """One run after the other until the end; a run whose service was killed has no answer."""
    choose = random.Random(caller)
    for turn in range(100_000):
        if stop.is_set():
            return
        names = [f"D{caller}-{turn}-{part}" for part in range(choose.choice([1, 3, 15]))]
        query = {"token": token, "mapKey": GL_JOURNAL}
        url = f"{fleet.url(choose.randrange(fleet.count))}/RunMapDataTableWithErrors"
        try:
            answer = requests.post(url, params=query, data=body(names), timeout=120)
        except requests.RequestException:
            time.sleep(0.1)
            continue
        assert answer.status_code == 200, answer.text
        answers.append((names, answer.json()))


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_documents_stay_whole_and_numbers_without_gaps(kind: str, tmp_path: Path, request: pytest.FixtureRequest):
    store = request.getfixturevalue("postgresql_url") if kind == "postgresql" else None
    write_samples(tmp_path / "processes")
    if store is not None:
        connections = tmp_path / "processes" / "connections.toml"
        connections.write_text(connections.read_text().replace("sqlite:///contoso.sqlite", store))
    fleet = Fleet(tmp_path, store, 1 if store is None else 3)
    answers: list[tuple[list[str], Any]] = []
    stop = threading.Event()
    try:
        fleet.start_all()
        query = {"email": "demo@example.com", "password": "demo", "companyId": CONTOSO}
        token = requests.post(f"{fleet.url(0)}/GetToken", params=query, timeout=60).json()
        with ThreadPoolExecutor(CALLERS) as pool:
            calls = [pool.submit(call_on, fleet, token, caller, stop, answers) for caller in range(CALLERS)]
            try:
                for kill in range(KILLS):
                    time.sleep(random.uniform(0.3, 2))
                    fleet.restart(kill % fleet.count)
            finally:
                stop.set()
            for call in calls:
                call.result()
        for number in range(fleet.count):
            fleet.kill(number)
        fleet.restart(0)  # it ends the runs of the dead
        past = requests.get(
            f"{fleet.url(0)}/GetHistoryForProcess", params={"token": token, "processId": GL_JOURNAL}, timeout=60
        )
        assert past.status_code == 200
    finally:
        for number in range(len(fleet.running)):
            fleet.kill(number)
    _check(tmp_path, store, answers)


def _check(home: Path, store: str | None, answers: list[tuple[list[str], Any]]) -> None:
    assert answers
    assert [answer["ErrorMessage"] for _names, answer in answers if answer["ErrorCount"]] == []
    shared = store and store.replace("postgresql:", "postgresql+psycopg:")
    target = create_engine(shared or f"sqlite:///{home / 'contoso.sqlite'}")
    with target.connect() as connection:
        heads = Counter(connection.execute(text("SELECT document_no FROM journals")).scalars())
        lines = Counter(connection.execute(text("SELECT document_no FROM journal_lines")).scalars())
    target.dispose()
    sent = {name for name in heads if name.startswith("D")}
    assert {heads[name] for name in sent} == {1}
    assert {name: lines[name] for name in lines if name.startswith("D")} == dict.fromkeys(sent, len(LINES))
    acknowledged = {name for names, _answer in answers for name in names}
    assert acknowledged <= sent
    engine = create_engine(shared or f"sqlite:///{home / 'data' / 'service.sqlite3'}")
    query = text("SELECT run_number, state FROM runs WHERE map_key = :key ORDER BY run_number")
    with engine.connect() as connection:
        runs = connection.execute(query, {"key": GL_JOURNAL}).all()
    engine.dispose()
    assert [number for number, _state in runs] == list(range(1, len(runs) + 1))
    assert {state for _number, state in runs} <= {"succeeded", "interrupted"}
    given = [answer["RunNumber"] for _names, answer in answers]
    assert len(given) == len(set(given))
