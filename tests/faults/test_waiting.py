"""Answers that are slow, stuck, doubled or garbled; tokens that end; people who stop waiting."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tests.faults.bench import USER, Ledger, open_bench, token_of
from tests.faults.proxy import Fault, http
from xlsc.client.tokens import FileTokens, TokenKey
from xlsc.errors import Refused
from xlsc.flows.connect import open_session
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_unknown

GL = SendOptions("GL JOURNAL")


@pytest.fixture
def hasty(service, tmp_path):
    """A bench that gives a run one second for its next byte."""
    with open_bench(service, tmp_path, run_seconds=1.0) as opened:
        yield opened


@pytest.mark.parametrize(("kind", "posted"), [("swallow", 0), ("stall", 2)])
def test_an_answer_that_never_comes_is_unknown_and_asked_for_once(hasty, kind, posted):
    names = hasty.fill(2)
    hasty.proxy.faults = [Fault(kind)]
    report = send(hasty.work, GL)
    assert (report.counts.unknown, report.exit_code, hasty.proxy.seen) == (4, 5, 1)
    assert "the time ran out" in report.remarks[0]
    assert sum(hasty.ledger.posted(names).values()) == posted


def test_a_slow_answer_is_waited_for_as_long_as_bytes_come(hasty):
    names = hasty.fill(2)
    hasty.proxy.faults = [Fault("slow", 1)]
    assert send(hasty.work, GL).counts.accepted == 4
    assert hasty.ledger.posted(names) == dict.fromkeys(names, 1)


def test_bytes_that_come_twice_never_make_a_lie(bench):
    """Seven bytes of the body doubled: known states are true, all else is unknown."""
    for place in range(0, 300, 19):
        bench.book.sheet().values.clear()
        names = bench.fill(2, wrong=1)
        bench.proxy.faults = [Fault("stutter", place)]
        report = send(bench.work, GL)
        posted = bench.ledger.posted(names)
        assert posted == {names[0]: 1}
        for name, status in zip(names, bench.statuses()[::2], strict=True):
            assert status in ("Unknown", "Accepted" if name in posted else "Rejected")
        assert report.counts.adds_up
        settle_unknown(bench.session, bench.outbox)


def expire(bench, after_runs):
    """The service refuses the token of the run after so many, as one that has ended."""
    ended = Fault("instead", answer=http("401 Unauthorized", b'{"Message": "The token has ended."}'))
    bench.proxy.faults = [Fault()] * after_runs + [ended]


def test_a_token_that_ends_in_the_middle_is_renewed_where_a_password_is_at_hand(bench):
    names = bench.fill(6)
    asked = []

    def password():
        asked.append(1)
        return "demo"

    company, token = token_of(bench.service)
    tokens = FileTokens(bench.home / "other.json")
    tokens.write(TokenKey(bench.proxy.url, company, USER), token)
    with open_session(bench.session.settings, tokens, password) as session:
        expire(bench, after_runs=1)
        report = send(replace(bench, session=session).work, replace(GL, documents_per_run=2))
    assert (report.counts.accepted, report.is_green, len(report.runs), asked) == (12, True, 3, [1])
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)
    assert bench.proxy.seen == 4


def test_without_a_password_the_rest_is_left_with_a_reason(bench):
    names = bench.fill(6)
    expire(bench, after_runs=1)
    report = send(bench.work, replace(GL, documents_per_run=2))
    assert (report.counts.accepted, report.counts.skipped, report.is_green) == (4, 8, False)
    assert "Stopped after 2 documents" in report.remarks[0]
    assert bench.outbox.open_entries() == []
    assert send(bench.work, replace(GL, read=ReadOptions(which=Which.NEW))).counts.accepted == 8
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_a_token_that_never_holds_is_asked_for_once_per_call(bench):
    """A service that refuses each new token as well: no loop, at most two sign-ins with the password."""
    names = bench.fill(2)
    asked = []
    tokens = FileTokens(bench.home / "other.json")
    company, token = token_of(bench.service)
    tokens.write(TokenKey(bench.proxy.url, company, USER), token)
    ended = Fault("instead", answer=http("401 Unauthorized", b""))
    bench.proxy.faults = [ended] * 5
    with (
        open_session(bench.session.settings, tokens, lambda: asked.append(1) or "demo") as session,
        pytest.raises(Refused),
    ):
        send(replace(bench, session=session).work, GL)
    assert len(asked) == 1
    assert bench.ledger.posted(names) == {}


SLOW_SEND = """
import sys, time
from xlsc.cli.main import run
from xlsc.client.transport import Transport
inner = Transport.send
def slow(self, call, request):
    if call.path == "RunMapDataTableWithErrors":
        print("running", file=sys.stderr, flush=True)
        time.sleep(float(sys.argv[1]))
    return inner(self, call, request)
Transport.send = slow
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process on Windows")
@pytest.mark.parametrize(("presses", "code", "word"), [(1, 0, "cancelled"), (2, 5, "You stopped xlsc")])
def test_ctrl_c_ends_after_the_run_and_twice_stops_waiting(service, signed_in, journal, presses, code, word):
    path, names = journal
    command = [sys.executable, "-c", SLOW_SEND, "1.5" if presses == 1 else "30", "send", str(path)]
    process = subprocess.Popen(
        [*command, "--process", "GL JOURNAL", "--documents-per-run", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if line.startswith("running"):
            break
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # the second press must not come before the first was heard
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code, out
    assert word in out
    assert "rows read" in out
    posted = Ledger(service.backend.options.data / "contoso.sqlite").posted(names)
    assert len(posted) == (1 if presses == 1 else 0)
