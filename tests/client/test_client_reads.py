"""Calls that change nothing are repeated; answers of the wrong kind are told from empty ones."""

import pytest

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
