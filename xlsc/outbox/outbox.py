"""The outbox: begin → mark_sending → settle, unknown, recover, resolve; each step is on disk when it returns.

Every step checks the phase it starts from inside its own transaction, so that a late or second process can never
turn a document that may have been posted into one that is free to send.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from xlsc.errors import OutcomeUnknown, UsageError
from xlsc.outbox import queries
from xlsc.outbox.database import Database
from xlsc.outbox.entries import (
    Accepted,
    DocumentState,
    Entry,
    EntryPlan,
    Outcome,
    Phase,
    StoredDocument,
    UnknownDocument,
    scope_text,
)
from xlsc.outbox.experiences import Experiences
from xlsc.outbox.locks import Presence, SenderLock, is_present, release_foreign, this_owner
from xlsc.outbox.runlog import RunLog
from xlsc.outbox.stored import encode_result, encode_rows, without_rows

_PHASE_OF_RUN = (Phase.OPEN, Phase.SENDING)


class Outbox:
    """One open outbox, used by one thread; a context manager.

    Closing it ends the proof that its owner lives: entries still open or sending are then recover()'s.

    >>> with Outbox.open(path) as outbox:
    ...     entry_id = outbox.begin(plan)
    ...     outbox.mark_sending(entry_id)
    ...     outbox.settle(entry_id, Outcome([DocumentState.ACCEPTED], run_number=7))
    """

    def __init__(self, path: Path, journal: str = "wal") -> None:
        self._database = Database(path, journal)
        self._folder = path.with_name(f"{path.name}.locks")
        try:
            self._presence = Presence(self._folder)
        except BaseException:
            self._database.close()
            raise
        self.run_log = RunLog(path.with_name(f"{path.stem}.runs.jsonl"), self._database, self._folder)
        self.experiences = Experiences(self._database)

    @classmethod
    def open(cls, path: Path, journal: str = "wal") -> Outbox:
        """The outbox in that file, made where missing.

        Args:
            path: The SQLite file; locks and the run log stand beside it.
            journal: "wal", or "delete" or "truncate" for a folder on a network share.

        Raises:
            UsageError: The file or its folder cannot be used.
        """
        return cls(path, journal)

    def close(self) -> None:
        """Give up the file and the proof of life."""
        self._database.close()
        self._presence.close()

    def __enter__(self) -> Outbox:
        """This outbox."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def lock(
        self,
        service: str,
        company_id: str,
        process_key: str,
        timeout_seconds: float = 30.0,
        force_after_seconds: float | None = None,
    ) -> SenderLock:
        """The right to send to one process, as a context manager; see SenderLock."""
        scope = scope_text(service, company_id, process_key)
        return SenderLock(self._folder, scope, timeout_seconds, force_after_seconds)

    def begin(self, plan: EntryPlan, again: bool = False, twins: Collection[str] = ()) -> int:
        """The new entry's id; the plan is on disk.

        Args:
            plan: What is about to be sent.
            again: Send documents that were accepted before once more. Never frees unknown ones.
            twins: Fingerprints that the same send has several documents of, all of which were found to be new: one of
                them accepted does not stop the next.

        Raises:
            UsageError: A document was accepted before, or is being sent by another entry.
            OutcomeUnknown: A document's earlier run has no known outcome.
        """
        prints = {document.fingerprint for document in plan.documents}
        with self._database.writing() as connection:
            scope_id = queries.scope_id(connection, plan.scope, create=True)
            states = queries.states_of(connection, scope_id, prints)
            if prints & set(twins):
                found = queries.states_of(connection, scope_id, prints - set(twins))
                states[DocumentState.ACCEPTED] = found.get(DocumentState.ACCEPTED, 0)
            _refuse_sent(states, again)
            cursor = connection.execute(
                "INSERT INTO entries (scope_id, phase, service, company_id, process_key, process_id, workbook, sheet,"
                " user, body_sha256, owner, host, begun_utc, runs_before)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(scope_id, Phase.OPEN, *_texts_of(plan), self._presence.name, this_owner().host, _now()),
                    plan.runs_before,
                ),
            )
            entry_id = cursor.lastrowid
            assert entry_id is not None
            connection.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, 'open')",
                (
                    (entry_id, index, scope_id, item.fingerprint, item.key_text, encode_rows(item.sheet_rows))
                    for index, item in enumerate(plan.documents)
                ),
            )
        return entry_id

    def mark_sending(self, entry_id: int) -> None:
        """Record that the first byte goes out next; call immediately before connecting.

        Raises:
            UsageError: The entry is not open any more, for example because it was recovered as not sent.
        """
        with self._database.writing() as connection:
            _require(connection, entry_id, (Phase.OPEN,))
            _set_phase(connection, entry_id, Phase.SENDING)

    def not_sent(self, entry_id: int, reason: str) -> None:
        """Record that provably no byte of the run went out: its documents are free again.

        Raises:
            UsageError: The entry is neither open nor sending.
        """
        with self._database.writing() as connection:
            _require(connection, entry_id, _PHASE_OF_RUN)
            _end(connection, entry_id, Phase.NOT_SENT, DocumentState.NOT_SENT, reason)

    def unknown(self, entry_id: int, reason: str) -> None:
        """Record that the run may or may not have happened; ``reason`` holds no secret.

        Raises:
            UsageError: The entry is not being sent.
        """
        with self._database.writing() as connection:
            _require(connection, entry_id, (Phase.SENDING, Phase.UNKNOWN))
            _end(connection, entry_id, Phase.UNKNOWN, DocumentState.UNKNOWN, reason)

    def settle(self, entry_id: int, outcome: Outcome) -> None:
        """Record the run's answer; call before the first cell changes.

        An answer that comes after recover() called the entry unknown is taken; after a person resolved it, it is not.

        Raises:
            UsageError: The entry is not being sent, or the states do not fit its documents.
        """
        with self._database.writing() as connection:
            _require(connection, entry_id, (Phase.SENDING, Phase.UNKNOWN))
            rows = connection.execute("SELECT state FROM documents WHERE entry_id = ?", (entry_id,)).fetchall()
            if len(outcome.states) != len(rows) or DocumentState.OPEN in outcome.states:
                raise _misuse(entry_id, f"{len(rows)} documents need {len(rows)} known states.")
            if any(row[0] not in (DocumentState.OPEN, DocumentState.UNKNOWN) for row in rows):
                raise _misuse(entry_id, "some of its documents were resolved already.")
            _set_states(connection, entry_id, dict(enumerate(outcome.states)))
            connection.execute(
                "UPDATE entries SET run_number = ?, result = ?, answer_sha256 = ?, marks_written = 0"
                " WHERE entry_id = ?",
                (outcome.run_number, encode_result(outcome.result), outcome.answer_sha256, entry_id),
            )
            _close_phase(connection, entry_id)

    def resolve(
        self, entry_id: int, states: Mapping[int, DocumentState], how: str, run_number: int | None = None
    ) -> None:
        """Record what became of unknown documents.

        Args:
            entry_id: An unknown entry.
            states: New state by the document's 0-based index; those not named stay unknown.
            how: "service" when its history said so, "person" when somebody decided.
            run_number: The run found in the service's history.

        Raises:
            UsageError: A document is not unknown, or the state or ``how`` is not a word known here.
        """
        if how not in ("service", "person") or DocumentState.OPEN in states.values():
            raise _misuse(entry_id, "a resolution is by 'service' or 'person' and never 'open'.")
        with self._database.writing() as connection:
            _require(connection, entry_id, (Phase.UNKNOWN,))
            found = connection.execute(
                "SELECT position FROM documents WHERE entry_id = ? AND state = 'unknown'", (entry_id,)
            )
            if states.keys() - {row[0] for row in found}:
                raise _misuse(entry_id, "a document named is not unknown.")
            _set_states(connection, entry_id, states)
            connection.execute(
                "UPDATE entries SET resolved_how = ?, run_number = coalesce(?, run_number), marks_written = 0"
                " WHERE entry_id = ?",
                (how, run_number, entry_id),
            )
            _close_phase(connection, entry_id)

    def marks_written(self, entry_id: int) -> None:
        """Record that the workbook shows the states; row contents echoed by the service are wiped.

        SQLite's WAL file may hold them until the last open outbox on the file is closed.

        Raises:
            UsageError: The entry is still open or being sent.
        """
        with self._database.writing() as connection:
            phase = _require(connection, entry_id, tuple(set(Phase) - set(_PHASE_OF_RUN)))
            text = connection.execute("SELECT result FROM entries WHERE entry_id = ?", (entry_id,)).fetchone()[0]
            connection.execute(
                "UPDATE entries SET marks_written = 1, result = ?, phase = ? WHERE entry_id = ?",
                (without_rows(text), phase if phase is Phase.UNKNOWN else Phase.SETTLED, entry_id),
            )

    def recover(self, other_hosts_after_seconds: float | None = None) -> list[int]:
        """Ids of entries whose owner is gone: those being sent become unknown, open ones not sent.

        Args:
            other_hosts_after_seconds: Also take entries of other hosts older than this; None = leave them.
        """
        entries = self._database.rows(
            "SELECT entry_id, owner, host, begun_utc FROM entries WHERE phase IN ('open', 'sending') ORDER BY entry_id"
        )
        gone = [row[0] for row in entries if self._is_gone(row, other_hosts_after_seconds)]
        return [entry_id for entry_id in gone if isinstance(entry_id, int) and self._give_up(entry_id)]

    def entry(self, entry_id: int) -> Entry:
        """One entry.

        Raises:
            UsageError: There is none of that id.
        """
        return queries.entry(self._database, entry_id)

    def documents(self, entry_id: int) -> list[StoredDocument]:
        """The entry's documents in the plan's order."""
        return queries.documents(self._database, entry_id)

    def unlogged_entries(self) -> list[Entry]:
        """Entries of runs that have no line in the log, and whose owner is gone and will write none; oldest first."""
        rows = self._database.rows(
            "SELECT entry_id, owner, host, begun_utc FROM entries WHERE logged = 0"
            " AND phase IN ('answered', 'unknown', 'settled') ORDER BY entry_id"
        )
        return [self.entry(int(str(row[0]))) for row in rows if self._is_gone(row, None)]

    def release_locks(self, after_seconds: float) -> list[str]:
        """Take away locks that other hosts left longer ago; who left them, for people."""
        return [str(owner) for owner in release_foreign(self._folder, after_seconds)]

    def open_entries(self) -> list[Entry]:
        """Entries that are open, being sent or unknown, oldest first."""
        return queries.entries_where(self._database, "phase IN ('open', 'sending', 'unknown')")

    def pending_marks(self, workbook: str) -> list[Entry]:
        """Entries whose states the workbook does not show yet, oldest first; ``workbook`` as in the plan."""
        condition = "phase NOT IN ('open', 'sending') AND marks_written = 0 AND workbook = ?"
        return queries.entries_where(self._database, condition, (workbook,))

    def accepted_before(
        self, service: str, company_id: str, process_key: str, fingerprints: Sequence[str]
    ) -> dict[str, Accepted]:
        """The latest acceptance of each fingerprint that has one, from any workbook."""
        scope = scope_text(service, company_id, process_key)
        return queries.accepted_before(self._database, scope, fingerprints)

    def known_runs(self, service: str, company_id: str, process_key: str) -> set[int]:
        """Run numbers of that process that belong to entries of this outbox."""
        return queries.run_numbers(self._database, scope_text(service, company_id, process_key))

    def unknown_documents(self, service: str, company_id: str, process_key: str) -> list[UnknownDocument]:
        """Documents of that process that may or may not have been posted, oldest entry first."""
        return queries.unknown_documents(self._database, scope_text(service, company_id, process_key))

    def _is_gone(self, row: tuple[object, ...], other_hosts_after_seconds: float | None) -> bool:
        _, owner, host, begun_utc = row
        if owner == self._presence.name:
            return False
        if host == this_owner().host:
            return not is_present(self._folder, str(owner))
        age = datetime.now(UTC) - datetime.fromisoformat(str(begun_utc))
        return other_hosts_after_seconds is not None and age.total_seconds() >= other_hosts_after_seconds

    def _give_up(self, entry_id: int) -> bool:
        """Whether the entry was still on its way; its owner may have ended it since it was listed."""
        with self._database.writing() as connection:
            phase = _phase(connection, entry_id)
            if phase is Phase.OPEN:
                _end(connection, entry_id, Phase.NOT_SENT, DocumentState.NOT_SENT, "xlsc ended before sending.")
            elif phase is Phase.SENDING:
                _end(connection, entry_id, Phase.UNKNOWN, DocumentState.UNKNOWN, "xlsc ended while sending.")
        return phase in _PHASE_OF_RUN


def _texts_of(plan: EntryPlan) -> tuple[str, ...]:
    process = (plan.service, plan.company_id, plan.process_key, plan.process_id)
    return (*process, plan.workbook, plan.sheet, plan.user, plan.body_sha256)


def _refuse_sent(states: Mapping[DocumentState, int], again: bool) -> None:
    if unknown := states.get(DocumentState.UNKNOWN, 0):
        raise OutcomeUnknown(
            f"{unknown} of the documents were sent before, and their outcome is unknown.",
            "Settle them first (xlsc settle); until then they are not sent again.",
            in_excel="Settle them first with Open entries; until then they are not sent again.",
        )
    if busy := states.get(DocumentState.OPEN, 0):
        raise UsageError(
            f"{busy} of the documents are being sent already.",
            "Wait until that send has ended; if its program is gone, run xlsc settle.",
            in_excel="Wait until that send has ended; if its program is gone, press Open entries.",
        )
    accepted = states.get(DocumentState.ACCEPTED, 0)
    if accepted and not again:
        raise UsageError(
            f"{accepted} of the documents were accepted before.",
            "Use --again to send them once more.",
            in_excel="Send once more to see which these are.",
        )


def _phase(connection: sqlite3.Connection, entry_id: int) -> Phase:
    row = connection.execute("SELECT phase FROM entries WHERE entry_id = ?", (entry_id,)).fetchone()
    if row is None:
        raise _misuse(entry_id, "there is none of that number.")
    return Phase(row[0])


def _require(connection: sqlite3.Connection, entry_id: int, allowed: tuple[Phase, ...]) -> Phase:
    phase = _phase(connection, entry_id)
    if phase not in allowed:
        raise _misuse(entry_id, f"it is {phase}, not {' or '.join(sorted(allowed))}.")
    return phase


def _set_phase(connection: sqlite3.Connection, entry_id: int, phase: Phase) -> None:
    connection.execute("UPDATE entries SET phase = ? WHERE entry_id = ?", (phase, entry_id))


def _end(connection: sqlite3.Connection, entry_id: int, phase: Phase, state: DocumentState, reason: str) -> None:
    """Give every document of the entry that has no known outcome the same state."""
    connection.execute(
        "UPDATE documents SET state = ? WHERE entry_id = ? AND state IN ('open', 'unknown')", (state, entry_id)
    )
    connection.execute(
        "UPDATE entries SET phase = ?, reason = ?, known_utc = ? WHERE entry_id = ?", (phase, reason, _now(), entry_id)
    )


def _set_states(connection: sqlite3.Connection, entry_id: int, states: Mapping[int, DocumentState]) -> None:
    connection.executemany(
        "UPDATE documents SET state = ? WHERE entry_id = ? AND position = ?",
        ((state, entry_id, index) for index, state in states.items()),
    )


def _close_phase(connection: sqlite3.Connection, entry_id: int) -> None:
    """The phase that the documents' states add up to."""
    left = connection.execute(
        "SELECT count(*) FROM documents WHERE entry_id = ? AND state = 'unknown'", (entry_id,)
    ).fetchone()[0]
    _set_phase(connection, entry_id, Phase.UNKNOWN if left else Phase.ANSWERED)
    connection.execute("UPDATE entries SET known_utc = ? WHERE entry_id = ?", (_now(), entry_id))


def _misuse(entry_id: int, why: str) -> UsageError:
    return UsageError(f"Outbox entry {entry_id}: {why}", "Look it up with xlsc outbox.", in_excel="See Open entries.")


def _now() -> str:
    return datetime.now(UTC).isoformat()
