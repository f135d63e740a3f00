"""Slows guessing down: failed sign-ins per user and address, kept in the store so that all instances count together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy import func, select

from xlsc.server import schema
from xlsc.server.refusals import Refusal
from xlsc.server.store import Store

#: Failures of one user from one address within the window before the next try is refused unread.
MAX_FAILURES = 10
#: Failures from one address, whoever it tries to be.
MAX_ADDRESS_FAILURES = 100
WINDOW_MS = 5 * 60 * 1000


class Throttle:
    """Counts failures; old ones are dropped, so the table stays as small as the last five minutes.

    Args:
        store: Where failures are kept.
        clock: Milliseconds since 1970 UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def check(self, email: str, address: str) -> None:
        """Let a try pass.

        Raises:
            Refusal: 429, too many failures in the last five minutes.
        """
        since = self._clock() - WINDOW_MS
        failures = schema.sign_in_failures
        limits = {_mark(email, address): MAX_FAILURES, _mark("", address): MAX_ADDRESS_FAILURES}
        query = (
            select(failures.c.who, func.count())
            .where(failures.c.at > since, failures.c.who.in_(limits))
            .group_by(failures.c.who)
        )
        with self._store.reading() as connection:
            counts = connection.execute(query).all()
        if any(count >= limits[who] for who, count in counts):
            raise Refusal(429, "Too many failed sign-ins; wait five minutes.", security=True)

    def record_failure(self, email: str, address: str) -> None:
        """Remember a wrong password."""
        now = self._clock()
        failures = schema.sign_in_failures
        rows = [{"who": _mark(email, address), "at": now}, {"who": _mark("", address), "at": now}]
        with self._store.writing() as connection:
            connection.execute(failures.delete().where(failures.c.at <= now - WINDOW_MS))
            connection.execute(failures.insert(), rows)

    def forget(self, email: str, address: str) -> None:
        """Drop a user's failures after the right password came."""
        failures = schema.sign_in_failures
        query = select(func.count()).where(failures.c.who == _mark(email, address))
        with self._store.reading() as connection:
            known = connection.execute(query).scalar()
        if known:
            with self._store.writing() as connection:
                connection.execute(failures.delete().where(failures.c.who == _mark(email, address)))


def _mark(email: str, address: str) -> str:
    # Hashed: what was typed as an e-mail may have been a password.
    return hashlib.sha256(f"{email.strip().lower()}\n{address}".encode("utf-8", "surrogatepass")).hexdigest()
