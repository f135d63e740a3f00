"""A Postman collection v2.1 of all calls, made from wire/calls.py; docs/xlsc.postman_collection.json is its output.

Run in order against the samples, the collection signs in with the variables ``email`` and ``password``, keeps the
token, finds a process that takes rows and one that reads a query, and calls everything once with success; each request
checks its answer against the schema of the OpenAPI document.
"""

from __future__ import annotations

import json
from typing import Any

from xlsc.server.openapi import BODIES
from xlsc.server.openapi_answers import ANSWERS
from xlsc.wire.calls import CALLS, Answer, Body, Call, Param

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: A fixed GUID: a collection that is made anew must not differ.
COLLECTION_ID = "5b6a3c1e-7d2f-4a85-9c60-0f2b8d4e1a37"

VARIABLES = {
    "host": "http://127.0.0.1:8123",
    "email": "demo@example.com",
    "password": "demo",
    "mapId": "CUSTOMERS",
    "queryMapId": "CUSTOMERS BY STATE",
    "companyId": "",
    "token": "",
    "mapKey": "",
    "queryMapKey": "",
    "connectionId": "00000000-0000-0000-0000-000000000000",
    "dataSourceId": "00000000-0000-0000-0000-000000000000",
    "tenantServer": "",
    "tenantTechnicalName": "",
    "runNumber": "1",
    "key": "",
}
#: Parameters that are the same thing as a variable of another name.
SYNONYMS = {"processId": "mapKey"}
#: Calls about the process with a source of its own.
ON_THE_QUERY = frozenset(
    {"all_data", "all_data_with_variables", "run_map", "run_map_with_variables", "outputs_for_process"}
)

_ROW = (
    "<Table><CustomerNumber>POSTMAN</CustomerNumber><CustomerName>Posted by a collection</CustomerName>"
    "<TermsCode>{terms}</TermsCode></Table>"
)
_GOOD, _WRONG = _ROW.format(terms="NET30"), _ROW.format(terms="NEVER")
#: Bodies that fit the sample processes; the one with a wrong row makes the error rows of the calls after it.
BODIES_OF_CALLS = {
    "user": json.dumps({"Email": "{{email}}", "Password": "{{password}}"}),
    "run_map_data_table": f"<RequestData>{_GOOD}</RequestData>",
    "run_map_data_table_with_errors": f"<RequestData><Variables/><Xml>{_WRONG}</Xml></RequestData>",
    "run_map_xml": "<RequestData><Variables/><Xml>{}</Xml></RequestData>".format(
        f"<DataSet>{_GOOD}</DataSet>".replace("<", "&lt;").replace(">", "&gt;")
    ),
    "save_process_errors": "",
}

#: What a request expects of its answer besides the schema, and keeps for the ones after it.
EXTRAS: dict[str, tuple[str, ...]] = {
    "company_list": ("pm.collectionVariables.set('companyId', answer[0].Id);",),
    "get_token": ("pm.collectionVariables.set('token', answer);",),
    "validate": ("pm.test('the token is valid', () => pm.expect(answer).to.be.true);",),
    "connections": ("pm.collectionVariables.set('connectionId', answer[0].Id);",),
    "data_sources": ("pm.collectionVariables.set('dataSourceId', answer[0].Id);",),
    "map_list": (
        "const find = (name) => answer.find((item) => item.MapId === pm.collectionVariables.get(name)) || answer[0];",
        "pm.collectionVariables.set('mapKey', find('mapId').MapKey);",
        "pm.collectionVariables.set('queryMapKey', find('queryMapId').MapKey);",
    ),
    "processes_by_connection": (
        "const own = answer.Items.find((item) => item.mapKey === pm.collectionVariables.get('mapKey'));",
        "const tenant = (own || answer.Items[0]).tenants[0];",
        "pm.collectionVariables.set('tenantServer', tenant.serverName);",
        "pm.collectionVariables.set('tenantTechnicalName', tenant.technicalName);",
    ),
    "all_data": ("pm.test('holds rows', () => pm.expect(answer).to.include('<Table01>'));",),
    "all_data_with_variables": ("pm.test('holds rows', () => pm.expect(answer).to.include('<Table01>'));",),
    "run_map": ("pm.test('succeeds', () => pm.expect(answer.Status).to.equal(0));",),
    "run_map_with_variables": ("pm.test('succeeds', () => pm.expect(answer.Status).to.equal(0));",),
    "run_map_data_table": ("pm.test('succeeds', () => pm.expect(answer.Status).to.equal(0));",),
    "run_map_data_table_with_errors": (
        "pm.test('gives the wrong row back', () => pm.expect(answer.Errors).to.include('<EONERUNERRORS>'));",
        "pm.collectionVariables.set('runNumber', String(answer.RunNumber));",
    ),
    "run_map_xml": ("pm.test('succeeds', () => pm.expect(answer.Status).to.equal(0));",),
    "save_process_errors": ("pm.test('keeps the rows', () => pm.expect(answer).to.be.true);",),
    "errors_for_process_run": (
        "pm.test('holds the kept row', () => pm.expect(answer.runTenants[0].errorData.dataRows).to.have.lengthOf(1));",
    ),
    "outputs_for_process": (
        "pm.collectionVariables.set('key', /[?&]key=([^&]+)/.exec(answer[answer.length - 1].outputUri)[1]);",
    ),
}


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
    if body := _body(call):
        request["header"].append({"key": "Content-Type", "value": BODIES[call.body][0][0]})
        request["body"] = {"mode": "raw", "raw": body}
    event = {"listen": "test", "script": {"type": "text/javascript", "exec": _checks(call)}}
    return {"name": call.path, "request": request, "event": [event]}


def _body(call: Call) -> str:
    return BODIES_OF_CALLS.get(call.name, "" if call.body is Body.NONE else BODIES[call.body][1])


def _url(call: Call) -> dict[str, Any]:
    path = call.path.split("/") if call.at_root else ["API", call.path]
    query = [_query(call, param) for param in call.params if param.required]
    raw = "{{host}}/" + "/".join(path)
    if query:
        raw += "?" + "&".join(f"{pair['key']}={pair['value']}" for pair in query)
    return {"raw": raw, "host": ["{{host}}"], "path": path, "query": query}


def _query(call: Call, param: Param) -> dict[str, str]:
    variable = SYNONYMS.get(param.name, param.name)
    if variable == "mapKey" and call.name in ON_THE_QUERY:
        variable = "queryMapKey"
    return {"key": param.name, "value": "{{" + variable + "}}", "description": param.text}


def _checks(call: Call) -> list[str]:
    lines = ["pm.test('answers', () => pm.response.to.have.status(200));"]
    if call.answer is Answer.FILE:
        zipped = "pm.expect(pm.response.headers.get('Content-Type')).to.equal('application/zip')"
        return [*lines, f"pm.test('is a zip', () => {zipped});"]
    schema = json.dumps(ANSWERS[call.answer])
    lines += [
        "const answer = pm.response.json();",
        f"pm.test('has the documented shape', () => pm.response.to.have.jsonSchema({schema}));",
    ]
    return [*lines, *EXTRAS.get(call.name, ())]
