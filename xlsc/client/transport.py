"""HTTP to the service: one request per call, time-outs, retries by call and phase, nothing secret in any message.

The only file that imports ``requests``. What may be repeated is decided by the call's effect and by whether a byte
of the request can have left (peers.md §8.1), never by the HTTP verb: the service uses POST even for reads (P §2.0).
"""

from __future__ import annotations

import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import truststore
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from xlsc.client.addresses import ServiceAddress
from xlsc.errors import NoAnswer, OutcomeUnknown, ServiceError, XlscError
from xlsc.wire.calls import Call, Effect

#: Bytes of an answer that are read at most; a larger one is no answer of this service.
MAX_ANSWER_BYTES = 2 * 1024**3
_CHUNK = 1 << 20

#: How often a call is sent at most, by effect. A run is sent again only when nothing of it left this machine.
ATTEMPTS = {Effect.READ: 4, Effect.SIGN_IN: 2, Effect.SAVE: 2, Effect.RUN: 3}
_RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
#: The longest wait between two attempts, whatever a service asks for.
MAX_PAUSE_SECONDS = 60.0
_NOT_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.ProxyError,
)

#: What somebody in Excel does about a run without an answer.
LOOK_UP = "Press Open entries, which asks the service, or look at the last run (Describe), before you do it again."


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait: for a connection, for a read's next byte, for a run's next byte."""

    connect_seconds: float = 10
    read_seconds: float = 60
    run_seconds: float = 3600


@dataclass(frozen=True, slots=True)
class Request:
    """What a call sends besides its verb and path."""

    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str | None = None
    accept: str = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it came."""

    status: int
    content_type: str
    body: bytes
    retry_after_seconds: float | None = None


class Lost(Exception):
    """No full answer; ``sent`` tells whether a byte of the request can have left."""

    def __init__(self, reason: str, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Transport:
    """Sends calls to one service.

    Args:
        address: Where the service stands.
        timeouts: Seconds to wait.
        sleep: Waits between attempts; a test may pass its own.
        adapter: Replaces the network, for tests that run the service in-process.
    """

    def __init__(
        self,
        address: ServiceAddress,
        timeouts: Timeouts = Timeouts(),
        sleep: Callable[[float], None] = time.sleep,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.address = address
        self._timeouts = timeouts
        self._sleep = sleep
        self._adapter = adapter
        self._session = self._open_session()

    def close(self) -> None:
        """Close kept connections."""
        self._session.close()

    def send(self, call: Call, request: Request) -> Reply:
        """Send a call and give its answer, whatever its status.

        Returns:
            The reply; statuses of 400 and more are the caller's to judge.

        Raises:
            NoAnswer: No connection, or no answer to a call that changes nothing.
            OutcomeUnknown: A run left this machine and no full answer came.
        """
        attempts = ATTEMPTS[call.effect]
        for attempt in range(1, attempts + 1):
            reply = self._attempt(call, request, last=attempt == attempts)
            if isinstance(reply, Reply) and not _try_again(call, reply, attempt < attempts):
                return reply
            self._sleep(_pause(attempt, reply))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, call: Call, request: Request, last: bool) -> Reply | None:
        try:
            return self._once(call, request)
        except Lost as lost:
            may_repeat = not lost.sent or call.effect in (Effect.READ, Effect.SIGN_IN)
            if may_repeat and not last:
                return None
            raise _lost_error(call, lost, self.address) from None  # the cause's text holds the URL with the token

    def _once(self, call: Call, request: Request) -> Reply:
        base = self.address.root_url if call.at_root else self.address.api_url
        headers = {"Accept": request.accept, "Content-Length": str(len(request.body))}
        if request.content_type:
            headers["Content-Type"] = request.content_type
        run = call.effect is Effect.RUN
        # A kept connection may have died unseen; a run gets its own, so that "refused" still means "not sent".
        session = self._open_session() if run else self._session
        timeout = (self._timeouts.connect_seconds, self._timeouts.run_seconds if run else self._timeouts.read_seconds)
        try:
            with session.request(
                call.verb,
                f"{base}/{call.path}",
                params=dict(request.params),
                data=request.body or None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read_reply(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Lost(_reason(error), sent=not _provably_not_sent(error)) from None
        finally:
            if run:
                session.close()

    def _open_session(self) -> requests.Session:
        session = requests.Session()
        session.headers["User-Agent"] = "xlsc"
        session.mount("http://", self._adapter or HTTPAdapter(max_retries=0))
        session.mount("https://", self._adapter or _SystemTrust(max_retries=0))
        if self._adapter is not None or self.address.api_url.startswith("http://"):
            session.trust_env = False  # this machine is never reached through a proxy
        return session


class _Silence(logging.Filter):
    """Drops every record of the loggers it sits on: urllib3 writes whole URLs into its warnings, tokens included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never."""
        return False


for _name in ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry", "urllib3.response"):
    logging.getLogger(_name).addFilter(_Silence())


class _SystemTrust(HTTPAdapter):
    """Trusts what the operating system trusts, company proxies included; there is no switch to trust everything."""

    def init_poolmanager(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - the library's own signature
        """As the library's own, with the system's trust."""
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        super().init_poolmanager(*args, **named, ssl_context=context)


def _read_reply(response: requests.Response) -> Reply:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise Lost(f"the answer is larger than {MAX_ANSWER_BYTES:,} bytes", sent=True)
        chunks.append(chunk)
    return Reply(
        response.status_code,
        response.headers.get("Content-Type", ""),
        b"".join(chunks),
        _seconds(response.headers.get("Retry-After")),
    )


def _seconds(text: str | None) -> float | None:
    """Seconds of Retry-After, which is a number or a date (RFC 9110 §10.2.3); None where it is neither."""
    given = (text or "").strip()
    if given.isascii() and given.isdigit():
        return float(given)
    try:
        moment = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _provably_not_sent(error: BaseException) -> bool:
    """Whether the connection was never made, judged by the whole chain of causes."""
    seen: BaseException | None = error
    while seen is not None:
        reason = getattr(seen, "reason", None)
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        if any(isinstance(one, _NOT_SENT) for one in (seen, reason, inner)):
            return True
        seen = inner or (reason if isinstance(reason, BaseException) else None) or seen.__cause__
    return False


def _reason(error: BaseException) -> str:
    """A word for the person; the error's own text holds the URL and so the token."""
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection could not be made (certificate or TLS version)"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy did not let the connection through"
    if isinstance(error, requests.Timeout):
        return "the time ran out"
    if _provably_not_sent(error):
        return "no connection could be made"
    return "the connection broke off"


def _try_again(call: Call, reply: Reply, attempts_left: bool) -> bool:
    """A sign-in that was turned away (429) is not repeated: accounts lock."""
    wanted = _RETRY_STATUSES if call.effect is Effect.READ else _RETRY_STATUSES - {429}
    return attempts_left and call.effect in (Effect.READ, Effect.SIGN_IN) and reply.status in wanted


def _pause(attempt: int, reply: Reply | None) -> float:
    """Seconds before the next attempt: what the service asks for (at most a minute), else doubling with jitter."""
    if reply is not None and reply.retry_after_seconds is not None:
        return min(reply.retry_after_seconds, MAX_PAUSE_SECONDS)
    return float(0.25 * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret


def _lost_error(call: Call, lost: Lost, address: ServiceAddress) -> XlscError:
    where = address.root_url if call.at_root else address.api_url
    if not lost.sent:
        return NoAnswer(
            f"{where} cannot be reached: {lost.reason}; nothing was sent.",
            "Check the URL, the network and whether the service is running, then try again.",
        )
    if call.effect is Effect.RUN:
        return OutcomeUnknown(
            f"The run was sent to {where}, but {lost.reason} before the answer was complete.",
            "Look up the process's history (xlsc outbox) before you send these rows again.",
            in_excel=LOOK_UP,
        )
    if call.effect is Effect.SAVE:
        return ServiceError(
            f"{call.path} was sent, but {lost.reason} before the answer was complete.",
            "Look at the service's error list before you save these errors again.",
        )
    return NoAnswer(f"{where} gave no full answer to {call.path}: {lost.reason}.", "Try again in a moment.")
