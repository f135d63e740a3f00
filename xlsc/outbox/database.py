"""The outbox's SQLite file: opening, migrating, transactions. No word about documents beyond the schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlsc.errors import UsageError
from xlsc.outbox.folders import flush_folder, make_folder, open_to_team

#: Each migration runs once, in one transaction; PRAGMA user_version counts them. Only ever append.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE scopes (scope_id INTEGER PRIMARY KEY, scope TEXT NOT NULL UNIQUE)",
        """CREATE TABLE entries (
            entry_id INTEGER PRIMARY KEY AUTOINCREMENT, scope_id INTEGER NOT NULL REFERENCES scopes,
            phase TEXT NOT NULL, service TEXT NOT NULL, company_id TEXT NOT NULL, process_key TEXT NOT NULL,
            process_id TEXT NOT NULL, workbook TEXT NOT NULL, sheet TEXT NOT NULL, user TEXT NOT NULL,
            body_sha256 TEXT NOT NULL, owner TEXT NOT NULL, host TEXT NOT NULL, begun_utc TEXT NOT NULL,
            known_utc TEXT, run_number INTEGER, reason TEXT NOT NULL DEFAULT '',
            resolved_how TEXT NOT NULL DEFAULT '', marks_written INTEGER NOT NULL DEFAULT 0,
            answer_sha256 TEXT NOT NULL DEFAULT '', result TEXT)""",
        "CREATE INDEX entries_by_phase ON entries (phase)",
        """CREATE TABLE documents (
            entry_id INTEGER NOT NULL REFERENCES entries, position INTEGER NOT NULL, scope_id INTEGER NOT NULL,
            fingerprint TEXT NOT NULL, key_text TEXT NOT NULL, sheet_rows TEXT NOT NULL, state TEXT NOT NULL,
            PRIMARY KEY (entry_id, position)) WITHOUT ROWID""",
        "CREATE INDEX documents_by_fingerprint ON documents (scope_id, fingerprint)",
        "CREATE TABLE log_head (line_count INTEGER NOT NULL, hash TEXT NOT NULL, pending TEXT)",
        "INSERT INTO log_head VALUES (0, '', NULL)",
    ),
    ("ALTER TABLE entries ADD COLUMN runs_before INTEGER",),
    # Runs that were made before have their lines.
    ("ALTER TABLE entries ADD COLUMN logged INTEGER NOT NULL DEFAULT 0", "UPDATE entries SET logged = 1"),
    (
        """CREATE TABLE experiences (
            scope_id INTEGER NOT NULL REFERENCES scopes, column_name TEXT NOT NULL, sums TEXT NOT NULL,
            UNIQUE (scope_id, column_name))""",
    ),
)
_JOURNALS = ("wal", "delete", "truncate")


class Database:
    """One open connection; used by the thread that opened it.

    Args:
        path: The file; its folder is made where missing.
        journal: "wal" on a local disk, "delete" or "truncate" in a folder on a network share.

    Raises:
        UsageError: The file cannot be opened or written, is damaged, or was written by a newer xlsc.
    """

    def __init__(self, path: Path, journal: str = "wal") -> None:
        if journal not in _JOURNALS:
            raise UsageError(f"The outbox journal {journal!r} is unknown.", f"Use one of {', '.join(_JOURNALS)}.")
        self.path = path
        try:
            make_folder(path.parent)
            if not path.exists():
                # Before the first page: SQLite gives its journals the mode that the database has.
                path.touch(mode=0o600)
                open_to_team(path)
                flush_folder(path.parent)
        except OSError as error:
            raise _unusable(path, error) from error
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            self._prepare(journal)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """All rows of one query."""
        with self._translated():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that excludes other writers from its first statement; on disk when it ends.

        Raises:
            UsageError: The disk is full, the folder read-only, or the file damaged.
        """
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _prepare(self, journal: str) -> None:
        with self._translated():
            self._connection.execute(f"PRAGMA journal_mode={journal}").fetchall()
            for pragma in ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "secure_delete=ON"):
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
        with self.writing() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(_MIGRATIONS):
                raise UsageError(f"The outbox {self.path} was written by a newer xlsc.", "Update xlsc.")
            for statements in _MIGRATIONS[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={len(_MIGRATIONS)}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


def _unusable(path: Path, error: Exception) -> UsageError:
    return UsageError(
        f"The outbox {path.name} in {path.parent} cannot be used: {error}.",
        "Free space in that folder, make it writable, or name another with the setting outbox; nothing more is sent"
        " until then.",
    )
