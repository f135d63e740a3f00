"""[[tasks]] and [[checks]] of a process file."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from xlsc.server.expressions import Names
from xlsc.server.processes.definition import Check
from xlsc.server.processes.line_sections import read_request
from xlsc.server.processes.reading import Section
from xlsc.server.processes.tasks import DOCUMENT_STAGES, Expect, Outcome, Stage, Task, TaskKind


class _Per(StrEnum):
    ROW = "row"
    DOCUMENT = "document"


_FILE_KINDS = frozenset({TaskKind.COPY_FILE, TaskKind.MOVE_FILE, TaskKind.DELETE_FILE})
_SQL_KINDS = frozenset({TaskKind.SQL_COMMAND, TaskKind.SQL_VALIDATION})
#: The stages in which a validation has rows to look at before they are sent (P §5 [doc S14]).
_VALIDATION_STAGES = (Stage.MAP_DATA_CHECKS, Stage.BEFORE_DOCUMENT)


def read_check(section: Section, names: Names) -> Check | None:
    """One [[checks]] table; None when its condition is wrong."""
    that = section.expression("that", names, required=True)
    message = section.template("message", names, "The row is not valid.")
    per = section.choice("per", _Per, _Per.ROW)
    when = section.expression("when", names)
    section.finish()
    return None if that is None else Check(that, message, per is _Per.DOCUMENT, when)


def read_task(section: Section, names: Names, variables: Names, connections: Collection[str]) -> Task:
    """One [[tasks]] table.

    Args:
        section: The table.
        names: Columns and variables.
        variables: Variables only, for stages that have no rows.
        connections: Names that may be used.
    """
    name = section.text("name")
    stage = section.choice("stage", Stage, None)
    kind = section.choice("kind", TaskKind, None)
    _check_stage(section, stage, kind)
    sees_rows = stage in DOCUMENT_STAGES or kind is TaskKind.SQL_VALIDATION
    task = Task(
        name=name,
        stage=stage,
        kind=kind,
        on_success=section.choice("on_success", Outcome, Outcome.NEXT),
        on_failure=section.choice("on_failure", Outcome, Outcome.QUIT),
        enabled=section.flag("enabled", True),
        **_read_details(section, kind, names if sees_rows else variables),
    )
    if task.connection and task.connection not in connections:
        section.complain("connection", f"connections.toml has no [{task.connection}]")
    section.finish()
    return task


def _check_stage(section: Section, stage: Stage, kind: TaskKind) -> None:
    if stage is Stage.MAP_DATA_CHECKS and kind is not TaskKind.SQL_VALIDATION:
        section.complain("kind", "Only a sql validation can stand at the stage 'map data checks'")
    if kind is TaskKind.SQL_VALIDATION and stage not in _VALIDATION_STAGES:
        section.complain("stage", "A sql validation stands at 'map data checks' or 'before document'")


def _read_details(section: Section, kind: TaskKind, names: Names) -> dict[str, Any]:
    """The keys that only some kinds have."""
    if kind in _SQL_KINDS:
        found: dict[str, Any] = {"connection": section.text("connection", ""), "sql": section.sql("sql", names)}
        if kind is TaskKind.SQL_VALIDATION:
            found["expect"] = section.choice("expect", Expect, Expect.ROWS)
            found["message"] = section.template("message", names)
            if "message" not in section:
                section.complain("", "The key 'message' is missing: it says what is wrong with a row")
        return found
    if kind is TaskKind.RUN_PROCESS:
        table = section.section("variables")
        given = {name.upper(): table.text(name, "", limit=4_000) for name in table.keys}
        return {"process": section.text("process"), "variables": given}
    if kind in _FILE_KINDS:
        found = {"file": section.file("file")}
        if kind is not TaskKind.DELETE_FILE:
            found["to"] = section.file("to")
        return found
    url, headers, seconds = read_request(section)
    return {"url": url, "headers": headers, "timeout_seconds": seconds}
