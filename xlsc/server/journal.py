"""Two logs a company needs: what was refused, and who ran what, when, from where. Neither holds a secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from xlsc.server import schema
from xlsc.server.store import Store, to_datetime

#: The newest refusals that are kept: somebody who guesses for days must not fill the disk.
KEEP_REFUSALS = 200_000
#: Refusals older than this are dropped, about once in a thousand entries.
KEEP_REFUSALS_MS = 90 * 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal; ``email`` is empty where the caller is not known."""

    at: str
    address: str
    email: str
    call: str
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Audited:
    """One run: who, when, from which address, which process and run."""

    at: str
    address: str
    email: str
    company_id: str
    call: str
    map_key: str
    run_number: int | None


class Journal:
    """Writes and reads both logs.

    Args:
        store: Where they are kept.
        clock: Milliseconds since 1970 UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def record_refusal(self, refused: tuple[str, str, str, int, str]) -> None:
        """Keep (address, email, call, status, reason) of a refused request."""
        address, email, call, status, reason = refused
        values = {"address": address[:64], "email": email[:254], "call": call[:64], "reason": reason[:300]}
        now = self._clock()
        table = schema.security_log
        with self._store.writing() as connection:
            result = connection.execute(table.insert().values(at=now, status=status, **values))
            key = result.inserted_primary_key
            if key is not None and key[0] % 1000 == 0:
                old = (table.c.at < now - KEEP_REFUSALS_MS) | (table.c.id <= key[0] - KEEP_REFUSALS)
                connection.execute(table.delete().where(old))

    def refusals(self, limit: int = 100) -> list[Refused]:
        """The newest refusals first."""
        table = schema.security_log
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [Refused(_time(row.at), row.address, row.email, row.call, row.status, row.reason) for row in rows]

    def audits(self, limit: int = 100) -> list[Audited]:
        """The newest runs first."""
        table = schema.audit_log
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Audited(_time(row.at), row.address, row.email, row.company_id, row.call, row.map_key, row.run_number)
            for row in rows
        ]


def record_run(connection: Connection, audited: Audited, at: int) -> None:
    """Write an audit entry within the transaction that allots the run number."""
    values = {
        "at": at,
        "address": audited.address[:64],
        "email": audited.email,
        "company_id": audited.company_id,
        "call": audited.call,
        "map_key": audited.map_key,
        "run_number": audited.run_number,
    }
    connection.execute(schema.audit_log.insert().values(**values))


def _time(milliseconds: int) -> str:
    return to_datetime(milliseconds).isoformat() + "Z"
