"""Seeded schedules of faults, and the oracle that looks at the truth after each.

Whole, on demand: ``python -m tests.faults.schedules 10000``; the figures are those of docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.bench import Bench, open_bench, serving
from tests.faults.dying import Killed, MortalOutbox, jumping_clock
from tests.faults.proxy import Fault, http
from xlsc.errors import OutcomeUnknown, ServiceError, UsageError
from xlsc.flows import send as sending
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.report import SendReport
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_by_hand, settle_unknown
from xlsc.outbox import DocumentState, Outbox, Phase

#: Length of a whole answer of a run, roughly; cuts fall on every byte of it and beyond.
ANSWER_BYTES = 700
#: Every so many schedules the workbook is a file, and all of its parts are compared.
FILE_EVERY = 4
_BODIES = (b"", b'{"Message": "No."}', b"<html>busy</html>", b'{"ErrorCount": 0')
_REFUSALS = ("400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "429 Too Many Requests")
_FAILURES = ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "200 OK")
#: Kinds of faults and how likely each is; those that wait for a time-out are rare.
_KINDS = {
    "none": 20, "refuse_request": 20, "swallow_request": 20, "half_request": 20, "drop_answer": 20, "cut_answer": 20,
    "reset_answer": 20, "double": 20, "refused": 20, "broken": 20, "broken_after": 20, "slow": 20, "stutter": 20,
    "chunked": 20, "swallow": 1, "stall": 1,
}  # fmt: skip
_WITH_SIZE = ("cut_answer", "reset_answer", "half_request", "stutter", "chunked")
#: Seconds until a run that gets no answer is given up; long enough for a machine that has much else to do.
RUN_SECONDS = 10.0


@dataclass
class Tally:
    """What many schedules came to."""

    schedules: int = 0
    on_files: int = 0
    documents: int = 0
    sends: int = 0
    races: int = 0
    deaths: int = 0
    jumps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    settled_by_service: int = 0
    settled_by_hand: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Both together."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def draw_fault(dice: random.Random) -> Fault:
    """One fault; every kind is as likely but for those that wait, every byte of an answer too."""
    kind = dice.choices(list(_KINDS), list(_KINDS.values()))[0]
    if kind in _WITH_SIZE:
        return Fault(kind, dice.randrange(ANSWER_BYTES))
    if kind == "slow":
        return Fault(kind, dice.randint(20, 200))
    if kind == "refused":
        return Fault("instead", answer=http(dice.choice(_REFUSALS), dice.choice(_BODIES)))
    if kind in ("broken", "broken_after"):
        place = "instead" if kind == "broken" else "after"
        return Fault(place, answer=http(dice.choice(_FAILURES), dice.choice(_BODIES)))
    return Fault(kind)


@dataclass
class Player:
    """One schedule: a sheet of journals sent under faults, again and again, settled, and looked at after each step."""

    bench: Bench
    dice: random.Random
    tally: Tally
    names: list[str] = field(default_factory=list)
    raced: bool = False

    def play(self) -> None:
        """From the filled sheet to the end, at which the wire is whole again."""
        bench, dice = self.bench, self.dice
        self.names = bench.fill(dice.randint(1, 4), wrong=dice.choice((0, 0, 0, 1)))
        for _ in range(dice.randint(1, 4)):
            bench.proxy.faults = [draw_fault(dice) for _ in range(dice.randint(0, 2))]
            self.tally.faults.update(fault.kind for fault in bench.proxy.faults)
            per_run = dice.choice((None, None, 1, 2))
            which = dice.choice((Which.UNFINISHED, Which.UNFINISHED, Which.FAILED, Which.NEW))
            self._step(SendOptions("GL JOURNAL", read=ReadOptions(which=which), documents_per_run=per_run))
            self.look()
            if dice.random() < 0.5:
                self.settle()
                self.look()
        bench.proxy.faults = []
        self.settle()
        self.settle_by_hand()
        report = self.send(bench, SendOptions("GL JOURNAL"))
        if report is None and self.raced:
            # Documents were accepted from the copy, which stops a send; what was never sent goes all the same.
            report = self.send(bench, SendOptions("GL JOURNAL", read=ReadOptions(which=Which.NEW)))
        self.look()
        self.look_at_the_end(report)

    def _step(self, options: SendOptions) -> None:
        """One send: mostly alone, at times with a colleague's copy beside it, cut short, or by another clock."""
        chance = self.dice.random()
        with contextlib.ExitStack() as stack:
            if self.dice.random() < 0.15:
                self.tally.jumps += 1
                stack.enter_context(jumping_clock(self.dice))
            if chance < 0.10:
                self._race(options)
            elif chance < 0.30:
                self._die(options)
            else:
                self.send(self.bench, options)

    def _race(self, options: SendOptions) -> None:
        """Two copies of the workbook sent at the same time, each by an outbox of its own on the same file."""
        self.tally.races += 1
        self.raced = True
        twin = self.bench.give_book(self.bench.copy_of_book())

        def run() -> None:
            with Outbox.open(self.bench.home / "outbox.sqlite") as outbox:
                self.send(replace(twin, outbox=outbox), options)

        thread = threading.Thread(target=run)
        thread.start()
        self.send(self.bench, options)
        thread.join()

    def _die(self, options: SendOptions) -> None:
        """The program ends at a step; the next one opens the outbox anew."""
        self.tally.deaths += 1
        mortal = MortalOutbox(self.bench.outbox, self.dice.randint(1, 6), after=self.dice.random() < 0.5)
        with contextlib.suppress(Killed):
            self.send(replace(self.bench, outbox=mortal), options)
        self.bench.outbox.close()
        self.bench.outbox = Outbox.open(self.bench.home / "outbox.sqlite")

    def send(self, bench: Bench, options: SendOptions) -> SendReport | None:
        """One send, and what can be said of its report alone."""
        self.tally.sends += 1
        try:
            report = send(bench.work, options)
        except (ServiceError, OutcomeUnknown, UsageError):
            return None
        if not report.counts.adds_up:
            self.blame(f"counts do not add up: {report.counts}")
        if report.runs and len([row for run in report.runs for row in run.states]) != sum(
            2 * run.documents for run in report.runs
        ):
            self.blame("a row that was sent has no state")
        if report.is_green and "Unknown" in bench.statuses():
            self.blame("a green report over rows of unknown outcome")
        self.tally.unknown += report.counts.unknown
        return report

    def blame(self, text: str) -> None:
        """Note a broken promise."""
        self.tally.violations.append(text)

    def settle(self) -> None:
        """Ask the service."""
        found = settle_unknown(self.bench.session, self.bench.outbox)
        self.tally.settled_by_service += sum(item.documents for item in found)

    def settle_by_hand(self) -> None:
        """What the service cannot tell, a person looks up in the ERP, document by document: here, in its database."""
        self.bench.proxy.wait_until_idle()  # a run that still goes on may post what is not there yet
        posted, outbox = self.bench.ledger.posted(self.names), self.bench.outbox
        for entry in outbox.open_entries():
            if entry.phase is not Phase.UNKNOWN:
                self.blame(f"an entry is still {entry.phase}")
                continue
            unknown = [item for item in outbox.documents(entry.entry_id) if item.state is DocumentState.UNKNOWN]
            for item in unknown:
                state = DocumentState.ACCEPTED if item.key_text in posted else DocumentState.NOT_SENT
                settle_by_hand(outbox, entry.entry_id, state, [item.key_text])
            self.tally.settled_by_hand += len(unknown)

    def look(self) -> None:
        """The promises that hold at every moment."""
        posted, statuses = self.bench.ledger.posted(self.names), self.bench.statuses()
        if twice := [name for name in self.names if posted[name] > 1]:
            self.blame(f"posted twice: {twice}")
        for name, status in zip(self.names, statuses[::2], strict=True):
            if status == "Accepted" and name not in posted:
                self.blame(f"accepted on the sheet, not in the database: {name}")
            if status.startswith("Rejected") and name in posted:
                self.blame(f"rejected on the sheet, but in the database: {name}")
        if free := posted.keys() - self._known():
            self.blame(f"posted, and free to be sent again: {sorted(free)}")
        for text in self.bench.changes():
            self.blame(f"changed outside the marks: {text}")

    def _known(self) -> set[str]:
        """Documents that the outbox does not let out again without being asked."""
        rows = self.bench.outbox._database.rows(
            "SELECT key_text FROM documents WHERE state IN ('accepted', 'unknown', 'open')"
        )
        return {str(key) for (key,) in rows}

    def look_at_the_end(self, report: SendReport | None) -> None:
        """With the wire mended, everything that can be posted is, once, and every row says what became of it."""
        posted, statuses = self.bench.ledger.posted(self.names), self.bench.statuses()
        for place, name in enumerate(self.names):
            pair = set(statuses[2 * place : 2 * place + 2])
            wanted = {"Accepted"} if name in posted else {"Rejected"}
            from_copy = self.raced and name in posted and pair <= {"", "Skipped"}
            if pair != wanted and not from_copy:
                said = report.headline if report else "refused"
                self.blame(f"{name} is {sorted(pair)} on the sheet, posted {posted[name]} times ({said})")
        log, database = self.bench.outbox.run_log, self.bench.outbox._database
        logged = database.rows("SELECT count(*) FROM entries WHERE logged")[0][0]
        if log.verify() is not None or len(log.read()) != logged or self._unlogged_runs():
            self.blame(f"the log has {len(log.read())} lines for {logged} runs, {log.verify()}")
        if wrong := [line for line in log.read() if line.rows_read != _sum(line)]:
            self.blame(f"lines of the log do not add up: {wrong}")

    def _unlogged_runs(self) -> list[int]:
        rows = self.bench.outbox._database.rows(
            "SELECT DISTINCT entry_id FROM entries JOIN documents USING (entry_id)"
            " WHERE logged = 0 AND state IN ('accepted', 'rejected', 'unknown')"
        )
        return [int(str(number)) for (number,) in rows]


def _sum(line: object) -> int:
    return sum(getattr(line, name) for name in ("accepted", "rejected", "skipped", "unknown"))


def play(bench: Bench, seed: int, tally: Tally) -> None:
    """The schedule of one seed; its violations name it."""
    before = len(tally.violations)
    player = Player(bench, random.Random(seed), tally)
    player.play()
    tally.schedules += 1
    tally.on_files += is_on_file(seed)
    tally.documents += len(player.names)
    tally.violations[before:] = [f"seed {seed}: {text}" for text in tally.violations[before:]]
    for text in tally.violations[before:]:
        print(text, file=sys.stderr, flush=True)


def is_on_file(seed: int) -> bool:
    """Whether the schedule's workbook is a file."""
    return seed % FILE_EVERY == 0


@contextlib.contextmanager
def bench_of(service: object, home: Path, seed: int) -> Iterator[Bench]:
    """A bench for the schedule of a seed."""
    with open_bench(service, home, on_file=is_on_file(seed), run_seconds=RUN_SECONDS) as bench:  # type: ignore[arg-type]
        try:
            yield bench
        finally:
            bench.outbox.close()  # it may be another one than the bench was opened with


@contextlib.contextmanager
def reading_columns_once() -> Iterator[None]:
    """Ask for the process and its columns once: they stay the same, and take most of a schedule's time."""
    find, read = sending.find_process, sending.read_columns
    kept: dict[str, object] = {}

    def find_once(client: object, name: str) -> object:
        if name not in kept:
            kept[name] = read(client, find(client, name))  # type: ignore[arg-type]
        return kept[name]

    sending.find_process = find_once  # type: ignore[assignment]
    sending.read_columns = lambda _client, found: found  # type: ignore[assignment]
    try:
        yield
    finally:
        sending.find_process, sending.read_columns = find, read


def play_many(seeds: range) -> Tally:
    """Play schedules on a service of their own."""
    tally = Tally()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "service") as service,
        reading_columns_once(),
    ):
        for seed in seeds:
            with tempfile.TemporaryDirectory(dir=folder) as home, bench_of(service, Path(home), seed) as bench:
                play(bench, seed, tally)
            if (seed + 1 - seeds.start) % 500 == 0:
                print(f"seeds {seeds.start} to {seed}: {len(tally.violations)} violations", flush=True)
    return tally


def main(count: int, first_seed: int = 0, jobs: int = 1) -> Tally:
    """Play schedules and print what they came to."""
    tally = Tally()
    started = time.monotonic()
    edges = [first_seed + count * job // jobs for job in range(jobs + 1)]
    parts = [range(start, end) for start, end in itertools.pairwise(edges)]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for part in pool.imap_unordered(play_many, parts):
            tally.add(part)
    print(f"schedules {tally.schedules}, {tally.on_files} on files; documents {tally.documents}, sends {tally.sends}")
    print(f"faults {sum(tally.faults.values())}: {dict(sorted(tally.faults.items()))}")
    print(f"sends at the same time {tally.races}, ended at a step {tally.deaths}, by another clock {tally.jumps}")
    print(f"rows unknown at first {tally.unknown}; settled by the service {tally.settled_by_service}", end="")
    print(f", by hand {tally.settled_by_hand} documents")
    print(f"violations {len(tally.violations)}; seconds {time.monotonic() - started:.0f}")
    return tally


if __name__ == "__main__":
    sys.exit(1 if main(*(int(text) for text in sys.argv[1:] or ["200"])).violations else 0)
