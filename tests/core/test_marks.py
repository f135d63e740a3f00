"""Planned marks: a status for every row, a mark on every wrong cell, nothing a workbook cannot hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.marks import (
    MAX_NOTE_LENGTH,
    MAX_STATUS_LENGTH,
    CellMark,
    MarkLayout,
    RowStatus,
    plan_marks,
    read_state,
)
from xlsc.core.results import Code, RowError, RowState
from xlsc.core.table import Column, Row, Table

LAYOUT = MarkLayout(header_row=1, status_column=9)
TABLE = Table(
    (Column("Name", sheet_column=2), Column("Number", is_key=True, sheet_column=5), Column("Hidden")),
    [Row(number, (None, str(number), None)) for number in range(2, 9)],
)


def error(row, column=None, message="Wrong.", code=Code.SERVICE):
    return RowError(row, column, None, message, code)


def plan(states, errors=(), texts=None, table=TABLE, summary="done"):
    return plan_marks(table, states, errors, LAYOUT, summary, texts)


def texts(made):
    return {status.sheet_row: status.text for status in made.statuses}


def test_every_row_gets_one_status_in_sheet_order():
    states = {4: RowState.UNKNOWN, 2: RowState.ACCEPTED, 3: RowState.REJECTED, 5: RowState.SKIPPED}
    made = plan(states, [error(3, "Name", "Too long."), error(3, None, "Locked."), error(3, "Number", "Too long.")])
    assert [status.sheet_row for status in made.statuses] == [2, 3, 4, 5]
    assert texts(made)[2] == "Accepted"
    assert texts(made)[3] == "Rejected: Too long. | Locked."
    assert texts(made)[4].startswith("Unknown: ")
    assert texts(made)[5].startswith("Skipped: ")
    assert made.statuses[0] == RowStatus(2, RowState.ACCEPTED, "Accepted")
    assert (made.header_row, made.status_column, made.summary) == (1, 9, "done")


def test_more_detail_comes_before_the_messages():
    states = {2: RowState.ACCEPTED, 3: RowState.REJECTED, 4: RowState.SKIPPED, 5: RowState.REJECTED}
    made = plan(
        states,
        [error(3, None, "Locked.")],
        {2: "Accepted, run 5", 3: "Rejected, run 5", 4: "not checked", 5: "Rejected, run 5."},
    )
    assert texts(made) == {
        2: "Accepted, run 5",
        3: "Rejected, run 5: Locked.",
        4: "Skipped: not checked",
        5: "Rejected, run 5.",
    }


def test_cells_are_marked_once_with_all_their_messages_in_sheet_order():
    made = plan(
        {3: RowState.REJECTED},
        [
            error(3, "number", "b"),
            error(3, "Name", "c"),
            error(2, "Name", "a"),
            error(3, "Name", "d"),
            error(3, "Name", "c"),
        ],
    )
    assert list(made.cells) == [CellMark(2, 2, "a"), CellMark(3, 2, "c\nd"), CellMark(3, 5, "b")]


def test_an_error_without_a_column_on_the_sheet_marks_the_key():
    made = plan({}, [error(3, None, "a"), error(4, "Hidden", "b"), error(5, "Unheard", "c")])
    assert [(cell.sheet_row, cell.sheet_column) for cell in made.cells] == [(3, 5), (4, 5), (5, 5)]


def test_without_keys_the_first_column_is_marked_and_without_columns_none():
    plain = Table((Column("Hidden"), Column("Name", sheet_column=2)), [])
    assert plan({}, [error(3)], table=plain).cells == [CellMark(3, 2, "Wrong.")]
    assert plan({}, [error(3)], table=Table((Column("Hidden"),), [])).cells == []


def test_rows_that_are_only_part_of_a_wrong_document_get_no_cell_mark():
    made = plan({3: RowState.REJECTED}, [error(3, None, "Row 4 of the same document is wrong.", Code.DOCUMENT)])
    assert made.cells == []
    assert texts(made)[3] == "Rejected: Row 4 of the same document is wrong."


def test_errors_that_fit_no_row_are_marked_nowhere():
    made = plan({2: RowState.ACCEPTED}, [error(None, None, "Where?", Code.UNLOCATED)])
    assert made.cells == []
    assert list(made.cleared_rows) == [2]


def test_earlier_marks_of_every_row_of_the_run_go():
    made = plan({7: RowState.ACCEPTED, 2: RowState.SKIPPED}, [error(5)])
    assert list(made.cleared_rows) == [2, 5, 7]


def test_texts_are_cut_where_a_cell_or_a_note_ends():
    made = plan({3: RowState.REJECTED}, [error(3, "Name", "x" * 50_000)], summary="y" * 5_000)
    assert len(texts(made)[3]) == MAX_STATUS_LENGTH
    assert texts(made)[3].endswith("…")
    assert len(made.cells[0].note) == MAX_NOTE_LENGTH
    assert len(made.summary) == MAX_NOTE_LENGTH


def test_what_a_workbook_cannot_hold_is_replaced():
    made = plan({3: RowState.REJECTED}, [error(3, "Name", "bell \x07 half \ud800")], {3: "Rejected\x00, run 5"})
    assert made.cells[0].note == "bell \ufffd half \ufffd"
    assert texts(made)[3] == "Rejected\ufffd, run 5: bell \ufffd half \ufffd"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Accepted", RowState.ACCEPTED),
        (" accepted, run 5", RowState.ACCEPTED),
        ("REJECTED: x", RowState.REJECTED),
        ("Skipped", RowState.SKIPPED),
        ("Unknown: sent", RowState.UNKNOWN),
        ("Acceptedly", None),
        ("It was accepted", None),
        ("", None),
        (None, None),
    ],
)
def test_states_are_read_back(text, state):
    assert read_state(text) is state


@given(
    st.sampled_from(RowState), st.one_of(st.none(), st.text(max_size=20)), st.lists(st.text(max_size=20), max_size=3)
)
def test_every_status_text_tells_its_state(state, detail, messages):
    made = plan(
        {3: state}, [error(3, None, message) for message in messages], {3: detail} if detail is not None else None
    )
    assert read_state(texts(made)[3]) is state
