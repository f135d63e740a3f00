"""One document to one tenant: tasks, checks and all lines in a single transaction, kept whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from xlsc.server.expressions import EvaluationError, Scope, Value, to_text
from xlsc.server.expressions.values import to_truth
from xlsc.server.processes import Definition
from xlsc.server.processes.definition import Line, LineKind, Route
from xlsc.server.processes.mapping import Rolling
from xlsc.server.processes.tasks import Stage
from xlsc.server.runs.connections import Database, open_database
from xlsc.server.runs.counters import next_number, prepare_counters
from xlsc.server.runs.csv_lines import CsvOutput
from xlsc.server.runs.lookups import DatabaseLookups
from xlsc.server.runs.mapped_rows import map_rows
from xlsc.server.runs.ports import RunPorts
from xlsc.server.runs.problems import (
    ConnectionLost,
    DocumentCancelled,
    DocumentProblem,
    database_message,
    is_lost,
)
from xlsc.server.runs.sql_lines import SqlLine, labels_of
from xlsc.server.runs.task_runner import Bench, TaskEnds, run_stage
from xlsc.server.runs.variables import RunVariables
from xlsc.server.runs.webhooks import Request, WebhookProblem, post_json

Rows = Sequence[tuple[Value, ...]]


@dataclass(slots=True)
class Sender:
    """Sends documents to one tenant.

    Attributes:
        definition: The process.
        ports: Connections, files, other processes.
        variables: Of the run.
        route: The tenant.
        output: The run's CSV files.
    """

    definition: Definition
    ports: RunPorts
    variables: RunVariables
    route: Route
    output: CsvOutput
    _stack: ExitStack = field(default_factory=ExitStack)
    _database: Database | None = None
    _lookups: DatabaseLookups | None = None

    def __enter__(self) -> Sender:
        """This sender."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the tenant's connection."""
        self._stack.close()

    def send(self, rows: Rows) -> None:
        """Send a document.

        Raises:
            DocumentProblem: The document is wrong or was not taken; nothing of it is stored.
            DocumentCancelled: A task left it out.
        """
        try:
            csv_rows = self._send_whole(rows)
        except ConnectionLost as lost:
            self._forget()
            raise DocumentProblem([str(lost)]) from lost
        except SQLAlchemyError as error:
            raise self._database_problem(error) from error
        for line, mapped in csv_rows:
            self.output.append(line, self.route.tenant.name, mapped)

    def after_failure(self, rows: Rows) -> None:
        """Run the tasks for a document that failed; what they do wrong changes nothing any more.

        Raises:
            TaskEnds: A task's policy says so.
        """
        try:
            with self._transaction() as database:
                run_stage(Stage.AFTER_DOCUMENT_FAILS, self._bench(database, rows))
        except (SQLAlchemyError, ConnectionLost):
            self._forget()

    def _send_whole(self, rows: Rows) -> list[tuple[Line, Sequence[Mapping[str, Value]]]]:
        try:
            with self._transaction() as database:
                bench = self._bench(database, rows)
                run_stage(Stage.BEFORE_DOCUMENT, bench)
                assert bench.scope is not None
                self._check(bench.scope)
                mapped = self._send_lines(bench.scope, database)
                # Before the commit: a task that fails here takes the document back with it.
                run_stage(Stage.AFTER_DOCUMENT_SUCCEEDS, bench)
                return mapped
        except TaskEnds as ends:
            if ends.cancels:
                raise DocumentCancelled(ends.message) from ends
            raise DocumentProblem(ends.message.split("\n")) from ends

    def _check(self, scope: Scope) -> None:
        """All checks of all rows; every finding is told at once."""
        problems: list[str] = []
        for check in self.definition.checks:
            for row in scope.rows[:1] if check.per_document else scope.rows:
                here = scope.with_row(row)
                try:
                    if check.when is not None and to_truth(check.when.evaluate(here)) is not True:
                        continue
                    if to_truth(check.that.evaluate(here)) is not True:
                        problems.append(check.message.fill(here))
                except EvaluationError as error:
                    problems.append(f"{check.message.fill(here)} {error}.")
        if problems:
            raise DocumentProblem(problems)

    def _send_lines(self, scope: Scope, database: Database | None) -> list[tuple[Line, Sequence[Mapping[str, Value]]]]:
        names = [column.name for column in self.definition.columns]
        csv_rows: list[tuple[Line, Sequence[Mapping[str, Value]]]] = []
        hooks: list[tuple[Line, Sequence[Mapping[str, Value]]]] = []
        for line in self.definition.destinations:
            labels = labels_of(line.fields, names)
            mapped = map_rows(line, scope, labels, lambda rolling: self._number(rolling, database))
            if line.kind is LineKind.SQL:
                if database is None:
                    raise DocumentProblem([f"The tenant {self.route.tenant.name} has no database."])
                SqlLine(line, database, labels).send(mapped, scope)
            else:
                (csv_rows if line.kind is LineKind.CSV else hooks).append((line, mapped))
        for hook, posted in hooks:
            _post(hook, posted)
        return csv_rows

    def _number(self, rolling: Rolling, database: Database | None) -> str:
        if database is None:
            raise EvaluationError("There is no database to count in")
        number = next_number(database, rolling)
        self.variables.values["globalrollingcolumn"] = number
        return number

    def _bench(self, database: Database | None, rows: Rows) -> Bench:
        if self._lookups is None:
            changing = {line.table.lower() for line in self.definition.destinations if line.table}
            self._lookups = DatabaseLookups(database, changing)
        scope = Scope(rows[0], rows, self.variables.values, self._lookups, self.variables.began)
        return Bench(self.definition, self.ports, self.variables, database, scope)

    @contextmanager
    def _transaction(self) -> Iterator[Database | None]:
        if not self.route.connection:
            yield None
            return
        if self._database is None:
            self._database = self._open()
        with self._database.transaction():
            yield self._database

    def _open(self) -> Database:
        database = self._stack.enter_context(open_database(self.ports.connections, self.route.connection))
        if any(isinstance(item.origin, Rolling) for line in self.definition.destinations for item in line.fields):
            prepare_counters(database)
        return database

    def _database_problem(self, error: SQLAlchemyError) -> DocumentProblem:
        if is_lost(error):
            self._forget()
            return DocumentProblem(["The connection to the database was lost; the document was not taken."])
        return DocumentProblem([database_message(error)])

    def _forget(self) -> None:
        """The next document gets a new connection."""
        self._stack.close()
        self._stack = ExitStack()
        self._database = None
        self._lookups = None


def _post(line: Line, rows: Sequence[Mapping[str, Value]]) -> None:
    content = {"rows": [{name: to_text(value) for name, value in row.items()} for row in rows]}
    try:
        post_json(Request(line.url, line.headers, line.timeout_seconds), content)
    except WebhookProblem as problem:
        raise DocumentProblem([str(problem)]) from problem
