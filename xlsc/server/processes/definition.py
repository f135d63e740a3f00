"""What a process is, once its file has been read and found sound. Only values; how a run goes stands in runs/.

Source: P §5 (columns, key fields, lines, mapping, restrictions, tasks, options, tenants).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from xlsc.core.catalog import NO_CONNECTION, Connection, DataSource, ProcessLine, Tenant
from xlsc.server.expressions import Expression, Template
from xlsc.server.processes.bound_sql import BoundSql
from xlsc.server.processes.mapping import Field
from xlsc.server.processes.tasks import Task


class ColumnType(StrEnum):
    """What the values of a column are; texts on the wire are read by it."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


class SourceKind(StrEnum):
    """Where rows come from when a caller sends none."""

    ROWS = "rows"
    QUERY = "query"
    CSV = "csv"
    EXCEL = "excel"
    REAL_TIME = "real-time"


class LineKind(StrEnum):
    """Where a line sends its rows."""

    SQL = "sql"
    CSV = "csv"
    WEBHOOK = "webhook"


class Action(StrEnum):
    """What a SQL line does with its table."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


class NoData(StrEnum):
    """How a run without rows ends: neither way, or as success or failure with the tasks of that ending."""

    NONE = "none"
    SUCCESS = "success"
    FAILURE = "failure"


class BlankLines(StrEnum):
    """Which rows are left out before anything is counted."""

    NOTHING = "nothing"
    EXCLUDE_BLANK = "exclude blank lines"
    EXCLUDE_BLANK_KEYS = "exclude rows with blank keys"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of the source.

    Attributes:
        name: Technical name, the element name on the wire before encoding.
        type: How its texts are read.
        is_key: Whether rows are grouped into documents by it.
        required: Whether a blank value rejects the row.
        max_length: Longest text in characters; None = any.
    """

    name: str
    type: ColumnType = ColumnType.STRING
    is_key: bool = False
    required: bool = False
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a process reads when the caller sends no rows.

    Attributes:
        connection: Name of the connection of a query; "" for others.
        sql: The query, its variables bound.
        file: Path below the folder of files; may hold GBL_ names.
        sheet: Worksheet of an Excel file; "" = the first.
    """

    kind: SourceKind
    id: str
    description: str
    type_text: str
    connection: str = ""
    connection_id: str = NO_CONNECTION
    sql: BoundSql | None = None
    file: str = ""
    sheet: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class Route:
    """A tenant and the connection that leads to its database; "" when the process needs none."""

    tenant: Tenant
    connection: str


@dataclass(frozen=True, slots=True)
class Line:
    """One destination of a document's rows.

    Attributes:
        restriction: Rows for which it is not true do not go to this line; None = all do.
        group_by: 0-based indexes of source columns; rows that are alike there become one. None = no grouping.
        keys: Target columns that find the row to update or delete.
        update_blank: Whether blank values overwrite what is stored.
        duplicate: Message when the table holds such a row already; None = the database's own words.
    """

    info: ProcessLine
    kind: LineKind
    fields: tuple[Field, ...]
    restriction: Expression | None = None
    group_by: tuple[int, ...] | None = None
    table: str = ""
    action: Action = Action.INSERT
    keys: tuple[str, ...] = ()
    update_blank: bool = True
    duplicate: Template | None = None
    url: str = field(default="", repr=False)  # may hold a secret, as headers may
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on every row, or on every document as a whole; false rejects the document."""

    that: Expression
    message: Template
    per_document: bool = False
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of a process (P §5)."""

    no_data: NoData = NoData.NONE
    blank_lines: BlankLines = BlankLines.NOTHING
    log_error_rows: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A process.

    Attributes:
        map_key: GUID in small letters.
        company: GUID of the company it belongs to, in small letters.
        open_to_all: Whether any user of the company may run it.
        variables: GBL_ names in capitals with their default values; None = a caller has to give one.
        connections: Those it reads from and sends to.
        path: The file it was read from.
    """

    map_key: str
    map_id: str
    description: str
    company: str
    open_to_all: bool
    source: Source
    columns: tuple[SourceColumn, ...]
    routes: tuple[Route, ...]
    destinations: tuple[Line, ...]
    checks: tuple[Check, ...]
    tasks: tuple[Task, ...]
    variables: Mapping[str, str | None]
    options: Options
    connections: tuple[Connection, ...]
    path: Path

    @property
    def real_time(self) -> bool:
        """Whether events drive it: neither listed nor runnable (P §2.1 [doc])."""
        return self.source.kind is SourceKind.REAL_TIME

    @property
    def key_columns(self) -> tuple[SourceColumn, ...]:
        """The columns that group rows into documents."""
        return tuple(column for column in self.columns if column.is_key)

    @property
    def mapped_columns(self) -> tuple[SourceColumn, ...]:
        """The source columns that some line sends, in source order (P §2.1 [doc])."""
        used = {index for line in self.destinations for item in line.fields for index in item.columns}
        return tuple(column for index, column in enumerate(self.columns) if index in used)

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """Where it sends to."""
        return tuple(route.tenant for route in self.routes)

    @property
    def lines(self) -> tuple[ProcessLine, ...]:
        """What GetProcessesByConnection tells of its destinations."""
        return tuple(line.info for line in self.destinations)

    @property
    def stores_errors(self) -> bool:
        """Whether error rows of its runs are kept without being asked for ("log error source data")."""
        return self.options.log_error_rows

    @property
    def is_output_process(self) -> bool:
        """Whether its runs make files."""
        return any(line.kind is LineKind.CSV for line in self.destinations)

    @property
    def source_type(self) -> str:
        """A .NET type name, as the original gives one (P §2.1 [obs])."""
        return f"Xlsc.Sources.{self.source.kind.value.title().replace('-', '')}Source"

    @property
    def target_type(self) -> str:
        """A .NET type name, as the original gives one (P §2.1 [obs])."""
        kind = self.destinations[0].kind if self.destinations else LineKind.SQL
        return f"Xlsc.Destinations.{kind.value.title()}Destination"

    @property
    def data_source(self) -> DataSource:
        """Its data source; files and callers' rows have no connection (P §2.1 [obs])."""
        source = self.source
        return DataSource(source.id, source.description, source.connection_id, "", source.type_text)
