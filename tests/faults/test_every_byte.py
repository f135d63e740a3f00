"""An answer cut at every byte, in every way it can be cut: unknown, sent once, and right again afterwards."""

import json
import socket
import threading

import pytest

from tests.faults.proxy import Fault, http
from xlsc.client.addresses import parse_service_url
from xlsc.client.client import Client
from xlsc.client.transport import Timeouts, Transport
from xlsc.errors import OutcomeUnknown
from xlsc.flows.send import SendOptions, send
from xlsc.flows.settle import settle_unknown

ANSWER = {
    "ErrorCount": 1,
    "Errors": "<NewDataSet><ErrorTable><DocumentNo>J1</DocumentNo><EONERUNERRORS>No.</EONERUNERRORS></ErrorTable>"
    "</NewDataSet>",
    "MapDescription": "Journal", "MapKey": "k", "MapId": "GL JOURNAL", "RecordCount": 2, "RunNumber": 80, "Status": 1,
    "ErrorMessage": "Wrong.",
}  # fmt: skip
JSON = json.dumps(ANSWER).encode()
XML = (
    b"<RunMapResponse><ErrorCount>0</ErrorCount><ErrorMessage/><Errors/><MapDescription>Journal</MapDescription>"
    b"<MapId>GL JOURNAL</MapId><RecordCount>2</RecordCount><RunNumber>81</RunNumber><Status>0</Status></RunMapResponse>"
)


def chunks(body, size=50):
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + coded


def until_closed(body, kind="json"):
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/{kind}\r\nConnection: close\r\n\r\n".encode() + body


#: Behind the last byte of the body: a line end, the chunk of nothing.
END_OF_CHUNKS = len("\r\n0\r\n\r\n")
WAYS = {
    "with its length": http("200 OK", JSON),
    "in chunks": chunks(JSON),
    "until the connection closes": until_closed(JSON),
    "as XML until the connection closes": until_closed(XML, "xml"),
}


def read_request(connection):
    """Head and body, which may come apart: closing over unread bytes would reset the connection."""
    found = b""
    while not found.endswith(b"<RequestData/>"):
        part = connection.recv(65536)
        if not part:
            return found
        found += part
    return found


@pytest.fixture
def stub():
    """Answers each connection with what ``stub.answer`` holds then, and counts the requests."""

    class Stub:
        answer = b""
        is_reset = False
        requests = 0

    listener = socket.create_server(("127.0.0.1", 0))
    state = Stub()

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                if read_request(connection):
                    state.requests += 1
                    if state.is_reset:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01" + b"\x00" * 7)
                    connection.sendall(state.answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    transport = Transport(parse_service_url(f"http://127.0.0.1:{listener.getsockname()[1]}"), Timeouts(5, 5, 5))
    state.client = Client(transport, "token")
    yield state
    state.client.close()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.mark.parametrize("is_reset", [False, True], ids=["ends", "is reset"])
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_cut_at_every_byte_is_unknown_and_sent_once(stub, way, is_reset):
    whole = WAYS[way]
    stub.is_reset = is_reset
    for kept in range(len(whole)):
        stub.answer = whole[:kept]
        stub.requests = 0
        try:
            result = stub.client.run("run_map_data_table", "k", b"<RequestData/>").result
        except OutcomeUnknown:
            pass
        else:
            assert result.record_count == 2
            assert way == "in chunks"
            assert len(whole) - kept <= END_OF_CHUNKS
        assert stub.requests == 1
    stub.answer, stub.is_reset = whole, False
    assert stub.client.run("run_map_data_table", "k", b"<RequestData/>").result.record_count == 2


def test_a_send_whose_answer_is_cut_ends_right(bench):
    """From cell to database and back, from the status line to behind the end: unknown, settled, posted once."""
    length = len(bench.answer()) + 200
    for kept in range(0, length, 37):
        bench.book.sheet().values.clear()
        names = bench.fill(1)
        bench.proxy.faults = [Fault("cut_answer", kept)]
        report = send(bench.work, SendOptions("GL JOURNAL"))
        if report.counts.unknown:
            assert (report.exit_code, bench.statuses()) == (5, ["Unknown"] * 2)
            assert [item.documents for item in settle_unknown(bench.session, bench.outbox)] == [1]
            send(bench.work, SendOptions("GL JOURNAL"))
        assert bench.statuses() == ["Accepted"] * 2
        assert bench.ledger.posted(names) == dict.fromkeys(names, 1)
