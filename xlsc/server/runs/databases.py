"""New databases of connections: their setup script is run once, whole or not at all."""

from __future__ import annotations

import re

from sqlalchemy import Column, DateTime, MetaData, String, Table, func, text
from sqlalchemy.exc import SQLAlchemyError

from xlsc.errors import UsageError
from xlsc.server.processes import ConnectionCatalog
from xlsc.server.processes.connection_file import ConnectionEntry
from xlsc.server.runs.connections import Database, open_database
from xlsc.server.runs.problems import ConnectionLost, database_message

#: Stands in a database whose setup was run.
setups = Table(
    "xlsc_setup",
    MetaData(),
    Column("script", String(200), primary_key=True),
    Column("done", DateTime, server_default=func.current_timestamp()),
)
#: A statement ends with a semicolon at the end of its line.
_END = re.compile(r";[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def prepare_databases(catalog: ConnectionCatalog) -> None:
    """Run the setup of every connection that has one and whose database is new.

    Raises:
        UsageError: A database cannot be reached or refuses a statement.
    """
    for entry in catalog.entries.values():
        if entry.setup is not None:
            _prepare(catalog, entry)


def _prepare(catalog: ConnectionCatalog, entry: ConnectionEntry) -> None:
    try:
        with open_database(catalog, entry.name) as database:
            if not _is_done(database):
                _run(database, entry)
    except ConnectionLost as lost:
        raise UsageError(str(lost), f"Correct the url of [{entry.name}] in connections.toml.") from lost


def _is_done(database: Database) -> bool:
    with database.transaction():
        return database.columns_of(setups.name) is not None


def _run(database: Database, entry: ConnectionEntry) -> None:
    assert entry.setup is not None
    script = _COMMENT.sub("", entry.setup.read_text(encoding="utf-8"))
    try:
        with database.transaction():
            for statement in filter(str.strip, _END.split(script)):
                database.execute(text(statement.replace(":", r"\:")))
            database.create(setups)
            database.execute(setups.insert(), {"script": entry.setup.name})
    except SQLAlchemyError as error:
        database.forget_tables()
        if _is_done(database):
            return  # another instance was quicker
        raise UsageError(
            f"The setup script {entry.setup.name} failed. {database_message(error)}", "Correct the script."
        ) from error
