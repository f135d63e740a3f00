"""A TCP proxy that misbehaves as told: between xlsc and the embedded service, or in place of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CLOSED = b"\x01\x00\x00\x00\x00\x00\x00\x00"


@dataclass(frozen=True)
class Fault:
    """What happens to one connection.

    Attributes:
        kind: "none"; "refuse_request": reset before a byte of the request reaches the service; "swallow_request": the
            same, but the connection just ends; "drop_answer": the service answers, nobody hears it; "cut_answer": the
            answer ends after ``size`` bytes; "reset_answer": the same with a reset; "instead": the service never sees
            the request, ``answer`` comes back; "after": the service runs, then ``answer`` comes back instead of its
            own; "double": the answer comes twice; "half_request": the service gets the request's first ``size`` bytes;
            "swallow": the request reaches nobody and no answer ever comes; "stall": the service answers, the answer
            stays on the way; "slow": the answer comes in pieces of ``size`` bytes; "stutter": some bytes of the answer
            come twice, from ``size`` on; "chunked": the answer comes without a length and ends after ``size`` bytes.
    """

    kind: str = "none"
    size: int = 0
    answer: bytes = b""


def http(status: str, body: bytes, content_type: str = "application/json", extra: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", "Connection: close"]
    return ("\r\n".join(lines) + f"\r\n{extra}\r\n").encode() + body


@dataclass
class Proxy:
    """Forwards to ``target_port``; requests whose path holds ``victim`` meet the faults, in their order.

    Attributes:
        runs: How many victim requests reached the service whole.
    """

    target_port: int
    victim: bytes = b"RunMapDataTableWithErrors"
    faults: list[Fault] = field(default_factory=list)
    runs: int = 0
    seen: int = 0
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def wait_until_idle(self) -> None:
        """Until nothing is on its way to the service any more, also what the client has given up."""
        for thread in list(self._threads):
            thread.join(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/API"

    def next_fault(self, request: bytes) -> Fault:
        if self.victim.lower() not in request.split(b"\r\n", 1)[0].lower():
            return Fault()
        with self._lock:
            self.seen += 1
            return self.faults.pop(0) if self.faults else Fault()


def _read_message(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        chunk = connection.recv(65536)
        if not chunk:
            break
        body += chunk
    return head + b"\r\n\r\n" + body


def _forward(proxy: Proxy, request: bytes) -> bytes:
    head, sep, body = request.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    with socket.create_connection(("127.0.0.1", proxy.target_port), timeout=30) as upstream:
        upstream.sendall(b"\r\n".join([*kept, b"Connection: close"]) + sep + body)
        return _read_message(upstream)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSED)


def _handle(proxy: Proxy, connection: socket.socket) -> None:
    request = _read_message(connection)
    if not request:
        return
    fault = proxy.next_fault(request)
    if fault.kind == "refuse_request":
        _reset(connection)
        return
    if fault.kind == "swallow_request":
        return
    if fault.kind == "instead":
        connection.sendall(fault.answer)
        return
    if fault.kind == "swallow":
        _wait_until_left(connection)
        return
    if fault.kind == "half_request":
        with socket.create_connection(("127.0.0.1", proxy.target_port), timeout=30) as upstream:
            upstream.sendall(request[: fault.size])
        _reset(connection)
        return
    answer = _forward(proxy, request)
    if proxy.victim.lower() in request.split(b"\r\n", 1)[0].lower():
        proxy.runs += 1
    _answer(connection, fault, answer)


def _answer(connection: socket.socket, fault: Fault, answer: bytes) -> None:
    size = fault.size
    if fault.kind == "stall":
        _wait_until_left(connection)
    elif fault.kind == "slow":
        for start in range(0, len(answer), size):
            connection.sendall(answer[start : start + size])
            time.sleep(0.001)
    else:
        pieces = {
            "drop_answer": b"",
            "after": fault.answer,
            "cut_answer": answer[:size],
            "reset_answer": answer[:size],
            "double": answer * 2,
            "stutter": _stutter(answer, size),
            "chunked": _without_length(answer)[:size],
        }
        connection.sendall(pieces.get(fault.kind, answer))
    if fault.kind == "reset_answer":
        _reset(connection)


def _wait_until_left(connection: socket.socket) -> None:
    """Until the client gives up, which is what its time-out is for."""
    connection.settimeout(60)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def _stutter(answer: bytes, start: int) -> bytes:
    """Seven bytes of the body twice; the length is right again, so that nothing but the content is odd."""
    head, _, body = answer.partition(b"\r\n\r\n")
    place = start % max(len(body), 1)
    body = body[: place + 7] + body[place : place + 7] + body[place + 7 :]
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body


def _without_length(answer: bytes) -> bytes:
    """The same answer, whose end is that of the connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@contextlib.contextmanager
def running_proxy(target_port: int) -> Iterator[Proxy]:
    """A proxy on a free port, closed at the end."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    proxy = Proxy(target_port, port=listener.getsockname()[1])
    threads = proxy._threads

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            _handle(proxy, connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=handle, args=(connection,), daemon=True)
            thread.start()
            threads.append(thread)

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join(10)
