"""Users, companies, roles and rights. Signing in stands in sign_in.py, tokens in tokens.py."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from xlsc.errors import UsageError
from xlsc.server import schema
from xlsc.server.password_hashes import PUBLISHED, STRONG, make_hash
from xlsc.server.store import Store, now_ms
from xlsc.wire.passwords import hmac_form

#: Passwords that stand in the manual; accounts that have one of them are reachable on loopback only.
PUBLISHED_PASSWORDS = frozenset({"demo", "clerk-demo", "reader-demo"})


class Role(StrEnum):
    """What a user may do in a company."""

    ADMINISTRATOR = "administrator"  # every process of the company
    USER = "user"  # granted processes, and those open to all


@dataclass(frozen=True, slots=True)
class User:
    """A person or program that signs in; ``email`` is in lower case."""

    id: str
    email: str
    name: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class Company:
    """A company whose processes are run; ``id`` is the customer's GUID (P §1.1)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's place in a company."""

    user_id: str
    company: Company
    role: Role


class Accounts:
    """Reads and changes accounts; every method is one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_user(self, email: str, name: str, password: str) -> User:
        """Make a user.

        Raises:
            UsageError: The e-mail is taken or is none, or the password is empty.
        """
        email = _check_email(email)
        user = User(str(uuid.uuid4()), email, name or email.split("@")[0], disabled=False)
        values = {"id": user.id, "email": email, "name": user.name, "disabled": False, "created": now_ms()}
        try:
            with self._store.writing() as connection:
                connection.execute(schema.users.insert().values(**values, **_password_values(password)))
        except IntegrityError as error:
            raise UsageError(f"There is a user {email} already.", "Take another e-mail address.") from error
        return user

    def set_password(self, email: str, password: str) -> None:
        """Give a user another password and end all of the user's tokens.

        Raises:
            UsageError: No such user, or the password is empty.
        """
        user = self.require_user(email)
        with self._store.writing() as connection:
            change = schema.users.update().where(schema.users.c.id == user.id)
            connection.execute(change.values(**_password_values(password)))
            self._end_tokens(connection, user.id)

    def set_disabled(self, email: str, disabled: bool) -> User:
        """Close or open an account; the tokens of a closed one end at once.

        Raises:
            UsageError: No such user.
        """
        user = self.require_user(email)
        with self._store.writing() as connection:
            connection.execute(schema.users.update().where(schema.users.c.id == user.id).values(disabled=disabled))
            if disabled:
                self._end_tokens(connection, user.id)
        return User(user.id, user.email, user.name, disabled)

    def end_tokens(self, email: str) -> int:
        """Revoke all tokens of a user; returns how many there were.

        Raises:
            UsageError: No such user.
        """
        user = self.require_user(email)
        with self._store.writing() as connection:
            return self._end_tokens(connection, user.id)

    def find_user(self, email: str) -> tuple[User, str] | None:
        """A user with the stored password hash; None for an unknown e-mail."""
        query = select(schema.users).where(schema.users.c.email == email.strip().lower())
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (_to_user(row), str(row.password_hash))

    def require_user(self, email: str) -> User:
        """A user by e-mail.

        Raises:
            UsageError: No such user.
        """
        found = self.find_user(email)
        if found is None:
            raise UsageError(f"There is no user {email}.", "See `xlsc service user list`.")
        return found[0]

    def users(self) -> list[User]:
        """All users by e-mail."""
        with self._store.reading() as connection:
            return [_to_user(row) for row in connection.execute(select(schema.users).order_by(schema.users.c.email))]

    def users_with_published_password(self) -> list[str]:
        """E-mails of open accounts whose password stands in the manual."""
        query = select(schema.users.c.email).where(schema.users.c.password_is_published, ~schema.users.c.disabled)
        with self._store.reading() as connection:
            return list(connection.execute(query.order_by(schema.users.c.email)).scalars())

    def add_company(self, name: str, company_id: str | None = None) -> Company:
        """Make a company.

        Raises:
            UsageError: Name or GUID are taken, or the GUID is none.
        """
        company = Company(_check_guid(company_id), name.strip())
        if not company.name:
            raise UsageError("A company needs a name.", "Give one.")
        try:
            with self._store.writing() as connection:
                values = {"id": company.id, "name": company.name, "created": now_ms()}
                connection.execute(schema.companies.insert().values(**values))
        except IntegrityError as error:
            message = f"There is a company {name!r} or the GUID {company.id} already."
            raise UsageError(message, "See `xlsc service company list`.") from error
        return company

    def companies(self) -> list[Company]:
        """All companies by name."""
        query = select(schema.companies).order_by(schema.companies.c.name)
        with self._store.reading() as connection:
            return [Company(row.id, row.name) for row in connection.execute(query)]

    def require_company(self, name_or_id: str) -> Company:
        """A company by its name or GUID, both without regard to case.

        Raises:
            UsageError: No such company.
        """
        wanted = name_or_id.strip().lower()
        for company in self.companies():
            if wanted in (company.id, company.name.lower()):
                return company
        raise UsageError(f"There is no company {name_or_id!r}.", "See `xlsc service company list`.")

    def set_role(self, user: User, company: Company, role: Role) -> None:
        """Make a user a member of a company, or change the role."""
        table = schema.members
        place = (table.c.user_id == user.id) & (table.c.company_id == company.id)
        with self._store.writing() as connection:
            connection.execute(table.delete().where(place))
            connection.execute(table.insert().values(user_id=user.id, company_id=company.id, role=role.value))

    def memberships(self, user_id: str) -> list[Membership]:
        """The user's companies by name."""
        query = (
            select(schema.members.c.role, schema.companies)
            .join(schema.companies, schema.companies.c.id == schema.members.c.company_id)
            .where(schema.members.c.user_id == user_id)
            .order_by(schema.companies.c.name)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [Membership(user_id, Company(row.id, row.name), Role(row.role)) for row in rows]

    def grant(self, user: User, map_key: str) -> None:
        """Let a user run a process."""
        self.withdraw(user, map_key)
        with self._store.writing() as connection:
            connection.execute(schema.grants.insert().values(user_id=user.id, map_key=map_key.lower()))

    def withdraw(self, user: User, map_key: str) -> None:
        """Take a granted process back."""
        place = (schema.grants.c.user_id == user.id) & (schema.grants.c.map_key == map_key.lower())
        with self._store.writing() as connection:
            connection.execute(schema.grants.delete().where(place))

    def grants(self, user_id: str) -> frozenset[str]:
        """Keys of the processes granted to a user."""
        query = select(schema.grants.c.map_key).where(schema.grants.c.user_id == user_id)
        with self._store.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    @staticmethod
    def _end_tokens(connection: Connection, user_id: str) -> int:
        place = (schema.tokens.c.user_id == user_id) & ~schema.tokens.c.revoked
        return connection.execute(schema.tokens.update().where(place).values(revoked=True)).rowcount


def _password_values(password: str) -> dict[str, Any]:
    if not password:
        raise UsageError("The password is empty.", "Give one.")
    published = password in PUBLISHED_PASSWORDS
    stored = make_hash(hmac_form(password), PUBLISHED if published else STRONG)
    return {"password_hash": stored, "password_is_published": published}


def _check_email(email: str) -> str:
    email = email.strip().lower()
    name, at, host = email.partition("@")
    if not (name and at and host) or len(email) > 254 or any(character.isspace() for character in email):
        raise UsageError(f"{email!r} is no e-mail address.", "Write it as name@example.com.")
    return email


def _check_guid(text: str | None) -> str:
    if text is None:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise UsageError(f"{text!r} is no GUID.", "Leave it out to have one made.") from error


def _to_user(row: Row[Any]) -> User:
    return User(row.id, row.email, row.name, bool(row.disabled))
