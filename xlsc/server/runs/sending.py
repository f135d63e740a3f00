"""One document to one tenant: tasks, checks and all lines in a single transaction, kept whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from xlsc.server.expressions import EvaluationError, Scope, Value, to_text
from xlsc.server.expressions.values import to_truth
from xlsc.server.processes import Definition
from xlsc.server.processes.definition import Check, Line, LineKind, Route
from xlsc.server.processes.mapping import Rolling
from xlsc.server.processes.tasks import DOCUMENT_STAGES, Stage, TaskKind
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
#: Rows of a line, ready to be written or posted.
Texts = list[tuple[Line, list[dict[str, str]]]]
#: A database that refused so many connections in a row is not asked again in this run.
MAX_FAILURES = 3
#: Tasks that may change what lookups of the next document find.
_WRITING = frozenset({TaskKind.SQL_COMMAND, TaskKind.RUN_PROCESS})


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
    _sql_lines: dict[int, SqlLine] = field(default_factory=dict)
    _failures: int = 0
    _has_writing_tasks: bool = False
    _labels: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [column.name for column in self.definition.columns]
        self._has_writing_tasks = any(
            task.enabled and task.stage in DOCUMENT_STAGES and task.kind in _WRITING for task in self.definition.tasks
        )
        self._labels = [labels_of(line.fields, names) for line in self.definition.destinations]

    def __enter__(self) -> Sender:
        """This sender."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the tenant's connection; what was sent is on its disk before anybody hears of it."""
        try:
            if self._database is not None:
                self._database.sync()
        finally:
            self._stack.close()

    def send(self, rows: Rows) -> None:
        """Send a document.

        Raises:
            DocumentProblem: The document is wrong or was not taken; nothing of it is stored.
            DocumentCancelled: A task left it out.
        """
        try:
            csv_texts = self._send_whole(rows)
        except ConnectionLost as lost:
            self._forget()
            raise DocumentProblem([str(lost)]) from lost
        except SQLAlchemyError as error:
            raise self._database_problem(error) from error
        for line, texts in csv_texts:
            self.output.append(line, self.route.tenant.name, texts)

    def after_failure(self, rows: Rows) -> None:
        """Run the tasks for a document that failed; what they do wrong changes nothing any more.

        Raises:
            TaskEnds: A task's policy says so.
        """
        stage = Stage.AFTER_DOCUMENT_FAILS
        if not any(task.stage is stage and task.enabled for task in self.definition.tasks):
            return
        end: TaskEnds | None = None
        try:
            with self._transaction() as database:
                try:
                    run_stage(stage, self._bench(database, rows))
                except TaskEnds as ends:
                    end = ends  # what the tasks did before is kept
        except (SQLAlchemyError, ConnectionLost):
            self._forget()
        if end is not None:
            raise end

    def _send_whole(self, rows: Rows) -> Texts:
        try:
            with self._transaction() as database:
                bench = self._bench(database, rows)
                run_stage(Stage.BEFORE_DOCUMENT, bench)
                assert bench.scope is not None
                self._check(bench.scope)
                texts = self._send_lines(bench.scope, database)
                # Before the commit: a task that fails here takes the document back with it.
                run_stage(Stage.AFTER_DOCUMENT_SUCCEEDS, bench)
                return texts
        except TaskEnds as ends:
            if ends.cancels:
                raise DocumentCancelled(ends.message) from ends
            raise DocumentProblem(ends.message.split("\n")) from ends

    def _check(self, scope: Scope) -> None:
        """All checks of all rows; every finding is told at once."""
        problems: list[str] = []
        by_row: dict[int, list[str]] = {}
        fresh = scope.afresh()
        for check in self.definition.checks:
            for position, row in enumerate(scope.rows[:1] if check.per_document else scope.rows):
                found = _finding(check, fresh.with_row(row))
                if found:
                    problems.append(found)
                    if not check.per_document:
                        by_row.setdefault(position, []).append(found)
        if problems:
            raise DocumentProblem(problems, by_row)

    def _send_lines(self, scope: Scope, database: Database | None) -> Texts:
        """Write the lines of the database, post the others; what becomes CSV is given back for after the commit."""
        texts: Texts = []
        for index, line in enumerate(self.definition.destinations):
            mapped = map_rows(
                line, scope.afresh(), self._labels[index], lambda rolling: self._number(rolling, database)
            )
            if line.kind is LineKind.SQL:
                self._sql_line(index, line, database).send(mapped, scope)
            else:
                texts.append((line, _as_texts(mapped)))
        for hook, rows in texts:
            if hook.kind is LineKind.WEBHOOK and rows:
                _post(hook, rows)
        return [(line, rows) for line, rows in texts if line.kind is LineKind.CSV]

    def _sql_line(self, index: int, line: Line, database: Database | None) -> SqlLine:
        if database is None:
            raise DocumentProblem([f"The tenant {self.route.tenant.name} has no database."])
        if index not in self._sql_lines:
            self._sql_lines[index] = SqlLine(line, database, self._labels[index])
        return self._sql_lines[index]

    def _number(self, rolling: Rolling, database: Database | None) -> str:
        if database is None:
            raise EvaluationError("There is no database to count in")
        number = next_number(database, rolling)
        self.variables.values["globalrollingcolumn"] = number
        return number

    def _bench(self, database: Database | None, rows: Rows) -> Bench:
        if self._lookups is None or self._has_writing_tasks:
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
        if self._failures >= MAX_FAILURES:
            raise ConnectionLost(f"The database of the connection '{self.route.connection}' does not answer.")
        self._failures += 1
        database = self._stack.enter_context(open_database(self.ports.connections, self.route.connection))
        self._failures = 0
        database.sync_late()
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
        self._sql_lines = {}


def _finding(check: Check, scope: Scope) -> str:
    """What a check says against a row; "" = nothing."""
    try:
        if check.when is not None and to_truth(check.when.evaluate(scope)) is not True:
            return ""
        # A blank answer is no objection: whether a value may be blank is for required and isblank to say.
        if to_truth(check.that.evaluate(scope)) is not False:
            return ""
    except EvaluationError as error:
        return f"{check.message.fill(scope)} {error}."
    return check.message.fill(scope)


def _as_texts(rows: Sequence[Mapping[str, Value]]) -> list[dict[str, str]]:
    try:
        return [{name: to_text(value) for name, value in row.items()} for row in rows]
    except EvaluationError as error:
        raise DocumentProblem([f"{error}."]) from error


def _post(line: Line, rows: Sequence[Mapping[str, str]]) -> None:
    try:
        post_json(Request(line.url, line.headers, line.timeout_seconds), {"rows": rows})
    except WebhookProblem as problem:
        raise DocumentProblem([str(problem)]) from problem
