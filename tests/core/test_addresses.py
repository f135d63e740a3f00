"""A1 addresses to numbers and back, up to the last cell of a sheet and not beyond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.addresses import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    format_cell,
    format_column,
    parse_area,
    parse_cell,
    parse_column,
)
from xlsc.core.table import CellError
from xlsc.errors import UsageError


@given(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_every_cell_comes_back(row, column):
    assert parse_cell(format_cell(row, column)) == (row, column)
    assert parse_column(format_column(column).lower()) == column


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("C5", Area(5, 3, 5, 3)),
        (" $f$40:a1 ", Area(1, 1, 40, 6)),
        ("C:A", Area(1, 1, MAX_ROW, 3)),
        ("5:$2", Area(2, 1, 5, MAX_COLUMN)),
        ("XFD1048576", Area(MAX_ROW, MAX_COLUMN, MAX_ROW, MAX_COLUMN)),
    ],
)
def test_areas_are_read(text, area):
    assert parse_area(text) == area


@pytest.mark.parametrize("text", ["", "A0", "A1048577", "XFE1", "1A", ":A1:B2", "0:5", "XFE:A", "A1:B2:C3", "A-1"])
def test_what_is_no_area_says_so(text):
    with pytest.raises(UsageError) as caught:
        parse_area(text)
    assert caught.value.hint


def test_areas_know_their_cells():
    area = parse_area("B2:D5")
    assert (area.height, area.width, str(area), str(parse_area("B2"))) == (4, 3, "B2:D5", "B2")
    assert area.contains(2, 2)
    assert area.contains(5, 4)
    assert not area.contains(6, 4)
    assert not area.contains(5, 5)
    assert area.intersect(parse_area("C1:Z3")) == parse_area("C2:D3")
    assert area.intersect(parse_area("E1:E9")) is None


def test_an_error_in_a_cell_reads_as_it_shows():
    assert str(CellError("#N/A")) == "#N/A"
