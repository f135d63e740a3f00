"""A run goes out once; what is not proved is unknown; nothing secret shows."""

import json
import socket
import traceback

import pytest

from xlsc.client.addresses import parse_service_url
from xlsc.client.client import Client
from xlsc.client.transport import Transport
from xlsc.errors import NoAnswer, OutcomeUnknown, Refused, ServiceError, UnknownProcess, XlscError

BODY = b"<RequestData/>"
RESULT = json.dumps(
    {
        "ErrorCount": 1,
        "Errors": "<NewDataSet><ErrorTable><No>J1</No><EONERUNERRORS>Wrong.</EONERUNERRORS></ErrorTable></NewDataSet>",
        "MapDescription": "Journal",
        "MapKey": "key-1",
        "MapId": "GL JOURNAL",
        "RecordCount": 2,
        "RunNumber": 80,
        "Status": 1,
        "ErrorMessage": "Wrong.",
    }
).encode()


def run(client):
    return client.run("run_map_data_table_with_errors", "key-1", BODY)


def test_a_run_gives_its_result(wire, client, scripts):
    wire.play(scripts.answer(RESULT))
    assert run(client).result.run_number == 80
    assert wire.requests[0].startswith(b"POST /API/RunMapDataTableWithErrors?token=tok%2Fen%2B1%3D&mapKey=key-1 ")
    assert wire.requests[0].endswith(b"\r\n\r\n" + BODY)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", "200 OK"),
        (b"null", "200 OK"),
        (b"<html><title>Gateway</title></html>", "200 OK"),
        (RESULT[: len(RESULT) // 2], "200 OK"),
        (b'{"Message": "An error has occurred."}', "200 OK"),
        (RESULT + RESULT, "200 OK"),
        (b"", "500 Internal Server Error"),
        (b"busy", "503 Service Unavailable"),
        (b"", "408 Request Timeout"),
    ],
)
def test_a_run_without_a_readable_answer_is_unknown_and_sent_once(wire, client, scripts, body, status):
    wire.play(scripts.answer(body, status))
    with pytest.raises(OutcomeUnknown):
        run(client)
    assert len(wire.requests) == 1


def test_a_run_that_is_reset_is_unknown_and_sent_once(wire, client, scripts):
    wire.play(scripts.reset)
    with pytest.raises(OutcomeUnknown):
        run(client)
    assert len(wire.requests) == 1


def test_a_run_cut_at_any_byte_is_unknown_and_sent_once(wire, client, scripts):
    whole = len(cut_text(RESULT))
    for kept in range(0, whole, 7):
        wire.requests.clear()
        wire.play(scripts.cut(RESULT, kept))
        with pytest.raises(OutcomeUnknown):
            run(client)
        assert len(wire.requests) == 1


def test_an_answer_that_never_comes_is_unknown(wire, client):
    held = []
    wire.play(lambda _request, connection: held.append(connection.dup()))
    with pytest.raises(OutcomeUnknown, match="time ran out"):
        run(client)
    for connection in held:
        connection.close()
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("400 Bad Request", ServiceError),
        ("401 Unauthorized", Refused),
        ("403 Forbidden", Refused),
        ("404 Not Found", UnknownProcess),
        ("429 Too Many Requests", Refused),
        ("302 Found", ServiceError),
    ],
)
def test_a_refused_run_was_not_made(wire, client, scripts, status, kind):
    wire.play(scripts.answer(b'{"Message": "No."}', status))
    with pytest.raises(kind, match="Nothing was run") as caught:
        run(client)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(wire.requests) == 1


def test_nothing_listens(client, wire):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    pauses = []
    lonely = Client(Transport(parse_service_url(f"http://127.0.0.1:{port}"), sleep=pauses.append), "secret-token")
    with pytest.raises(NoAnswer, match="nothing was sent") as caught:
        run(lonely)
    lonely.close()
    assert len(pauses) == 2
    assert_no_secret(caught.value, "secret-token")


def test_an_expired_token_is_renewed_and_the_run_goes_out_again(wire, scripts):
    wire.play(scripts.answer(b'"expired"', "401 Unauthorized"), scripts.answer(RESULT))
    made = Client(Transport(parse_service_url(wire.url)), "old-token", renew=lambda: "new-token")
    assert run(made).result.run_number == 80
    made.close()
    assert [b"token=new-token" in request for request in wire.requests] == [False, True]


def test_no_error_tells_the_token(wire, client, scripts):
    answer, reset = scripts.answer, scripts.reset
    echoed = json.dumps({"Message": "Bad request: /API/x?token=tok%2Fen%2B1%3D and tok/en+1="}).encode()
    page = b"<html><title>GET /API?token=tok/en+1=</title></html>"
    for script in (answer(echoed, "400 Bad"), answer(page), answer(echoed, "500 No"), reset, answer(echoed)):
        for call in (run, lambda one: one.map_list(), lambda one: one.validate()):
            wire.play(script)
            with pytest.raises(XlscError) as caught:
                call(client)
            assert_no_secret(caught.value, "tok/en+1=", "tok%2Fen%2B1%3D")


def assert_no_secret(error, *secrets):
    text = "".join(traceback.format_exception(error)) + repr(vars(error))
    for secret in secrets:
        assert secret not in text


def cut_text(body):
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
