"""A run whose answer is lost: unknown until the history or a person settles it, and never sent again before."""

import logging
import threading
from dataclasses import replace

import pytest

from tests.faults.proxy import Fault, http
from xlsc.errors import NoAnswer, OutcomeUnknown, Refused, ServiceError, XlscError
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_by_hand, settle_unknown
from xlsc.flows.work import Control
from xlsc.outbox import DocumentState, Outbox, Phase
from xlsc.sheets.memory import MemoryBook

GL = SendOptions(process="GL JOURNAL")
AGAIN = SendOptions(process="GL JOURNAL", read=ReadOptions(which=Which.ALL))
LOST = [
    Fault("drop_answer"),
    Fault("cut_answer", 40),
    Fault("reset_answer", 300),
    Fault("after", answer=http("500 Internal Server Error", b"")),
    Fault("after", answer=http("200 OK", b"<html>maintenance</html>", "text/html")),
    Fault("after", answer=http("200 OK", b"")),
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault.kind}{fault.size or fault.answer[9:12].decode()}")
def test_a_lost_answer_is_unknown_then_settled_by_the_history(bench, fault):
    names = bench.fill(3)
    bench.proxy.faults = [fault]
    report = send(bench.work, GL)
    assert (report.counts.unknown, report.counts.adds_up, report.is_green, report.exit_code) == (6, True, False, 5)
    assert bench.statuses() == ["Unknown"] * 6
    assert sum(bench.ledger.posted(names).values()) == 3
    blocked = send(bench.work, GL)
    assert (blocked.counts.skipped, blocked.runs) == (6, ())
    _forget_statuses(bench)
    with pytest.raises(OutcomeUnknown):
        send(bench.work, AGAIN)
    settled = settle_unknown(bench.session, bench.outbox)
    assert [item.documents for item in settled] == [3]
    after = send(bench.work, GL)
    assert bench.statuses() == ["Accepted"] * 6
    assert (after.counts.skipped, after.runs) == (6, ())
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def _forget_statuses(bench):
    """As if the person had cleared the status column, or took another copy of the workbook."""
    sheet = bench.book.sheet()
    for cell in [cell for cell in sheet.values if cell[1] == 7 and cell[0] > 1]:
        del sheet.values[cell]


def test_rejected_documents_of_a_lost_run_are_found_by_their_kept_errors(bench):
    names = bench.fill(4, wrong=1)
    bench.proxy.faults = [Fault("drop_answer")]
    assert send(bench.work, GL).counts.unknown == 8
    assert [item.documents for item in settle_unknown(bench.session, bench.outbox)] == [4]
    report = send(bench.work, GL)
    assert bench.statuses() == ["Accepted"] * 6 + ["Rejected"] * 2
    assert report.counts.rejected == 2
    assert sum(bench.ledger.posted(names).values()) == 3


def test_a_run_that_never_arrived_is_left_to_the_person(bench):
    names = bench.fill(2)
    bench.proxy.faults = [Fault("swallow_request")]
    assert send(bench.work, GL).counts.unknown == 4
    settled = settle_unknown(bench.session, bench.outbox)
    assert [item.documents for item in settled] == [0]
    assert settled[0].entry.phase is Phase.UNKNOWN
    assert "no run" in settled[0].text
    settle_by_hand(bench.outbox, settled[0].entry.entry_id, DocumentState.NOT_SENT)
    _forget_statuses(bench)
    report = send(bench.work, GL)
    assert report.counts.accepted == 4
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_another_run_of_as_many_documents_is_not_taken_for_ours(bench):
    bench.fill(2)
    bench.proxy.faults = [Fault("swallow_request")]
    send(bench.work, GL)
    with Outbox.open(bench.home / "other.sqlite") as outbox:
        for _ in range(2):
            other = replace(bench, outbox=outbox, book=MemoryBook(sheet_name="Data"))
            other.fill(2)
            assert send(other.work, GL).counts.accepted == 4
    settled = settle_unknown(bench.session, bench.outbox)
    # Those runs belong to entries of another outbox: two candidates, so nothing is guessed.
    assert [item.documents for item in settled] == [0]
    assert "may be this one" in settled[0].text


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("instead", answer=http("401 Unauthorized", b'{"Message": "Sign in."}')), Refused),
        (Fault("instead", answer=http("403 Forbidden", b'{"Message": "No rights."}')), Refused),
        (Fault("instead", answer=http("429 Too Many Requests", b"", extra="Retry-After: 1\r\n")), Refused),
        (Fault("instead", answer=http("404 Not Found", b"")), ServiceError),
    ],
    ids=["401", "403", "429", "404"],
)
def test_a_refused_run_leaves_its_documents_free(bench, fault, error):
    names = bench.fill(2)
    bench.proxy.faults = [fault]
    with pytest.raises(error):
        send(bench.work, GL)
    assert bench.statuses() != ["Unknown"] * 4
    assert send(bench.work, GL).counts.accepted == 4
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_nothing_sent_is_nothing_unknown(bench, monkeypatch):
    names = bench.fill(2)
    bench.session.client._transport.address = type(bench.session.client._transport.address)(
        "http://127.0.0.1:1/API", "http://127.0.0.1:1"
    )
    monkeypatch.setattr(bench.session.client._transport, "_sleep", lambda _seconds: None)
    with pytest.raises(NoAnswer):
        send(bench.work, GL)
    assert bench.outbox.open_entries() == []
    assert bench.ledger.posted(names) == {}


def test_runs_stop_at_the_first_unknown_and_go_on_after_rejections(bench):
    names = bench.fill(6, wrong=1)
    bench.proxy.faults = [Fault(), Fault("drop_answer")]
    report = send(bench.work, SendOptions(process="GL JOURNAL", documents_per_run=2))
    assert (report.counts.accepted, report.counts.unknown, report.counts.skipped) == (4, 4, 4)
    assert report.counts.adds_up
    assert len(report.runs) == 2
    settle_unknown(bench.session, bench.outbox)
    final = send(bench.work, SendOptions(process="GL JOURNAL", documents_per_run=1))
    assert (final.counts.accepted, final.counts.rejected) == (2, 2)
    assert len(bench.ledger.posted(names)) == 5


def test_cancelling_ends_after_the_current_run(bench):
    bench.fill(4)
    said = []
    control = Control(progress=said.append, cancelled=lambda: len(said) > 2)
    report = send(bench.work, SendOptions(process="GL JOURNAL", documents_per_run=1), control)
    assert 0 < report.counts.accepted < 8
    assert report.counts.accepted + report.counts.skipped == 8
    assert "cancelled" in next(iter(report.skip_reasons))


def test_stopping_at_the_first_error(bench):
    bench.fill(3, wrong=3)
    options = SendOptions(process="GL JOURNAL", documents_per_run=1, stop_at_first_error=True)
    report = send(bench.work, options)
    assert (report.counts.rejected, report.counts.skipped, len(report.runs)) == (2, 4, 1)


def test_two_sends_at_once_post_nothing_twice(bench):
    names = bench.fill(3)
    reports = []

    def run() -> None:
        with Outbox.open(bench.home / "outbox.sqlite") as outbox:
            try:
                reports.append(send(replace(bench, outbox=outbox).work, GL))
            except XlscError as error:
                reports.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_no_log_of_any_library_tells_the_token(bench, caplog):
    caplog.set_level(logging.DEBUG)
    token = bench.session.client._token
    for fault in (*LOST, Fault("cut_answer", 60), Fault("swallow_request")):
        bench.book = MemoryBook(sheet_name="Data")
        bench.fill(1)
        bench.proxy.faults = [fault]
        send(bench.work, GL)
    assert token not in caplog.text
    assert "token=" not in caplog.text.replace("token=***", "")
