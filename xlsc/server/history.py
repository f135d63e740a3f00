"""Runs: their numbers without gaps, their outcome, their error rows; the saved past that GetHistoryForProcess tells.

A run's row is written, with its number, before the run begins. A process that is killed in the middle therefore leaves
a run without an end, not a gap; the next instance that starts writes its end (see instances.py).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from xlsc.core.catalog import TenantErrors
from xlsc.core.results import ErrorTable
from xlsc.server import schema
from xlsc.server.journal import Audited, record_run
from xlsc.server.runs.problems import is_lost
from xlsc.server.store import Store

#: P §2.7 [doc]
HISTORY_LENGTH = 10
MAX_ERROR_ROWS = 1000
#: Runs per process whose error rows are kept although nobody asked for it, so that they can be saved afterwards.
UNSAVED_RUNS = 10

#: Seconds to wait before the end of a run is written once more after the store's connection broke.
FINISH_PAUSES = (0.1, 1.0, 5.0, 15.0)

RUNNING, SUCCEEDED, FAILED, INTERRUPTED = "running", "succeeded", "failed", "interrupted"


@dataclass(frozen=True, slots=True)
class RunStart:
    """Which process is run, by whom, from where, through which call."""

    map_key: str
    company_id: str
    email: str
    address: str
    call: str


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has its number and not yet its end."""

    id: str
    map_key: str
    run_number: int


@dataclass(frozen=True, slots=True)
class TenantRows:
    """The error rows of one tenant."""

    server: str
    technical: str
    table: ErrorTable


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that a run made."""

    file_name: str
    description: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended; counts are documents.

    Attributes:
        saved: Whether the error rows are to be found by GetErrorsForProcessRun right away.
    """

    succeeded: bool
    record_count: int
    error_count: int
    error_message: str
    tenants: Sequence[TenantRows] = ()
    files: Sequence[MadeFile] = ()
    saved: bool = False


@dataclass(frozen=True, slots=True)
class PastRun:
    """One line of the history; ``started`` in milliseconds since 1970 UTC."""

    id: str
    run_number: int
    state: str
    started: int
    record_count: int
    error_count: int
    errors_saved: bool


class History:
    """Numbers runs and remembers them.

    Args:
        store: Shared by all instances.
        instance_id: The instance that runs.
        clock: Milliseconds since 1970 UTC.
    """

    def __init__(self, store: Store, instance_id: str, clock: Callable[[], int]) -> None:
        self._store = store
        self._instance_id = instance_id
        self._clock = clock

    def start(self, start: RunStart) -> OpenRun:
        """Allot the next number of a process; the first is 1, and none is left out or given twice."""
        now = self._clock()
        with self._store.writing() as connection:
            number = _next_number(connection, start.map_key)
            run = OpenRun(str(uuid.uuid4()), start.map_key, number)
            values = {"company_id": start.company_id, "user_email": start.email, "instance_id": self._instance_id}
            counts = {"record_count": 0, "error_count": 0, "error_message": ""}
            insert = schema.runs.insert().values(
                id=run.id, map_key=run.map_key, run_number=number, state=RUNNING, started=now, **values, **counts
            )
            connection.execute(insert)
            place = (start.email, start.company_id, start.call, start.map_key, number)
            record_run(connection, Audited("", start.address, *place), now)
        return run

    def finish(self, run: OpenRun, end: RunEnd) -> None:
        """Write a run's end, its error rows and its files, all or nothing; a connection that breaks is made anew."""
        for pause_seconds in (*FINISH_PAUSES, None):
            try:
                self._finish(run, end)
            except DBAPIError as error:
                if pause_seconds is None or not is_lost(error):
                    raise
                time.sleep(pause_seconds)
            else:
                return

    def _finish(self, run: OpenRun, end: RunEnd) -> None:
        now = self._clock()
        values = {"state": SUCCEEDED if end.succeeded else FAILED, "finished": now, "error_message": end.error_message}
        counts = {"record_count": end.record_count, "error_count": end.error_count}
        with self._store.writing() as connection:
            # A run that has its end got it by a commit whose answer was lost; one taken for dead gets its real end.
            open_one = (schema.runs.c.id == run.id, schema.runs.c.state.in_((RUNNING, INTERRUPTED)))
            if connection.execute(update(schema.runs).where(*open_one).values(**values, **counts)).rowcount == 0:
                return
            for tenant in end.tenants:
                insert_errors(connection, run.id, tenant, end.saved)
            for file in end.files:
                _insert_file(connection, run, file, now)
            _drop_unsaved(connection, run)

    def past_runs(self, map_key: str) -> list[PastRun]:
        """The last ten runs that have ended, newest first."""
        saved = select(schema.run_errors.c.run_id).where(schema.run_errors.c.saved)
        query = (
            select(schema.runs, schema.runs.c.id.in_(saved).label("errors_saved"))
            .where(schema.runs.c.map_key == map_key, schema.runs.c.state != RUNNING)
            .order_by(schema.runs.c.run_number.desc())
            .limit(HISTORY_LENGTH)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [
            PastRun(
                row.id,
                row.run_number,
                row.state,
                row.started,
                row.record_count,
                row.error_count,
                bool(row.errors_saved),
            )
            for row in rows
        ]

    def find_run(self, map_key: str, run_number: int) -> OpenRun | None:
        """A run by its number; None when there is none."""
        query = select(schema.runs.c.id).where(schema.runs.c.map_key == map_key, schema.runs.c.run_number == run_number)
        with self._store.reading() as connection:
            run_id = connection.execute(query).scalar()
        return None if run_id is None else OpenRun(run_id, map_key, run_number)

    def saved_errors(self, run: OpenRun) -> list[TenantErrors]:
        """The saved error rows of a run by tenant, the first thousand in all (P §2.7)."""
        table = schema.run_errors
        query = select(table).where(table.c.run_id == run.id, table.c.saved)
        left = MAX_ERROR_ROWS
        found = []
        with self._store.reading() as connection:
            for group in connection.execute(query.order_by(table.c.tenant_server, table.c.tenant_technical)).all():
                errors, idents = _read_rows(connection, group.id, tuple(group.columns), left)
                left -= len(idents)
                place = (group.id, group.tenant_server, group.tenant_technical)
                found.append(TenantErrors(*place, group.row_count, errors, idents))
        return found

    def save_errors(self, run: OpenRun, server: str, technical: str, given: ErrorTable | None) -> bool:
        """Keep a tenant's error rows: those of the run, or the given ones instead of them.

        Returns:
            Whether there is now something saved.
        """
        table = schema.run_errors
        with self._store.writing() as connection:
            query = select(table).where(table.c.run_id == run.id)
            groups = [row for row in connection.execute(query) if _same_tenant(row, server, technical)]
            if given is None:
                keys = [row.id for row in groups]
                connection.execute(update(table).where(table.c.id.in_(keys)).values(saved=True))
                return bool(keys)
            for row in groups:
                _delete_errors(connection, row.id)
            if groups:  # the tenant's own spelling
                server, technical = groups[0].tenant_server, groups[0].tenant_technical
            insert_errors(connection, run.id, TenantRows(server, technical, given), saved=True)
            return True


def insert_errors(connection: Connection, run_id: str, tenant: TenantRows, saved: bool) -> None:
    """Write the error rows of a tenant, as many as can be read back; nothing for none."""
    if not tenant.table.rows:
        return
    error_id = str(uuid.uuid4())
    place = {"tenant_server": tenant.server, "tenant_technical": tenant.technical}
    table = tenant.table
    counts = {"columns": list(table.columns), "row_count": len(table.rows), "saved": saved}
    connection.execute(schema.run_errors.insert().values(id=error_id, run_id=run_id, **place, **counts))
    rows = [
        {"id": str(uuid.uuid4()), "error_id": error_id, "position": position, "values": list(row), "message": message}
        for position, (row, message) in enumerate(islice(zip(table.rows, table.messages, strict=True), MAX_ERROR_ROWS))
    ]
    connection.execute(schema.run_error_rows.insert(), rows)


def _next_number(connection: Connection, map_key: str) -> int:
    counters = schema.run_counters
    step = update(counters).where(counters.c.map_key == map_key).values(last_number=counters.c.last_number + 1)
    if connection.execute(step).rowcount == 0:
        try:
            with connection.begin_nested():
                connection.execute(counters.insert().values(map_key=map_key, last_number=0))
        except IntegrityError:
            pass  # another instance made the counter in between
        connection.execute(step)
    # The row stays locked until this transaction ends: the number read is the number written.
    query = select(counters.c.last_number).where(counters.c.map_key == map_key)
    return int(connection.execute(query).scalar_one())


def _read_rows(
    connection: Connection, error_id: str, columns: tuple[str, ...], limit: int
) -> tuple[ErrorTable, tuple[str, ...]]:
    """The first rows of a tenant, and their EONERUNIDENT."""
    table = schema.run_error_rows
    query = select(table).where(table.c.error_id == error_id).order_by(table.c.position).limit(limit)
    rows = connection.execute(query).mappings().all()
    values = [tuple(row["values"]) for row in rows]
    return ErrorTable(columns, values, [row["message"] for row in rows]), tuple(row["id"] for row in rows)


def _same_tenant(row: object, server: str, technical: str) -> bool:
    stored = (getattr(row, "tenant_server", ""), getattr(row, "tenant_technical", ""))
    return tuple(text.casefold() for text in stored) == (server.casefold(), technical.casefold())


def _insert_file(connection: Connection, run: OpenRun, file: MadeFile, now: int) -> None:
    values = {"map_key": run.map_key, "run_number": run.run_number, "created": now, "content": file.content}
    names = {"description": file.description, "file_name": file.file_name, "access_key": uuid.uuid4().hex}
    connection.execute(schema.outputs.insert().values(id=str(uuid.uuid4()), run_id=run.id, **values, **names))


def _drop_unsaved(connection: Connection, run: OpenRun) -> None:
    """Error rows that nobody asked to keep go when ten newer runs have ended."""
    errors = schema.run_errors
    query = (
        select(errors.c.id)
        .join(schema.runs, schema.runs.c.id == errors.c.run_id)
        .where(schema.runs.c.map_key == run.map_key, schema.runs.c.run_number <= run.run_number - UNSAVED_RUNS)
        .where(~errors.c.saved)
    )
    for error_id in connection.execute(query).scalars().all():
        _delete_errors(connection, error_id)


def _delete_errors(connection: Connection, error_id: str) -> None:
    connection.execute(delete(schema.run_error_rows).where(schema.run_error_rows.c.error_id == error_id))
    connection.execute(delete(schema.run_errors).where(schema.run_errors.c.id == error_id))
