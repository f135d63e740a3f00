"""Lines of the kind sql: rows inserted into, updated in or deleted from a table, all values bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Executable,
    TableClause,
    and_,
    bindparam,
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


class SqlLine:
    """A line and the table it writes to; its statements are made once for all documents of a run.

    Args:
        line: Of the kind sql.
        database: Whose transaction is open while rows are sent.
        labels: What people call each target column: the source column's name where it comes straight from one.
    """

    def __init__(self, line: Line, database: Database, labels: Mapping[str, str]) -> None:
        self.line = line
        self._database = database
        self._labels = labels
        self._columns_labels = {name.lower(): label for name, label in labels.items()}
        self._known_kinds: Mapping[str, ColumnKind] | None = None
        self._target: TableClause | None = None
        self._keys: tuple[str, ...] = ()
        self._statements: dict[tuple[str, ...], Executable] = {}

    def send(self, rows: Sequence[Mapping[str, Value]], scope: Scope) -> None:
        """Write the rows of a document.

        Raises:
            DocumentProblem: The table does not take them.
        """
        if not rows:
            return
        kinds = self._kinds()
        adapted = self._adapt(rows, kinds)
        try:
            self._write(adapted)
        except IntegrityError as error:
            raise DocumentProblem([self._refused(error, scope)]) from error

    def _kinds(self) -> Mapping[str, ColumnKind]:
        if self._known_kinds is None:
            self._known_kinds = self._read_kinds()
            self._target = self._table(self._known_kinds)
            self._keys = tuple(self._known_kinds[key.lower()].name for key in self.line.keys)
        return self._known_kinds

    def _read_kinds(self) -> Mapping[str, ColumnKind]:
        kinds = self._database.columns_of(self.line.table)
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
                found[kind.name] = adapt(value, kind, is_sqlite=self._database.is_sqlite)
            except EvaluationError as error:
                problems.append(f"{self._labels[name]}: {error}.")
        return found

    def _table(self, kinds: Mapping[str, ColumnKind]) -> TableClause:
        schema, _, name = self.line.table.rpartition(".")
        columns: list[ColumnClause[Any]] = [column(kinds[field.target.lower()].name) for field in self.line.fields]
        return table(name, *columns, schema=schema or None)

    def _write(self, rows: list[Row]) -> None:
        action = self.line.action
        if action is Action.INSERT:
            self._database.execute(self._insert(), rows)
            return
        for row in rows:
            self._check_keys(row)
            if action is Action.DELETE:
                self._expect_one(self._delete(row), row)
            elif action is Action.UPDATE:
                self._expect_one(self._update(row), row)
            else:
                self._upsert(row)

    def _check_keys(self, row: Row) -> None:
        blank = [key for key in self._keys if row[key] is None]
        if blank:
            raise DocumentProblem([f"{self._label(key)} is missing: it has to find the row." for key in blank])

    def _label(self, key: str) -> str:
        return self._columns_labels[key.lower()]

    def _statement(self, kind: str, names: Sequence[str], make: Callable[[TableClause], Executable]) -> Executable:
        """A statement whose values are bound by the columns' positions: names of columns may be odd."""
        found = self._statements.get((kind, *names))
        if found is None:
            assert self._target is not None
            found = self._statements[kind, *names] = make(self._target)
        return found

    def _condition(self, target: TableClause) -> ColumnElement[bool]:
        return and_(*(target.c[key] == bindparam(f"xlsc_key_{place}") for place, key in enumerate(self._keys)))

    def _key_values(self, row: Row) -> dict[str, Any]:
        return {f"xlsc_key_{place}": row[key] for place, key in enumerate(self._keys)}

    def _insert(self) -> Executable:
        return self._statement("insert", (), insert)

    def _delete(self, row: Row) -> int:
        statement = self._statement("delete", (), lambda target: delete(target).where(self._condition(target)))
        return int(self._database.execute(statement, self._key_values(row)).rowcount)

    def _update(self, row: Row) -> int:
        names = [n for n in row if n not in self._keys and (self.line.update_blank or row[n] is not None)]
        if not names:
            return self._count(row)
        places = {name: f"xlsc_value_{place}" for place, name in enumerate(names)}

        def make(target: TableClause) -> Executable:
            new: dict[Any, Any] = {target.c[name]: bindparam(place) for name, place in places.items()}
            return update(target).where(self._condition(target)).values(new)

        statement = self._statement("update", names, make)
        values: dict[str, Any] = {place: row[name] for name, place in places.items()}
        return int(self._database.execute(statement, values | self._key_values(row)).rowcount)

    def _count(self, row: Row) -> int:
        def make(target: TableClause) -> Executable:
            return select(func.count()).select_from(target).where(self._condition(target))

        return int(self._database.execute(self._statement("count", (), make), self._key_values(row)).scalar() or 0)

    def _upsert(self, row: Row) -> None:
        if self._update(row):
            return
        if self._database.is_sqlite:  # only one transaction writes: nobody can come in between
            self._database.execute(self._insert(), row)
            return
        try:
            with self._database.savepoint():
                self._database.execute(self._insert(), row)
        except IntegrityError:
            # Somebody else inserted it in between, or another rule of the table is broken.
            if not self._update(row):
                raise

    def _expect_one(self, count: int, row: Row) -> None:
        if not count:
            found = ", ".join(f"{self._label(key)} '{row[key]}'" for key in self._keys)
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
