"""Lines of the kind sql: rows inserted into, updated in or deleted from a table, all values bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    TableClause,
    and_,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.exc import IntegrityError

from xlsc.server.expressions import EvaluationError, Scope, Value
from xlsc.server.processes.definition import Action, Line
from xlsc.server.processes.mapping import Field, FromColumn
from xlsc.server.runs.column_kinds import ColumnKind, adapt
from xlsc.server.runs.connections import Database
from xlsc.server.runs.problems import DocumentProblem, database_message

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SqlLine:
    """A line and the table it writes to.

    Args:
        line: Of the kind sql.
        database: Whose transaction is open while rows are sent.
        labels: What people call each target column: the source column's name where it comes straight from one.
    """

    line: Line
    database: Database
    labels: Mapping[str, str]

    def send(self, rows: Sequence[Mapping[str, Value]], scope: Scope) -> None:
        """Write the rows of a document.

        Raises:
            DocumentProblem: The table does not take them.
        """
        if not rows:
            return
        kinds = self._kinds()
        adapted = self._adapt(rows, kinds)
        target = self._table(kinds)
        try:
            self._write(target, adapted)
        except IntegrityError as error:
            raise DocumentProblem([self._refused(error, scope)]) from error

    def _kinds(self) -> Mapping[str, ColumnKind]:
        kinds = self.database.columns_of(self.line.table)
        if kinds is None:
            raise DocumentProblem([f"The database has no table '{self.line.table}'."])
        missing = [field.target for field in self.line.fields if field.target.lower() not in kinds]
        if missing:
            raise DocumentProblem([f"The table '{self.line.table}' has no column '{name}'." for name in missing])
        return kinds

    def _adapt(self, rows: Sequence[Mapping[str, Value]], kinds: Mapping[str, ColumnKind]) -> list[Row]:
        problems: list[str] = []
        adapted = [self._adapt_row(row, kinds, problems) for row in rows]
        if problems:
            raise DocumentProblem(problems)
        return adapted

    def _adapt_row(self, row: Mapping[str, Value], kinds: Mapping[str, ColumnKind], problems: list[str]) -> Row:
        found = {}
        for name, value in row.items():
            kind = kinds[name.lower()]
            try:
                found[kind.name] = adapt(value, kind, is_sqlite=self.database.is_sqlite)
            except EvaluationError as error:
                problems.append(f"{self.labels[name]}: {error}.")
        return found

    def _table(self, kinds: Mapping[str, ColumnKind]) -> TableClause:
        schema, _, name = self.line.table.rpartition(".")
        columns: list[ColumnClause[Any]] = [column(kinds[field.target.lower()].name) for field in self.line.fields]
        return table(name, *columns, schema=schema or None)

    def _write(self, target: TableClause, rows: list[Row]) -> None:
        action = self.line.action
        if action is Action.INSERT:
            self.database.execute(insert(target), rows)
            return
        for row in rows:
            condition = self._condition(target, row)
            if action is Action.DELETE:
                self._expect_one(self.database.execute(delete(target).where(condition)).rowcount, row)
            elif action is Action.UPDATE:
                self._expect_one(self._update(target, condition, row), row)
            else:
                self._upsert(target, condition, row)

    def _keys(self, target: TableClause) -> list[str]:
        wanted = {key.lower() for key in self.line.keys}
        return [name for name in target.c.keys() if name.lower() in wanted]  # noqa: SIM118 - a collection, no dict

    def _condition(self, target: TableClause, row: Row) -> ColumnElement[bool]:
        keys = self._keys(target)
        blank = [key for key in keys if row[key] is None]
        if blank:
            labels = {name.lower(): label for name, label in self.labels.items()}
            raise DocumentProblem([f"{labels[key.lower()]} is missing: it has to find the row." for key in blank])
        return and_(*(target.c[key] == row[key] for key in keys))

    def _update(self, target: TableClause, condition: ColumnElement[bool], row: Row) -> int:
        keys = self._keys(target)
        values = {n: v for n, v in row.items() if n not in keys and (self.line.update_blank or v is not None)}
        if values:
            return int(self.database.execute(update(target).where(condition).values(values)).rowcount)
        count = self.database.execute(select(func.count()).select_from(target).where(condition)).scalar()
        return int(count or 0)

    def _upsert(self, target: TableClause, condition: ColumnElement[bool], row: Row) -> None:
        if self._update(target, condition, row):
            return
        try:
            with self.database.savepoint():
                self.database.execute(insert(target), row)
        except IntegrityError:
            # Somebody else inserted it in between, or another rule of the table is broken.
            if not self._update(target, condition, row):
                raise

    def _expect_one(self, count: int, row: Row) -> None:
        if count:
            return
        keys = {key.lower() for key in self.line.keys}
        labels = {name.lower(): label for name, label in self.labels.items()}
        found = ", ".join(f"{labels[name.lower()]} '{row[name]}'" for name in row if name.lower() in keys)
        raise DocumentProblem([f"There is no row with {found} in {self.line.table}."])

    def _refused(self, error: IntegrityError, scope: Scope) -> str:
        if self.line.duplicate is not None and is_duplicate(error):
            return self.line.duplicate.fill(scope)
        return database_message(error)


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a row of the same key is there already, as SQLite, PostgreSQL (23505) and others say it."""
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig).lower()
    return state == "23505" or "unique constraint failed" in text or "duplicate" in text


def labels_of(fields: Sequence[Field], columns: Sequence[str]) -> dict[str, str]:
    """What people call each target column."""
    return {
        field.target: columns[field.origin.index] if isinstance(field.origin, FromColumn) else field.target
        for field in fields
    }
