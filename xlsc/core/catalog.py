"""What a service lists: companies, processes, columns, connections, tenants, past runs, output files.

Values only, in the words of the rest of xlsc ("process" for what the protocol calls map). Source: P §1.3, §2.1, §2.7.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlsc.core.results import ErrorTable

#: What stands where a data source has no connection, as for files (P §2.1 [obs]).
NO_CONNECTION = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Company:
    """A company that a user may sign in to (P §1.3).

    Attributes:
        id: GUID, the customer id that GetToken asks for.
        subscription_expiry: Date text as it came; only ever seen as None [obs].
    """

    id: str
    name: str
    subscription_expiry: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A process that can be run (P §2.1).

    Attributes:
        map_key: GUID that all other calls name it by.
        map_id: Unique name that people see.
    """

    map_key: str
    map_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column of a process's source; no type is ever on the wire (P §2.1 [obs]).

    Attributes:
        name: Technical name.
        is_required: Whether it is a key field of the source, not whether the target needs it [doc].
    """

    name: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of a company; ``connection_type`` is a text such as ``SalesForce`` (P §2.1 [obs])."""

    id: str
    description: str
    connection_type: str = ""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data source; without a connection its ``connection_id`` is NO_CONNECTION (P §2.1 [obs])."""

    id: str
    description: str
    connection_id: str = NO_CONNECTION
    company: str = ""
    source_type: str = ""


@dataclass(frozen=True, slots=True)
class Tenant:
    """Where a process sends to; server and technical name are what SaveProcessErrors asks for (P §2.1, §2.7)."""

    tenant_id: str
    name: str
    server_name: str
    technical_name: str


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A line (destination node) of a process (P §2.1 [obs])."""

    line_id: str
    description: str
    technical_name: str
    technical_value: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionProcess:
    """A process as the list of a connection's processes tells it (P §2.1 [obs]).

    Attributes:
        stores_errors: Whether error rows of its runs can be kept on the service.
        is_output_process: Whether its runs make files.
    """

    map_key: str
    map_id: str
    description: str = ""
    connection_id: str = ""
    connection_type: str = ""
    destination_type: str = ""
    stores_errors: bool = False
    is_output_process: bool = False
    lines: tuple[ProcessLine, ...] = ()
    tenants: tuple[Tenant, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceProcess:
    """A process as the list of a data source's processes tells it; types are .NET names (P §2.1 [obs])."""

    id: str
    map_id: str
    description: str = ""
    source_type: str = ""
    target_type: str = ""


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """A past run (P §2.7).

    Attributes:
        id: GUID of the run.
        run_number: The process's own counter, from 1.
        run_date: ISO date and time without a zone, as it came [obs].
        record_count: Documents in the run.
        error_count: Documents that failed.
        errors_saved: Whether the run's error rows are kept on the service.
    """

    id: str
    map_id: str
    run_number: int
    run_date: str
    record_count: int = 0
    error_count: int = 0
    errors_saved: bool = False


@dataclass(frozen=True, slots=True)
class TenantErrors:
    """The kept error rows of a run at one tenant (P §2.7 [obs]).

    Attributes:
        server: The tenant's server name.
        technical: The tenant's technical name.
        error_count: All error rows that are kept; ``errors`` holds the first thousand at most.
        errors: The rows with their messages.
        idents: EONERUNIDENT of each row, a GUID, "" where none came; as long as ``errors.rows``.
    """

    error_id: str
    server: str
    technical: str
    error_count: int
    errors: ErrorTable
    idents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunErrors:
    """The kept error rows of a run, per tenant (P §2.7 [obs])."""

    map_key: str
    map_id: str
    description: str
    run_number: int
    tenants: tuple[TenantErrors, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that a run made (P §2.7).

    Attributes:
        created: ISO date and time, as it came.
        uri: Address of the file; holds a token, so it is never shown or logged.
    """

    output_id: str
    process_id: str
    run_number: int
    created: str
    description: str
    file_name: str
    uri: str

    def __repr__(self) -> str:
        return f"OutputFile(output_id={self.output_id!r}, run_number={self.run_number}, file_name={self.file_name!r})"
