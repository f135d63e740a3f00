import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from xlsc.server.listener import TimedServer
from xlsc.server.options import ServiceOptions


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(str(len(body)))))])
    return [str(len(body)).encode()]


def write_refusal(status: int, reason: str, accept: str) -> tuple[int, str, bytes]:
    if "xml" in accept:
        return status, "application/xml", f"<Error>{reason}</Error>".encode()
    return status, "application/json", json.dumps({"Message": reason}).encode()


@contextmanager
def listening(tmp_path: Path, application: Any = app, **changes: Any) -> Iterator[int]:
    server = TimedServer(application, ServiceOptions(tmp_path, **changes), write_refusal)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.stop(10)
        thread.join()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with listening(tmp_path, body_bytes=1000, body_seconds=1.0) as number:
        yield number


def talk(port: int, *parts: bytes, pause: float = 0) -> bytes:
    """Send parts and read until the service closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


def head(length: int, accept: str = "application/json") -> bytes:
    lines = ("POST / HTTP/1.1", "Host: x", "Connection: close", f"Accept: {accept}", f"Content-Length: {length}")
    return "\r\n".join((*lines, "", "")).encode()


def test_a_body_as_large_as_allowed_is_taken(port: int):
    assert talk(port, head(1000), b"x" * 1000).endswith(b"\r\n\r\n1000")


@pytest.mark.parametrize("length", [1001, 2 * 1024**3])
def test_an_announced_body_over_the_limit_is_refused_before_it_comes(port: int, length: int):
    answer = talk(port, head(length))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'{"Message": "The body is too large."}')


def test_a_caller_that_waits_for_leave_is_refused_without_it(port: int):
    """.NET's own client asks with Expect before it sends a body."""
    lines = ("POST / HTTP/1.1", "Host: x", "Expect: 100-continue", f"Content-Length: {2 * 1024**3}")
    answer = talk(port, "\r\n".join((*lines, "", "")).encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b'{"Message": "The body is too large."}')


def test_a_caller_that_waits_for_leave_gets_it(port: int):
    lines = ("POST / HTTP/1.1", "Host: x", "Connection: close", "Expect: 100-continue", "Content-Length: 4")
    answer = talk(port, "\r\n".join((*lines, "", "")).encode(), b"rows", pause=0.2)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n4")


def test_a_body_without_an_announced_length_is_cut_off_at_the_limit(port: int):
    chunk = b"190\r\n" + b"x" * 400 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert talk(port, head, chunk, chunk, chunk).startswith(b"HTTP/1.1 413 ")


def test_a_refusal_comes_in_the_format_asked_for(port: int):
    answer = talk(port, head(5000, "application/xml"))
    assert b"Content-Type: application/xml" in answer
    assert answer.endswith(b"<Error>The body is too large.</Error>")


def test_a_body_that_stops_coming_is_given_up_and_the_service_goes_on(port: int):
    assert talk(port, head(500), b"half").startswith(b"HTTP/1.1 408 ")
    assert talk(port, head(4), b"half").endswith(b"\r\n\r\n4")


def test_a_request_line_that_never_ends_is_given_up(port: int):
    assert talk(port, b"POST /API/Ge").split(b"\r\n")[0].split()[1] == b"408"


def test_a_body_that_drips_is_given_up(port: int):
    assert talk(port, head(500), *[b"x"] * 8, pause=0.3).startswith(b"HTTP/1.1 408 ")


def test_a_caller_that_sends_on_still_reads_the_refusal(port: int):
    assert talk(port, head(20_000_000), b"x" * 20_000_000).startswith(b"HTTP/1.1 413 ")


def test_a_slow_but_steady_body_is_waited_for(tmp_path: Path):
    with listening(tmp_path, body_seconds=0.2, body_rate=1) as port:
        assert talk(port, head(500), *[b"x" * 50] * 10, pause=0.3).endswith(b"\r\n\r\n500")


@pytest.mark.parametrize(
    ("proxy", "seen"), [("127.0.0.1", "203.0.113.7"), ("192.0.2.1", "127.0.0.1"), (None, "127.0.0.1")]
)
def test_only_a_trusted_proxy_says_where_a_caller_is(tmp_path: Path, proxy: str | None, seen: str):
    def where(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(environ["REMOTE_ADDR"])))])
        return [environ["REMOTE_ADDR"].encode()]

    with listening(tmp_path, where, trusted_proxy=proxy) as port:
        lines = ("GET / HTTP/1.1", "Host: x", "Connection: close", "X-Forwarded-For: 203.0.113.7")
        assert talk(port, "\r\n".join((*lines, "", "")).encode()).endswith(f"\r\n\r\n{seen}".encode())


def test_a_crowd_that_asks_for_nothing_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("xlsc.server.listener.MAX_CONNECTIONS", 40)
    monkeypatch.setattr("xlsc.server.listener.CROWD", 20)
    with listening(tmp_path) as port, ExitStack() as stack:
        under_way = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        under_way.sendall(head(8) + b"half")
        for number in range(60):
            crowd = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            crowd.sendall(b"POST /API" if number % 2 else b"")
        assert talk(port, head(4), b"rows").endswith(b"\r\n\r\n4")
        under_way.sendall(b"half")
        assert under_way.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_nonsense_is_refused(port: int):
    assert talk(port, b"\x16\x03\x01\x02\x00 nonsense\r\n\r\n").split(b"\r\n")[0].split()[1] == b"400"


def test_headers_without_end_are_refused(port: int):
    assert talk(port, b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n").split()[1] == b"431"


def test_a_request_under_way_is_finished_when_the_service_stops(tmp_path: Path):
    begun, answers = threading.Event(), []

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        begun.set()
        time.sleep(0.5)
        return app(environ, start_response)

    with listening(tmp_path, slow) as port:
        thread = threading.Thread(target=lambda: answers.append(talk(port, head(4), b"rows")))
        thread.start()
        begun.wait(10)
    thread.join()
    assert answers[0].endswith(b"\r\n\r\n4")


def test_a_loop_that_wakes_by_itself_while_it_is_stopped_waits_to_be_woken(tmp_path: Path):
    """The loop looks once a second whether it is to stop; what stops it must still find what it is woken with."""
    server = TimedServer(app, ServiceOptions(tmp_path, port=0), write_refusal)
    loop = threading.Thread(target=server.run)
    loop.start()
    woken, wake = [], server.pull_trigger

    def wake_late() -> None:
        loop.join(2)  # longer than the loop sleeps
        wake()
        woken.append(True)

    server.pull_trigger = wake_late
    server.stop(1)
    loop.join(10)
    assert woken == [True]
    assert not loop.is_alive()


def test_a_taken_port_is_an_error(tmp_path: Path, port: int):
    with pytest.raises(OSError, match="in use"):
        TimedServer(app, ServiceOptions(tmp_path, port=port), write_refusal)
