"""Answers to bytes: what the service sends, as JSON or as XML in the manner of .NET's DataContract.

Values may be those of core.catalog and core.results, or plain dicts and lists in the wire's own names.
Source: P §1.3, §2.1–§2.7 (JSON, with the order of members as seen), §2.4 (RunMapResponse); the XML names of lists
are not known (P §7.1), clients go by local names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import singledispatch

from xlsc.core.catalog import (
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
from xlsc.core.results import RunResult, ValidationError
from xlsc.wire.calls import Answer
from xlsc.wire.datatable_write import ERROR_IDENT_COLUMN, ERROR_MESSAGE_COLUMN, encode_errors
from xlsc.wire.names import encode_local_name
from xlsc.wire.xml_text import escape, replace_forbidden

#: Namespace of bare texts and truth values (P §2.2 [obs]).
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

#: Root element, and the element of an item where the answer is a list.
XML_NAMES: Mapping[Answer, tuple[str, str]] = {
    Answer.USER: ("User", ""),
    Answer.COMPANIES: ("ArrayOfCompany", "Company"),
    Answer.CONNECTIONS: ("ArrayOfConnection", "Connection"),
    Answer.DATA_SOURCES: ("ArrayOfDataSource", "DataSource"),
    Answer.MAPS: ("ArrayOfMapListItem", "MapListItem"),
    Answer.CONNECTION_PROCESSES: ("ProcessList", ""),
    Answer.SOURCE_PROCESSES: ("ArrayOfProcess", "Process"),
    Answer.COLUMNS: ("ArrayOfMapColumn", "MapColumn"),
    Answer.RUN: ("RunMapResponse", ""),
    Answer.HISTORY: ("ArrayOfMapRun", "MapRun"),
    Answer.RUN_ERRORS: ("ProcessRunErrors", ""),
    Answer.OUTPUTS: ("ArrayOfOutput", "Output"),
}
#: Elements of the items of lists inside answers.
_ITEM_NAMES = {
    "Items": "Process",
    "lines": "line",
    "tenants": "tenant",
    "runTenants": "runTenant",
    "dataRows": "dataRow",
    "columnList": "column",
    "ValidationErrors": "ValidationError",
    "Products": "Product",
    "Instances": "Instance",
}
#: The page of error rows, which is the only one (P §2.7 [obs]).
_PAGE_SIZE = 1000


def encode(kind: Answer, value: object, as_xml: bool = False) -> bytes:
    """An answer's body in UTF-8.

    Args:
        kind: What the call answers.
        value: A value of core, a tuple of them, or the wire's own dicts and lists; texts and truth values as they
            are.
        as_xml: XML instead of JSON.

    Raises:
        ValueError: FILE is no text, and goes out as it is.

    >>> encode(Answer.BOOLEAN, True), encode(Answer.MAPS, [Process("k", "GL", "Journal")])
    (b'true', b'[{"MapKey": "k", "MapId": "GL", "MapDescription": "Journal"}]')
    """
    if kind is Answer.FILE:
        raise ValueError("A file is sent as it is.")
    wire = to_wire(value)
    if kind is Answer.CONNECTION_PROCESSES and isinstance(wire, list):
        wire = {"Items": wire}
    if not as_xml:
        return _encode_json(wire)
    if isinstance(wire, bool):
        return f'<boolean xmlns="{SERIALIZATION}">{str(wire).lower()}</boolean>'.encode()
    if isinstance(wire, str):
        return f'<string xmlns="{SERIALIZATION}">{_escape(wire)}</string>'.encode()
    if kind is Answer.RUN and isinstance(wire, Mapping):
        wire = dict(sorted(wire.items()))
    root, item = XML_NAMES[kind]
    return _element(root, wire, item, f' xmlns:i="{INSTANCE}"').encode()


def encode_refusal(reason: str, as_xml: bool = False) -> bytes:
    """The body of a refusal, as ASP.NET writes it (P §1.5 [?]).

    >>> encode_refusal("No such process."), encode_refusal("No such process.", as_xml=True)
    (b'{"Message": "No such process."}', b'<Error><Message>No such process.</Message></Error>')
    """
    if as_xml:
        return f"<Error><Message>{_escape(reason)}</Message></Error>".encode()
    return _encode_json({"Message": reason})


def _encode_json(wire: object) -> bytes:
    try:
        return json.dumps(wire, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a character, which JSON can write by its number
        return json.dumps(wire).encode("ascii")


def _escape(text: str) -> str:
    """As .NET's writer escapes: ">" too, which XML itself does not ask for (P §2.2 [obs])."""
    return escape(replace_forbidden(text)).replace(">", "&gt;")


def _element(name: str, value: object, item: str, attributes: str = "") -> str:
    tag = encode_local_name(name)
    if value is None:
        return f'<{tag}{attributes} i:nil="true"/>'
    if isinstance(value, Mapping):
        inner = "".join(_element(key, part, _ITEM_NAMES.get(key, "item")) for key, part in value.items())
    elif isinstance(value, (list, tuple)):
        inner = "".join(_element(item, part, "item") for part in value)
    else:
        inner = str(value).lower() if isinstance(value, bool) else _escape(str(value))
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


@singledispatch
def to_wire(value: object) -> object:
    """A value in the wire's own names: what JSON can write; what is that already stays as it is.

    >>> to_wire(ColumnInfo("DocumentNo", True))
    {'ColumnName': 'DocumentNo', 'IsRequired': True}
    """
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    return value


@to_wire.register
def _company(value: Company) -> object:
    return {"Id": value.id, "Name": value.name, "SubscriptionExpiry": value.subscription_expiry}


@to_wire.register
def _process(value: Process) -> object:
    return {"MapKey": value.map_key, "MapId": value.map_id, "MapDescription": value.description}


@to_wire.register
def _column(value: ColumnInfo) -> object:
    return {"ColumnName": value.name, "IsRequired": value.is_required}


@to_wire.register
def _connection(value: Connection) -> object:
    return {"Id": value.id, "Description": value.description, "ConnectionType": value.connection_type}


@to_wire.register
def _data_source(value: DataSource) -> object:
    return {
        "Id": value.id,
        "Description": value.description,
        "ConnectionId": value.connection_id,
        "Company": value.company,
        "Type": value.source_type,
    }


@to_wire.register
def _tenant(value: Tenant) -> object:
    return {
        "tenantId": value.tenant_id,
        "name": value.name,
        "serverName": value.server_name,
        "technicalName": value.technical_name,
    }


@to_wire.register
def _line(value: ProcessLine) -> object:
    return {
        "lineId": value.line_id,
        "description": value.description,
        "technicalName": value.technical_name,
        "technicalValue": value.technical_value,
    }


@to_wire.register
def _connection_process(value: ConnectionProcess) -> object:
    return {
        "mapKey": value.map_key,
        "mapId": value.map_id,
        "mapDescription": value.description,
        "connectionId": value.connection_id,
        "connectionType": value.connection_type,
        "destinationType": value.destination_type,
        "storesErrors": value.stores_errors,
        "isOutputProcess": value.is_output_process,
        "lines": to_wire(value.lines),
        "tenants": to_wire(value.tenants),
    }


@to_wire.register
def _source_process(value: SourceProcess) -> object:
    return {
        "Id": value.id,
        "MapId": value.map_id,
        "Description": value.description,
        "SourceType": value.source_type,
        "TargetType": value.target_type,
    }


@to_wire.register
def _history_run(value: HistoryRun) -> object:
    return {
        "Id": value.id,
        "MapId": value.map_id,
        "RunNumber": value.run_number,
        "RunDate": value.run_date,
        "RecordCount": value.record_count,
        "ErrorCount": value.error_count,
        "ErrorsSaved": value.errors_saved,
    }


@to_wire.register
def _run_errors(value: RunErrors) -> object:
    return {
        "mapKey": value.map_key,
        "mapId": value.map_id,
        "mapDescription": value.description,
        "runNumber": value.run_number,
        "runTenants": to_wire(value.tenants),
    }


@to_wire.register
def _tenant_errors(value: TenantErrors) -> object:
    idents = value.idents or ("",) * len(value.errors.rows)
    rows = zip(value.errors.rows, idents, value.errors.messages, strict=True)
    return {
        "errorId": value.error_id,
        "tenantServer": value.server,
        "tenantTechnical": value.technical,
        "errorCount": value.error_count,
        "errorData": {
            "currentPage": 1,
            "pageSize": _PAGE_SIZE,
            "recordCount": value.error_count,
            "columnList": [],
            "dataRows": [_data_row(value.errors.columns, *row) for row in rows],
        },
    }


def _data_row(columns: Sequence[str], row: Sequence[str | None], ident: str, message: str) -> object:
    """A kept row; each line of its message ends with CRLF, the last one too (P §2.7 [obs])."""
    values = dict(zip(columns, row, strict=True))
    lines = message.strip().replace("\r\n", "\n").replace("\n", "\r\n")
    return {**values, ERROR_IDENT_COLUMN: ident, ERROR_MESSAGE_COLUMN: f"{lines}\r\n" if lines else ""}


@to_wire.register
def _output(value: OutputFile) -> object:
    return {
        "outputId": value.output_id,
        "processId": value.process_id,
        "runNumber": value.run_number,
        "created": value.created,
        "description": value.description,
        "fileName": value.file_name,
        "outputUri": value.uri,
    }


@to_wire.register
def _run(value: RunResult) -> object:
    wire: dict[str, object] = {
        "ErrorCount": value.error_count,
        "Errors": encode_errors(value.errors.columns, value.errors.rows, value.errors.messages),
        "MapDescription": value.map_description,
        "MapKey": value.map_key,
        "MapId": value.map_id,
        "RecordCount": value.record_count,
        "RunNumber": value.run_number,
        "Status": 0 if value.succeeded else 1,
        "ErrorMessage": value.error_message,
    }
    if value.validation_errors:
        wire["ValidationErrors"] = to_wire(value.validation_errors)
    return wire


@to_wire.register
def _validation_error(value: ValidationError) -> object:
    """Under every name that a client may look for (P §2.6 [?])."""
    table = encode_errors(value.errors.columns, value.errors.rows, value.errors.messages)
    return {
        "TaskName": value.task,
        "Name": value.task,
        "Message": value.message,
        "ErrorMessage": value.message,
        "Errors": table,
    }
