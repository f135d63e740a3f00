"""``lookup`` and ``exists`` of expressions: one bound query per value, remembered where the run writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, TableClause, column, select, table

from xlsc.server.expressions import EvaluationError, Value
from xlsc.server.expressions.values import is_blank
from xlsc.server.runs.column_kinds import adapt, from_database
from xlsc.server.runs.connections import Database

#: Answers that a run keeps; a reference table has fewer values in use.
_MEMORY = 50_000


class DatabaseLookups:
    """Looks into the tables of a tenant's database, within its transaction.

    Args:
        database: The tenant's; None when it has none.
        changing: Tables, in lower case, that the run itself writes: looked up anew each time.
    """

    def __init__(self, database: Database | None, changing: Collection[str]) -> None:
        self._database = database
        self._changing = changing
        self._known: dict[tuple[str, str, Value, str], tuple[bool, Value]] = {}

    def find(self, table: str, key_column: str, key: Value, wanted: str) -> tuple[bool, Value]:
        """Whether there is a row whose ``key_column`` is ``key``, and the ``wanted`` column of the first one.

        Raises:
            EvaluationError: There is no such table or column.
        """
        if is_blank(key):
            return False, None
        question = (table, key_column, key, wanted)
        if question in self._known:
            return self._known[question]
        answer = self._ask(table, key_column, key, wanted)
        if len(self._known) < _MEMORY and self._stays(table):
            self._known[question] = answer
        return answer

    def _stays(self, table: str) -> bool:
        """Whether the run itself cannot change what is found there."""
        if self._database is None or table.lower() in self._changing:
            return False
        return self._database.is_base_table(table)

    def _ask(self, name: str, key_column: str, key: Value, wanted: str) -> tuple[bool, Value]:
        database = self._database
        kinds = database.columns_of(name) if database is not None else None
        if database is None or kinds is None:
            raise EvaluationError(f"The database has no table '{name}' to look into")
        for needed in (key_column, wanted):
            if needed.lower() not in kinds:
                raise EvaluationError(f"The table '{name}' has no column '{needed}'")
        try:
            value = adapt(key, kinds[key_column.lower()], is_sqlite=database.is_sqlite)
        except EvaluationError:
            return False, None  # a value that the column cannot hold is in no row
        query: Select[Any] = select(column(kinds[wanted.lower()].name)).select_from(sql_table(name)).limit(1)
        query = query.where(column(kinds[key_column.lower()].name) == value)
        row = database.execute(query).first()
        return (False, None) if row is None else (True, from_database(row[0]))


def sql_table(name: str) -> TableClause:
    """A table by its name, with a schema's name before it or not."""
    schema, _, short = name.rpartition(".")
    return table(short, schema=schema or None)
