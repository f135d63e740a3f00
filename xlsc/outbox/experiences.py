"""Experience with processes, kept in the outbox's file: a handful of sums per column, no rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from xlsc.core.experience import Experience, merge
from xlsc.outbox.database import Database
from xlsc.outbox.entries import scope_text
from xlsc.outbox.queries import scope_id


class Experiences:
    """What sends have shown of processes' columns.

    Args:
        database: Keeps it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, service: str, company_id: str, process_key: str) -> dict[str, Experience]:
        """What is known of a process's columns, by name."""
        sql = (
            "SELECT column_name, sums FROM experiences JOIN scopes USING (scope_id) WHERE scope = ?"
            " ORDER BY experiences.rowid"
        )
        found = self._database.rows(sql, (scope_text(service, company_id, process_key),))
        return {str(name): _decode(str(text)) for name, text in found}

    def add(self, service: str, company_id: str, process_key: str, new: Mapping[str, Experience]) -> None:
        """Add what a send has shown; two programs at the same time lose nothing.

        Raises:
            UsageError: The outbox cannot be written.
        """
        with self._database.writing() as connection:
            number = scope_id(connection, scope_text(service, company_id, process_key), create=True)
            sql = "SELECT column_name, sums FROM experiences WHERE scope_id = ?"
            known = {str(name): _decode(str(text)) for name, text in connection.execute(sql, (number,)).fetchall()}
            connection.executemany(
                "INSERT INTO experiences (scope_id, column_name, sums) VALUES (?, ?, ?)"
                " ON CONFLICT (scope_id, column_name) DO UPDATE SET sums = excluded.sums",
                [(number, name, _encode(item)) for name, item in merge(known, new).items() if name in new],
            )

    def forget(self, service: str, company_id: str, process_key: str) -> int:
        """Take all of it away; returns of how many columns."""
        with self._database.writing() as connection:
            number = scope_id(connection, scope_text(service, company_id, process_key))
            return connection.execute("DELETE FROM experiences WHERE scope_id = ?", (number,)).rowcount


def _encode(item: Experience) -> str:
    fields = asdict(item)
    fields["values"] = None if item.values is None else sorted(item.values)
    fields["refused"] = sorted(item.refused)
    return json.dumps(fields, sort_keys=True)


def _decode(text: str) -> Experience:
    fields = json.loads(text)
    values = fields["values"]
    sets = {"values": None if values is None else frozenset(values), "refused": frozenset(fields["refused"])}
    return Experience(**{**fields, **sets})
