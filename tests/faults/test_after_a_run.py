"""What fails after a run was made takes no report away; the log has a line for every run, whatever happened."""

from dataclasses import replace

import pytest

from tests.faults.proxy import Fault
from xlsc.core.results import RowState
from xlsc.errors import UsageError, WorkbookError
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_unknown
from xlsc.flows.work import Control
from xlsc.outbox import DocumentState, Outbox, Phase, RunLog

GL = SendOptions("GL JOURNAL")


def full(*_given, **_named):
    raise UsageError("The disk is full.", "Free some space.")


def gone(*_given, **_named):
    raise WorkbookError("Excel is busy.", "Leave the cell that is being edited.")


@pytest.mark.parametrize("error", [gone, full])
def test_marks_that_cannot_be_written_are_shown_at_the_next_send(bench, monkeypatch, error):
    names = bench.fill(2)
    with monkeypatch.context() as patch:
        patch.setattr(type(bench.book.sheet()), "apply", error)
        report = send(bench.work, GL)
    assert (report.counts.accepted, report.is_green, report.exit_code) == (4, False, 1)
    assert "xlsc settle" in report.remarks[0]
    again = send(bench.work, GL)
    assert (again.counts.skipped, again.runs) == (4, ())
    assert bench.statuses() == ["Accepted"] * 4
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_a_log_that_cannot_be_written_is_said_and_made_up_for(bench, monkeypatch):
    bench.fill(2)
    with monkeypatch.context() as patch:
        patch.setattr(RunLog, "append", full)
        report = send(bench.work, GL)
    assert (report.counts.accepted, report.is_green) == (4, False)
    assert "run log" in report.remarks[0]
    assert bench.outbox.run_log.read() == []
    with Outbox.open(bench.home / "outbox.sqlite") as later:
        assert later.unlogged_entries() == []  # its owner lives, and may be about to write it
        bench.outbox.close()
        settle_unknown(bench.session, later)
        (line,) = later.run_log.read()
        assert (line.rows_read, line.accepted, line.documents) == (4, 4, 2)
        settle_unknown(bench.session, later)
        assert len(later.run_log.read()) == 1


def test_an_answer_that_no_disk_takes_is_no_answer(bench, monkeypatch):
    """What is not on disk must not be on the sheet: unknown, exit code 5, and the history settles it."""
    names = bench.fill(2)
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "settle", full)
        report = send(bench.work, GL)
    assert (report.counts.unknown, report.exit_code) == (4, 5)
    assert "was answered, but The disk is full" in report.remarks[0]
    assert bench.statuses() == ["Unknown"] * 4
    assert [item.documents for item in settle_unknown(bench.session, bench.outbox)] == [2]
    send(bench.work, GL)
    assert bench.statuses() == ["Accepted"] * 4
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_an_outbox_that_fails_between_two_runs_leaves_the_report_of_the_first(bench, monkeypatch):
    names = bench.fill(4)
    begin = Outbox.begin
    calls = []

    def begin_once(self, *given):
        calls.append(1)
        return full() if len(calls) > 1 else begin(self, *given)

    monkeypatch.setattr(Outbox, "begin", begin_once)
    report = send(bench.work, replace(GL, documents_per_run=2))
    assert (report.counts.accepted, report.counts.skipped, report.is_green) == (4, 4, False)
    assert "Stopped after 2 documents: The disk is full." in report.remarks
    assert sum(bench.ledger.posted(names).values()) == 2


def test_a_send_beside_rows_of_unknown_outcome_is_not_green(bench):
    bench.fill(2)
    bench.proxy.faults = [Fault("drop_answer")]
    send(bench.work, GL)
    for which in (Which.UNFINISHED, Which.NEW, Which.FAILED, Which.ALL):
        report = send(bench.work, replace(GL, read=ReadOptions(which=which)))
        assert (report.runs, report.is_green, report.exit_code) == ((), False, 5)
        assert "settle them" in report.headline


def test_the_log_has_a_line_for_each_run_and_all_of_them_add_up(bench):
    names = bench.fill(5, wrong=1)
    bench.book.sheet().write(12, 1, [["2026-03-02", "", "6100", "no number", 5.0, None]])
    report = send(bench.work, replace(GL, documents_per_run=2))
    lines = bench.outbox.run_log.read()
    assert [(line.documents, line.rows_read, line.accepted, line.rejected) for line in lines] == [
        (2, 4, 4, 0), (2, 4, 4, 0), (1, 3, 0, 3)
    ]  # fmt: skip
    assert [line.run_number for line in lines] == [run.run_number for run in report.runs]
    assert sum(line.rows_read for line in lines) == report.rows_read == 11
    assert bench.outbox.run_log.verify() is None
    assert sum(bench.ledger.posted(names).values()) == 4


def test_a_killed_run_gets_its_line_when_it_is_found(bench):
    bench.fill(2)
    bench.proxy.faults = [Fault("drop_answer")]

    class Killed(BaseException):
        pass

    def die(*_given):
        raise Killed

    with Outbox.open(bench.home / "outbox.sqlite") as mortal:
        mortal.unknown = mortal.settle = die
        with pytest.raises(Killed):
            send(replace(bench, outbox=mortal).work, GL)
    assert bench.outbox.run_log.read() == []
    settle_unknown(bench.session, bench.outbox)
    (line,) = bench.outbox.run_log.read()
    assert (line.rows_read, line.unknown, line.user) == (4, 4, "demo@example.com")


def test_cancelling_ends_the_search_for_guilty_documents_too(bench):
    names = bench.fill(4)
    refused = Fault(
        "instead", answer=bench.answer(RecordCount=0, RunNumber=3_000_000, Status=1, ErrorMessage="Refused.")
    )
    bench.proxy.faults = [refused, Fault()]
    control = Control(cancelled=lambda: bench.proxy.seen >= 2)
    report = send(bench.work, replace(GL, bisect=True), control)
    assert (report.counts.accepted, report.counts.skipped, report.counts.adds_up) == (4, 4, True)
    assert report.skip_reasons == {"not sent: cancelled": 4}
    assert sum(bench.ledger.posted(names).values()) == 2


def test_a_person_who_stops_waiting_leaves_an_unknown_run(bench, monkeypatch):
    names = bench.fill(4)
    inner = type(bench.session.client).run

    def stopped(self, *given):
        inner(self, *given)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(bench.session.client), "run", stopped)
    report = send(bench.work, replace(GL, documents_per_run=2))
    assert (report.counts.unknown, report.counts.skipped, report.exit_code) == (4, 4, 5)
    (entry,) = bench.outbox.open_entries()
    assert entry.phase is Phase.UNKNOWN
    assert {item.state for item in bench.outbox.documents(entry.entry_id)} == {DocumentState.UNKNOWN}
    assert [state for state in report.states.values() if state is RowState.UNKNOWN] == [RowState.UNKNOWN] * 4
    assert sum(bench.ledger.posted(names).values()) == 2
