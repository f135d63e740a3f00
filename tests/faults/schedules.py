"""Seeded schedules of faults, and the oracle that looks at the truth after each.

Whole, on demand: ``python -m tests.faults.schedules 10000``; the figures are those of docs/reliability.md.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.bench import Bench, open_bench, serving
from tests.faults.proxy import Fault, http
from xlsc.errors import OutcomeUnknown, ServiceError, UsageError
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.report import SendReport
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_by_hand, settle_unknown
from xlsc.outbox import DocumentState, Phase

#: Length of a whole answer of a run, roughly; cuts fall on every byte of it and beyond.
ANSWER_BYTES = 700
_BODIES = (b"", b'{"Message": "No."}', b"<html>busy</html>", b'{"ErrorCount": 0')
_REFUSALS = ("400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "429 Too Many Requests")
_FAILURES = ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "200 OK")


@dataclass
class Tally:
    """What many schedules came to."""

    schedules: int = 0
    documents: int = 0
    sends: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    settled_by_service: int = 0
    settled_by_hand: int = 0
    violations: list[str] = field(default_factory=list)


def draw_fault(dice: random.Random) -> Fault:
    """One fault; every kind is as likely, every byte of an answer too."""
    kind = dice.choice(
        ("none", "refuse_request", "swallow_request", "half_request", "drop_answer", "cut_answer", "reset_answer",
         "double", "refused", "broken", "broken_after")
    )  # fmt: skip
    if kind in ("cut_answer", "reset_answer", "half_request"):
        return Fault(kind, dice.randrange(ANSWER_BYTES))
    if kind == "refused":
        return Fault("instead", answer=http(dice.choice(_REFUSALS), dice.choice(_BODIES)))
    if kind in ("broken", "broken_after"):
        place = "instead" if kind == "broken" else "after"
        return Fault(place, answer=http(dice.choice(_FAILURES), dice.choice(_BODIES)))
    return Fault(kind)


def play(bench: Bench, seed: int, tally: Tally) -> None:
    """One schedule: a sheet of journals sent under faults, again and again, settled, and looked at after each step."""
    dice = random.Random(seed)
    names = bench.fill(dice.randint(1, 4), wrong=dice.choice((0, 0, 0, 1)))
    contents = bench.contents()
    before = tally.violations[:]
    for _ in range(dice.randint(1, 4)):
        bench.proxy.faults = [draw_fault(dice) for _ in range(dice.randint(0, 2))]
        tally.faults.update(fault.kind for fault in bench.proxy.faults)
        per_run = dice.choice((None, None, 1, 2))
        which = dice.choice((Which.UNFINISHED, Which.UNFINISHED, Which.FAILED, Which.NEW))
        _send(bench, SendOptions("GL JOURNAL", read=ReadOptions(which=which), documents_per_run=per_run), tally)
        _look(bench, names, contents, tally)
        if dice.random() < 0.5:
            _settle(bench, tally)
            _look(bench, names, contents, tally)
    bench.proxy.faults = []
    _settle(bench, tally)
    _settle_by_hand(bench, names, tally)
    report = _send(bench, SendOptions("GL JOURNAL"), tally)
    _look(bench, names, contents, tally)
    _look_at_the_end(bench, names, report, tally)
    tally.schedules += 1
    tally.documents += len(names)
    if tally.violations != before:
        tally.violations[len(before) :] = [f"seed {seed}: {text}" for text in tally.violations[len(before) :]]


def _send(bench: Bench, options: SendOptions, tally: Tally) -> SendReport | None:
    tally.sends += 1
    try:
        report = send(bench.work, options)
    except (ServiceError, OutcomeUnknown, UsageError):
        return None
    if not report.counts.adds_up:
        tally.violations.append(f"counts do not add up: {report.counts}")
    tally.unknown += report.counts.unknown
    return report


def _settle(bench: Bench, tally: Tally) -> None:
    tally.settled_by_service += sum(item.documents for item in settle_unknown(bench.session, bench.outbox))


def _settle_by_hand(bench: Bench, names: list[str], tally: Tally) -> None:
    """What the service cannot tell, a person looks up in the ERP: here, in its database."""
    posted = bench.ledger.posted(names)
    for entry in bench.outbox.open_entries():
        if entry.phase is not Phase.UNKNOWN:
            tally.violations.append(f"an entry is still {entry.phase}")
            continue
        keys = [item.key_text for item in bench.outbox.documents(entry.entry_id) if item.state is DocumentState.UNKNOWN]
        there = {key in posted for key in keys}
        state = DocumentState.ACCEPTED if there == {True} else DocumentState.NOT_SENT
        if len(there) == 2:
            # A part was rejected: the person settles document by document.
            states = {
                item.index: DocumentState.ACCEPTED if item.key_text in posted else DocumentState.REJECTED
                for item in bench.outbox.documents(entry.entry_id)
                if item.state is DocumentState.UNKNOWN
            }
            bench.outbox.resolve(entry.entry_id, states, "person")
        else:
            settle_by_hand(bench.outbox, entry.entry_id, state)
        tally.settled_by_hand += len(keys)


def _look(bench: Bench, names: list[str], contents: list[list[object]], tally: Tally) -> None:
    """The invariants that hold at every moment."""
    posted = bench.ledger.posted(names)
    twice = [name for name in names if posted[name] > 1]
    if twice:
        tally.violations.append(f"posted twice: {twice}")
    lies = [name for name, status in zip(names, bench.statuses()[::2], strict=True) if _lies(status, name in posted)]
    if lies:
        tally.violations.append(f"accepted on the sheet, not in the database: {lies}")
    if bench.contents() != contents:
        tally.violations.append("a cell outside the marks changed")


def _lies(status: str, is_posted: bool) -> bool:
    return status == "Accepted" and not is_posted


def _look_at_the_end(bench: Bench, names: list[str], report: SendReport | None, tally: Tally) -> None:
    """With the wire mended, everything that can be posted is, once, and every row says what became of it."""
    posted = bench.ledger.posted(names)
    statuses = bench.statuses()
    for place, name in enumerate(names):
        pair = set(statuses[2 * place : 2 * place + 2])
        wanted = {"Accepted"} if name in posted else {"Rejected"}
        if pair != wanted:
            said = report.headline if report else "refused"
            tally.violations.append(f"{name} is {sorted(pair)} on the sheet, posted {posted[name]} times ({said})")


def main(count: int, first_seed: int = 0) -> Tally:
    """Play schedules and print what they came to."""
    tally = Tally()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "service") as service:
        for seed in range(first_seed, first_seed + count):
            with open_bench(service, Path(folder) / str(seed)) as bench:
                play(bench, seed, tally)
            if (seed + 1) % 500 == 0:
                print(f"{seed + 1 - first_seed} schedules, {len(tally.violations)} violations", flush=True)
    print(f"schedules {tally.schedules}, documents {tally.documents}, sends {tally.sends}")
    print(f"faults {sum(tally.faults.values())}: {dict(sorted(tally.faults.items()))}")
    print(
        f"rows unknown at first {tally.unknown}; documents settled by the service {tally.settled_by_service}, ", end=""
    )
    print(f"by hand {tally.settled_by_hand}")
    print(f"violations {len(tally.violations)}; seconds {time.monotonic() - started:.0f}")
    for text in tally.violations[:20]:
        print(text)
    return tally


if __name__ == "__main__":
    sys.exit(1 if main(*(int(text) for text in sys.argv[1:] or ["200"])).violations else 0)
