"""A run from rows to result: read, group, validate, pre-tasks, documents one by one, post-tasks (P §5 [doc S13])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from xlsc.core.catalog import Tenant
from xlsc.core.results import ErrorTable, RunResult, ValidationError
from xlsc.errors import UsageError
from xlsc.server.expressions import Scope, Value
from xlsc.server.processes import Definition
from xlsc.server.processes.definition import NoData
from xlsc.server.processes.tasks import Outcome, Stage
from xlsc.server.runs.csv_lines import CsvOutput
from xlsc.server.runs.documents import Document, SourceRows, group_documents
from xlsc.server.runs.ports import GivenRows, RunCall, RunOutcome, RunPorts
from xlsc.server.runs.problems import ConnectionLost, DocumentCancelled, DocumentProblem, RunStopped, join_messages
from xlsc.server.runs.sending import Sender
from xlsc.server.runs.sources import read_source
from xlsc.server.runs.task_runner import Bench, TaskEnds, TaskFailed, failing_rows, run_stage
from xlsc.server.runs.typed_rows import RowTypes, TypedRow
from xlsc.server.runs.variables import RunVariables, given_variables

#: Tells the rows of a failed document apart by tenant: tenant → (row, message).
TenantRows = dict[Tenant, list[tuple[int, str]]]


@dataclass(slots=True)
class _Run:
    """A run on its way; the one mutable thing of the engine.

    Attributes:
        failed: Messages by 0-based row, of documents that failed.
        tenant_rows: The same per tenant.
        validation: What validation tasks found.
        processed: Documents that were taken up.
        error_count: Documents that failed.
    """

    definition: Definition
    call: RunCall
    ports: RunPorts
    variables: RunVariables
    source: SourceRows
    failed: dict[int, str] = field(default_factory=dict)
    tenant_rows: TenantRows = field(default_factory=dict)
    validation: list[ValidationError] = field(default_factory=list)
    processed: int = 0
    error_count: int = 0
    last_error: str = ""
    is_failure: bool = False

    def bench(self) -> Bench:
        return Bench(self.definition, self.ports, self.variables)

    def count(self) -> None:
        self.variables.count(self.processed, self.error_count, self.last_error)


def run_process(definition: Definition, call: RunCall, ports: RunPorts) -> RunOutcome:
    """Run a process.

    Returns:
        The outcome; wrong rows, wrong variables and lost databases are values in it, not exceptions.
    """
    began = datetime.fromtimestamp(ports.clock() / 1000)  # noqa: DTZ006 - local by definition of GlobalRunDate
    try:
        own = given_variables(definition, call.variables)
        variables = RunVariables(definition, own, call.user, call.run_number, began)
        columns, rows = call.rows if call.rows is not None else read_source(definition, variables.values, ports)
        source = SourceRows(RowTypes(definition, columns), rows)
    except RunStopped as stopped:
        return RunOutcome(_plain_result(definition, call, stopped))
    run = _Run(definition, call, ports, variables, source)
    with CsvOutput(definition) as output:
        _go(run, output)
        outputs = output.pack(ports.output_folder, call.run_number) if run.processed > run.error_count else ()
    tenants = tuple((tenant, _table(run, dict(found))) for tenant, found in run.tenant_rows.items())
    return RunOutcome(_result(run), tenants, outputs)


def read_data(definition: Definition, variables: Mapping[str, str], ports: RunPorts) -> GivenRows:
    """Columns and rows of a process's own source.

    Raises:
        UsageError: It has none, a variable has no value, or the source cannot be read.
    """
    try:
        return read_source(definition, given_variables(definition, variables), ports)
    except RunStopped as stopped:
        raise UsageError(stopped.message, "Correct the call or the process's source.") from stopped


def _go(run: _Run, output: CsvOutput) -> None:
    """Everything between source and result; a failure's tasks run also when the run ended early."""
    try:
        if not _work(run, output):
            return
    except RunStopped as stopped:
        _note_stop(run, stopped)
        if not stopped.failed:
            return  # cancelled: neither success nor failure
    try:
        _stage(Stage.AFTER_MAP_FAILS if run.is_failure else Stage.AFTER_MAP_SUCCEEDS, run)
    except RunStopped as stopped:
        _note_stop(run, stopped)


def _note_stop(run: _Run, stopped: RunStopped) -> None:
    run.last_error = stopped.message or run.last_error
    run.is_failure = run.is_failure or stopped.failed
    run.count()


def _work(run: _Run, output: CsvOutput) -> bool:
    """Validate and send; False = there was nothing, and the process has no opinion on that."""
    documents = group_documents(run.source)
    if not documents:
        policy = run.definition.options.no_data
        if policy is NoData.FAILURE:
            raise RunStopped("There is no data to process.", failed=True)
        return policy is NoData.SUCCESS
    _validate(run, documents)
    _stage(Stage.BEFORE_MAP, run)
    _send_documents(run, documents, output)
    return True


def _stage(stage: Stage, run: _Run) -> None:
    run.count()
    try:
        run_stage(stage, run.bench())
    except TaskEnds as ends:
        raise RunStopped(ends.message, failed=not ends.cancels) from ends
    except ConnectionLost as lost:
        raise RunStopped(str(lost), failed=True) from lost


def _validate(run: _Run, documents: Sequence[Document]) -> None:
    """The validations of all rows before any data is processed.

    Raises:
        RunStopped: One of them found wrong rows.
    """
    tasks = [t for t in run.definition.tasks if t.stage is Stage.MAP_DATA_CHECKS and t.enabled]
    if not tasks:
        return
    indexes = sorted(index for document in documents for index in document.indexes)
    values = [run.source.types.read(run.source.rows[index]).values for index in indexes]

    def scope_of(row: Sequence[Value]) -> Scope:
        return Scope(row, (row,), run.variables.values, now=run.variables.began)

    stops: list[tuple[str, Outcome]] = []
    for task in tasks:
        try:
            found = failing_rows(task, values, run.bench(), scope_of)
        except (TaskFailed, ConnectionLost) as failure:
            raise RunStopped(str(failure), failed=task.on_failure is not Outcome.CANCEL) from failure
        messages = {indexes[place]: message for place, message in found.items()}
        outcome = task.on_failure if messages else task.on_success
        if outcome is Outcome.NEXT:
            continue  # rows that are sent all the same must not come back as rejected
        if messages:
            _note_validation(run, task.name, messages)
        stops.append((next(iter(messages.values()), f"The task {task.name} ended it."), outcome))
    if stops:
        run.error_count = sum(any(index in run.failed for index in document.indexes) for document in documents)
        raise RunStopped(stops[0][0], failed=any(outcome is Outcome.QUIT for _, outcome in stops))


def _note_validation(run: _Run, name: str, messages: Mapping[int, str]) -> None:
    first = next(iter(messages.values()))
    if run.call.with_validation:
        run.validation.append(ValidationError(name, first, _table(run, messages)))
    for index, message in messages.items():
        run.failed[index] = join_messages([run.failed[index], message] if index in run.failed else [message])
    for route in run.definition.routes[:1]:
        run.tenant_rows.setdefault(route.tenant, []).extend(messages.items())


def _send_documents(run: _Run, documents: Sequence[Document], output: CsvOutput) -> None:
    with ExitStack() as stack:
        senders = [
            stack.enter_context(Sender(run.definition, run.ports, run.variables, route, output))
            for route in run.definition.routes
        ]
        for document in documents:
            _send_document(run, document, senders)
            run.count()


def _send_document(run: _Run, document: Document, senders: Sequence[Sender]) -> None:
    """One document to every tenant; it fails as a whole where one of them refuses it."""
    typed = [run.source.types.read(run.source.rows[index]) for index in document.indexes]
    wrong = _type_problem(run, document, typed)
    rows = [row.values for row in typed]
    problems: dict[int, DocumentProblem] = {}
    cancelled = 0
    for number, sender in enumerate(senders):
        try:
            if wrong is not None:
                raise wrong
            sender.send(rows)
        except DocumentCancelled:
            cancelled += 1
        except DocumentProblem as problem:
            problems[number] = problem
    if cancelled == len(senders):
        return
    run.processed += 1
    if problems:
        _fail(run, document, {senders[number].route.tenant: problem for number, problem in problems.items()})
        _after_failure(run, [senders[number] for number in problems], rows)


def _type_problem(run: _Run, document: Document, typed: Sequence[TypedRow]) -> DocumentProblem | None:
    """What the types of columns and blank keys say against a document."""
    types = run.source.types
    by_row = {place: [message for _, message in row.problems] for place, row in enumerate(typed) if row.problems}
    found = [message for messages in by_row.values() for message in messages]
    row = run.source.rows[document.indexes[0]]
    if types.key_indexes and types.key(row) is None:
        blank = [types.definition.columns[index].name for index in types.key_indexes if types.text(row, index) is None]
        found += [f"{name} is missing." for name in blank]
    return DocumentProblem(list(dict.fromkeys(found)), by_row) if found else None


def _fail(run: _Run, document: Document, problems: Mapping[Tenant, DocumentProblem]) -> None:
    """Note a document that tenants refused; where there are several, messages say which one."""
    several = len(run.definition.routes) > 1
    texts: dict[int, list[str]] = {index: [] for index in document.indexes}
    summary = []
    for tenant, problem in problems.items():
        prefix = f"{tenant.name}: " if several else ""
        summary.append(prefix + str(problem))
        found = run.tenant_rows.setdefault(tenant, [])
        for position, index in enumerate(document.indexes):
            text = problem.text_for(position)
            found.append((index, text))
            texts[index].append(prefix + text)
    run.error_count += 1
    run.is_failure = True
    run.last_error = join_messages(summary)
    run.failed.update((index, join_messages(found)) for index, found in texts.items())


def _after_failure(run: _Run, senders: Sequence[Sender], rows: Sequence[tuple[Value, ...]]) -> None:
    run.count()
    for sender in senders:
        try:
            sender.after_failure(rows)
        except TaskEnds as ends:
            raise RunStopped(ends.message, failed=not ends.cancels) from ends


def _table(run: _Run, messages: Mapping[int, str]) -> ErrorTable:
    """Error rows in source order, their values as .NET prints them (P §2.5)."""
    types, rows = run.source.types, run.source.rows
    order = sorted(messages)
    return ErrorTable(types.echoed, [types.echo(rows[index]) for index in order], [messages[i] for i in order])


def _result(run: _Run) -> RunResult:
    """The answer; without validation the rows that validations rejected are left out (P §2.3 [doc])."""
    stopped_by_validation = run.processed == 0 and bool(run.failed)
    failed = {} if stopped_by_validation and not run.call.with_validation else run.failed
    definition = run.definition
    return RunResult(
        map_key=definition.map_key,
        map_id=definition.map_id,
        map_description=definition.description,
        run_number=run.call.run_number,
        record_count=run.processed,
        error_count=run.error_count,
        succeeded=not run.is_failure,
        error_message=run.last_error,
        errors=_table(run, failed) if failed else ErrorTable(),
        validation_errors=tuple(run.validation),
    )


def _plain_result(definition: Definition, call: RunCall, stopped: RunStopped) -> RunResult:
    return RunResult(
        map_key=definition.map_key,
        map_id=definition.map_id,
        map_description=definition.description,
        run_number=call.run_number,
        record_count=0,
        error_count=0,
        succeeded=not stopped.failed,
        error_message=stopped.message,
        errors=ErrorTable(),
    )
