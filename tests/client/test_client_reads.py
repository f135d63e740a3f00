"""Calls that change nothing are repeated; answers of the wrong kind are told from empty ones."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from xlsc.client.addresses import parse_service_url
from xlsc.client.client import Client
from xlsc.client.transport import Timeouts, Transport
from xlsc.core.catalog import Process
from xlsc.errors import NoAnswer, Refused, ServiceError, UnreadableAnswer
from xlsc.wire.calls import CALLS

MAPS = b'[{"MapKey": "k", "MapId": "GL JOURNAL", "MapDescription": "d"}]'


def test_every_call_has_a_method_of_its_name(client):
    assert [call.name for call in CALLS if not callable(getattr(client, call.name, None))] == []


def test_a_read_is_repeated_until_it_is_answered(wire, client, scripts):
    wire.play(scripts.reset, scripts.answer(b"", "503 Busy"), scripts.cut(MAPS, 90), scripts.answer(MAPS))
    assert client.map_list() == (Process("k", "GL JOURNAL", "d"),)
    assert len(wire.requests) == 4


def test_a_read_is_given_up_after_four_times(wire, client, scripts):
    wire.play(scripts.reset)
    with pytest.raises(NoAnswer):
        client.map_list()
    assert len(wire.requests) == 4


def test_a_sign_in_is_sent_twice_at_most(wire, client, scripts):
    wire.play(scripts.reset)
    with pytest.raises(NoAnswer):
        client.get_token("a@example.com", "pass word", "c")
    assert len(wire.requests) == 2


@pytest.mark.parametrize(("status", "times"), [("503 Busy", 2), ("500 Error", 2), ("429 Too Many", 1), ("401 No", 1)])
def test_a_sign_in_is_repeated_only_when_the_service_failed(wire, client, scripts, status, times):
    """A refused password is never tried again by itself: accounts lock."""
    wire.play(scripts.answer(b"", status))
    with pytest.raises(ServiceError):
        client.get_token("a@example.com", "pass word", "c")
    assert len(wire.requests) == times


def test_a_sign_in_goes_on_when_the_second_answer_is_good(wire, client, scripts):
    wire.play(scripts.answer(b"", "503 Busy"), scripts.answer(b'"new-token"'))
    assert client.get_token("a@example.com", "pass word", "c") == "new-token"


def _in(seconds):
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        (" 7 ", 7, 7),
        ("0", 0, 0),
        (lambda: _in(30), 25, 30),
        (lambda: _in(-30), 0, 0),
        ("99999999999999999999999999", 60, 60),
        (lambda: _in(10**9), 60, 60),
        ("-5", 0.25, 0.5),
        ("1e3", 0.25, 0.5),
        ("soon", 0.25, 0.5),
        ("", 0.25, 0.5),
        ("\u0663", 0.25, 0.5),
        ("Wed, 99 Foo 2026 99:99:99 GMT", 0.25, 0.5),
    ],
)
def test_retry_after_is_obeyed_as_seconds_and_as_a_date_and_never_for_long(wire, scripts, header, least, most):
    """What makes no sense counts for nothing: the pause is then xlsc's own."""
    given = header() if callable(header) else header
    pauses = []
    client = Client(Transport(parse_service_url(wire.url), Timeouts(2, 2, 2), sleep=pauses.append), "token")
    headers = f"Content-Type: application/json\r\nRetry-After: {given}\r\n"
    wire.play(scripts.answer(b"", "503 Busy", headers), scripts.answer(MAPS))
    assert client.map_list()
    client.close()
    assert least <= pauses[0] <= most
    assert len(pauses) == 1


def test_retry_after_is_obeyed_on_429_too(wire, scripts):
    pauses = []
    client = Client(Transport(parse_service_url(wire.url), Timeouts(2, 2, 2), sleep=pauses.append), "token")
    busy = scripts.answer(b"", "429 Too Many", "Content-Type: application/json\r\nRetry-After: 3\r\n")
    wire.play(busy, busy, scripts.answer(MAPS))
    assert client.map_list()
    client.close()
    assert pauses == [3, 3]


def test_saved_errors_are_not_saved_twice(wire, client, scripts):
    wire.play(scripts.reset)
    with pytest.raises(ServiceError, match="was sent"):
        client.save_process_errors("k", ("server", "name"), 3)
    assert len(wire.requests) == 1


def test_a_blank_answer_is_a_refusal_with_a_hint(wire, client, scripts):
    wire.play(scripts.answer(b""))
    with pytest.raises(Refused, match="API URL"):
        client.map_list()


@pytest.mark.parametrize("body", [b"<html><body>Sign in</body></html>", b'[{"MapKey": "k"', b"<a><b>", b"17"])
def test_an_answer_of_another_kind_is_unreadable(wire, client, scripts, body):
    wire.play(scripts.answer(body))
    with pytest.raises(UnreadableAnswer):
        client.map_list()


def test_a_redirect_is_not_followed(wire, client, scripts):
    wire.play(scripts.answer(b"", "302 Found", f"Location: {wire.url}/elsewhere\r\n"))
    with pytest.raises(ServiceError, match="HTTP 302"):
        client.map_list()
    assert len(wire.requests) == 1


def test_no_password_shows_in_an_error(wire, client, scripts):
    wire.play(scripts.answer(b'{"Message": "wrong: pass word"}', "401 Unauthorized"))
    with pytest.raises(Refused) as caught:
        client.get_token("a@example.com", "pass word", "c")
    assert "pass word" not in f"{caught.value}{caught.value.__dict__}"
