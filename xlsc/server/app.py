"""HTTP, and nothing but HTTP: finds the call, reads parameters, signs in, asks a handler, writes the answer.

The routes come from wire/calls.py. Every refusal leaves through one door, ``_refuse``.
"""

from __future__ import annotations

import logging
import re
import time

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from xlsc.server.backend import Backend, open_backend
from xlsc.server.handlers import HANDLERS
from xlsc.server.handling import Context
from xlsc.server.incoming import check_content_type, read_parameters
from xlsc.server.media_types import choose_media_type
from xlsc.server.openapi import make_openapi
from xlsc.server.options import ServiceOptions
from xlsc.server.outgoing import Reply, as_json, encode_refusal, encode_reply
from xlsc.server.refusals import Refusal, bad_request, not_found
from xlsc.wire.calls import CALLS, TOKEN, Call
from xlsc.wire.malformed import MalformedText

ACCESS = logging.getLogger("xlsc.server.access")
LOG = logging.getLogger("xlsc.server")

#: Calls by lower-case path, as methods are found without regard to case (P §1.1 [inf]).
ROUTES: dict[str, Call] = {(call.path if call.at_root else f"api/{call.path}").lower(): call for call in CALLS}
#: An API address that ends with a slash gives two of them in a row.
_SLASHES = re.compile("//+")
ALL_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def create_app(options: ServiceOptions, backend: Backend | None = None) -> Flask:
    """The service as a WSGI application; ``backend`` is opened from the options when not given.

    The caller closes ``app.extensions["xlsc"]``.

    Raises:
        UsageError: The store or a process file cannot be used.
    """
    app = Flask("xlsc.server", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined] # the protocol's own order
    app.url_map.merge_slashes = False  # a redirect would make some callers repeat a POST as GET
    app.config["MAX_CONTENT_LENGTH"] = options.body_bytes
    service = backend if backend is not None else open_backend(options)
    app.extensions["xlsc"] = service

    @app.route("/", defaults={"path": ""}, methods=ALL_VERBS)
    @app.route("/<path:path>", methods=ALL_VERBS)
    def answer(path: str) -> Response:
        return _answer(service, path)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        """What Flask itself refuses before a route is found, such as a verb that nobody knows."""
        return _refuse(service, request.path, Refusal(error.code or 400, f"{error.name}."))

    return app


def _answer(backend: Backend, path: str) -> Response:
    began = time.perf_counter()
    response = _with_refusals(backend, path)
    if not backend.options.strict_original:
        response.headers["Access-Control-Allow-Origin"] = "*"  # an extension: the original has no CORS (P §5.1)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    milliseconds = (time.perf_counter() - began) * 1000
    # The path only: the query holds passwords and tokens.
    ACCESS.info(
        "%s %s %r %d %.0f ms", request.remote_addr, request.method, request.path, response.status_code, milliseconds
    )
    return response


def _with_refusals(backend: Backend, path: str) -> Response:
    try:
        return _route(backend, _SLASHES.sub("/", path).strip("/").lower())
    except Refusal as refusal:
        return _refuse(backend, path, refusal)
    except MalformedText as error:
        return _refuse(backend, path, bad_request(str(error)))
    except HTTPException as error:
        return _refuse(backend, path, Refusal(error.code or 400, str(error.name)))
    except Exception:
        LOG.exception("The call %r failed.", path)
        return _refuse(backend, path, Refusal(500, "The service failed; its log says how."))


def _route(backend: Backend, path: str) -> Response:
    call = ROUTES.get(path)
    if call is None:
        return _beside_the_calls(backend, path)
    if request.method == "OPTIONS" and not backend.options.strict_original:
        return _preflight(call)
    verb = "GET" if request.method == "HEAD" else request.method
    if verb not in call.verbs:
        response = _refuse(backend, path, Refusal(405, f"{call.path} is called with {' or '.join(call.verbs)}."))
        response.headers["Allow"] = ", ".join((*call.verbs, "OPTIONS"))
        return response
    return _call(backend, call)


def _beside_the_calls(backend: Backend, path: str) -> Response:
    if path in ("openapi.json", "api/openapi.json") and request.method in ("GET", "HEAD"):
        return _to_response(as_json(make_openapi(_base_url(backend))))
    raise not_found("There is no such call; /openapi.json lists them all.")


def _call(backend: Backend, call: Call) -> Response:
    parameters = read_parameters(call, request)
    caller = backend.tokens.find(parameters.text("token")) if _needs_token(call) else None
    if caller is not None:
        g.email = caller.user.email
    check_content_type(call, request)
    context = Context(backend, call, parameters, request, caller, _base_url(backend))
    value = HANDLERS[call.name](context)
    if isinstance(value, Response):
        return value
    return _to_response(encode_reply(call.answer, value, _media_type()))


def _needs_token(call: Call) -> bool:
    """Validate is asked about tokens that may be wrong: it looks at the token itself."""
    return TOKEN in call.params and call.name != "validate"


def _preflight(call: Call) -> Response:
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join((*call.verbs, "OPTIONS"))
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    return response


def _refuse(backend: Backend, path: str, refusal: Refusal) -> Response:
    if refusal.security:
        who = (request.remote_addr or "", g.get("email", ""))
        backend.journal.record_refusal((*who, path, refusal.status, refusal.reason))
    status, content_type, body = encode_refusal(
        refusal.status, refusal.reason, _media_type(), blank=backend.options.strict_original
    )
    return Response(body, status=status, content_type=content_type)


def _to_response(reply: Reply) -> Response:
    return Response(reply.body, content_type=reply.content_type)


def _media_type() -> str:
    return choose_media_type(request.headers.get("Accept"))


def _base_url(backend: Backend) -> str:
    return (backend.options.public_url or request.host_url).rstrip("/")
