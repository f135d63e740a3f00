"""How the store came to be, step by step; a step that has been released is never changed, only followed.

Step N takes the store from version N-1 to N inside one transaction. A store newer than this program is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from xlsc.errors import UsageError
from xlsc.server import schema
from xlsc.server.migrations.step_0001 import make_first_tables

#: Serialises instances that start at the same time on one PostgreSQL database; any number that nobody else uses.
ADVISORY_LOCK = 7_350_173


#: In order; a later version adds its step in a file of its own, ``step_0002.py``. A test compares where all of them
#: lead with schema.py.
STEPS: tuple[Callable[[Connection], None], ...] = (make_first_tables,)


def migrate(connection: Connection) -> int:
    """Bring the store up to this program's version, inside the caller's transaction.

    Returns:
        The number of steps that were taken; 0 for a store that is up to date.

    Raises:
        UsageError: The store was made by a newer version of the program.
    """
    _lock(connection)
    version = read_version(connection)
    if version > len(STEPS):
        message = f"The service's store has version {version}, this program knows versions up to {len(STEPS)}."
        raise UsageError(message, "Start the newer version of xlsc, or give another --data folder or --database.")
    for step in STEPS[version:]:
        step(connection)
    if version < len(STEPS):
        connection.execute(schema.schema_version.delete())
        connection.execute(schema.schema_version.insert().values(version=len(STEPS)))
    return len(STEPS) - version


def read_version(connection: Connection) -> int:
    """The store's version; 0 for an empty database."""
    if not inspect(connection).has_table(schema.schema_version.name):
        return 0
    return connection.execute(select(schema.schema_version.c.version)).scalar() or 0


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
