"""Answers that lie: no report over them is green, and nothing is called accepted that is not proved."""

import json

import pytest

from tests.faults.proxy import Fault, http
from xlsc.core.results import RowState
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_unknown
from xlsc.outbox import DocumentState

GL = SendOptions(process="GL JOURNAL")
ACCEPTED, REJECTED, UNKNOWN = RowState.ACCEPTED, RowState.REJECTED, RowState.UNKNOWN


def error_rows(*names, message="Account is closed."):
    row = "<ErrorTable><DocumentNo>{}</DocumentNo><EONERUNERRORS>{}</EONERUNERRORS></ErrorTable>"
    return "<NewDataSet>" + "".join(row.format(name, message) * 2 for name in names) + "</NewDataSet>"


def sent(bench, **told):
    """A send of three journals whose answer is what is told; the states of its documents, and the report."""
    bench.proxy.faults = [Fault("after", answer=bench.answer(**told))]
    report = send(bench.work, GL)
    states = [report.states[row] for row in (2, 4, 6)]
    assert states == [report.states[row] for row in (3, 5, 7)]
    assert report.counts.adds_up
    return states, report


LIES = {
    "a failure nobody names": ({"ErrorCount": 1, "Status": 1}, [UNKNOWN] * 3),
    "more failures than documents": ({"ErrorCount": 5, "Status": 1}, [UNKNOWN] * 3),
    "success with failures": ({"ErrorCount": 3}, [UNKNOWN] * 3),
    "failure without failures": ({"Status": 1}, [UNKNOWN] * 3),
    "too few documents": ({"RecordCount": 2}, [UNKNOWN] * 3),
    "too few documents, all failed": ({"RecordCount": 1, "ErrorCount": 1, "Status": 1}, [UNKNOWN] * 3),
    "no documents": ({"RecordCount": 0}, [UNKNOWN] * 3),
    "a negative count": ({"RecordCount": -3}, [UNKNOWN] * 3),
    "too many documents": ({"RecordCount": 4}, [ACCEPTED] * 3),
}


@pytest.mark.parametrize("lie", LIES)
def test_counts_that_lie_prove_nothing(bench, lie):
    bench.fill(3)
    told, wanted = LIES[lie]
    states, report = sent(bench, **told)
    assert states == wanted
    assert not report.is_green
    assert report.exit_code == (5 if UNKNOWN in wanted else 1)
    assert report.remarks
    assert "count" in report.remarks[0] or "calls the run failed" in report.remarks[0]


NAMED_LIES = {
    "fewer failures than named": ({"ErrorCount": 0, "Status": 1}, [ACCEPTED, REJECTED, ACCEPTED]),
    "success with a named failure": ({"ErrorCount": 0, "Status": 0}, [ACCEPTED, REJECTED, ACCEPTED]),
    "more failures than named": ({"ErrorCount": 2, "Status": 1}, [UNKNOWN, REJECTED, UNKNOWN]),
    "fewer documents": ({"ErrorCount": 1, "RecordCount": 2, "Status": 1}, [UNKNOWN, REJECTED, UNKNOWN]),
}


@pytest.mark.parametrize("lie", NAMED_LIES)
def test_a_named_document_is_rejected_and_what_does_not_fit_is_said(bench, lie):
    names = bench.fill(3)
    told, wanted = NAMED_LIES[lie]
    states, report = sent(bench, Errors=error_rows(names[1]), **told)
    assert states == wanted
    assert "The service counts" in report.remarks[0]
    assert not report.is_green


def test_all_named_but_not_all_counted_is_said(bench):
    names = bench.fill(3)
    states, report = sent(bench, Errors=error_rows(*names), ErrorCount=1, Status=1)
    assert states == [REJECTED] * 3
    assert report.remarks == ("The service counts 1 rejected documents but names 3.",)


def test_a_stranger_among_the_error_rows_takes_the_proof_from_all(bench):
    bench.fill(3)
    states, report = sent(bench, Errors=error_rows("NOT-OURS"), ErrorCount=1, Status=1)
    assert states == [UNKNOWN] * 3
    assert any("fit no row" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    "told", [{"MapKey": "11111111-2222-4333-8444-555555555555"}, {"RunNumber": 1}], ids=["process", "run"]
)
def test_the_answer_of_another_run_is_none_of_ours(bench, told):
    """A gateway that gives an old or a foreign answer once more must not make a row green."""
    bench.fill(1)
    assert send(bench.work, GL).counts.accepted == 2
    names = bench.fill(3)
    for cell in [cell for cell in bench.book.sheet().values if cell[1] == 7]:
        del bench.book.sheet().values[cell]
    states, report = sent(bench, **told)
    assert states == [UNKNOWN] * 3
    assert "the answer is that of" in report.remarks[0]
    assert report.exit_code == 5
    (entry,) = bench.outbox.open_entries()
    assert entry.run_number is None
    assert {item.state for item in bench.outbox.documents(entry.entry_id)} == {DocumentState.UNKNOWN}
    assert sum(bench.ledger.posted(names).values()) == 3


def test_a_braced_key_in_capitals_is_the_same_process(bench):
    bench.fill(3)
    client = bench.session.client
    key = next(item.map_key for item in client.map_list() if item.map_id == "GL JOURNAL")
    states, report = sent(bench, MapKey="{" + key.upper() + "}")
    assert (states, report.is_green) == ([ACCEPTED] * 3, True)


def test_a_partly_told_run_is_settled_by_the_history_only_when_its_counts_fit(bench):
    """The history that says the same too small count settles nothing."""
    bench.fill(3)
    sent(bench, RecordCount=2)
    (settled,) = settle_unknown(bench.session, bench.outbox)
    assert settled.documents == 3  # the true history counts three
    bench.fill(3)
    for cell in [cell for cell in bench.book.sheet().values if cell[1] == 7]:
        del bench.book.sheet().values[cell]
    sent(bench, RecordCount=2)
    bench.proxy.victim = b"GetHistoryForProcess"
    bench.proxy.faults = [Fault("after", answer=_history_answer(bench, RecordCount=2))]
    (settled,) = settle_unknown(bench.session, bench.outbox)
    assert settled.documents == 0
    assert "counts 2 documents, but 3 were sent" in settled.text


def _history(bench):
    client = bench.session.client
    key = next(item.map_key for item in client.map_list() if item.map_id == "GL JOURNAL")
    return client.history_for_process(key)


def test_a_run_that_broke_off_may_be_ours_too(bench):
    """The history has a run of no documents and one of as many as ours: either may be the lost one."""
    bench.fill(3)
    bench.proxy.faults = [Fault("drop_answer")]
    send(bench.work, GL)
    true = json.loads(_history_answer(bench).partition(b"\r\n\r\n")[2])
    broken = {**true[0], "RunNumber": true[0]["RunNumber"] + 1, "RecordCount": 0, "ErrorCount": 1}
    bench.proxy.victim = b"GetHistoryForProcess"
    bench.proxy.faults = [Fault("after", answer=http("200 OK", json.dumps([broken, *true]).encode()))]
    (settled,) = settle_unknown(bench.session, bench.outbox)
    assert settled.documents == 0
    assert "may be this one" in settled.text
    (settled,) = settle_unknown(bench.session, bench.outbox)
    assert settled.documents == 3


def _history_answer(bench, **changes):
    run = max(_history(bench), key=lambda item: item.run_number)
    told = {"Id": run.id, "MapId": run.map_id, "RunNumber": run.run_number, "RunDate": str(run.run_date),
            "RecordCount": run.record_count, "ErrorCount": run.error_count, "ErrorsSaved": False}  # fmt: skip
    return http("200 OK", json.dumps([told | changes]).encode())
