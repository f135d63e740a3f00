"""The shapes of answers and JSON bodies as JSON Schema, for the OpenAPI document (P §1.3, §2.1–§2.7)."""

from __future__ import annotations

from typing import Any

from xlsc.wire.calls import Answer

_TEXT: dict[str, Any] = {"type": "string"}
_GUID: dict[str, Any] = {"type": "string", "format": "uuid"}
_WHOLE: dict[str, Any] = {"type": "integer"}
_TRUTH: dict[str, Any] = {"type": "boolean"}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_TENANT_ERRORS = _object(
    errorId=_GUID,
    tenantServer=_TEXT,
    tenantTechnical=_TEXT,
    errorCount=_WHOLE,
    errorData=_object(
        currentPage=_WHOLE,
        pageSize=_WHOLE,
        recordCount=_WHOLE,
        columnList=_list({}),
        dataRows=_list({"type": "object"}),
    ),
)
_LINE = _object(lineId=_TEXT, description=_TEXT, technicalName=_TEXT, technicalValue=_TEXT)
_TENANT = _object(tenantId=_TEXT, name=_TEXT, serverName=_TEXT, technicalName=_TEXT)

ANSWERS: dict[Answer, dict[str, Any]] = {
    Answer.PUBLIC_KEY: _TEXT,
    Answer.USER: {"type": "object"},
    Answer.COMPANIES: _list(_object(Id=_GUID, Name=_TEXT, SubscriptionExpiry={"type": ["string", "null"]})),
    Answer.TOKEN: _TEXT,
    Answer.BOOLEAN: _TRUTH,
    Answer.CONNECTIONS: _list(_object(Id=_GUID, Description=_TEXT, ConnectionType=_TEXT)),
    Answer.DATA_SOURCES: _list(_object(Id=_GUID, Description=_TEXT, ConnectionId=_GUID, Company=_TEXT, Type=_TEXT)),
    Answer.MAPS: _list(_object(MapKey=_GUID, MapId=_TEXT, MapDescription=_TEXT)),
    Answer.CONNECTION_PROCESSES: _object(
        Items=_list(
            _object(
                mapKey=_GUID,
                mapId=_TEXT,
                mapDescription=_TEXT,
                connectionId=_GUID,
                connectionType=_TEXT,
                destinationType=_TEXT,
                storesErrors=_TRUTH,
                isOutputProcess=_TRUTH,
                lines=_list(_LINE),
                tenants=_list(_TENANT),
            )
        )
    ),
    Answer.SOURCE_PROCESSES: _list(
        _object(Id=_GUID, MapId=_TEXT, Description=_TEXT, SourceType=_TEXT, TargetType=_TEXT)
    ),
    Answer.COLUMNS: _list(_object(ColumnName=_TEXT, IsRequired=_TRUTH)),
    Answer.DATA: _TEXT,
    Answer.RUN: _object(
        ErrorCount=_WHOLE,
        Errors=_TEXT,
        MapDescription=_TEXT,
        MapKey=_GUID,
        MapId=_TEXT,
        RecordCount=_WHOLE,
        RunNumber=_WHOLE,
        Status={"type": "integer", "enum": [0, 1]},
        ErrorMessage=_TEXT,
    ),
    Answer.HISTORY: _list(
        _object(
            Id=_GUID,
            MapId=_TEXT,
            RunNumber=_WHOLE,
            RunDate=_TEXT,
            RecordCount=_WHOLE,
            ErrorCount=_WHOLE,
            ErrorsSaved=_TRUTH,
        )
    ),
    Answer.RUN_ERRORS: _object(
        mapKey=_GUID, mapId=_TEXT, mapDescription=_TEXT, runNumber=_WHOLE, runTenants=_list(_TENANT_ERRORS)
    ),
    Answer.OUTPUTS: _list(
        _object(
            outputId=_GUID,
            processId=_GUID,
            runNumber=_WHOLE,
            created=_TEXT,
            description=_TEXT,
            fileName=_TEXT,
            outputUri=_TEXT,
        )
    ),
}

_PAIR = _object(Key=_TEXT, Value=_TEXT)

SCHEMAS: dict[str, Any] = {
    "Refusal": _object(Message=_TEXT),
    "SignInBody": {
        "type": "object",
        "properties": {"Email": _TEXT, "Password": _TEXT, "ClientName": _TEXT, "IpAddress": _TEXT},
        "required": ["Email", "Password"],
    },
    "VariablesBody": {
        "oneOf": [_list(_PAIR), {"type": "object", "properties": {"Variables": _TEXT, "Xml": _TEXT}}],
        "example": [{"Key": "GBL_STATE", "Value": "WA"}],
    },
}
