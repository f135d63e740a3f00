"""Answers that are none: each is one clear error with a next step, and never a value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.errors import Refused, ServiceError, UnreadableAnswer
from xlsc.wire import answers

READERS = [
    answers.decode_companies,
    answers.decode_maps,
    answers.decode_columns,
    answers.decode_connections,
    answers.decode_data_sources,
    answers.decode_connection_processes,
    answers.decode_source_processes,
    answers.decode_history,
    answers.decode_outputs,
    answers.decode_run_errors,
    answers.decode_data,
    answers.decode_token,
    answers.decode_boolean,
    answers.decode_public_key,
]
BLANK = [b"", b"  \r\n", b"null", b'""', b"\xef\xbb\xbf"]
REFUSALS = [
    (b'{"Message": "The token has expired."}', "The token has expired."),
    (b'{"message": "No."}', "No."),
    (b"<Error><Message>An error has occurred.</Message></Error>", "An error has occurred."),
    (b'{"Message": "An error.", "ExceptionMessage": "x", "StackTrace": "at y"}', "An error."),
    (b'{"error": "invalid_grant", "error_description": "Wrong password."}', "Wrong password."),
]
NO_ANSWERS = [
    b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>",
    b"<html><body>502</body></html>",
    b'[{"MapId": "GL JOUR',
    b'{"ErrorCount": 1, "Errors": "<NewData',
    b"<RunMapResponse><ErrorCount>0</Err",
    b"<ArrayOfMapListItem><MapListItem>",
    b"Service unavailable",
    b"{}",
    b'{"x": 1}',
    b'[{"x": 1}]',
    b"[1, 2]",
    b"[[]]",
    b"<a/>" + b"x",
    b'<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>',
    b"\xff\xfe\x00",
    b"\x80\x81",
    b"[" * 100_000,
    b"<a>" * 1500 + b"</a>" * 1500,
    b'[{"MapId": NaN}]',
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", BLANK)
def test_blank_bodies(reader, body):
    """The original's way of saying no (P §1.5 [S4]): the hint says where to look."""
    with pytest.raises(Refused) as caught:
        reader(body)
    assert caught.value.hint


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("body", "reason"), REFUSALS)
def test_refusals_in_the_manner_of_aspnet(reader, body, reason):
    with pytest.raises(Refused) as caught:
        reader(body)
    assert reason in caught.value.message


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", NO_ANSWERS)
def test_no_answers(reader, body):
    with pytest.raises(UnreadableAnswer) as caught:
        reader(body)
    assert caught.value.hint
    assert len(caught.value.body) <= 2048


@pytest.mark.parametrize(
    "body", [*BLANK, *[body for body, _reason in REFUSALS], *NO_ANSWERS, b'"text"', b"3", b"true", b"[]"]
)
def test_unreadable_answers_of_runs(body):
    """Whatever came, the run may have been made: the caller can tell it from a refusal."""
    with pytest.raises(UnreadableAnswer):
        answers.decode_run(body)


@pytest.mark.parametrize("change", [
    {"Errors": "<NewDataSet><ErrorTable>"}, {"Errors": "Batch X does not exist"}, {"Errors": 5}, {"ErrorCount": "many"},
    {"RunNumber": 1.5}, {"RecordCount": [1]}, {"RecordCount": {"a": 1}}, {"RunNumber": 1e400}, {"ErrorCount": True},
])  # fmt: skip
def test_run_with_a_wrong_member_is_unreadable_as_a_whole(change):
    """Half a result is no result: no count may be made up."""
    run = {"ErrorCount": 1, "Errors": "", "RecordCount": 2, "RunNumber": 1, "Status": 1, **change}
    with pytest.raises(UnreadableAnswer):
        answers.decode_run(json.dumps(run).encode())


def test_web_page_is_named_by_its_title():
    with pytest.raises(UnreadableAnswer, match='web page titled "Sign in"'):
        answers.decode_maps(NO_ANSWERS[0])


def test_a_token_is_in_no_error():
    """What comes instead of a token may hold one."""
    with pytest.raises(UnreadableAnswer) as caught:
        answers.decode_token(b'{"x": "c2FtcGxlLXRva2Vu"}')
    assert "c2FtcGxlLXRva2Vu" not in str(caught.value) + caught.value.body


@pytest.mark.parametrize(
    ("body", "reason"), [*REFUSALS, (b"", ""), (b"<html></html>", ""), (b'"Not allowed."', "Not allowed."), (b"[]", "")]
)
def test_reason_of_a_refusal(body, reason):
    assert answers.decode_refusal(body) == reason


def test_refusals_are_written_as_they_are_read():
    for as_xml in (False, True):
        assert answers.decode_refusal(answers.encode_refusal("No such <process>.", as_xml)) == "No such <process>."


@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_a_value_or_a_service_error(body):
    """No other exception ever leaves a reader."""
    for reader in [*READERS, answers.decode_run]:
        try:
            reader(body)
        except ServiceError as error:
            assert error.hint  # noqa: PT017 - either outcome is right
