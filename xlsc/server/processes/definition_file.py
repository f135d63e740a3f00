"""One process file to a Definition. Every key it may hold is read here, in line_sections.py or in task_sections.py."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from xlsc.core.catalog import NO_CONNECTION, Connection, Tenant
from xlsc.server.expressions import Names
from xlsc.server.processes.connection_file import NAMESPACE, ConnectionEntry, read_guid
from xlsc.server.processes.definition import (
    BlankLines,
    ColumnType,
    Definition,
    Line,
    LineKind,
    NoData,
    Options,
    Route,
    Source,
    SourceColumn,
    SourceKind,
)
from xlsc.server.processes.line_sections import LineContext, read_line, read_translations
from xlsc.server.processes.mapping import Rolling
from xlsc.server.processes.names_known import names_of
from xlsc.server.processes.reading import Document, Section
from xlsc.server.processes.task_sections import read_check, read_task
from xlsc.server.processes.tasks import Task, TaskKind

_VARIABLE = re.compile(r"GBL_\w+", re.IGNORECASE)
_SOURCE_TYPES = {
    SourceKind.ROWS: "Rows from the caller",
    SourceKind.QUERY: "SQL query",
    SourceKind.CSV: "Text file",
    SourceKind.EXCEL: "Microsoft Excel",
    SourceKind.REAL_TIME: "Real-Time Data Source",
}
#: As many as a database takes.
MAX_COLUMNS = 2_000


def read_definition(path: Path, connections: Mapping[str, ConnectionEntry]) -> Definition:
    """The process of a file.

    Raises:
        DefinitionError: The file cannot be used; it holds every complaint.
    """
    document = Document(path)
    reader = _Reader(document, connections)
    definition = reader.read()
    document.finish()
    return definition


class _Reader:
    """Reads the parts of a file in the order in which they depend on each other."""

    def __init__(self, document: Document, connections: Mapping[str, ConnectionEntry]) -> None:
        self._document = document
        self._connections = connections
        self._top = document.top

    def read(self) -> Definition:
        top, process = self._top, self._top.section("process", required=True)
        map_id = process.text("id", limit=100)
        company = read_guid(process, "company")
        map_key = read_guid(process, "key", default=f"{company} process {map_id}")
        columns = _read_columns(top)
        variables = _read_variables(top.section("variables"))
        names = names_of([column.name for column in columns], variables)
        source = self._read_source(top.section("source"), map_key, variables)
        routes = self._read_routes(process, map_key)
        destinations = self._read_lines(map_key, columns, names)
        definition = Definition(
            map_key=map_key,
            map_id=map_id,
            description=process.text("description", ""),
            company=company,
            open_to_all=process.flag("open_to_all", False),
            source=source,
            columns=columns,
            routes=routes,
            destinations=destinations,
            checks=tuple(filter(None, (read_check(section, names) for section in top.sections("checks")))),
            tasks=self._read_tasks(map_id, names, names_of([], variables)),
            variables=variables,
            options=_read_options(process),
            connections=self._used_connections(routes, source),
            path=self._document.path,
        )
        self._check_whole(definition, process)
        process.finish()
        top.finish()
        return definition

    def _read_source(self, section: Section, map_key: str, variables: Mapping[str, str | None]) -> Source:
        kind = section.choice("kind", SourceKind, SourceKind.ROWS)
        connection, sql = "", None
        if kind is SourceKind.QUERY:
            connection = self._connection(section, "connection")
            sql = section.sql("sql", names_of([], variables))
        texts = {"file": "", "sheet": "", "delimiter": ",", "encoding": "utf-8-sig"}
        if kind in (SourceKind.CSV, SourceKind.EXCEL):
            texts["file"] = section.file("file")
        if kind is SourceKind.EXCEL:
            texts["sheet"] = section.text("sheet", "")
        if kind is SourceKind.CSV:
            texts |= _read_csv_form(section)
        source = Source(
            kind=kind,
            id=read_guid(section, "id", default=f"{map_key} source"),
            description=section.text("description", _SOURCE_TYPES[kind]),
            type_text=section.text("type", _SOURCE_TYPES[kind]),
            connection=connection,
            connection_id=self._connections[connection].id if connection in self._connections else NO_CONNECTION,
            sql=sql,
            **texts,
        )
        section.finish()
        return source

    def _connection(self, section: Section, key: str) -> str:
        name = section.text(key)
        if name and name not in self._connections:
            known = Names(list(self._connections)).suggest(name)
            section.complain(key, f"connections.toml has no [{name}]{known}")
        return name

    def _read_routes(self, process: Section, map_key: str) -> tuple[Route, ...]:
        sections = self._top.sections("tenants")
        if "connection" in process:
            if sections:
                process.complain("connection", "Name the connection in each of [[tenants]] instead")
            name = self._connection(process, "connection")
            tenant_id = str(uuid.uuid5(NAMESPACE, f"{map_key} tenant {name}"))
            return (Route(Tenant(tenant_id, name, "local", name.upper()), name),)
        routes = tuple(self._read_route(section, map_key) for section in sections)
        for index, section in enumerate(sections):
            if routes[index].tenant.name.lower() in (other.tenant.name.lower() for other in routes[:index]):
                section.complain("name", f"There are two tenants '{routes[index].tenant.name}'")
        return routes or (Route(Tenant(str(uuid.uuid5(NAMESPACE, map_key)), "Default", "local", "DEFAULT"), ""),)

    def _read_route(self, section: Section, map_key: str) -> Route:
        name = section.text("name")
        tenant_id = read_guid(section, "id", default=f"{map_key} tenant {name}")
        server = section.text("server", "local")
        technical = section.text("technical_name", name.upper())
        connection = self._connection(section, "connection") if "connection" in section else ""
        section.finish()
        return Route(Tenant(tenant_id, name, server, technical), connection)

    def _read_lines(self, map_key: str, columns: Sequence[SourceColumn], names: Names) -> tuple[Line, ...]:
        context = LineContext(
            map_key=map_key,
            names=names,
            columns=[column.name for column in columns],
            translations=read_translations(self._top.section("translations")),
        )
        found: list[Line] = []
        for section in self._top.sections("lines"):
            line = read_line(section, context)
            if line.info.description.lower() in (other.info.description.lower() for other in found):
                section.complain("name", f"There are two lines '{line.info.description}'")
            found.append(line)
        return tuple(found)

    def _read_tasks(self, map_id: str, names: Names, variables: Names) -> tuple[Task, ...]:
        found: list[Task] = []
        for section in self._top.sections("tasks"):
            task = read_task(section, names, variables, self._connections)
            if task.name.lower() in (other.name.lower() for other in found):
                section.complain("name", f"There are two tasks '{task.name}'")
            if task.process and task.process.lower() == map_id.lower():
                section.complain("process", "A process cannot run itself")
            found.append(task)
        return tuple(found)

    def _used_connections(self, routes: Sequence[Route], source: Source) -> tuple[Connection, ...]:
        wanted = dict.fromkeys([*(route.connection for route in routes), source.connection])
        entries = [self._connections[name] for name in wanted if name in self._connections]
        return tuple(Connection(entry.id, entry.description, entry.type_text) for entry in entries)

    def _check_whole(self, definition: Definition, process: Section) -> None:
        """What only shows when all parts are there."""
        if definition.real_time:
            return
        if not definition.destinations:
            process.complain("", "A process needs at least one of [[lines]]")
        if all(route.connection for route in definition.routes):
            return
        if any(line.kind is LineKind.SQL for line in definition.destinations):
            process.complain("", "A line of the kind sql needs a 'connection' here or in every one of [[tenants]]")
        if any(isinstance(field.origin, Rolling) for line in definition.destinations for field in line.fields):
            process.complain("", "A rolling number is kept in a database: it needs a 'connection'")
        if any(
            task.kind in (TaskKind.SQL_COMMAND, TaskKind.SQL_VALIDATION) and not task.connection
            for task in definition.tasks
        ):
            process.complain("", "A task with SQL needs a 'connection' of its own or of the process")


def _read_csv_form(section: Section) -> dict[str, str]:
    delimiter = section.text("delimiter", ",")
    if len(delimiter) != 1:
        section.complain("delimiter", "This has to be one character")
        delimiter = ","
    encoding = section.text("encoding", "utf-8-sig")
    try:
        "".encode(encoding)
    except LookupError:
        section.complain("encoding", f"'{encoding}' is not the name of an encoding; write utf-8 or cp1252")
    return {"delimiter": delimiter, "encoding": encoding}


def _read_columns(top: Section) -> tuple[SourceColumn, ...]:
    found: list[SourceColumn] = []
    sections = top.sections("columns")
    for section in sections:
        column = _read_column(section)
        if column.name.lower() in (other.name.lower() for other in found):
            section.complain("name", f"There are two columns '{column.name}'")
        found.append(column)
    if not 1 <= len(sections) <= MAX_COLUMNS:
        top.complain("columns", f"A process has 1 to {MAX_COLUMNS:,} of [[columns]], not {len(sections)}")
    return tuple(found)


def _read_column(section: Section) -> SourceColumn:
    is_key = section.flag("key", False)
    column = SourceColumn(
        name=section.text("name", limit=200),
        type=section.choice("type", ColumnType, ColumnType.STRING),
        is_key=is_key,
        required=section.flag("required", is_key),
        max_length=section.number("max_length", None, 1, 1_000_000),
    )
    if column.name != column.name.strip():
        section.complain("name", "The name begins or ends with a blank")
    section.finish()
    return column


def _read_variables(section: Section) -> Mapping[str, str | None]:
    """[variables]: default values by name; ``GBL_STATE = { required = true }`` has none."""
    found: dict[str, str | None] = {}
    for name in section.keys:
        if not _VARIABLE.fullmatch(name):
            section.complain(name, "The name of a variable begins with GBL_")
        if isinstance(section.raw(name), dict):
            table = section.section(name)
            found[name.upper()] = None if table.flag("required", True) else ""
            table.finish()
        else:
            found[name.upper()] = section.text(name, "", limit=4_000)
    return found


def _read_options(process: Section) -> Options:
    return Options(
        no_data=process.choice("no_data", NoData, NoData.NONE),
        blank_lines=process.choice("blank_lines", BlankLines, BlankLines.NOTHING),
        log_error_rows=process.flag("log_error_rows", False),
    )
