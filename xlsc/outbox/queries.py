"""Questions to the outbox; nothing here changes a document's state."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

from xlsc.errors import UsageError
from xlsc.outbox.database import Database
from xlsc.outbox.entries import Accepted, DocumentState, Entry, StoredDocument, UnknownDocument
from xlsc.outbox.stored import DOCUMENT_COLUMNS, ENTRY_COLUMNS, read_document, read_entry


def scope_id(connection: sqlite3.Connection, scope: str, create: bool = False) -> int:
    """The number of a process's scope; 0 where it has none yet."""
    if create:
        connection.execute("INSERT OR IGNORE INTO scopes (scope) VALUES (?)", (scope,))
    row = connection.execute("SELECT scope_id FROM scopes WHERE scope = ?", (scope,)).fetchone()
    return int(row[0]) if row else 0


def states_of(connection: sqlite3.Connection, scope: int, fingerprints: Collection[str]) -> dict[DocumentState, int]:
    """How many of the fingerprints ever stood in each state."""
    _ask_for(connection, fingerprints)
    found = connection.execute(
        "SELECT state, count(DISTINCT fingerprint) FROM asked CROSS JOIN documents USING (fingerprint)"
        " WHERE scope_id = ? GROUP BY state",
        (scope,),
    )
    return {DocumentState(state): count for state, count in found}


def accepted_before(database: Database, scope: str, fingerprints: Collection[str]) -> dict[str, Accepted]:
    """The latest acceptance of each fingerprint; order is that of entry numbers, so clocks do not matter."""
    with database.writing() as connection:
        number = scope_id(connection, scope)
        _ask_for(connection, fingerprints)
        # CROSS JOIN keeps SQLite from walking all documents of the process for a handful of fingerprints.
        found = connection.execute(
            "SELECT d.fingerprint, e.known_utc, e.user, e.run_number, e.workbook, e.entry_id"
            " FROM asked CROSS JOIN documents d ON d.scope_id = ? AND d.fingerprint = asked.fingerprint"
            " JOIN entries e ON e.entry_id = d.entry_id WHERE d.state = 'accepted' ORDER BY e.entry_id",
            (number,),
        ).fetchall()
    return {row[0]: Accepted(datetime.fromisoformat(row[1]), *row[2:]) for row in found}


def unknown_documents(database: Database, scope: str) -> list[UnknownDocument]:
    """Documents in state unknown, oldest entry first."""
    columns = ", ".join(f"d.{name}" for name in DOCUMENT_COLUMNS.split(", "))
    found = database.rows(
        f"SELECT e.entry_id, e.begun_utc, e.user, e.workbook, {columns} FROM scopes s"
        " JOIN entries e USING (scope_id) JOIN documents d ON d.entry_id = e.entry_id"
        " WHERE s.scope = ? AND e.phase = 'unknown' AND d.state = 'unknown' ORDER BY e.entry_id, d.position",
        (scope,),
    )
    return [
        UnknownDocument(
            int(str(row[0])), read_document(row[4:]), datetime.fromisoformat(str(row[1])), *map(str, row[2:4])
        )
        for row in found
    ]


def entry(database: Database, entry_id: int) -> Entry:
    """One entry.

    Raises:
        UsageError: There is none of that id.
    """
    found = entries_where(database, "entry_id = ?", (entry_id,))
    if not found:
        raise UsageError(
            f"The outbox has no entry {entry_id}.",
            "List the entries with xlsc outbox.",
            in_excel="Press Open entries to see them.",
        )
    return found[0]


def entries_where(database: Database, condition: str, values: tuple[object, ...] = ()) -> list[Entry]:
    """Entries that fit, oldest first; ``condition`` is SQL of this package, never a person's text."""
    found = database.rows(f"SELECT {ENTRY_COLUMNS} FROM entries WHERE {condition} ORDER BY entry_id", values)
    return [read_entry(row) for row in found]


def run_numbers(database: Database, scope: str) -> set[int]:
    """Run numbers that the entries of a scope have."""
    sql = "SELECT run_number FROM entries JOIN scopes USING (scope_id) WHERE scope = ? AND run_number IS NOT NULL"
    return {number for (number,) in database.rows(sql, (scope,)) if isinstance(number, int)}


def documents(database: Database, entry_id: int) -> list[StoredDocument]:
    """The entry's documents in the plan's order."""
    found = database.rows(f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE entry_id = ? ORDER BY position", (entry_id,))
    return [read_document(row) for row in found]


def _ask_for(connection: sqlite3.Connection, fingerprints: Collection[str]) -> None:
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS asked (fingerprint TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("DELETE FROM asked")
    connection.executemany("INSERT OR IGNORE INTO asked VALUES (?)", ((text,) for text in fingerprints))
