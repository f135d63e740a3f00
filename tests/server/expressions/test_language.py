"""The language of process files: what expressions mean, and what is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from xlsc.server.expressions import EvaluationError, ExpressionError, Names, Scope, compile_expression, compile_template

NAMES = Names(["No", "Amount", "Posting Date", "City"], ["GBL_STATE", "GlobalRunNumber"])
ROW = ("C1", Decimal("12.50"), datetime(2024, 1, 31), None)
ROWS = (ROW, ("C2", Decimal(-2), None, "Oslo"), ("C1", None, datetime(2024, 3, 1), " "))
VARIABLES = {"gbl_state": "WA", "globalrunnumber": Decimal(7)}


class Terms:
    """A table of two terms."""

    def find(self, table: str, key_column: str, key: object, wanted: str) -> tuple[bool, Decimal | None]:
        days = {"NET30": Decimal(30), "NET60": Decimal(60)}.get(str(key))
        return days is not None, days


def value(text: str):
    scope = Scope(ROW, ROWS, VARIABLES, Terms(), datetime(2024, 5, 6, 7, 8))
    return compile_expression(text, NAMES).evaluate(scope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", Decimal(5)),
        ("-(1 + 2) * -2", Decimal(6)),
        ("0.1 + 0.2 = 0.3", True),
        ("Amount * 2", Decimal(25)),
        ("[Posting Date] + 1", datetime(2024, 2, 1)),
        ("[Posting Date] - date('2024-01-01')", Decimal(30)),
        ("NO & '-' & gbl_state & '-' & GLOBALRUNNUMBER", "C1-WA-7"),
        ("City & 'x'", "x"),
        ("City + 1", Decimal(1)),
        ("City = ''", True),
        ("City > 1", None),
        ("No = 'c1'", False),
        ("'50.00' = 50", True),
        ("not City", None),
        ("true or City", True),
        ("false and 1 / 0 = 1", False),
        ("No in ('C2', 'C1')", True),
        ("if(Amount > 10, 'much', 'little')", "much"),
        ("if(false, 1)", None),
        ("sum(Amount)", Decimal("10.50")),
        ("count()", Decimal(3)),
        ("count(Amount)", Decimal(2)),
        ("countif(Amount < 0)", Decimal(1)),
        ("distinct(No)", Decimal(2)),
        ("max([Posting Date])", datetime(2024, 3, 1)),
        ("first(No) & last(No)", "C1C1"),
        ("all(Amount > -5)", True),
        ("any(City = 'Oslo')", True),
        ("lookup('terms', 'code', 'NET30', 'days')", Decimal(30)),
        ("exists('terms', 'code', 'NET31')", False),
        ("addmonths(date('2024-01-31'), 1)", datetime(2024, 2, 29)),
        ("endofmonth([Posting Date])", datetime(2024, 1, 31)),
        ("format([Posting Date], 'dd.MM.yyyy')", "31.01.2024"),
        ("format(-1234567.891, '#,##0.00')", "-1,234,567.89"),
        ("format(7, '0000')", "0007"),
        ("round(2.5) & round(-2.5) & round(1.005, 2)", "3-31.01"),
        ("padleft(7, 3) & left('abc', 2) & right('abc', 1) & mid('abc', 2, 1)", "007abcb"),
        ("matches('WA-98052', '[A-Z][A-Z]-#####')", True),
        ("isemail('ann@example.com') and not isemail('ann@example')", True),
        ("coalesce(City, blank, 'none')", "none"),
        ("today()", datetime(2024, 5, 6)),
        ('\'it\'\'s\' & "a ""b"""', 'it\'sa "b"'),
    ],
)
def test_meaning(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'abc' + 1", "'abc' is not a number"),
        ("1 / 0", "divided by zero"),
        ("1 / City", "divided by zero"),
        ("date(2023, 2, 29)", "no day 29 in 2023-02"),
        ("true < 1", "have no order"),
        ("adddays(date('9999-12-31'), 1)", "beyond the year 9999"),
        ("format(Amount, '%x')", "is no pattern"),
        ("left('abc', 0.5)", "not a whole number"),
    ],
)
def test_values_that_do_not_fit(text, message):
    with pytest.raises(EvaluationError, match=message):
        value(text)


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("", "A value was expected", 1),
        ("1 +", "A value was expected", 4),
        ("Amout > 1", "did you mean 'Amount'", 1),
        ("1 + upperr(No)", "did you mean 'upper'", 5),
        ("left(No)", "takes 2 arguments, not 1", 1),
        ("1 < 2 < 3", "Join two comparisons with 'and'", 7),
        ("'open", "no closing quote", 1),
        ("No; drop", "';' means nothing here", 3),
        ("sum(sum(Amount))", "cannot stand inside", 5),
        ("lookup(No, 'code', No)", "in quotes", 8),
        ("exists('a; drop table b', 'x', No)", "not the name of a table", 8),
        ("__import__('os')", "no function", 1),
        ("No.__class__", "cannot be read", 3),
        ("(1", "'\\)' was expected", 3),
    ],
)
def test_texts_that_are_refused(text, message, position):
    with pytest.raises(ExpressionError, match=message) as caught:
        compile_expression(text, NAMES)
    assert caught.value.position == position


def test_messages_show_values_and_braces():
    template = compile_template("No '{No}' {{x}} {format(Amount, '0.0')} {'a' + 1}.", NAMES)
    assert template.fill(Scope(ROW, ROWS, VARIABLES)) == "No 'C1' {x} 12.5 ."
    with pytest.raises(ExpressionError, match="no counterpart"):
        compile_template("open {No", NAMES)
    with pytest.raises(ExpressionError, match="Nmo") as caught:
        compile_template("a {Nmo}", NAMES)
    assert caught.value.position == 4


def test_an_expression_knows_its_columns_and_tables():
    expression = compile_expression("exists('terms', 'code', No) and [posting date] > today()", NAMES)
    assert (expression.columns, expression.tables) == ({0, 2}, {"terms"})


def test_aggregates_look_at_each_row_once():
    seen = []

    class Counting:
        def find(self, table: str, key_column: str, key: object, wanted: str) -> tuple[bool, object]:
            seen.append(key)
            return True, Decimal(1)

    scope = Scope(ROW, ROWS, VARIABLES, Counting())
    expression = compile_expression("sum(lookup('t', 'k', No))", NAMES)
    assert [expression.evaluate(scope.with_row(row)) for row in ROWS] == [3, 3, 3]
    assert len(seen) == 3
    expression.evaluate(scope.afresh())
    assert len(seen) == 6
