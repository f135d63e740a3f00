"""The service's OpenAPI 3.1 document, made from wire/calls.py and never written by hand."""

from __future__ import annotations

from typing import Any

from xlsc import __version__
from xlsc.server.openapi_answers import ANSWERS, SCHEMAS
from xlsc.wire.calls import CALLS, Answer, Body, Call, Param

#: One example of each kind of body; P §2.2, §2.3.
BODIES: dict[Body, tuple[tuple[str, ...], str, bool]] = {
    Body.SIGN_IN: (("application/json",), '{"Email": "demo@example.com", "Password": "demo"}', True),
    Body.VARIABLES: (("application/json",), '[{"Key": "GBL_STATE", "Value": "WA"}]', False),
    Body.ROWS: (
        ("text/xml", "application/xml"),
        "<RequestData><Table><DocumentNo>JV001</DocumentNo><Amount>50</Amount></Table></RequestData>",
        True,
    ),
    Body.XML: (
        ("text/xml", "application/xml"),
        "<RequestData><Variables/><Xml>&lt;DataSet&gt;&lt;Table&gt;&lt;DocumentNo&gt;JV001&lt;/DocumentNo&gt;"
        "&lt;/Table&gt;&lt;/DataSet&gt;</Xml></RequestData>",
        True,
    ),
    Body.ERRORS: (
        ("text/xml", "application/xml"),
        "<NewDataSet><ErrorTable><DocumentNo>JV001</DocumentNo><EONERUNERRORS>Account 6100 is not valid"
        "</EONERUNERRORS></ErrorTable></NewDataSet>",
        False,
    ),
}
#: What each call may refuse with.
REFUSALS = {
    "400": "The request is wrong: a parameter, the body.",
    "401": "E-mail, password or token is wrong.",
    "403": "The right is missing.",
    "404": "There is no such process, run or file for this company.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "415": "The body's content type is another one than the call takes.",
    "429": "Too many failed sign-ins.",
}


def make_openapi(base_url: str) -> dict[str, Any]:
    """The document for a service that callers reach under ``base_url``."""
    paths: dict[str, Any] = {}
    for call in CALLS:
        path = f"/{call.path}" if call.at_root else f"/API/{call.path}"
        paths[path] = {verb.lower(): _operation(call, verb) for verb in call.verbs}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "xlsc rehearsal service",
            "version": __version__,
            "description": "The calls of SmartConnect's web service. Names are matched without regard to case.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "responses": {"Refusal": _refusal()}},
    }


def _operation(call: Call, verb: str) -> dict[str, Any]:
    name = call.name if verb == call.verb else f"{call.name}_{verb.lower()}"
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": call.text,
        "parameters": [_parameter(param) for param in call.params],
        "responses": {"200": _success(call.answer)},
    }
    for status, text in REFUSALS.items():
        operation["responses"][status] = {**_refusal(), "description": text}
    if call.body in BODIES and verb != "GET":
        operation["requestBody"] = _body(call.body)
    return operation


def _parameter(param: Param) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 2048}
    if param.kind == "uuid":
        schema = {"type": "string", "format": "uuid"}
    if param.kind == "integer":
        schema = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2**31 - 1}
    return {"name": param.name, "in": "query", "required": param.required, "description": param.text, "schema": schema}


def _body(body: Body) -> dict[str, Any]:
    types, example, required = BODIES[body]
    if types == ("application/json",):
        schema = SCHEMAS["SignInBody" if body is Body.SIGN_IN else "VariablesBody"]
        content = {"application/json": {"schema": schema}}
    else:
        content = {name: {"schema": {"type": "string"}, "example": example} for name in types}
    return {"required": required, "content": content}


def _success(answer: Answer) -> dict[str, Any]:
    if answer is Answer.FILE:
        content: dict[str, Any] = {"application/octet-stream": {}, "application/zip": {}}
    else:
        content = {"application/json": {"schema": ANSWERS[answer]}, "application/xml": {"schema": {"type": "string"}}}
    return {"description": "The answer.", "content": content}


def _refusal() -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Refusal"}
    content = {"application/json": {"schema": reference}, "application/xml": {"schema": {"type": "string"}}}
    return {"description": "Refused.", "content": content}
