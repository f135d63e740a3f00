"""The HTTP server under the app: waitress, with refusals in the caller's format and an end for bodies that dawdle.

Nothing here knows the calls; it is the part that works before a request is complete.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import Error

from xlsc.server.options import ServiceOptions

#: (status, reason, Accept header) to (status, content type, body).
WriteRefusal = Callable[[int, str, str], tuple[int, str, bytes]]
#: How often dawdling bodies are looked for, in seconds.
LOOK_SECONDS = 1
#: A connection on which nothing happens and nothing is under way is closed after this many seconds.
IDLE_SECONDS = 120
#: How long a refused caller may go on sending into the void.
LINGER_SECONDS = 30
THROWN_BYTES = 256 * 1024
#: With what databases and files need, below the 1,024 open files that many systems allow.
MAX_CONNECTIONS = 500
#: From so many on, connections that ask for nothing are closed to make room.
CROWD = 400
MAX_HEADER_BYTES = 64 * 1024
_REASONS = {
    400: "The request is not HTTP as it should be.",
    413: "The body is too large.",
    431: "The request's address and headers are too large.",
    501: "This transfer encoding is not taken.",
}


class TooSlow(Error):  # type: ignore[misc] # waitress comes without types
    """408 as waitress takes it."""

    code = 408
    reason = "Request Timeout"


class RefusingTask(ErrorTask):  # type: ignore[misc]
    """Writes waitress's own refusals as the service writes its other ones."""

    def execute(self) -> None:
        """Write status, headers and body, and close the connection."""
        self.channel.lingers = True
        error = self.request.error
        reason = error.body if isinstance(error, TooSlow) else _REASONS.get(error.code, error.reason)
        write: WriteRefusal = self.channel.server.write_refusal
        status, content_type, body = write(error.code, reason, self.request.headers.get("ACCEPT", ""))
        self.status = f"{status} {HTTPStatus(status).phrase}"
        self.response_headers.append(("Content-Type", content_type))
        self.response_headers.append(("Content-Length", str(len(body))))
        self.content_length = len(body)
        self.set_close_on_finish()
        self.complete = True
        self.write(body)


class TimedParser(HTTPRequestParser):  # type: ignore[misc]
    """A request on its way, which knows since when."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.begun = time.monotonic()


class TimedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose half-received request can be given up."""

    error_task_class = RefusingTask
    parser_class = TimedParser
    #: Set by a refusal: the caller may still be sending, and closing at once would reset the connection under the
    #: refusal before it is read.
    lingers = False
    request: TimedParser | None
    lingering_since: float | None = None

    def readable(self) -> bool:
        """Whether more is read from the caller."""
        return self.lingering_since is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Take what the caller sends; after a refusal, throw it away."""
        if self.lingering_since is None:
            super().handle_read()
        else:
            self._throw_away()

    def send_continue(self) -> None:
        """Ask for the body, unless the headers alone are reason enough to refuse it."""
        if self.request is not None and self.request.error is not None:
            self.request.expect_continue = False
            return
        super().send_continue()

    def handle_close(self) -> None:
        """Close, or after a refusal only say that nothing more will come from this side."""
        if not self.lingers or self.lingering_since is not None or not self._end_sending():
            super().handle_close()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is served on it: no request under way, and none whose headers are complete."""
        return not self.requests and (self.request is None or not self.request.headers_finished)

    def end_lingering(self) -> None:
        """Close a connection whose caller went on sending after the refusal for too long."""
        if self.lingering_since is not None and time.monotonic() - self.lingering_since > LINGER_SECONDS:
            super().handle_close()

    def _end_sending(self) -> bool:
        self.will_close = False
        self.lingering_since = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def _throw_away(self) -> None:
        try:
            self.recv(THROWN_BYTES)  # an end or a reset closes by itself
        except OSError:
            super().handle_close()

    def give_up_if_slow(self, seconds: float, rate: int) -> None:
        """End a request that has been coming for longer than ``seconds`` and slower than ``rate`` bytes a second."""
        with self.requests_lock:
            request = self.request
            if request is None or request.completed or self.will_close or self.close_when_flushed:
                return
            waited = time.monotonic() - request.begun
            if waited < seconds or request.body_bytes_received > waited * rate:
                return
            request.error = TooSlow(f"The request was not complete after {seconds:g} seconds.")
            request.completed = True
            self.request = None
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)


class TimedServer(TcpWSGIServer):  # type: ignore[misc]
    """Listens in a thread of its own, and looks after its connections every second."""

    channel_class = TimedChannel
    stopping = False

    def __init__(self, app: WSGIApplication, options: ServiceOptions, write_refusal: WriteRefusal) -> None:
        self.write_refusal = write_refusal
        self.body_seconds = options.body_seconds
        self.body_rate = options.body_rate
        adjustments = Adjustments(
            host=options.host,
            port=options.port,
            threads=options.threads,
            ident="xlsc",
            cleanup_interval=LOOK_SECONDS,
            channel_timeout=max(IDLE_SECONDS, int(2 * options.body_seconds)),
            connection_limit=MAX_CONNECTIONS,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=options.body_bytes + 1,
            asyncore_use_poll=hasattr(select, "poll"),
            trusted_proxy=options.trusted_proxy,
            trusted_proxy_headers={"x-forwarded-for"} if options.trusted_proxy else set(),
        )
        self.sockets: dict[int, Any] = {}
        #: Held while the loop is woken, so that it does not close meanwhile what wakes it.
        self._waking = threading.Lock()
        dispatcher = ThreadedTaskDispatcher()
        try:
            super().__init__(app, self.sockets, dispatcher=dispatcher, adj=adjustments)
        except OSError:
            wasyncore.close_all(self.sockets, ignore_all=True)
            raise
        dispatcher.set_thread_count(options.threads)

    def maintenance(self, now: float) -> None:
        """Close idle connections and give up slow requests."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.give_up_if_slow(self.body_seconds, self.body_rate)
            channel.end_lingering()
        self._make_room()

    def _make_room(self) -> None:
        """Close the longest idle connections of a crowd, so that others are still let in."""
        if len(self.active_channels) > CROWD:
            surplus = len(self.active_channels) - CROWD // 2
            idle = [channel for channel in self.active_channels.values() if channel.is_idle]
            for channel in sorted(idle, key=lambda one: one.last_activity)[:surplus]:
                channel.will_close = True

    def run(self) -> None:
        """Serve until ``stop`` is called; then close every connection."""
        while not self.stopping:
            wasyncore.loop(timeout=1, map=self.sockets, use_poll=self.adj.asyncore_use_poll, count=1)
        with self._waking:
            wasyncore.close_all(self.sockets)

    def stop(self, seconds: float) -> None:
        """Take no more requests, let those under way end within ``seconds``, and leave ``run``."""
        self.accepting = False
        self.task_dispatcher.shutdown(timeout=seconds)
        with self._waking:
            self.stopping = True
            self.pull_trigger()
