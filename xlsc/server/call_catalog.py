"""The calls about what there is: processes, columns, connections, data sources (P §2.1)."""

from __future__ import annotations

from xlsc.core.catalog import ColumnInfo, Connection, ConnectionProcess, DataSource, Process, SourceProcess
from xlsc.server.handling import Context


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
    """The connections of the company's processes that the caller may use."""
    return []


def data_sources(context: Context) -> list[DataSource]:
    """The data sources of the processes that the caller may use."""
    return []


def processes_by_connection(context: Context) -> list[ConnectionProcess]:
    """The processes that use a connection."""
    return []


def processes_for_datasource(context: Context) -> list[SourceProcess]:
    """The processes that read a data source."""
    return []
