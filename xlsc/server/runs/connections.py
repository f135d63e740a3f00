"""Named databases, open for the time of a run: one connection, one transaction at a time.

Source: issue "Processes" (SQLite and any SQLAlchemy URL as target), P §5 (tenants).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    NestedTransaction,
    RootTransaction,
    Table,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from xlsc.server.processes import ConnectionCatalog
from xlsc.server.runs.column_kinds import ColumnKind, kind_of
from xlsc.server.runs.problems import CommitLost, ConnectionLost, is_lost

#: How long a writer of SQLite waits for another one, in milliseconds.
SQLITE_BUSY_MS = 30_000
CONNECT_SECONDS = 10
_READING = "xlsc_reading"


class Database:
    """An open connection to a named database.

    Args:
        name: Of the connection, for messages.
        connection: Open; all work on it happens inside ``transaction``.
    """

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        self._connection = connection
        self._tables: dict[str, Mapping[str, ColumnKind] | None] = {}
        self._base_tables: dict[str, bool] = {}

    @property
    def is_sqlite(self) -> bool:
        """SQLite keeps dates and decimals as texts."""
        return self._connection.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: committed at the end, rolled back when anything is raised.

        Raises:
            CommitLost: The connection broke during the commit.
        """
        transaction = self._connection.begin()
        try:
            yield
        except BaseException:
            transaction.rollback()
            raise
        self._commit(transaction)

    def _commit(self, transaction: RootTransaction) -> None:
        try:
            transaction.commit()
        except SQLAlchemyError as error:
            transaction.close()
            if is_lost(error):
                raise CommitLost(
                    f"The connection to '{self.name}' was lost while this was being stored: "
                    "look whether it is there before you send it again."
                ) from error
            raise

    def sync_late(self) -> None:
        """Let SQLite commit without waiting for the disk each time, until ``sync``; a killed process loses nothing."""
        if self.is_sqlite:
            self._set_synchronous("NORMAL")

    def sync(self) -> None:
        """After ``sync_late``: wait until all that was committed is on the disk."""
        if not self.is_sqlite:
            return
        self._set_synchronous("FULL")
        with self.transaction():
            # A commit that waits takes all before it along; it has to write something: a number that stays as it is.
            version = int(self._connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            self._connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    def _set_synchronous(self, level: str) -> None:
        raw: Any = self._connection.connection.driver_connection
        raw.execute(f"PRAGMA synchronous = {level}").close()  # outside of transactions: inside, SQLite ignores it

    def savepoint(self) -> NestedTransaction:
        """A part of the transaction that can be taken back alone."""
        return self._connection.begin_nested()

    def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a statement, once or for several sets of values."""
        return self._connection.execute(statement, values)

    def create(self, table: Table) -> None:
        """Make a table."""
        table.create(self._connection)

    def columns_of(self, table: str) -> Mapping[str, ColumnKind] | None:
        """The kinds of a table's columns by name in lower case; None when there is no such table."""
        if table not in self._tables:
            self._tables[table] = self._read_columns(table)
        return self._tables[table]

    def is_base_table(self, table: str) -> bool:
        """Whether it is a table and no view: what a view shows changes with other tables."""
        if table not in self._base_tables:
            schema, _, name = table.rpartition(".")
            names = inspect(self._connection).get_table_names(schema or None)
            self._base_tables[table] = name.lower() in (known.lower() for known in names)
        return self._base_tables[table]

    def forget_tables(self) -> None:
        """Look again: a task may have made a table."""
        self._tables.clear()

    def _read_columns(self, table: str) -> Mapping[str, ColumnKind] | None:
        schema, _, name = table.rpartition(".")
        try:
            columns = inspect(self._connection).get_columns(name, schema or None)
        except NoSuchTableError:
            return None
        return {column["name"].lower(): kind_of(column["name"], column["type"]) for column in columns}


@contextmanager
def open_database(catalog: ConnectionCatalog, name: str, *, reading: bool = False) -> Iterator[Database]:
    """A connection to a named database, closed at the end.

    Args:
        catalog: Knows the names.
        name: Of the connection.
        reading: SQLite takes no lock that keeps writers out.

    Raises:
        ConnectionLost: There is no such database, or it does not answer.
    """
    entry = catalog.entries.get(name)
    if entry is None:
        raise ConnectionLost(f"There is no connection '{name}'.")
    try:
        connection = _engine(entry.url).connect()
    except (SQLAlchemyError, ImportError) as error:
        raise ConnectionLost(f"The database of the connection '{name}' does not answer.") from error
    try:
        yield Database(name, connection.execution_options(**{_READING: reading}))
    finally:
        _close(connection)


def _close(connection: Connection) -> None:
    """A connection that was lost cannot be closed in good order any more."""
    try:
        connection.close()
    except SQLAlchemyError:
        connection.invalidate()


@lru_cache(maxsize=256)
def _engine(url: str) -> Engine:
    """An engine that keeps no connection open by itself: nothing to close, nothing that goes stale."""
    backend = url.partition(":")[0].partition("+")[0]
    if backend == "postgresql":
        return _make_engine(url, connect_timeout=CONNECT_SECONDS)
    if backend != "sqlite":
        return _make_engine(url)
    engine = _make_engine(url, timeout=SQLITE_BUSY_MS / 1000)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_engine(url: str, **arguments: float) -> Engine:
    """With ``hide_parameters``: what is bound are the rows of people, which no log needs."""
    return create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)


def _prepare_sqlite(raw: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # the driver would begin late by itself; see _begin_sqlite
    for pragma in (f"busy_timeout={SQLITE_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that becomes a writer in mid-transaction would fail at once instead of waiting its turn.
    reading: Any = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
