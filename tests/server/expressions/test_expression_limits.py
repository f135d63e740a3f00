"""Any text is read or refused, any value answered or refused: in bounded depth, size and number of steps."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.server.expressions import (
    EvaluationError,
    ExpressionError,
    Names,
    Scope,
    Template,
    compile_expression,
    compile_template,
)
from xlsc.server.expressions.comparing import is_equal
from xlsc.server.expressions.functions import FUNCTIONS
from xlsc.server.expressions.limits import MAX_TEXT
from xlsc.server.expressions.patterns import matches
from xlsc.server.expressions.values import to_number, to_text

NAMES = Names(["A", "B"], [])
WORDS = ["A", "B", "1", "0.5", "'x'", "(", ")", ",", "+", "-", "*", "/", "&", "=", "<", "in", "not", "and", "or"]
WORDS += ["if(", "sum(", "[A]", "blank", "true", "len(", "replace(", "'", "[", "{", "}", "é"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=12),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20),
    st.datetimes(),
)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100 + "1" + ")" * 100,
        "not " * 100 + "true",
        "-" * 200 + "1",
        "+".join(["1"] * 200),
        "if(" * 80 + "1",
        "&".join(["'x'"] * 300),
        " or ".join(["true"] * 100),
    ],
)
def test_deep_nesting_is_refused(text):
    with pytest.raises(ExpressionError, match="deep"):
        compile_expression(text, NAMES)


def test_long_texts_are_refused():
    with pytest.raises(ExpressionError, match="longer than 4,000"):
        compile_expression("'" + "x" * 5_000 + "'", NAMES)
    with pytest.raises(ExpressionError, match="longer than 4,000"):
        compile_template("x" * 5_000, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "replace(A, 'x', A)",
        "A & A",
        "concat(A, A, A)",
        "padleft(A, 99999999)",
        "replace(replace(replace(A, 'x', 'xxxxxxxxxx'), 'x', 'xxxxxxxxxx'), 'x', 'xxxxxxxxxx')",
    ],
)
def test_values_that_would_grow_without_bound(text):
    with pytest.raises(EvaluationError):
        compile_expression(text, NAMES).evaluate(Scope(("x" * 30_000, None)))


def test_numbers_that_would_grow_without_bound():
    power = "A"
    for _ in range(8):
        power = f"({power} * {power})"
    with pytest.raises(EvaluationError, match="too large"):
        compile_expression(power, NAMES).evaluate(Scope((Decimal(10) ** 100, None)))


def test_a_hostile_pattern_takes_few_steps():
    assert not matches("a" * 5_000, "*a" * 20 + "b")


@given(st.lists(st.sampled_from(WORDS), max_size=25), VALUES, VALUES)
def test_any_text_ends_in_a_value_or_a_refusal(words, first, second):
    text = " ".join(words)
    try:
        expression = compile_expression(text, NAMES)
    except ExpressionError as error:
        place = error.position
    else:
        place = 1
        _evaluate(expression, (first, second))
    assert 1 <= place <= len(text) + 1


def _evaluate(expression, row):
    try:
        found = expression.evaluate(Scope(row, (row, row)))
    except EvaluationError:
        return
    assert found is None or isinstance(found, str | bool | Decimal | datetime)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(VALUES, min_size=1, max_size=4))
def test_every_function_answers_or_refuses(name, values):
    columns = [f"V{number}" for number in range(len(values))]
    try:
        expression = compile_expression(f"{name}({', '.join(columns)})", Names(columns))
        found = expression.evaluate(Scope(values, (values,)))
    except (ExpressionError, EvaluationError):
        return
    assert not isinstance(found, str) or len(found) <= MAX_TEXT


@given(st.text(max_size=60))
def test_any_message_is_read_or_refused(text):
    try:
        template = compile_template(text, NAMES)
    except ExpressionError:
        return
    assert isinstance(template, Template)
    assert isinstance(template.fill(Scope((None, None))), str)


@given(VALUES, VALUES)
def test_equality_is_mutual_and_never_fails(first, second):
    assert is_equal(first, second) is is_equal(second, first)
    assert is_equal(first, first)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**18), max_value=10**18))
def test_numbers_survive_their_text(number):
    assert to_number(to_text(number)) == number


@given(st.text("abc[]-#?*x1", max_size=14), st.text("abcx1", max_size=14))
def test_patterns_answer_or_refuse(pattern, text):
    try:
        found = matches(text, pattern)
    except EvaluationError:
        return
    assert found in (True, False)
    assert not found or matches(text, f"*{pattern}*")
