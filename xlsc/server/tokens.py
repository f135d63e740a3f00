"""Tokens: opaque texts, one user and one company each, three months long, stored as their SHA-256 (P §1.4).

A digest without salt suffices here: a token is 256 random bits, which nobody can guess ahead.
"""

from __future__ import annotations

import calendar
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from xlsc.server import schema
from xlsc.server.accounts import Company, Role, User
from xlsc.server.refusals import not_signed_in
from xlsc.server.store import Store

#: P §1.4 [doc]
MONTHS_VALID = 3
#: Longer ones are not even hashed.
MAX_TOKEN_CHARACTERS = 512


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, for which company, with which role and which granted processes."""

    user: User
    company: Company
    role: Role
    grants: frozenset[str]


class Tokens:
    """Issues tokens and says whom they stand for.

    Args:
        store: Where they are kept.
        clock: Milliseconds since 1970 UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def issue(self, user: User, company: Company) -> str:
        """A new token; earlier ones of the same user and company stay valid, as clients ask for one per call (S4)."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        values = {"digest": _digest(token), "user_id": user.id, "company_id": company.id, "issued": now}
        with self._store.writing() as connection:
            connection.execute(schema.tokens.delete().where(schema.tokens.c.expires < now))
            insert = schema.tokens.insert().values(**values, expires=add_months(now, MONTHS_VALID), revoked=False)
            connection.execute(insert)
        return token

    def find(self, token: str) -> Caller:
        """Whom a token stands for.

        Raises:
            Refusal: 401, the token is unknown, has expired or was revoked, or the account is closed.
        """
        if not token or len(token) > MAX_TOKEN_CHARACTERS:
            raise not_signed_in("The token is missing or not a token.")
        query = (
            select(schema.tokens.c.expires, schema.users, schema.companies.c.name.label("company"), schema.members)
            .join(schema.users, schema.users.c.id == schema.tokens.c.user_id)
            .join(schema.companies, schema.companies.c.id == schema.tokens.c.company_id)
            .join(
                schema.members,
                (schema.members.c.user_id == schema.tokens.c.user_id)
                & (schema.members.c.company_id == schema.tokens.c.company_id),
            )
            .where(schema.tokens.c.digest == _digest(token), ~schema.tokens.c.revoked, ~schema.users.c.disabled)
        )
        with self._store.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None or row["expires"] <= self._clock():
                raise not_signed_in("The token is unknown, has expired or was revoked.")
            granted = select(schema.grants.c.map_key).where(schema.grants.c.user_id == row["user_id"])
            grants = frozenset(connection.execute(granted).scalars())
        user = User(row["user_id"], row["email"], row["name"], disabled=False)
        return Caller(user, Company(row["company_id"], row["company"]), Role(row["role"]), grants)


def add_months(milliseconds: int, months: int) -> int:
    """The same day and time some months later; the month's last day when it has no such day."""
    seconds, rest = divmod(milliseconds, 1000)
    moment = datetime.fromtimestamp(seconds, UTC)
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp()) * 1000 + rest


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
