"""The calls about what there is: processes, columns, connections, data sources (P §2.1)."""

from __future__ import annotations

from xlsc.core.catalog import ColumnInfo, Connection, ConnectionProcess, DataSource, Process, SourceProcess
from xlsc.server.handling import Context
from xlsc.server.processes import Definition


def map_list(context: Context) -> list[Process]:
    """The processes that the caller can run; real-time ones are not listed (P §2.1 [doc])."""
    return [
        Process(item.map_key, item.map_id, item.description) for item in context.definitions() if not item.real_time
    ]


def map_columns(context: Context) -> list[ColumnInfo]:
    """All columns of the process's source."""
    return [ColumnInfo(column.name, column.is_key) for column in context.definition().columns]


def mapped_map_columns(context: Context) -> list[ColumnInfo]:
    """The source columns that are mapped to the target."""
    return [ColumnInfo(column.name, column.is_key) for column in context.definition().mapped_columns]


def connections(context: Context) -> list[Connection]:
    """The connections of the processes that the caller may use, each once."""
    found = {connection.id: connection for item in context.definitions() for connection in item.connections}
    return list(found.values())


def data_sources(context: Context) -> list[DataSource]:
    """The data sources of the processes that the caller may use, each once."""
    found = {item.data_source.id: item.data_source for item in context.definitions()}
    return list(found.values())


def processes_by_connection(context: Context) -> list[ConnectionProcess]:
    """The processes that use a connection, with their lines and tenants; none for an unknown one."""
    wanted = context.parameters.text("connectionId")
    return [
        _connection_process(item, connection)
        for item in context.definitions()
        for connection in item.connections
        if connection.id == wanted
    ]


def processes_for_datasource(context: Context) -> list[SourceProcess]:
    """The processes that read a data source; none for an unknown one."""
    wanted = context.parameters.text("dataSourceId")
    return [
        SourceProcess(item.map_key, item.map_id, item.description, item.source_type, item.target_type)
        for item in context.definitions()
        if item.data_source.id == wanted
    ]


def _connection_process(item: Definition, connection: Connection) -> ConnectionProcess:
    return ConnectionProcess(
        map_key=item.map_key,
        map_id=item.map_id,
        description=item.description,
        connection_id=connection.id,
        connection_type=connection.connection_type,
        destination_type=item.target_type,
        stores_errors=item.stores_errors,
        is_output_process=item.is_output_process,
        lines=tuple(item.lines),
        tenants=tuple(item.tenants),
    )
