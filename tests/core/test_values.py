"""Cell values to wire texts: nothing rounded that counts, no zero lost, every unsendable cell reported once."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.addresses import Area
from xlsc.core.results import Code
from xlsc.core.table import Block, CellError, Column
from xlsc.core.values import MAX_TEXT_LENGTH, TextOptions, UnencodableValue, encode_block, encode_value

US = TextOptions(dates="us")
DISPLAYED = TextOptions(read="displayed")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (" \n\t", None),
        ("  two\nlines ", "  two\nlines "),
        ("007", "007"),
        (True, "true"),
        (False, "false"),
        (1001.0, "1001"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.666666666666667"),
        (1e21, "1" + "0" * 21),
        (1e-7, "0.0000001"),
        (-1.5e-10, "-0.00000000015"),
        (999999999999999.0, "999999999999999"),
        (1234567890123456.0, "1234567890123460"),
        (12345678901234567890, "12345678901234567890"),
        (Decimal("50.0000"), "50"),
        (Decimal("0.10"), "0.1"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0"), "0"),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 14, 5), "2026-01-31T14:05:00"),
        (datetime(2026, 1, 31, 14, 4, 59, 999_999), "2026-01-31T14:05:00"),
        (datetime(2026, 1, 31, 14, 5, 0, 250_400), "2026-01-31T14:05:00.25"),
        (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00+00:00"),
        (datetime.max, "9999-12-31T23:59:59.999999"),
        (datetime(1899, 12, 30, 9, 30), "09:30:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        (-timedelta(seconds=90.5), "-0:01:30.5"),
    ],
)
def test_values_become_texts(value, text):
    assert encode_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 1, 31), "1/31/2026"),
        (date(2026, 12, 1), "12/1/2026"),
        (datetime(2026, 1, 31, 14, 5), "1/31/2026 2:05:00 PM"),
        (datetime(2026, 1, 31, 0, 5, 7, 250_000), "1/31/2026 12:05:07.25 AM"),
        (time(12, 0), "12:00:00 PM"),
        (1234.5, "1234.5"),
    ],
)
def test_us_dates_are_a_choice(value, text):
    assert encode_value(value, options=US) == text


@pytest.mark.parametrize(
    ("value", "number_format", "stored", "displayed"),
    [
        (42.0, "00000", "00042", "00042"),
        (123456, "000-000", "123-456", "123-456"),
        (Decimal(7), "000", "007", "007"),
        (-5, "00000", "-00005", "-00005"),
        (12.5, "00000", "12.5", "00013"),
        (1234.5, "#,##0.00", "1234.5", "1,234.50"),
        (0.125, "0.0%", "0.125", "12.5%"),
        (-5.0, '"$"#,##0;[Red]("$"#,##0)', "-5", "($5)"),
        (0, "0;-0;;@", "0", None),
        (1.5, "# ?/?", "1.5", "1.5"),
        (5.0, "General", "5", "5"),
        (datetime(2026, 1, 31), "d mmm yyyy", "2026-01-31", "31 Jan 2026"),
        (datetime(2026, 1, 31), "[$-F800]dddd", "2026-01-31", "2026-01-31"),
        (timedelta(hours=26), "[h]:mm", "26:00:00", "26:00"),
        ("Lima", '"City "@', "Lima", "City Lima"),
        (True, "0.00", "true", "true"),
    ],
)
def test_stored_and_displayed_are_a_named_choice(value, number_format, stored, displayed):
    assert encode_value(value, number_format) == stored
    assert encode_value(value, number_format, DISPLAYED) == displayed


@pytest.mark.parametrize("value", [CellError("#N/A"), float("inf"), Decimal("-Infinity"), object()])
def test_what_has_no_text_is_refused(value):
    with pytest.raises(UnencodableValue) as caught:
        encode_value(value)
    assert caught.value.message.endswith(".")
    assert isinstance(caught.value, ValueError)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_fifteen_digits_and_never_an_exponent(value):
    text = encode_value(value)
    assert "e" not in text.lower()
    assert float(text) == float(f"{value:.15g}")
    assert text == "0" or not text.endswith((".", ".0"))


@given(st.integers(-(10**40), 10**40))
def test_integers_are_exact(value):
    assert int(encode_value(value)) == value


@given(st.datetimes(datetime(1900, 1, 2), datetime(9998, 1, 1)))
def test_iso_texts_come_back_as_the_same_moment(value):
    assert abs(datetime.fromisoformat(encode_value(value)) - value) <= timedelta(microseconds=500)


# --- blocks -------------------------------------------------------------------------------------------------------

COLUMNS = (Column("Number", is_key=True, sheet_column=3), Column("Name", sheet_column=2))


def block(rows, **more):
    return Block(Area(5, 2, 4 + len(rows), 3), rows, **more)


def test_a_block_becomes_a_table_in_the_order_of_its_columns():
    table, errors = encode_block(block([["Lima", 1.0], ["Rome", 2.5]]), COLUMNS)
    assert table.names == ("Number", "Name")
    assert [(row.sheet_row, row.values) for row in table.rows] == [(5, ("1", "Lima")), (6, ("2.5", "Rome"))]
    assert errors == []


def test_blank_and_skipped_rows_are_left_out_and_the_others_keep_their_numbers():
    rows = [["a", 1], [None, None], [" ", ""], ["b", 2], [None, 3]]
    table, _ = encode_block(block(rows), COLUMNS, skip_rows=frozenset({8}))
    assert [row.sheet_row for row in table.rows] == [5, 9]


def test_cells_outside_the_columns_do_not_make_a_row():
    table, _ = encode_block(block([["a", None]]), COLUMNS[:1])
    assert list(table.rows) == []
    assert list(encode_block(block([["a", None]]), ())[0].rows) == []


def test_a_column_that_stands_on_no_sheet_is_none_everywhere():
    table, _ = encode_block(block([["a", 1]]), (*COLUMNS, Column("Extra")))
    assert table.rows[0].values == ("1", "a", None)


def test_a_column_outside_the_block_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="Far"):
        encode_block(block([["a", 1]]), (Column("Far", sheet_column=9),))


def test_number_formats_of_columns_and_of_single_cells_count():
    rows = [[7.0, 7.0], [8.0, 8.0]]
    made = block(rows, column_formats=("000", "General"), formats={(6, 3): "00"})
    table, _ = encode_block(made, COLUMNS)
    assert [row.values for row in table.rows] == [("7", "007"), ("08", "008")]


def test_equal_values_of_other_types_keep_their_own_texts():
    values = [True, 1, 1.0, False, 0, Decimal(1), "1", datetime(2026, 1, 31), date(2026, 1, 31)]
    made = Block(Area(1, 1, len(values), 1), [[value] for value in values], ("00",))
    table, _ = encode_block(made, (Column("Only", sheet_column=1),))
    expected = ["true", "01", "01", "false", "00", "01", "1", "2026-01-31", "2026-01-31"]
    assert [row.values[0] for row in table.rows] == expected


def test_a_column_of_texts_is_displayed_within_its_format():
    made = block([["Lima", None], [" ", None]], column_formats=('"City "@', "General"))
    table, _ = encode_block(made, COLUMNS, DISPLAYED)
    assert [row.values for row in table.rows] == [(None, "City Lima")]


def test_everything_that_cannot_be_sent_is_reported_in_one_pass():
    rows = [
        ["ok\x07", CellError("#N/A")],
        ["x" * (MAX_TEXT_LENGTH + 1), 1.0],
        ["lone \ud800", float("inf")],
        [CellError("#REF!"), "fine"],
    ]
    table, errors = encode_block(block(rows), COLUMNS)
    assert [(error.sheet_row, error.column, error.code) for error in errors] == [
        (5, "Number", Code.CELL_ERROR),
        (5, "Name", Code.CONTROL_CHARACTER),
        (6, "Name", Code.TOO_LONG),
        (7, "Number", Code.CELL_ERROR),
        (7, "Name", Code.CONTROL_CHARACTER),
        (8, "Name", Code.CELL_ERROR),
    ]
    assert [row.values for row in table.rows] == [(None, None), ("1", None), (None, None), ("fine", None)]
    assert errors[0].value == "#N/A"
    assert "#N/A" in errors[0].message
    assert errors[1].value == "ok\ufffd"
    assert "U+0007 at place 3" in errors[1].message
    assert "32,768" in errors[2].message


def test_length_is_counted_as_excel_counts():
    rows = [["😀" * 16_384, 1], ["y" * MAX_TEXT_LENGTH, 2]]
    _, errors = encode_block(block(rows), COLUMNS)
    assert [(error.sheet_row, error.code) for error in errors] == [(5, Code.TOO_LONG)]


def test_line_ends_and_tabs_can_be_sent():
    table, errors = encode_block(block([["a\r\nb\tc", 1]]), COLUMNS)
    assert errors == []
    assert table.rows[0].values[1] == "a\r\nb\tc"


CELLS = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False, places=3),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.just(CellError("#VALUE!")),
)
FORMATS = st.sampled_from(["General", "00000", "0.00", "#,##0;(#,##0)", "@", "d/m/yyyy", "h:mm", "# ?/?", '"City "@'])


@given(
    st.one_of(
        st.lists(CELLS, max_size=8), *(st.lists(kind, max_size=8) for kind in (st.text(), st.floats(), st.dates()))
    ),
    FORMATS,
    st.dictionaries(st.tuples(st.integers(1, 8), st.just(1)), FORMATS, max_size=3),
    st.sampled_from([TextOptions(), US, DISPLAYED]),
)
def test_a_block_says_of_each_cell_what_the_cell_alone_says(cells, shared, own, options):
    column = Column("Only", sheet_column=1)
    rows = [[cell] for cell in cells] or [[None]]
    made = Block(Area(1, 1, len(rows), 1), rows, (shared,), own)
    table, errors = encode_block(made, (column,), options)
    texts = {row.sheet_row: row.values[0] for row in table.rows}
    wrong = {error.sheet_row for error in errors}
    for number, cell in enumerate(cells, start=1):
        try:
            alone = encode_value(cell, made.number_format(number, 1), options)
        except UnencodableValue:
            assert number in wrong
            continue
        if number in wrong:
            assert texts[number] is None
        else:
            assert texts.get(number) == alone
