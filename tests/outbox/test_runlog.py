"""The run log's chain: every change is found, a crash loses and doubles nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsc.outbox import Outbox, RunLine

LINE = RunLine(
    "2026-02-28T10:00:00+00:00", "ann@example.com", "b.xlsx", "0" * 64, "https://s.example.com", "C", "P",
    1, 2, 3, 1, 1, 1, 0, 0.5,
)  # fmt: skip


@pytest.fixture
def log(outbox):
    for number, when in enumerate(("2026-02-28", "2031-01-01", "1999-01-01", "2026-03-01")):
        outbox.run_log.append(replace(LINE, run_number=number, when_utc=when))
    return outbox.run_log


def test_order_is_that_of_writing_whatever_the_clock_said(log):
    assert log.verify() is None
    assert [line.run_number for line in log.read()] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda lines: lines[:1] + lines[2:], 2),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        (lambda lines: lines[:3], 4),
        (lambda lines: [], 1),
        (lambda lines: [*lines, lines[-1]], 5),
        (lambda lines: [lines[0].replace(b'"accepted":1', b'"accepted":2'), *lines[1:]], 1),
    ],
)
def test_changes_are_found_at_their_line(log, change, number):
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(change(lines)))
    assert log.verify().line_number == number
    log.append(LINE)
    assert log.verify().line_number <= number


def test_a_missing_line_end_is_found_and_mended_by_the_next_line(log):
    log.path.write_bytes(log.path.read_bytes()[:-1])
    assert log.verify().line_number == 4
    log.append(LINE)
    assert log.verify() is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_is_found(log, data):
    whole = log.path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    log.path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    assert log.verify() is not None
    log.path.write_bytes(whole)
    assert log.verify() is None


@pytest.mark.parametrize("torn", [0, 1, 40, None])
def test_a_crash_between_outbox_and_file_loses_and_doubles_nothing(outbox, log, torn):
    """State as after a crash: the line is pending in the outbox, and a beginning of it stands in the file."""
    whole = log.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    count, head = 3, json.loads(lines[2])["hash"]
    with outbox._database.writing() as connection:
        connection.execute("UPDATE log_head SET line_count=?, hash=?, pending=?", (count, head, lines[3].decode()[:-1]))
    log.path.write_bytes(b"".join(lines[:3]) + lines[3][:torn])
    assert log.verify() is None
    assert log.path.read_bytes() == whole


def test_two_outboxes_share_one_chain(outbox, log):
    with Outbox.open(outbox.run_log.path.with_name("outbox.sqlite")) as second:
        second.run_log.append(LINE)
    log.append(LINE)
    assert len(log.read()) == 6
    assert log.verify() is None


def test_a_run_that_has_its_line_gets_no_second(outbox, log, plan):
    """Two processes that find the same forgotten run write one line."""
    entry_id = outbox.begin(plan("a"))
    first = log.append(LINE, entry_id)
    assert log.append(LINE, entry_id) == first
    with Outbox.open(log.path.with_name("outbox.sqlite")) as second:
        second.run_log.append(LINE, entry_id)
    assert len(log.read()) == 5
    assert log.verify() is None
