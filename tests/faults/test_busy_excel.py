"""An Excel that is busy or closed while a run goes on: the run is known, the marks come later, nothing goes twice."""

from dataclasses import replace

import pytest

from tests.excel_double.engine import new_book
from tests.excel_double.host import DoubleHost
from xlsc.errors import WorkbookError
from xlsc.flows.send import SendOptions, send
from xlsc.flows.work import Work
from xlsc.outbox import Phase
from xlsc.sheets import patience
from xlsc.sheets.live import LiveBook

GL = SendOptions("GL JOURNAL")


class Closed(Exception):
    """What COM raises when the program behind it has ended."""

    def __init__(self):
        super().__init__(-2147023174, "The RPC server is unavailable.")


def closed(_what):
    raise Closed


@pytest.fixture
def live(bench, monkeypatch):
    """Two journals in a running Excel, what is sent from there, and its engine."""
    monkeypatch.setattr(patience, "sleep", lambda _seconds: None)
    names = bench.fill(2)
    book, engine = new_book("Data")
    opened = LiveBook(book, DoubleHost())
    opened.sheet().write(1, 1, bench.contents())
    work = Work(opened, "C:/live.xlsx", bench.session, bench.outbox, lambda: None, lambda: None)
    return work, engine, names


def during_the_run(monkeypatch, work, happens):
    """Something happens to Excel once the run is on its way."""
    inner = type(work.session.client).run

    def run(self, *given):
        answer = inner(self, *given)
        happens()
        return answer

    monkeypatch.setattr(type(work.session.client), "run", run)


def statuses(work):
    sheet = work.book.sheet()
    return [str(row[-1] or "").split(",")[0] for row in sheet.read(sheet.used_area()).rows[1:]]


def test_an_excel_that_is_busy_when_the_marks_come_gets_them_at_the_next_send(bench, live, monkeypatch):
    work, engine, names = live
    with monkeypatch.context() as patch:
        during_the_run(patch, work, lambda: setattr(engine, "busy_calls", 10_000))
        report = send(work, GL)
    assert (report.counts.accepted, report.is_green) == (4, False)
    assert "Excel is busy" in report.remarks[0]
    engine.busy_calls = 0
    assert [entry.phase for entry in bench.outbox.pending_marks("C:/live.xlsx")] == [Phase.ANSWERED]
    again = send(work, GL)
    assert (again.runs, again.counts.skipped, statuses(work)) == ((), 4, ["Accepted"] * 4)
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_an_excel_that_was_closed_during_the_run_leaves_the_outcome_in_the_outbox(bench, live, monkeypatch):
    work, engine, names = live
    with monkeypatch.context() as patch:
        during_the_run(patch, work, lambda: patch.setattr(engine, "touch", closed))
        report = send(work, GL)
    assert (report.counts.accepted, report.is_green) == (4, False)
    assert "does not answer (Closed)" in report.remarks[0]
    book, _engine = new_book("Data")
    opened = LiveBook(book, DoubleHost())  # the workbook as it was saved last, without a mark
    opened.sheet().write(1, 1, bench.contents())
    later = replace(work, book=opened)
    again = send(later, GL)
    assert (again.runs, again.counts.skipped, statuses(later)) == ((), 4, ["Accepted"] * 4)
    assert bench.ledger.posted(names) == dict.fromkeys(names, 1)


def test_an_excel_that_is_busy_before_the_run_sends_nothing(bench, live):
    work, engine, names = live
    engine.busy_calls = 10_000
    with pytest.raises(WorkbookError, match="Excel is busy"):
        send(work, GL)
    engine.busy_calls = 0
    assert bench.outbox.open_entries() == []
    assert bench.ledger.posted(names) == {}
    assert send(work, GL).counts.accepted == 4
