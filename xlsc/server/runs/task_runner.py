"""Tasks, stage by stage: what each does, and what follows its success and failure (P §5 [doc S13, S14])."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from xlsc.errors import XlscError
from xlsc.server.expressions import Scope, Value
from xlsc.server.processes import Definition
from xlsc.server.processes.tasks import Expect, Outcome, Stage, Task, TaskKind
from xlsc.server.runs.connections import Database, open_database
from xlsc.server.runs.files import FileProblem, existing, resolve
from xlsc.server.runs.ports import RunPorts
from xlsc.server.runs.problems import ConnectionLost, database_message, is_lost
from xlsc.server.runs.statements import bind, execute
from xlsc.server.runs.variables import RunVariables
from xlsc.server.runs.webhooks import Request, WebhookProblem, post_json

#: Gives the scope of a row.
ScopeOf = Callable[[Sequence[Value]], Scope]


class TaskFailed(Exception):
    """A task did not do what it should; the message is for people."""


class TaskEnds(Exception):
    """A task's policy ends the document or the run.

    Args:
        message: Why.
        cancels: Ends without being a failure.
    """

    def __init__(self, message: str, *, cancels: bool) -> None:
        super().__init__(message)
        self.message = message
        self.cancels = cancels


@dataclass(frozen=True, slots=True)
class Bench:
    """What a task works with.

    Attributes:
        definition: The process.
        ports: Connections, files, other processes.
        variables: Of the run.
        database: Open, in a transaction; None outside of documents.
        scope: A row and its document; None outside of documents.
    """

    definition: Definition
    ports: RunPorts
    variables: RunVariables
    database: Database | None = None
    scope: Scope | None = None


def run_stage(stage: Stage, bench: Bench) -> None:
    """Run the tasks of a stage in their order.

    Raises:
        TaskEnds: The policy of one of them says so.
    """
    for task in bench.definition.tasks:
        if task.stage is not stage or not task.enabled:
            continue
        try:
            _KINDS[task.kind](task, bench)
        except TaskFailed as failure:
            _follow(task, task.on_failure, str(failure))
        else:
            _follow(task, task.on_success, f"The task {task.name} ended it.")


def _follow(task: Task, outcome: Outcome, message: str) -> None:
    if outcome is not Outcome.NEXT:
        raise TaskEnds(message, cancels=outcome is Outcome.CANCEL)


def failing_rows(task: Task, rows: Sequence[tuple[Value, ...]], bench: Bench, scope_of: ScopeOf) -> dict[int, str]:
    """The messages of a validation by 0-based index of the rows that it rejects.

    Raises:
        TaskFailed: Its query cannot be run.
    """
    assert task.sql is not None
    assert task.message is not None
    found: dict[int, str] = {}
    known: dict[tuple[tuple[str, Value], ...], bool] = {}
    with _closing(task) as stack:
        database = _database(task, bench, stack)
        for index, row in enumerate(rows):
            values = bind(task.sql, row, bench.variables.values)
            key = tuple(sorted(values.items()))
            if key not in known:
                has_rows = execute(database, task.sql, values).first() is not None
                known[key] = has_rows is (task.expect is Expect.ROWS)
            if not known[key]:
                found[index] = task.message.fill(scope_of(row))
    return found


@contextmanager
def _closing(task: Task) -> Iterator[ExitStack]:
    """Where a task's database is open.

    Raises:
        TaskFailed: The database refuses a statement or the commit.
        ConnectionLost: It is gone.
    """
    try:
        with ExitStack() as stack:
            yield stack
    except SQLAlchemyError as error:
        raise _failed(task, error) from error


def _failed(task: Task, error: SQLAlchemyError) -> TaskFailed:
    if is_lost(error):
        raise ConnectionLost(f"The connection to the database was lost in the task {task.name}.") from error
    return TaskFailed(f"The task {task.name} failed. {database_message(error)}")


def _database(task: Task, bench: Bench, stack: ExitStack) -> Database:
    """The document's own database within its transaction, or another one in a transaction of the task's own."""
    name = task.connection or bench.definition.routes[0].connection
    if bench.database is not None and (not task.connection or bench.database.name == task.connection):
        # Some databases refuse everything after a statement that failed, until it is taken back.
        stack.enter_context(bench.database.savepoint())
        return bench.database
    if not name:
        raise TaskFailed(f"The task {task.name} has no database to work on.")
    reading = task.kind is TaskKind.SQL_VALIDATION
    try:
        database = stack.enter_context(open_database(bench.ports.connections, name, reading=reading))
    except ConnectionLost as problem:
        raise TaskFailed(str(problem)) from problem
    stack.enter_context(database.transaction())
    return database


def _sql_command(task: Task, bench: Bench) -> None:
    assert task.sql is not None
    row = tuple(bench.scope.row) if bench.scope is not None else ()
    with _closing(task) as stack:
        execute(_database(task, bench, stack), task.sql, bind(task.sql, row, bench.variables.values))


def _sql_validation(task: Task, bench: Bench) -> None:
    """Of a document: its rows are looked at one by one."""
    scope = bench.scope
    assert scope is not None
    rows = [tuple(row) for row in scope.rows]
    wrong = failing_rows(task, rows, bench, scope.with_row)
    if wrong:
        raise TaskFailed("\n".join(dict.fromkeys(wrong.values())))


def _run_process(task: Task, bench: Bench) -> None:
    given = {name: bench.variables.fill(text) for name, text in task.variables.items()}
    try:
        result = bench.ports.run_other(task.process, given)
    except XlscError as error:
        raise TaskFailed(f"The task {task.name} failed. {error.message}") from error
    if not result.succeeded:
        raise TaskFailed(f"The process {task.process} failed. {result.error_message}".strip())


def _file_task(task: Task, bench: Bench) -> None:
    root = bench.ports.connections.places.files
    try:
        source = existing(root, bench.variables.fill(task.file))
        if task.kind is TaskKind.DELETE_FILE:
            source.unlink()
            return
        target = resolve(root, bench.variables.fill(task.to))
        target.parent.mkdir(parents=True, exist_ok=True)
        if task.kind is TaskKind.COPY_FILE:
            shutil.copyfile(source, target)
        else:
            source.replace(target)
    except (FileProblem, OSError) as problem:
        text = str(problem) if isinstance(problem, FileProblem) else "The file cannot be used."
        raise TaskFailed(f"The task {task.name} failed. {text}") from problem


def _webhook(task: Task, bench: Bench) -> None:
    known = bench.variables.values
    content = {
        "mapId": bench.definition.map_id,
        "runNumber": str(known["globalrunnumber"]),
        "processed": str(known["globalprocesscount"]),
        "errors": str(known["globalerrorcount"]),
        "lastError": str(known["globallasterror"] or ""),
    }
    try:
        post_json(Request(task.url, task.headers, task.timeout_seconds), content)
    except WebhookProblem as problem:
        raise TaskFailed(f"The task {task.name} failed. {problem}") from problem


_KINDS: Mapping[TaskKind, Callable[[Task, Bench], None]] = {
    TaskKind.SQL_COMMAND: _sql_command,
    TaskKind.SQL_VALIDATION: _sql_validation,
    TaskKind.RUN_PROCESS: _run_process,
    TaskKind.COPY_FILE: _file_task,
    TaskKind.MOVE_FILE: _file_task,
    TaskKind.DELETE_FILE: _file_task,
    TaskKind.WEBHOOK: _webhook,
}
