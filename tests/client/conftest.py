"""A TCP server that answers each connection as a test says: whole, cut, late or not at all."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from xlsc.client.addresses import parse_service_url
from xlsc.client.client import Client
from xlsc.client.transport import Timeouts, Transport

#: Takes the request's bytes and the connection; whatever it writes goes out, then the connection closes.
Script = Callable[[bytes, socket.socket], None]


def answer(body: bytes, status: str = "200 OK", headers: str = "Content-Type: application/json\r\n") -> Script:
    text = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()

    def play(_request: bytes, connection: socket.socket) -> None:
        connection.sendall(text + body)

    return play


def cut(body: bytes, kept: int) -> Script:
    """The answer ends after so many bytes, headers included."""
    text = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def play(_request: bytes, connection: socket.socket) -> None:
        connection.sendall((text + body)[:kept])

    return play


def reset(_request: bytes, connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


@dataclass
class Wire:
    """What came in, and what goes out next; the last script repeats."""

    port: int = 0
    scripts: list[Script] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/API"

    def play(self, *scripts: Script) -> None:
        self.scripts[:] = scripts

    def next_script(self) -> Script:
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def wire() -> Iterator[Wire]:
    listener = socket.create_server(("127.0.0.1", 0))
    found = Wire(listener.getsockname()[1])
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = read_request(connection)
                if request:
                    found.requests.append(request)
                    found.next_script()(request, connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield found
    stopped.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.fixture
def client(wire: Wire) -> Iterator[Client]:
    address = parse_service_url(wire.url)
    made = Client(Transport(address, Timeouts(2, 2, 2), sleep=lambda _seconds: None), "tok/en+1=")
    yield made
    made.close()


@pytest.fixture
def scripts() -> SimpleNamespace:
    return SimpleNamespace(answer=answer, cut=cut, reset=reset)
