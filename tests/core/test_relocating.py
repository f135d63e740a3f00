"""Marks find their rows again after a sheet was sorted, widened or edited while it was being sent."""

import random

from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.marks import STATUS_HEADER, CellMark, MarkPlan, RowStatus
from xlsc.core.relocating import relocate
from xlsc.core.results import RowState

BEFORE = [
    ["No", "Name", "mine"],
    ["1", "Ann", "x"],
    ["2", "Bob", None],
    ["3", "Cy", None],
]


def plan(cells=((3, 2),), rows=(2, 3, 4)):
    statuses = [RowStatus(row, RowState.ACCEPTED, f"Accepted, row {row}") for row in rows]
    return MarkPlan(1, 4, "done", statuses, [CellMark(row, column, "bad") for row, column in cells], list(rows), [1, 2])


def places(found):
    return {item.text: item.sheet_row for item in found.plan.statuses}


def test_an_untouched_sheet_gets_the_plan_as_it_is():
    assert relocate(plan(), BEFORE, BEFORE).plan == plan()


def test_sorted_rows_get_their_own_marks():
    found = relocate(plan(), BEFORE, [BEFORE[0], BEFORE[3], BEFORE[2], BEFORE[1]])
    assert places(found) == {"Accepted, row 2": 4, "Accepted, row 3": 3, "Accepted, row 4": 2}
    assert found.lost_rows == []


def test_inserted_columns_and_lines_above_move_the_marks():
    after = [[None] * 4, ["new", "No", "Name", "mine"], *([None, *row] for row in BEFORE[1:])]
    found = relocate(plan(), BEFORE, after).plan
    assert (found.header_row, found.status_column) == (2, 5)
    assert [(mark.sheet_row, mark.sheet_column) for mark in found.cells] == [(4, 3)]


def test_an_edited_row_is_none_that_was_sent():
    after = [*BEFORE[:2], ["2", "Bobby", None], BEFORE[3]]
    found = relocate(plan(), BEFORE, after)
    assert found.lost_rows == [3]
    assert found.plan.cells == []
    assert "Accepted, row 3" not in places(found)


def test_a_persons_own_columns_may_change_meanwhile():
    after = [[*row[:2], number] for number, row in enumerate(BEFORE)]
    after[0] = BEFORE[0]
    assert relocate(plan(), BEFORE, after).plan == plan()


def test_a_status_column_that_came_meanwhile_is_used():
    after = [["No", STATUS_HEADER, "Name", "mine"], *([row[0], None, *row[1:]] for row in BEFORE[1:])]
    found = relocate(plan(), BEFORE, after).plan
    assert found.status_column == 2
    assert found.cells[0].sheet_column == 3


def test_a_column_that_was_to_hold_statuses_is_not_overwritten():
    after = [[*row, "other"] for row in BEFORE]
    assert relocate(plan(), BEFORE, after).plan.status_column == 5


def test_nothing_is_marked_where_the_headers_are_gone():
    found = relocate(plan(), BEFORE, [["No", "Other", "mine"], *BEFORE[1:]])
    assert (found.plan.statuses, found.plan.cells, found.plan.cleared_rows) == ((), (), ())
    assert found.lost_rows == [2, 3, 4]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=30), st.randoms())
def test_every_row_finds_one_of_the_same_content(rows, chance: random.Random):
    before = [["No", "Name"], *map(list, rows)]
    shuffled = list(rows)
    chance.shuffle(shuffled)
    after = [["Name", "No"], *([name, number] for number, name in shuffled)]
    wanted = MarkPlan(1, 3, "", [], [CellMark(row, 1, str(row)) for row in range(2, len(rows) + 2)], [], [1, 2])
    found = relocate(wanted, before, after).plan
    assert len({mark.sheet_row for mark in found.cells}) == len(rows)
    for mark in found.cells:
        assert after[mark.sheet_row - 1][::-1] == before[int(mark.note) - 1]
        assert mark.sheet_column == 2
