"""The oracle itself: senders broken on purpose, each of which it has to catch within a few schedules."""

from __future__ import annotations

import pytest

from tests.faults.schedules import Tally, bench_of, play
from xlsc.client import transport
from xlsc.core.results import RowState
from xlsc.errors import OutcomeUnknown
from xlsc.flows import delivery, settle
from xlsc.flows import send as sending
from xlsc.outbox import DocumentState, Outbox, Outcome, RunLog, outbox
from xlsc.sheets.files import FileSheet
from xlsc.sheets.port import CellWrite
from xlsc.wire.calls import Effect

#: Schedules within which every mutation shows.
SCHEDULES = 60


def repeat_a_run_that_was_lost(patch):
    """The classic: a run is repeated when its answer does not come."""
    once = transport.Transport._attempt

    def attempt(self, call, request, last):
        try:
            return once(self, call, request, last)
        except OutcomeUnknown:
            if last:
                raise
            return None

    patch.setattr(transport.Transport, "_attempt", attempt)


def repeat_a_run_on_500(patch):
    patch.setattr(transport, "_try_again", lambda _call, reply, left: left and reply.status >= 500)
    patch.setitem(transport.ATTEMPTS, Effect.RUN, 2)


def call_a_broken_run_accepted(patch):
    """No answer is taken for a good answer."""

    def accepted(work, given, documents, entry_id, reason, seconds):
        del reason
        work.outbox.settle(entry_id, Outcome([DocumentState.ACCEPTED] * len(documents), None))
        states = delivery._by_row(given.table, documents, [RowState.ACCEPTED] * len(documents))
        record = delivery.RunRecord(entry_id, None, len(documents), 0, seconds, states)
        return delivery.Delivered(states, (), (), record)

    patch.setattr(delivery, "_unknown", accepted)


def drop_a_row(patch):
    """The last row of a run gets no state."""
    whole = delivery._by_row
    patch.setattr(delivery, "_by_row", lambda *given: dict(list(whole(*given).items())[:-1]))


def forget_what_was_sent(patch):
    """Nothing is asked before a send, and statuses on the sheet do not count."""
    patch.setattr(outbox, "_refuse_sent", lambda states, again: None)
    patch.setattr(sending, "_hold_sent", lambda work, prepared, options, progress: prepared.documents)
    patch.setattr("xlsc.flows.reading._reason_to_skip", lambda states, which: None)


def free_a_lost_run(patch):
    """A run without an answer is taken for one that was not made."""
    patch.setattr(Outbox, "unknown", Outbox.not_sent)


def take_any_run_for_ours(patch):
    """The history's newest run settles what is unknown, whoever's it is and however many it rejected."""

    def ask(client, _outbox, entry, documents):
        number = max((run.run_number for run in client.history_for_process(entry.process_key)), default=0)
        return settle._Found({item.index: DocumentState.ACCEPTED for item in documents}, "", number)

    patch.setattr(settle, "_ask", ask)


def tidy_up_a_cell(patch):
    """A value beside the marks is written too, the same for a person's eyes."""
    plain = FileSheet.apply

    def apply(self, plan):
        plain(self, plan)
        self.write_cells([CellWrite(2, 4, "Fault")])

    patch.setattr(FileSheet, "apply", apply)


def write_no_log(patch):
    patch.setattr(RunLog, "append", lambda self, line, entry_id=None: "")


def log_every_run_twice(patch):
    once = RunLog.append

    def append(self, line, entry_id=None):
        once(self, line, entry_id)
        return once(self, line)

    patch.setattr(RunLog, "append", append)


MUTATIONS = {
    repeat_a_run_that_was_lost: "posted twice",
    repeat_a_run_on_500: "posted twice",
    forget_what_was_sent: "posted twice",
    free_a_lost_run: "free to be sent again",
    call_a_broken_run_accepted: "accepted on the sheet, not in the database",
    take_any_run_for_ours: "accepted on the sheet, not in the database",
    drop_a_row: "has no state",
    tidy_up_a_cell: "changed outside the marks",
    write_no_log: "the log has 0 lines",
    log_every_run_twice: "the log has",
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_broken_sender_is_caught(service, tmp_path, monkeypatch, mutation):
    mutation(monkeypatch)
    tally = Tally()
    for seed in range(SCHEDULES):
        with bench_of(service, tmp_path / str(seed), seed) as bench:
            play(bench, seed, tally)
        if any(MUTATIONS[mutation] in text for text in tally.violations):
            return
    pytest.fail(
        f"not caught in {SCHEDULES} schedules; {len(tally.violations)} other violations: {tally.violations[:3]}"
    )
