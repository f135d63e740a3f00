"""A Postman collection v2.1 of all calls, made from wire/calls.py; docs/xlsc.postman_collection.json is its output.

Run in order, the collection signs in with the variables ``email`` and ``password``, keeps the token, finds a process
with rows of the caller, and calls everything once; each request checks its own answer.
"""

from __future__ import annotations

import json
from typing import Any

from xlsc.server.openapi import BODIES
from xlsc.wire.calls import CALLS, Answer, Body, Call, Effect, Param

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: A fixed GUID: a collection that is made anew must not differ.
COLLECTION_ID = "5b6a3c1e-7d2f-4a85-9c60-0f2b8d4e1a37"

VARIABLES = {
    "host": "http://127.0.0.1:8123",
    "email": "demo@example.com",
    "password": "demo",
    "mapId": "CUSTOMERS",
    "companyId": "",
    "token": "",
    "mapKey": "",
    "connectionId": "00000000-0000-0000-0000-000000000000",
    "dataSourceId": "00000000-0000-0000-0000-000000000000",
    "tenantServer": "",
    "tenantTechnicalName": "",
    "runNumber": "1",
    "key": "",
}
#: Parameters that are the same thing as a variable of another name.
SYNONYMS = {"processId": "mapKey"}

#: What a request keeps for the ones after it; ``answer`` is the parsed JSON.
KEEP: dict[str, tuple[str, ...]] = {
    "company_list": ("pm.collectionVariables.set('companyId', answer[0].Id);",),
    "get_token": ("pm.collectionVariables.set('token', answer);",),
    "connections": ("if (answer.length) pm.collectionVariables.set('connectionId', answer[0].Id);",),
    "data_sources": ("if (answer.length) pm.collectionVariables.set('dataSourceId', answer[0].Id);",),
    "map_list": (
        "const wanted = answer.find((item) => item.MapId === pm.collectionVariables.get('mapId')) || answer[0];",
        "pm.collectionVariables.set('mapKey', wanted.MapKey);",
    ),
    "processes_by_connection": (
        "const own = answer.Items.find((item) => item.mapKey === pm.collectionVariables.get('mapKey'));",
        "const tenant = ((own || answer.Items[0] || {}).tenants || [])[0];",
        "if (tenant) pm.collectionVariables.set('tenantServer', tenant.serverName);",
        "if (tenant) pm.collectionVariables.set('tenantTechnicalName', tenant.technicalName);",
    ),
    "run_map_data_table_with_errors": ("pm.collectionVariables.set('runNumber', String(answer.RunNumber));",),
    "outputs_for_process": (
        "if (answer.length) pm.collectionVariables.set('key', /[?&]key=([^&]+)/.exec(answer[0].outputUri)[1]);",
    ),
}
KINDS = {"{": "object", "[": "array"}


def make_collection() -> dict[str, Any]:
    """The collection; the same on every call."""
    info = {
        "_postman_id": COLLECTION_ID,
        "name": "SmartConnect web service",
        "description": "Every call of the service, in an order that can be run. Start one with `xlsc serve`.",
        "schema": SCHEMA,
    }
    variables = [{"key": key, "value": value, "type": "string"} for key, value in VARIABLES.items()]
    return {"info": info, "variable": variables, "item": [_item(call) for call in CALLS]}


def collection_text() -> str:
    """The collection as the file holds it."""
    return json.dumps(make_collection(), indent=2, ensure_ascii=False) + "\n"


def _item(call: Call) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": call.verb,
        "header": [{"key": "Accept", "value": "application/json"}],
        "url": _url(call),
        "description": f"{call.text}.",
    }
    if call.body in BODIES:
        types, example, _required = BODIES[call.body]
        request["header"].append({"key": "Content-Type", "value": types[0]})
        request["body"] = {"mode": "raw", "raw": _example(call, example)}
    event = {"listen": "test", "script": {"type": "text/javascript", "exec": _checks(call)}}
    return {"name": call.path, "request": request, "event": [event]}


def _example(call: Call, example: str) -> str:
    if call.body is Body.SIGN_IN:
        return json.dumps({"Email": "{{email}}", "Password": "{{password}}"})
    return example


def _url(call: Call) -> dict[str, Any]:
    path = call.path.split("/") if call.at_root else ["API", call.path]
    query = [_query(param) for param in call.params if param.required]
    raw = "{{host}}/" + "/".join(path)
    if query:
        raw += "?" + "&".join(f"{pair['key']}={pair['value']}" for pair in query)
    return {"raw": raw, "host": ["{{host}}"], "path": path, "query": query}


def _query(param: Param) -> dict[str, str]:
    return {"key": param.name, "value": "{{" + SYNONYMS.get(param.name, param.name) + "}}", "description": param.text}


def _checks(call: Call) -> list[str]:
    if call.answer is Answer.FILE:
        return [
            "pm.test('answers a file, or that there is none', () => {",
            "  pm.expect(pm.response.code).to.be.oneOf([200, 400, 404]);",
            "});",
        ]
    allowed = "[200, 400]" if call.effect is Effect.RUN or call.answer is Answer.DATA else "[200]"
    lines = [
        "pm.test('answers', () => {",
        f"  pm.expect(pm.response.code).to.be.oneOf({allowed});",
        "  pm.response.json();",
        "});",
    ]
    if call.name in KEEP:
        lines += ["const answer = pm.response.json();", *KEEP[call.name]]
    return lines
