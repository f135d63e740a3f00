"""What a process does around its documents: tasks in seven stages, each with what follows its success and failure.

Source: P §5 (stages, kinds, outcome policies) [doc S13, S14, S16].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xlsc.server.expressions import Template
from xlsc.server.processes.bound_sql import BoundSql


class Stage(StrEnum):
    """When a task runs."""

    MAP_DATA_CHECKS = "map data checks"
    BEFORE_MAP = "before map"
    BEFORE_DOCUMENT = "before document"
    AFTER_DOCUMENT_FAILS = "after document fails"
    AFTER_DOCUMENT_SUCCEEDS = "after document succeeds"
    AFTER_MAP_FAILS = "after map fails"
    AFTER_MAP_SUCCEEDS = "after map succeeds"


#: Stages in which a task sees the rows of one document.
DOCUMENT_STAGES = frozenset({Stage.BEFORE_DOCUMENT, Stage.AFTER_DOCUMENT_FAILS, Stage.AFTER_DOCUMENT_SUCCEEDS})


class TaskKind(StrEnum):
    """What a task does."""

    SQL_COMMAND = "sql command"
    SQL_VALIDATION = "sql validation"
    RUN_PROCESS = "run process"
    COPY_FILE = "copy file"
    MOVE_FILE = "move file"
    DELETE_FILE = "delete file"
    WEBHOOK = "webhook"


class Outcome(StrEnum):
    """What follows a task: go on, end as a failure, or end without being one."""

    NEXT = "go to next step"
    QUIT = "quit"
    CANCEL = "cancel"


class Expect(StrEnum):
    """What the query of a validation has to give for a good row."""

    ROWS = "rows"
    NO_ROWS = "no rows"


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        name: Unique within the process.
        connection: Where its SQL goes; "" = the tenant's, or the first tenant's outside of documents.
        sql: Command or query, values bound.
        message: What a validation says about a row.
        process: Id of the process that is run.
        variables: Given to that process; texts may hold GBL_ names.
        file: Path below the folder of files; may hold GBL_ names.
        to: Where a copied or moved file goes.
    """

    name: str
    stage: Stage
    kind: TaskKind
    on_success: Outcome = Outcome.NEXT
    on_failure: Outcome = Outcome.QUIT
    enabled: bool = True
    connection: str = ""
    sql: BoundSql | None = None
    expect: Expect = Expect.ROWS
    message: Template | None = None
    process: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    to: str = ""
    url: str = field(default="", repr=False)  # may hold a secret, as headers may
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: int = 30
