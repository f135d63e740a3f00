"""What a service holds after its first start: sample companies and accounts. The process files come from samples/."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from xlsc.server import schema
from xlsc.server.accounts import Role
from xlsc.server.catalog import Processes
from xlsc.server.options import ServiceOptions
from xlsc.server.password_hashes import PUBLISHED, make_hash
from xlsc.server.samples import SAMPLE_COMPANIES, write_samples
from xlsc.server.store import Store, now_ms
from xlsc.wire.passwords import hmac_form

#: Row of the settings that says that the samples were made; of instances that start together, one writes it.
MARK = "samples"
#: e-mail, name, password (they stand in docs/service.md), role, number of companies.
SAMPLE_USERS = (
    ("demo@example.com", "Demo Administrator", "demo", Role.ADMINISTRATOR, 2),
    ("clerk@example.com", "Clara Clerk", "clerk-demo", Role.USER, 1),
    ("reader@example.com", "Ray Reader", "reader-demo", Role.USER, 1),
)
#: What the clerk may run beside what is open to all.
CLERK = "clerk@example.com"
CLERK_PROCESSES = frozenset({"CUSTOMERS", "GL JOURNAL"})


def write_sample_processes(options: ServiceOptions) -> None:
    """Write the sample process files where there are none yet."""
    folder = options.process_folder
    if options.samples and not (folder.is_dir() and any(folder.rglob("*.toml"))):
        folder.mkdir(parents=True, exist_ok=True)
        write_samples(folder)


def make_sample_accounts(store: Store, processes: Processes) -> bool:
    """Make the sample companies and accounts in a store that has no users; returns whether it did.

    One transaction: a first start that is killed leaves nothing, and the next one makes everything.
    """
    try:
        with store.writing() as connection:
            if connection.execute(select(func.count()).select_from(schema.users)).scalar():
                return False
            connection.execute(schema.settings.insert().values(name=MARK, value=str(now_ms())))
            _insert_companies(connection)
            for user in SAMPLE_USERS:
                _insert_user(connection, user, processes)
    except IntegrityError:
        return False  # another instance was quicker
    return True


def _insert_companies(connection: Connection) -> None:
    rows = [{"id": key, "name": name, "created": now_ms()} for key, name in SAMPLE_COMPANIES]
    connection.execute(schema.companies.insert(), rows)


def _insert_user(connection: Connection, user: tuple[str, str, str, Role, int], processes: Processes) -> None:
    email, name, password, role, companies = user
    user_id = str(uuid.uuid4())
    stored = {"password_hash": make_hash(hmac_form(password), PUBLISHED), "password_is_published": True}
    values = {"id": user_id, "email": email, "name": name, "disabled": False, "created": now_ms()}
    connection.execute(schema.users.insert().values(**values, **stored))
    for key, _name in SAMPLE_COMPANIES[:companies]:
        connection.execute(schema.members.insert().values(user_id=user_id, company_id=key, role=role.value))
    if email == CLERK:
        for definition in processes.of_company(SAMPLE_COMPANIES[0][0]):
            if definition.map_id in CLERK_PROCESSES:
                connection.execute(schema.grants.insert().values(user_id=user_id, map_key=definition.map_key))
