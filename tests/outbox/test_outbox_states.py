"""begin, sending, settle, unknown, recover, resolve: which documents are free to send."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from xlsc.core.results import ErrorTable, RunResult
from xlsc.errors import OutcomeUnknown, UsageError
from xlsc.outbox import DocumentPlan, DocumentState, EntryPlan, Outbox, Outcome, Phase

ACCEPTED, REJECTED, UNKNOWN = DocumentState.ACCEPTED, DocumentState.REJECTED, DocumentState.UNKNOWN
NOT_SENT = DocumentState.NOT_SENT
ECHO = RunResult("M", "id", "d", 7, 2, 1, False, "one failed", ErrorTable(("Name",), [("Harbour Bakery",)], ["no"]))


def test_accepted_documents_stop_the_next_send_from_another_workbook(outbox, plan, scope):
    entry_id = outbox.begin(plan("a", "b"))
    outbox.mark_sending(entry_id)
    outbox.settle(entry_id, Outcome([ACCEPTED, REJECTED], 7, ECHO, "f" * 64))
    found = outbox.accepted_before(*scope, ["a", "b", "c"])
    assert set(found) == {"a"}
    assert (found["a"].by, found["a"].run_number, found["a"].workbook) == ("ann@example.com", 7, "customers.xlsx")
    with pytest.raises(UsageError, match="1 of the documents were accepted before"):
        outbox.begin(plan("x", "a", workbook="copy.xlsx"))
    assert outbox.entry(outbox.begin(plan("a"), again=True)).phase is Phase.OPEN
    assert outbox.entry(outbox.begin(plan("b"))).phase is Phase.OPEN
    assert outbox.entry(outbox.begin(plan("a", process_key="VENDORS"))).phase is Phase.OPEN


def test_other_spellings_of_the_same_process_are_the_same(outbox, plan):
    entry_id = outbox.begin(plan("a"))
    outbox.mark_sending(entry_id)
    outbox.settle(entry_id, Outcome([ACCEPTED], 1))
    assert outbox.accepted_before("HTTPS://Service.Example.com/SmartConnect/", "c-01", "Customers", ["a"])


def test_unknown_documents_are_not_sent_again_even_with_again(outbox, plan, scope):
    entry_id = outbox.begin(plan("a", "b"))
    outbox.mark_sending(entry_id)
    outbox.unknown(entry_id, "connection reset")
    assert [item.document.fingerprint for item in outbox.unknown_documents(*scope)] == ["a", "b"]
    with pytest.raises(OutcomeUnknown):
        outbox.begin(plan("b"), again=True)
    outbox.resolve(entry_id, {1: NOT_SENT}, "person")
    assert outbox.entry(entry_id).phase is Phase.UNKNOWN
    assert outbox.entry(outbox.begin(plan("b"))).phase is Phase.OPEN
    outbox.resolve(entry_id, {0: ACCEPTED}, "service", run_number=12)
    assert outbox.entry(entry_id).phase is Phase.ANSWERED
    assert outbox.accepted_before(*scope, ["a"])["a"].run_number == 12
    with pytest.raises(UsageError):
        outbox.resolve(entry_id, {0: REJECTED}, "person")


def test_no_phase_goes_backwards(outbox, plan):
    entry_id = outbox.begin(plan("a"))
    with pytest.raises(UsageError):
        outbox.settle(entry_id, Outcome([ACCEPTED], 1))
    with pytest.raises(UsageError):
        outbox.marks_written(entry_id)
    outbox.mark_sending(entry_id)
    for states in ([], [ACCEPTED, ACCEPTED], [DocumentState.OPEN]):
        with pytest.raises(UsageError):
            outbox.settle(entry_id, Outcome(states, 1))
    outbox.settle(entry_id, Outcome([REJECTED], 1))
    for step in (outbox.mark_sending, lambda i: outbox.unknown(i, ""), lambda i: outbox.not_sent(i, "")):
        with pytest.raises(UsageError):
            step(entry_id)
    with pytest.raises(UsageError):
        outbox.entry(99)


def test_marks_stay_pending_until_written_and_echoed_rows_are_wiped(outbox, plan, tmp_path: Path):
    entry_id = outbox.begin(plan("a"))
    outbox.mark_sending(entry_id)
    outbox.unknown(entry_id, "no answer")
    outbox.marks_written(entry_id)
    assert outbox.pending_marks("customers.xlsx") == []
    outbox.settle(entry_id, Outcome([REJECTED], 7, ECHO))
    (pending,) = outbox.pending_marks("customers.xlsx")
    assert pending.result == ECHO
    outbox.marks_written(entry_id)
    assert outbox.entry(entry_id).phase is Phase.SETTLED
    outbox.close()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"one failed" in held
    assert b"Harbour" not in held
    with Outbox.open(tmp_path / "outbox.sqlite") as again:
        assert again.entry(entry_id).result.errors == ErrorTable((), [], [])
        assert again.documents(entry_id)[0].sheet_rows == (2,)


def test_100000_fingerprints_are_asked_in_one_query(outbox, plan, scope):
    entry_id = outbox.begin(plan(*(f"f{number}" for number in range(20_000))))
    outbox.mark_sending(entry_id)
    outbox.settle(entry_id, Outcome([ACCEPTED] * 20_000, 1))
    assert len(outbox.accepted_before(*scope, [f"f{number}" for number in range(10_000, 110_000)])) == 10_000


class OutboxMachine(RuleBasedStateMachine):
    """Two outboxes on one file; one service that counts what may have been posted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "outbox.sqlite"
        self.boxes = [Outbox.open(self.path), Outbox.open(self.path)]
        self.live: list[tuple[int, int, list[str]]] = []  # (box, entry, fingerprints)
        self.maybe_posted: dict[str, int] = {}  # fingerprint -> entry whose outcome nobody knows
        self.accepted: set[str] = set()

    def teardown(self) -> None:
        for box in self.boxes:
            box.close()
        self.folder.cleanup()

    @rule(box=st.integers(0, 1), prints=st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True))
    def begin(self, box: int, prints: list[str]) -> None:
        documents = [DocumentPlan(text, text, (2,)) for text in prints]
        plan = EntryPlan("https://s.example.com", "C", "P", "1", "b", "s", "u", "0", documents)
        blocked = set(self.maybe_posted) | self.accepted | {text for _, _, held in self.live for text in held}
        try:
            entry_id = self.boxes[box].begin(plan)
        except (UsageError, OutcomeUnknown):
            assert blocked & set(prints)
            return
        assert not blocked & set(prints)
        self.live.append((box, entry_id, prints))

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        box, entry_id, prints = data.draw(st.sampled_from(self.live))
        if self.boxes[box].entry(entry_id).phase is Phase.OPEN:
            self.boxes[box].mark_sending(entry_id)
            self.maybe_posted.update(dict.fromkeys(prints, entry_id))

    @precondition(lambda self: self.maybe_posted)
    @rule(data=st.data(), lost=st.booleans())
    def answer(self, data: st.DataObject, lost: bool) -> None:
        entry_id = data.draw(st.sampled_from(sorted(set(self.maybe_posted.values()))))
        if lost:
            self.boxes[0].unknown(entry_id, "lost")
            return
        prints = [item.fingerprint for item in self.boxes[0].documents(entry_id)]
        states = [data.draw(st.sampled_from([ACCEPTED, REJECTED, NOT_SENT])) for _ in prints]
        self.boxes[0].settle(entry_id, Outcome(states, 1))
        self.accepted.update(text for text, state in zip(prints, states, strict=True) if state is ACCEPTED)
        self._forget(entry_id)

    @rule(box=st.integers(0, 1))
    def crash_and_recover(self, box: int) -> None:
        self.boxes[box].close()
        self.boxes[box] = Outbox.open(self.path)
        recovered = set(self.boxes[1 - box].recover())
        mine = {entry_id for owner, entry_id, _ in self.live if owner == box}
        assert recovered <= mine
        self.live = [item for item in self.live if item[1] not in mine]

    def _forget(self, entry_id: int) -> None:
        self.maybe_posted = {text: held for text, held in self.maybe_posted.items() if held != entry_id}
        self.live = [item for item in self.live if item[1] != entry_id]

    @invariant()
    def accepted_is_never_invented(self) -> None:
        assert set(self.boxes[1].accepted_before("https://s.example.com", "C", "P", list("abcde"))) == self.accepted


OutboxMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase
