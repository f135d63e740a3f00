"""Fresh rows find their places: each key stays in its row, no note comes to stand beside another key."""

from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.refreshing import Present, plan_places

KEYS = st.sampled_from("abcdef").map(lambda letter: (letter,))
ROWS = st.lists(st.tuples(st.one_of(st.none(), KEYS), st.booleans()), max_size=8)


@given(ROWS, st.lists(KEYS, max_size=10))
def test_every_fresh_row_has_a_place_of_its_own_and_keys_stay(rows, fresh):
    present = [Present(number, key, noted) for number, (key, noted) in enumerate(rows, start=5)]
    places = plan_places(present, fresh, 5)
    by_row = {row.sheet_row: row for row in present}
    assert len(set(places.rows)) == len(fresh)
    assert all(row >= 5 for row in places.rows)
    for key, row in zip(fresh, places.rows, strict=True):
        before = by_row.get(row)
        # A row with a note and data keeps its key, or is left alone.
        if before is not None and before.is_noted and before.key is not None:
            assert before.key == key
    stayed = sum(by_row[row].key == key for key, row in zip(fresh, places.rows, strict=True) if row in by_row)
    assert (
        stayed
        == places.updated
        == sum(min(fresh.count(key), [r.key for r in present].count(key)) for key in set(fresh))
    )
    left = {row.sheet_row for row in present if row.key is not None} - set(places.rows)
    assert left == set(places.emptied) | set(places.kept)
    assert all(by_row[row].is_noted for row in places.kept)
    assert not any(by_row[row].is_noted for row in places.emptied)


@given(ROWS)
def test_the_same_rows_again_change_nothing(rows):
    present = [Present(number, key, noted) for number, (key, noted) in enumerate(rows, start=2)]
    there = [row for row in present if row.key is not None]
    places = plan_places(present, [row.key for row in there], 2)
    assert places.rows == tuple(row.sheet_row for row in there)
    assert (places.emptied, places.kept) == ((), ())
