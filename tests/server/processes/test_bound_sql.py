"""SQL of process files: values are bound, no value becomes SQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.server.expressions import Names
from xlsc.server.processes.bound_sql import SqlError, bind_sql, fill_text

NAMES = Names(["No", "Posting Date"], ["GBL_STATE"])


@pytest.mark.parametrize(
    ("sql", "text", "values"),
    [
        ("select 1 where s = 'GBL_STATE'", "select 1 where s = :xlsc_0", ["WA"]),
        ("select 1 where s = GBL_STATE;", "select 1 where s = :xlsc_0", ["WA"]),
        ("select 1 where s = :gbl_state", "select 1 where s = :xlsc_0", ["WA"]),
        ("select 1 where s like '%GBL_STATE''s%'", "select 1 where s like :xlsc_0", ["%WA's%"]),
        ("select :No, :[Posting Date]", "select :xlsc_0, :xlsc_1", ["C1", "day"]),
        ("select a::int, 'x:y', \"c:d\" -- GBL_NONE", "select a\\:\\:int, 'x\\:y', \"c\\:d\" -- GBL_NONE", []),
        ("select ';' /* ; */", "select ';' /* ; */", []),
    ],
)
def test_places(sql, text, values):
    bound = bind_sql(sql, NAMES)
    assert bound.text == text
    row = ["C1", "day"]
    assert [
        p.value(lambda place: "WA" if place.column is None else row[place.column]) for p in bound.parameters
    ] == values


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("select 1; select 2", "one statement"),
        ("select :Non", "no column or variable 'Non'; did you mean 'No'"),
        ("select 'GBL_NONE'", "no variable 'GBL_NONE'; declare it"),
        ("select 'open", "no closing quote"),
        ("select '" + "x" * 60_000 + "'", "longer than 50,000"),
    ],
)
def test_refused(sql, message):
    with pytest.raises(SqlError, match=message):
        bind_sql(sql, NAMES)


@given(st.text("'\";:-/*[]GBL_STATE NoX\n", max_size=60))
def test_any_sql_is_bound_or_refused(sql):
    try:
        bound = bind_sql(sql, NAMES)
    except SqlError:
        return
    assert len(bound.parameters) == bound.text.count(":xlsc_")


def test_texts_that_are_no_sql():
    assert fill_text("in/GBL_STATE_x/gbl_state.csv", lambda name: {"gbl_state": "WA"}.get(name, "?")) == "in/?/WA.csv"
