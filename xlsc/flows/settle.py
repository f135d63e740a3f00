"""Runs of unknown outcome, settled by the service's history or by a person; and states that a workbook lacks, shown.

A run is taken for ours only when it is the one run after the last known one, of as many documents, that no other
entry claims; anything else is left to the person. Source: P §2.7, peers.md §8.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsc.client.client import Client
from xlsc.core.catalog import HistoryRun
from xlsc.core.documents import fingerprints, group_documents
from xlsc.core.marks import plan_marks
from xlsc.core.matching import locate
from xlsc.core.results import Code, ErrorTable, RowError, RowState
from xlsc.core.table import Column, Row, Table
from xlsc.errors import ServiceError, UsageError
from xlsc.flows.connect import Session
from xlsc.flows.logs import log_forgotten
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.reading import ReadOptions, Which, read_sheet
from xlsc.flows.work import Rules, Work
from xlsc.outbox import DocumentState, Entry, Outbox, Phase, StoredDocument
from xlsc.sheets.port import Sheet

#: Runs that GetHistoryForProcess lists (P §2.7 [doc]).
HISTORY_LENGTH = 10
NOT_SENT = DocumentState.NOT_SENT
_BETWEEN_KEYS = " | "
#: Documents named in a message.
_NAMED = 8
_SHOWN = {
    DocumentState.ACCEPTED: RowState.ACCEPTED,
    DocumentState.REJECTED: RowState.REJECTED,
    DocumentState.UNKNOWN: RowState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What asking the service about one entry gave.

    Attributes:
        entry: As it stands now.
        text: What was found, or why nothing was settled, in a sentence.
        documents: How many documents are of known outcome now, that were not before.
    """

    entry: Entry
    text: str
    documents: int


@dataclass(frozen=True, slots=True)
class _Found:
    states: Mapping[int, DocumentState]
    text: str
    run_number: int | None = None


def settle_unknown(session: Session, outbox: Outbox) -> list[Settled]:
    """Ask the service about every entry of unknown outcome of this service and company."""
    outbox.recover()
    log_forgotten(outbox)
    company = session.settings.company_id.casefold()
    entries = [
        entry
        for entry in outbox.open_entries()
        if entry.phase is Phase.UNKNOWN
        and entry.service.rstrip("/").casefold() == session.service.casefold()
        and entry.company_id.casefold() == company
    ]
    return [_settle(session.client, outbox, entry) for entry in entries]


def settle_by_hand(outbox: Outbox, entry_id: int, state: DocumentState, key: str | None = None) -> Settled:
    """Record what a person found out about an entry's unknown documents.

    Args:
        outbox: Knows the entry.
        entry_id: Of the entry.
        state: What became of the documents.
        key: Only those of this key, as ``describe_unknown`` spells it; None = all.

    Raises:
        UsageError: The entry is not of unknown outcome, or has no unknown document of that key.
    """
    unknown = [item for item in outbox.documents(entry_id) if item.state is DocumentState.UNKNOWN]
    meant = [item.index for item in unknown if key is None or item.key_text.casefold() == key.strip().casefold()]
    if unknown and not meant:
        listed = "; ".join(item.key_text for item in unknown[:_NAMED])
        raise UsageError(f"Entry {entry_id} has no unknown document {key!r}.", f"Unknown are: {listed}.")
    outbox.resolve(entry_id, dict.fromkeys(meant, state), "person")
    return Settled(outbox.entry(entry_id), f"Settled by hand: {state.value.replace('_', ' ')}.", len(meant))


def describe_unknown(outbox: Outbox, entry_id: int) -> list[str]:
    """Keys of an entry's documents that are of unknown outcome."""
    return [item.key_text for item in outbox.documents(entry_id) if item.state is DocumentState.UNKNOWN]


def take_over(outbox: Outbox, after_seconds: float) -> list[str]:
    """Take over what other hosts of a shared outbox left longer ago: their locks, and runs that they never ended.

    Returns:
        What was taken over, in sentences. Runs that may have been made are of unknown outcome from now on.
    """
    locks = [f"The lock of {owner} was taken away." for owner in outbox.release_locks(after_seconds)]
    runs = [f"Entry {entry_id} was left unfinished." for entry_id in outbox.recover(after_seconds)]
    return locks + runs


def show_pending(work: Work, sheet: Sheet, found: ProcessColumns, rules: Rules) -> int:
    """Show the states that the outbox knows and the workbook lacks; rows are found by content, wherever they are now.

    Returns:
        How many rows got a status.
    """
    entries = [
        entry
        for entry in work.outbox.pending_marks(work.location)
        if entry.process_key.casefold() == found.process.map_key.casefold() and _is_for(entry, sheet, work)
    ]
    if not entries:
        return 0
    options = ReadOptions(which=Which.EVERY, hidden="include")
    try:
        reading = read_sheet(sheet, rules.wanted(found.columns), options)
    except UsageError:
        return 0
    states, texts, errors = _pending_states(work.outbox, entries, reading.table)
    if states:
        now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
        summary = f"{now}: states of an earlier run of {found.process.map_id} shown."
        sheet.apply(plan_marks(reading.table, states, errors, reading.layout.marks, summary, texts))
        work.save()
    for entry in entries:
        work.outbox.marks_written(entry.entry_id)
    return len(states)


def _is_for(entry: Entry, sheet: Sheet, work: Work) -> bool:
    names = [name.casefold() for name in work.book.sheet_names()]
    wanted = entry.sheet.casefold()
    # A sheet that was renamed since is nowhere any more; then the content of any sheet decides.
    return wanted == sheet.name.casefold() or wanted not in names


def _pending_states(
    outbox: Outbox, entries: Sequence[Entry], table: Table
) -> tuple[dict[int, RowState], dict[int, str], list[RowError]]:
    finder = _Finder(table)
    states: dict[int, RowState] = {}
    texts: dict[int, str] = {}
    errors: dict[int, list[RowError]] = {}
    for entry in entries:
        located = _by_row(locate(entry.result.errors, table) if entry.result else [])
        run = f", run {entry.run_number}" if entry.run_number else ""
        rows_of = finder.find_rows(outbox.documents(entry.entry_id))
        for item, rows in rows_of:
            # "Not sent" is news only where the sheet says unknown: after a person found it out.
            state = RowState.SKIPPED if entry.resolved_how and item.state is NOT_SENT else _SHOWN.get(item.state)
            if state is None:
                continue
            for row in rows:
                states[row] = state
                errors[row] = located.get(row, []) if state is RowState.REJECTED else []
                texts[row] = "Skipped: not sent" if state is RowState.SKIPPED else state.value.capitalize() + run
    return states, texts, [error for found in errors.values() for error in found]


class _Finder:
    """Documents of a sheet by their content; of equal ones each is found once before one is found twice."""

    def __init__(self, table: Table) -> None:
        self._places: dict[str, list[tuple[int, ...]]] = {}
        self._shown: set[tuple[int, ...]] = set()
        documents = group_documents(table)
        for document, text in zip(documents, fingerprints(table, documents), strict=True):
            rows = tuple(table.rows[index].sheet_row for index in document.indexes)
            self._places.setdefault(text, []).append(rows)

    def find_rows(self, documents: Sequence[StoredDocument]) -> list[tuple[StoredDocument, tuple[int, ...]]]:
        """The sheet rows of the documents of one entry; those that are on the sheet no more are left out."""
        taken: set[tuple[int, ...]] = set()
        found: list[tuple[StoredDocument, tuple[int, ...]]] = []
        for item in documents:
            free = [rows for rows in self._places.get(item.fingerprint, ()) if rows not in taken]
            if free:
                # Where it stood, else an equal document that no other entry has told of, else any equal one.
                best = min(free, key=lambda rows: (rows != item.sheet_rows, rows in self._shown))
                taken.add(best)
                found.append((item, best))
        self._shown |= taken
        return found


def _by_row(errors: Sequence[RowError]) -> dict[int, list[RowError]]:
    found: dict[int, list[RowError]] = {}
    for error in errors:
        if error.sheet_row is not None:
            found.setdefault(error.sheet_row, []).append(error)
    return found


def _settle(client: Client, outbox: Outbox, entry: Entry) -> Settled:
    documents = outbox.documents(entry.entry_id)
    try:
        found = _ask(client, outbox, entry, documents)
    except ServiceError as error:
        return Settled(entry, error.message, 0)
    # What an answer or a person has told already stays as it is.
    unknown = {item.index for item in documents if item.state is DocumentState.UNKNOWN}
    states = {index: state for index, state in found.states.items() if index in unknown}
    if states:
        outbox.resolve(entry.entry_id, states, "service", found.run_number)
    return Settled(outbox.entry(entry.entry_id), found.text, len(states))


def _ask(client: Client, outbox: Outbox, entry: Entry, documents: Sequence[StoredDocument]) -> _Found:
    history = client.history_for_process(entry.process_key)
    if entry.run_number is not None:
        run = next((item for item in history if item.run_number == entry.run_number), None)
        if run is None:
            return _Found({}, f"Run {entry.run_number} is not in the service's history any more.")
        return _read_run(client, entry, documents, run)
    if entry.runs_before is None:
        return _Found({}, "The history was not known before the run, so no run can be told to be this one.")
    known = outbox.known_runs(entry.service, entry.company_id, entry.process_key)
    later = [run for run in history if run.run_number > entry.runs_before and run.run_number not in known]
    fitting = [run for run in later if run.record_count == len(documents)]
    oldest = min((run.run_number for run in history), default=0)
    if len(history) >= HISTORY_LENGTH and oldest > entry.runs_before + 1:
        return _Found({}, "More runs were made since than the history tells; look it up in the ERP.")
    if not fitting:
        return _Found({}, "The service's history shows no run with as many documents since.")
    # A run that broke off is in the history with no documents, however many it was given.
    possible = [run for run in later if run in fitting or run.record_count == 0]
    if len(possible) > 1:
        numbers = ", ".join(str(run.run_number) for run in possible)
        return _Found({}, f"The runs {numbers} may be this one; look it up in the ERP.")
    if _others_fit(outbox, entry, fitting[0]):
        return _Found({}, f"Run {fitting[0].run_number} may be this one or another one of unknown outcome.")
    return _read_run(client, entry, documents, fitting[0])


def _others_fit(outbox: Outbox, entry: Entry, run: HistoryRun) -> bool:
    """Whether another entry of unknown outcome could be that run as well."""
    return any(
        other.entry_id != entry.entry_id
        and other.phase is Phase.UNKNOWN
        and other.run_number is None
        and other.process_key.casefold() == entry.process_key.casefold()
        and other.company_id.casefold() == entry.company_id.casefold()
        and (other.runs_before is None or other.runs_before < run.run_number)
        and len(outbox.documents(other.entry_id)) == run.record_count
        for other in outbox.open_entries()
    )


def _read_run(client: Client, entry: Entry, documents: Sequence[StoredDocument], run: HistoryRun) -> _Found:
    """The states that a run of the history, and its kept error rows, prove; its counts are all of the entry's."""
    number, count = run.run_number, len(documents)
    if run.record_count != count:
        return _Found({}, f"Run {number} counts {run.record_count} documents, but {count} were sent; look it up.")
    if run.error_count == 0:
        states = {item.index: DocumentState.ACCEPTED for item in documents}
        return _Found(states, f"Run {number} accepted all {count} documents.", number)
    if run.error_count == count:
        states = {item.index: DocumentState.REJECTED for item in documents}
        return _Found(states, f"Run {number} rejected all {count} documents.", number)
    rejected = _rejected_documents(client, entry, documents, number)
    if len(rejected) != run.error_count:
        return _Found({}, f"Run {number} rejected {run.error_count} documents; the service does not tell which.")
    states = {
        item.index: DocumentState.REJECTED if item.index in rejected else DocumentState.ACCEPTED for item in documents
    }
    return _Found(states, f"Run {number} rejected {len(rejected)} of {count} documents.", number)


def _rejected_documents(client: Client, entry: Entry, documents: Sequence[StoredDocument], number: int) -> set[int]:
    """Indexes of the documents whose keys stand in the run's kept error rows."""
    keys = [column.name for column in client.map_columns(entry.process_key) if column.is_required]
    parts = [tuple(item.key_text.split(_BETWEEN_KEYS)) for item in documents]
    if not keys or any(len(part) != len(keys) for part in parts):
        return set()
    # A table of keys alone, with the document's index for a sheet row, lets matching find them in any spelling.
    rows = [Row(item.index + 1, part) for item, part in zip(documents, parts, strict=True)]
    table = Table(tuple(Column(name, is_key=True) for name in keys), rows)
    found = client.errors_for_process_run(entry.process_key, number)
    located = [error for tenant in found.tenants for error in locate(_unique_keys(tenant.errors, keys), table)]
    return {error.sheet_row - 1 for error in located if error.sheet_row is not None}


def _unique_keys(errors: ErrorTable, keys: Sequence[str]) -> ErrorTable:
    """One error row per document: its key columns."""
    names = [name.casefold() for name in errors.columns]
    places = [names.index(key.casefold()) for key in keys if key.casefold() in names]
    unique = list(dict.fromkeys(tuple(row[place] for place in places) for row in errors.rows))
    return ErrorTable(tuple(errors.columns[place] for place in places), unique, [Code.SERVICE.value] * len(unique))
