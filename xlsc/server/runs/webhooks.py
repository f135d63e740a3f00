"""HTTP POSTs of lines and tasks: JSON out, a status back; redirects are never followed."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """Where to and how; the headers may hold secrets and are never shown."""

    url: str
    headers: Mapping[str, str]
    timeout_seconds: int

    def __repr__(self) -> str:
        return f"Request(host={urlsplit(self.url).hostname!r})"


class WebhookProblem(Exception):
    """The other side did not take it; the message names its host only."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could lead rows and secrets to a stranger."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:  # noqa: ANN401
        return None


def post_json(request: Request, content: Mapping[str, Any]) -> None:
    """Send a JSON document; any status from 200 to 299 is good.

    Raises:
        WebhookProblem: There was no answer, or another one.
    """
    host = urlsplit(request.url).hostname
    headers = {"Content-Type": "application/json; charset=utf-8", **request.headers}
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        sent = urllib.request.Request(request.url, body, headers, method="POST")  # noqa: S310 - http(s), checked on load
        with opener.open(sent, timeout=request.timeout_seconds) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        with error:
            raise WebhookProblem(f"The webhook at {host} answered with status {error.code}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WebhookProblem(f"The webhook at {host} did not answer.") from error
