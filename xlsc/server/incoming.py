"""What came in: parameters, body and format of one request, checked before anything is done with them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from xlsc.server.media_types import is_xml
from xlsc.server.refusals import Refusal, bad_request
from xlsc.wire.calls import Body, Call, Param

#: Longest parameter value in characters.
MAX_PARAMETER = 2048
MAX_PARAMETERS = 50
MAX_INTEGER = 2**31 - 1
#: A form with parameters in the body.
MAX_FORM_BYTES = 64 * 1024
#: JSON with variables or a sign-in.
MAX_JSON_BYTES = 1024 * 1024
#: Bodies of this size and more are read and decoded two at a time: each takes several times its size of memory.
LARGE_BYTES = 8 * 1024 * 1024
_LARGE_BODIES = threading.BoundedSemaphore(2)

FORM = "application/x-www-form-urlencoded"
_XML_TYPES = frozenset({"text/xml", "application/xml", ""})
_JSON_TYPES = frozenset({"application/json", "text/json", ""})
#: Which kinds of content a body may call itself, besides names that end in +xml; "" = it does not say.
CONTENT_TYPES: Mapping[Body, frozenset[str]] = {
    Body.ROWS: _XML_TYPES,
    Body.XML: _XML_TYPES,
    Body.ERRORS: _XML_TYPES,
    Body.VARIABLES: _JSON_TYPES | _XML_TYPES,
    Body.SIGN_IN: _JSON_TYPES,
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Query parameters by lower-case name, the first of several; absent optional ones are missing."""

    values: Mapping[str, str]

    def text(self, param: str) -> str:
        """A parameter's text, "" when absent."""
        return self.values.get(param.lower(), "")

    def number(self, param: str) -> int | None:
        """A parameter's number, None when absent."""
        text = self.text(param)
        return int(text) if text else None


def read_parameters(call: Call, request: Request) -> Parameters:
    """The parameters of a request, from its query and, for calls without a body of their own, from a form.

    Raises:
        Refusal: 400, one is missing, too long or not of its kind; 413, the form is too large.
    """
    pairs = list(request.args.items(multi=True))
    if call.body is Body.NONE and request.mimetype == FORM:
        form = read_body(request, MAX_FORM_BYTES).decode("utf-8", "replace")
        pairs += parse_qsl(form, keep_blank_values=True, max_num_fields=None)
    if len(pairs) > MAX_PARAMETERS:
        raise bad_request(f"More than {MAX_PARAMETERS} parameters.")
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name.lower(), value)
    return Parameters({param.name.lower(): _check(param, values) for param in call.params})


def _check(param: Param, values: Mapping[str, str]) -> str:
    text = values.get(param.name.lower(), "").strip()
    if not text:
        if param.required and param.name != "token":  # a missing token is refused as a wrong one, with 401
            raise bad_request(f"The parameter {param.name} is missing.")
        return ""
    if len(text) > MAX_PARAMETER or "\0" in text:
        raise bad_request(f"The parameter {param.name} is too long or not a text.")
    if param.kind == "integer":
        return _check_integer(param, text)
    if param.kind == "uuid" and param.name.lower() not in ("mapkey", "processid"):
        return _check_guid(param, text)
    return text


def _check_integer(param: Param, text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_INTEGER):
        raise bad_request(f"The parameter {param.name} must be a whole number.")
    return text


def _check_guid(param: Param, text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise bad_request(f"The parameter {param.name} must be a GUID.") from None


def check_content_type(call: Call, request: Request) -> None:
    """Whether the body calls itself what the call takes.

    Raises:
        Refusal: 415, another content type or a compressed body.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(415, "Compressed bodies are not taken.")
    allowed = CONTENT_TYPES.get(call.body)
    if allowed is None or not has_body(request) or request.mimetype in allowed:
        return
    if allowed >= _XML_TYPES and is_xml(request.mimetype):
        return
    wanted = "text/xml" if allowed is _XML_TYPES else "application/json"
    raise Refusal(415, f"The content type must be {wanted}.")


def charset_of(request: Request) -> str:
    """The charset that the body's content type names, "" where it names none."""
    return request.mimetype_params.get("charset", "").strip()


def has_body(request: Request) -> bool:
    """Whether the request announces a body."""
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def read_body(request: Request, limit: int) -> bytes:
    """The body, up to ``limit`` bytes.

    Raises:
        Refusal: 413, it is longer; 400, it ended early.
    """
    if (request.content_length or 0) > limit:
        raise Refusal(413, f"The body is larger than {limit} bytes.")
    try:
        body = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise Refusal(413, f"The body is larger than {limit} bytes.") from None
    except (ClientDisconnected, HTTPException):
        raise bad_request("The body ended early.") from None
    if len(body) > limit:
        raise Refusal(413, f"The body is larger than {limit} bytes.")
    return body


@contextmanager
def room_for(request: Request) -> Iterator[None]:
    """Wait until a large body may be decoded; small ones never wait."""
    if (request.content_length or 0) < LARGE_BYTES:
        yield
        return
    with _LARGE_BODIES:
        yield
