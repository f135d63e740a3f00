"""Texts that mean the same have one spelling, and texts that may differ keep theirs."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.canonical import (
    Memo,
    canonical,
    canonical_day_first,
    exact,
    is_day_first,
    loose,
    parse_moment,
    parse_number,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        (" \t\n", None),
        (" Lima ", "Lima"),
        ("50.00", "50"),
        ("-0.50", "-0.5"),
        ("-0.0", "0"),
        (".5", "0.5"),
        ("1,234,567.10", "1234567.1"),
        ("12,34", "12,34"),
        ("1,23,456", "1,23,456"),
        ("00100", "00100"),
        ("+5", "+5"),
        ("1E5", "1E5"),
        ("-", "-"),
        (".", "."),
        ("12345678901234567890", "12345678901234567890"),
        ("TRUE", "true"),
        ("False", "false"),
        ("Truely", "Truely"),
        ("9/16/2018", "2018-09-16"),
        ("9/16/2018 12:00:00 AM", "2018-09-16"),
        ("9/16/2018, 2:05:07.250 PM", "2018-09-16T14:05:07.25"),
        ("9/16/2018 2:05 p.m.", "2018-09-16T14:05:00"),
        ("2018-9-6", "2018-09-06"),
        ("2018-09-16T00:00:00", "2018-09-16"),
        ("2018-09-16 14:05", "2018-09-16T14:05:00"),
        ("2018-02-30", "2018-02-30"),
        ("13/13/2018", "13/13/2018"),
        ("9/16/18", "9/16/18"),
        ("2:05 PM", "14:05:00"),
        ("12:00 AM", "00:00:00"),
        ("13:00 PM", "13:00 PM"),
        ("9/16/2018 13:00 PM", "9/16/2018 13:00 PM"),
        ("26:05", "26:05"),
        ("08:30:00.5", "08:30:00.5"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_canonical_changes_spelling_only(text, expected):
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("00100", "100"),
        ("000", "0"),
        ("true", "1"),
        ("false", "0"),
        ("+5", "5"),
        ("1E+3", "1000"),
        ("50,25", "50.25"),
        ("1.234,50", "1234.5"),
        ("0.10000000000000000555", "0.1"),
        ("12345678901234567890.0", "12345678901234567890"),
        ("2018-09-16T14:05:00Z", "2018-09-16T14:05:00"),
        ("2018-09-16T14:05:00+02:00", "2018-09-16T14:05:00"),
        ("9/16/18", "2018-09-16"),
        ("9/16/45", "1945-09-16"),
        ("Main  STREET", "main street"),
        ("-x", "-x"),
    ],
)
def test_loose_forgives_what_typed_columns_do(text, expected):
    assert loose(text) == expected


def test_day_first_is_read_only_where_it_is_asked_for():
    assert canonical("3/4/2018") == "2018-03-04"
    assert canonical_day_first("3/4/2018") == "2018-04-03"
    assert canonical_day_first("16/9/2018 12:00:00 AM") == "2018-09-16"


def test_the_order_of_day_and_month_is_told_from_all_dates_together():
    assert is_day_first(["3/4/2018", None, "x/y", "16/9/2018"])
    assert not is_day_first(["3/4/2018", "9/16/2018", "16/9/2018"])
    assert not is_day_first(["3/4/2018"])


def test_numbers_are_read_exactly():
    assert parse_number(" 1,234.50 ") == Decimal("1234.50")
    assert parse_number("-00.5") == Decimal("-0.5")
    assert parse_number("5.") == Decimal(5)
    assert parse_number("1e3") == Decimal(1000)
    for text in ("", "-", ".", "1,2", "5 EUR", "0x10", "1e999", "٣", "Infinity", "NaN"):
        assert parse_number(text) is None, text


def test_moments_that_do_not_exist_are_none():
    assert parse_moment("2/29/2024") == datetime(2024, 2, 29)
    assert parse_moment("2/29/2023") is None
    assert parse_moment("0000-01-01") is None
    assert parse_moment("2024-01-01 24:00") is None
    assert parse_moment("soon") is None
    assert parse_moment("1/2/30") is None
    assert parse_moment("1/2/30", short_years=True) == datetime(1930, 1, 2)


def test_exact_takes_blanks_for_no_value():
    assert exact(" a ") == " a "
    assert exact(" \n") is exact("") is exact(None) is None


def test_a_memo_remembers_but_not_without_end():
    calls = []

    def spell(text):
        calls.append(text)
        return canonical(text)

    memo = Memo(spell)
    assert [memo["5.0"], memo["5.0"], memo[None]] == ["5", "5", None]
    assert calls == ["5.0", None]
    for number in range(70_000):
        assert memo[str(number)] == str(number)
    assert len(memo) < 70_000


TEXTS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"-?[0-9]{0,4}[.,]?[0-9]{0,3}", fullmatch=True),
    st.from_regex(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}( [0-9]{1,2}:[0-9]{2}( AM)?)?", fullmatch=True),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1)).map(datetime.isoformat),
)


@given(TEXTS)
def test_a_canonical_text_is_its_own_spelling(text):
    once = canonical(text)
    assert canonical(once) == once


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_spelling_of_a_number_is_the_same(number):
    spellings = {f"{number:f}", f"{number:f}000", f"{number:,f}", f" {number:f} "}
    assert len({canonical(spelling) for spelling in spellings}) == 1
    assert Decimal(canonical(f"{number:f}")) == number


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_spelling_of_a_moment_is_the_same(moment):
    half = "AM" if moment.hour < 12 else "PM"
    american = f"{moment.month}/{moment.day}/{moment.year} {(moment.hour - 1) % 12 + 1}:{moment:%M:%S} {half}"
    assert canonical(american) == canonical(moment.isoformat()) == canonical(moment.isoformat(" "))
