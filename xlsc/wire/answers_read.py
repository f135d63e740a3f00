"""Answers from bytes: what the client understands, in JSON and in XML, for every kind of answer.

Tolerant where the protocol is silent (P §5.1): members in any case, missing ones, numbers as texts, lists with and
without Items. Every reader raises UnreadableAnswer for what it cannot understand, and Refused for a blank body or a
refusal in the manner of ASP.NET; ``decode_run`` raises UnreadableAnswer for these too, as a run may have been made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeVar

from xlsc.core.catalog import (
    NO_CONNECTION,
    ColumnInfo,
    Company,
    Connection,
    ConnectionProcess,
    DataSource,
    HistoryRun,
    OutputFile,
    Process,
    ProcessLine,
    RunErrors,
    SourceProcess,
    Tenant,
    TenantErrors,
)
from xlsc.core.results import ErrorTable
from xlsc.errors import Refused, UnreadableAnswer
from xlsc.wire.answer_body import (
    CHECK_HINT,
    Members,
    decode_body,
    read_value,
    to_items,
    to_text,
    to_truth,
    unreadable,
)
from xlsc.wire.datatable import ERROR_IDENT_COLUMN, ERROR_MESSAGE_COLUMN, decode_rows
from xlsc.wire.malformed import MalformedXml
from xlsc.wire.table_document import WireRow

T = TypeVar("T")

#: A token without its quotes: any visible characters.
_BARE_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~%:#-]{8,4096}")


def decode_companies(body: bytes) -> tuple[Company, ...]:
    """The companies of GetCompanyList (P §1.3)."""
    return _list(body, "the list of companies", _company, "id")


def decode_maps(body: bytes) -> tuple[Process, ...]:
    """The processes of GetMapList; one without a key is named by its id, as on-prem services do (P §2.1)."""
    return _list(body, "the list of processes", _process, "mapid")


def decode_columns(body: bytes) -> tuple[ColumnInfo, ...]:
    """The columns of GetMapColumns or GetMappedMapColumns (P §2.1)."""
    return _list(body, "the list of columns", _column, "columnname")


def decode_connections(body: bytes) -> tuple[Connection, ...]:
    """The connections of GetConnections (P §2.1)."""
    return _list(body, "the list of connections", _connection, "id")


def decode_data_sources(body: bytes) -> tuple[DataSource, ...]:
    """The data sources of GetDataSources (P §2.1)."""
    return _list(body, "the list of data sources", _data_source, "id")


def decode_connection_processes(body: bytes) -> tuple[ConnectionProcess, ...]:
    """The processes of GetProcessesByConnection, with their tenants (P §2.1)."""
    return _list(body, "the processes of a connection", _connection_process, "mapid")


def decode_source_processes(body: bytes) -> tuple[SourceProcess, ...]:
    """The processes of GetProcessesForDatasource (P §2.1)."""
    return _list(body, "the processes of a data source", _source_process, "mapid")


def decode_history(body: bytes) -> tuple[HistoryRun, ...]:
    """The runs of GetHistoryForProcess, in the order they came: newest first (P §2.7)."""
    return _list(body, "the history of a process", _history_run, "runnumber")


def decode_outputs(body: bytes) -> tuple[OutputFile, ...]:
    """The files of GetOutputsForProcess (P §2.7)."""
    return _list(body, "the list of output files", _output, "outputuri")


def decode_run_errors(body: bytes) -> RunErrors:
    """The kept error rows of GetErrorsForProcessRun (P §2.7)."""
    expected = "the error rows of a run"
    value = read_value(body, expected)
    if not isinstance(value, Members) or value.find("mapkey", "mapid", "runtenants") is None:
        raise unreadable(f"The service answered with something else than {expected}.", body)
    try:
        return RunErrors(
            value.text("mapkey"),
            value.text("mapid"),
            value.text("mapdescription"),
            value.count("runnumber"),
            tuple(_tenant_errors(_members(item)) for item in value.items("runtenants")),
        )
    except ValueError as error:
        raise unreadable(f"The service answered with something else than {expected}: {error}.", body) from error


def decode_token(body: bytes) -> str:
    """The token of GetToken, out of its quotes or its ``<string>`` (P §1.3).

    >>> decode_token(b'"c2FtcGxlLXRva2Vu"')
    'c2FtcGxlLXRva2Vu'
    """
    bare = decode_body(body, "a token").strip()
    value = bare if _BARE_TOKEN.fullmatch(bare) else read_value(body, "a token")
    if isinstance(value, str) and value.strip():
        return value.strip().strip('"')
    if value is None or value == "":
        raise Refused("The service gave no token.", "Check e-mail, password and company.")
    raise UnreadableAnswer("The service answered with something else than a token.", CHECK_HINT)


def decode_public_key(body: bytes) -> str:
    """The text of v1/public-key, for ``passwords.parse_public_key`` (P §1.1)."""
    text = decode_body(body, "a public key").strip()
    if text.startswith(("<RSAKeyValue", "&lt;RSAKeyValue")):
        return text
    value = read_value(body, "a public key")
    if not isinstance(value, str):
        raise unreadable("The service answered with something else than a public key.", body)
    return value


def decode_boolean(body: bytes) -> bool:
    """The truth value of validate or SaveProcessErrors (P §1.3).

    >>> decode_boolean(b"true"), decode_boolean(b'"False"')
    (True, False)
    """
    text = decode_body(body, "a truth value").strip().lower()
    if text in ("true", "false"):
        return text == "true"
    try:
        return to_truth(read_value(body, "a truth value"))
    except ValueError as error:
        raise unreadable("The service answered with something else than true or false.", body) from error


def decode_data(body: bytes) -> tuple[list[str], list[WireRow]]:
    """Columns and rows of GetAllData: XML in a ``<string>``, in a JSON text, or bare (P §2.2)."""
    expected = "the rows of a process"
    text = decode_body(body, expected).lstrip()
    try:
        if text.startswith(("&lt;", "<")) and not text.startswith("<Error") and "<html" not in text[:1000].lower():
            return decode_rows(body)
        value = read_value(body, expected)
        if isinstance(value, str):
            return decode_rows(value)
    except MalformedXml as error:
        raise unreadable(f"The service answered with something else than {expected}. {error}", body) from error
    raise unreadable(f"The service answered with something else than {expected}.", body)


def _list(body: bytes, expected: str, read: Callable[[Members], T], needed: str) -> tuple[T, ...]:
    """The items of a list; each must have the member ``needed``, so that another kind of list is not taken for it."""
    value = read_value(body, expected)
    if isinstance(value, Members) and value.find("items") is not None:
        value = value.find("items")
    # A list without items is [] in JSON and an empty text in XML; an object without members is neither.
    if value == Members([]) or not (isinstance(value, (list, Members)) or value == ""):
        raise unreadable(f"The service answered with something else than {expected}.", body)
    found = []
    for item in to_items(value):
        if not isinstance(item, Members) or item.find(needed) is None:
            raise unreadable(f"The service answered with something else than {expected}.", body)
        try:
            found.append(read(item))
        except ValueError as error:
            raise unreadable(f"The service answered with something else than {expected}: {error}.", body) from error
    return tuple(found)


def _members(item: object) -> Members:
    if isinstance(item, Members):
        return item
    if item is None or item == "":
        return Members(())
    raise ValueError("a list holds something that has no members")


def _company(item: Members) -> Company:
    return Company(item.text("id"), item.text("name"), item.text("subscriptionexpiry") or None)


def _process(item: Members) -> Process:
    name = item.text("mapid")
    return Process(item.text("mapkey") or name, name, item.text("mapdescription", "description"))


def _column(item: Members) -> ColumnInfo:
    return ColumnInfo(item.text("columnname"), item.truth("isrequired"))


def _connection(item: Members) -> Connection:
    return Connection(item.text("id"), item.text("description"), item.text("connectiontype"))


def _data_source(item: Members) -> DataSource:
    return DataSource(
        item.text("id"),
        item.text("description"),
        item.text("connectionid") or NO_CONNECTION,
        item.text("company"),
        item.text("type"),
    )


def _connection_process(item: Members) -> ConnectionProcess:
    return ConnectionProcess(
        map_key=item.text("mapkey"),
        map_id=item.text("mapid"),
        description=item.text("mapdescription", "description"),
        connection_id=item.text("connectionid"),
        connection_type=item.text("connectiontype"),
        destination_type=item.text("destinationtype"),
        stores_errors=item.truth("storeserrors"),
        is_output_process=item.truth("isoutputprocess"),
        lines=tuple(_line(_members(line)) for line in item.items("lines")),
        tenants=tuple(_tenant(_members(tenant)) for tenant in item.items("tenants")),
    )


def _line(item: Members) -> ProcessLine:
    return ProcessLine(
        item.text("lineid"), item.text("description"), item.text("technicalname"), item.text("technicalvalue")
    )


def _tenant(item: Members) -> Tenant:
    return Tenant(
        item.text("tenantid"),
        item.text("name"),
        item.text("servername", "tenantserver"),
        item.text("technicalname", "tenanttechnical"),
    )


def _source_process(item: Members) -> SourceProcess:
    return SourceProcess(
        item.text("id"),
        item.text("mapid"),
        item.text("description", "mapdescription"),
        item.text("sourcetype"),
        item.text("targettype"),
    )


def _history_run(item: Members) -> HistoryRun:
    return HistoryRun(
        item.text("id"),
        item.text("mapid"),
        item.count("runnumber"),
        item.text("rundate"),
        item.count("recordcount"),
        item.count("errorcount"),
        item.truth("errorssaved"),
    )


def _output(item: Members) -> OutputFile:
    return OutputFile(
        item.text("outputid"),
        item.text("processid"),
        item.count("runnumber"),
        item.text("created"),
        item.text("description"),
        item.text("filename"),
        item.text("outputuri"),
    )


def _tenant_errors(item: Members) -> TenantErrors:
    data = item.find("errordata")
    rows = [_members(row) for row in data.items("datarows")] if isinstance(data, Members) else []
    errors, idents = read_error_rows(rows)
    return TenantErrors(
        item.text("errorid"),
        item.text("tenantserver", "servername"),
        item.text("tenanttechnical", "technicalname", "tenanttechnicalname"),
        item.count("errorcount") or len(rows),
        errors,
        idents,
    )


def read_error_rows(rows: list[Members]) -> tuple[ErrorTable, tuple[str, ...]]:
    """Rows given as members, and the EONERUNIDENT of each; columns by first appearance."""
    if not rows:
        return ErrorTable(), ()
    given = [{name: _cell(value) for name, value in row.pairs} for row in rows]
    names = dict.fromkeys(name for row in given for name in row)
    columns = tuple(name for name in names if name not in (ERROR_IDENT_COLUMN, ERROR_MESSAGE_COLUMN))
    table = ErrorTable(
        columns,
        [tuple([row.get(name) for name in columns]) for row in given],
        [(row.get(ERROR_MESSAGE_COLUMN) or "").strip() for row in given],
    )
    return table, tuple(row.get(ERROR_IDENT_COLUMN) or "" for row in given)


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, (Members, list)):
        return json.dumps(plain(value), ensure_ascii=False)
    return to_text(value)


def plain(value: object) -> object:
    """A value of an answer as JSON writes it, for texts that must not be lost."""
    if isinstance(value, Members):
        return {name: plain(item) for name, item in value.pairs}
    return [plain(item) for item in value] if isinstance(value, list) else value
