"""Shapes in a person's words: digits, letters, any text, alternatives, regular expressions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.checks import check_table
from xlsc.core.results import Code
from xlsc.core.rules import ColumnRule, DocumentRule
from xlsc.core.shapes import describe_shape, shape_pattern
from xlsc.core.table import Column, Row, Table
from xlsc.core.template import TemplateColumn, column_rules, document_rules, in_order
from xlsc.errors import UsageError


@pytest.mark.parametrize(
    ("shape", "fits", "fails"),
    [
        ("00000", ["98101", "00000"], ["9810", "981011", "9810A", ""]),
        ("00000; 00000-0000", ["98101", "98101-1234"], ["98101-", "98101-12345"]),
        ("AA", ["WA", "wa", "Äß"], ["W", "W1", "W_", "WAA"]),
        ("JV-0000*", ["JV-2601", "JV-2601-001"], ["JV-26", "XV-2601"]),
        (r"\A0", ["A1"], ["B1", "a1"]),
        ("??", ["a1", "..", "\n\n"], ["a", "abc"]),
        ("1.5", ["1.5"], ["1x5"]),
        ("/[0-9]+|x;y/", ["12", "x;y"], ["x"]),
    ],
)
def test_a_shape_fits_whole_values_only(shape, fits, fails):
    match = re.compile(shape_pattern(shape, "here")).fullmatch
    assert [text for text in fits if not match(text)] == []
    assert [text for text in fails if match(text)] == []


@given(st.text(st.characters(exclude_characters="0A?*;\\/"), min_size=1).map(str.strip).filter(lambda text: text != ""))
def test_all_else_stands_for_itself(text):
    assert re.fullmatch(shape_pattern(text, "here"), text)
    assert not re.fullmatch(shape_pattern(text, "here"), text + "x")


def test_a_regular_expression_that_is_none_is_named():
    with pytest.raises(UsageError, match="row 4: the pattern"):
        shape_pattern("/[/", "row 4")


def test_messages_say_the_shape_not_the_expression():
    table = Table((Column("Zip"),), [Row(2, ("98",))])
    rules = column_rules([TemplateColumn("Zip", pattern="00000; 00000-0000")])
    assert [error.message for error in check_table(table, rules)] == ["'98' does not match 00000 or 00000-0000."]
    assert describe_shape("/a;b/") == "/a;b/"


def test_a_document_says_what_its_lines_add_up_to():
    columns = [
        TemplateColumn("No", key=True),
        TemplateColumn("Total", check="total"),
        TemplateColumn("Amount", check="part of total"),
    ]
    rows = [
        ("A", "30", "10.5"),
        ("A", "30.00", "19.5"),
        ("B", "7", "6"),
        ("C", None, "6"),
        ("D", "5", "x"),
        ("E", "0", None),
    ]
    table = Table(
        (Column("No", is_key=True), Column("Total"), Column("Amount")),
        [Row(number, row) for number, row in enumerate(rows, 2)],
    )
    errors = check_table(table, [], document_rules(columns))
    assert [(error.sheet_row, error.column, error.code) for error in errors] == [
        (4, "Total", Code.TOTAL),
        (6, "Amount", Code.TYPE),
    ]
    assert errors[0].message == "Total is '7', but Amount adds up to 6."
    with pytest.raises(UsageError, match="not complete"):
        DocumentRule("total", ("Total",))


def test_a_list_of_a_named_range_is_a_list_of_choices():
    column = TemplateColumn("Terms", choices=("list: Codes",))
    assert column.choices_name == "Codes"
    assert column_rules([column], {"Codes": ("A", "B")})[0] == ColumnRule("Terms", choices=("A", "B"))
    assert TemplateColumn("Terms", choices=("list: Codes", "B")).choices_name == ""


def test_an_order_goes_before_the_place_in_the_list():
    columns = [TemplateColumn("a"), TemplateColumn("b", order=2), TemplateColumn("c"), TemplateColumn("d", order=1)]
    assert [item.column for item in in_order(columns)] == ["d", "b", "a", "c"]
    assert in_order([]) == ()
