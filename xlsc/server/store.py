"""The service's own database: opened once, read and written in short transactions.

Nothing here knows what the tables mean; accounts.py, tokens.py and history.py do.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from xlsc.errors import UsageError
from xlsc.server.migrations import migrate

#: How long a writer waits for another one, in milliseconds.
SQLITE_BUSY_MS = 30_000
WRITING = "xlsc_writing"


class Store:
    """An open database with the tables of schema.py.

    Args:
        engine: Made by ``open_store``.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back when anything is raised."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give the database's connections back."""
        self.engine.dispose()


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def to_datetime(milliseconds: int) -> datetime:
    """A stored time as UTC, to the second, without a zone: the service prints no zone (P §2.7 [obs])."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)


def open_store(url: str | None, folder: Path) -> Store:
    """The store at ``url``, or a SQLite file in ``folder``, brought up to date.

    Raises:
        UsageError: The URL cannot be used, the database does not answer, or the store is newer than the program.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        engine = _make_engine(url or f"sqlite:///{folder / 'service.sqlite3'}")
    except OSError as error:
        message = f"The service's store cannot be opened: {error}."
        raise UsageError(message, "Choose a --data folder that can be written.") from error
    store = Store(engine)
    try:
        with store.writing() as connection:
            migrate(connection)
    except SQLAlchemyError as error:
        store.close()
        message = f"The service's store cannot be opened: {_reason(error)}."
        raise UsageError(
            message, "Check --database and that the database server runs and lets this user in."
        ) from error
    except UsageError:
        store.close()
        raise
    return store


def _make_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _make_sqlite(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        message = "The store's database URL cannot be used."
        hint = "Write it as dialect://user:password@host/database and install that database's driver."
        raise UsageError(message, hint) from error


def _make_sqlite(url: str) -> Engine:
    arguments = {"timeout": SQLITE_BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)
    database = make_url(url).database
    if database and database != ":memory:":
        _make_private(Path(database))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """The file holds password hashes and the RSA key: nobody but its owner reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(raw: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # the driver begins too late by itself: SQLAlchemy's own BEGIN is emitted below
    for pragma in (f"busy_timeout={SQLITE_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that becomes a writer in mid-transaction would fail at once instead of waiting its turn.
    writing: Any = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _reason(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    return type(original if original is not None else error).__name__
