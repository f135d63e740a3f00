"""Local checks: every finding at once, with the value and what is expected."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from xlsc.core.checks import ColumnRule, DocumentRule, check_table, spread
from xlsc.core.results import Code, RowError
from xlsc.core.table import Column, Row, Table
from xlsc.errors import UsageError

NAMES = ("Doc", "Account", "Amount", "Day")


def table(*rows, keys=("Doc",), names=NAMES):
    columns = tuple(Column(name, is_key=name in keys, sheet_column=place) for place, name in enumerate(names, 1))
    return Table(columns, [Row(number, tuple(values)) for number, values in enumerate(rows, 2)])


def found(errors):
    return [(error.sheet_row, error.column, error.code) for error in errors]


def judge(rule, *values):
    """Sheet rows of the values that the rule finds wrong; the first value stands in row 2."""
    made = table(*((f"D{place}", value, None, None) for place, value in enumerate(values)))
    return [error.sheet_row for error in check_table(made, [rule])]


def test_keys_have_to_be_there_without_any_rule():
    errors = check_table(table((None, "1", "2", None), (" ", "1", "2", None), ("A", None, None, None)))
    assert found(errors) == [(2, "Doc", Code.MISSING_KEY), (3, "Doc", Code.MISSING_KEY)]
    assert "Doc" in errors[0].message


def test_a_required_key_is_reported_once():
    errors = check_table(table((None, "1", None, None)), [ColumnRule("Doc", required=True)])
    assert found(errors) == [(2, "Doc", Code.MISSING_KEY)]


def test_all_findings_come_in_one_pass_and_in_sheet_order():
    rules = [
        ColumnRule("amount", required=True, kind="number"),
        ColumnRule("ACCOUNT", kind="integer", max_length=4, choices=("6100", "2100"), pattern="[0-9]+", unique=True),
        ColumnRule("Day", kind="date"),
    ]
    made = table(("A", "6100", "x", "2026-02-30"), ("A", "61000", None, None), ("B", "6100", "1", "2/28/2026"))
    errors = check_table(made, rules)
    assert found(errors) == [
        (2, "Amount", Code.TYPE),
        (2, "Day", Code.TYPE),
        (3, "Account", Code.CHOICE),
        (3, "Account", Code.TOO_LONG),
        (3, "Amount", Code.REQUIRED),
        (4, "Account", Code.DUPLICATE),
    ]
    assert errors[2].value == "61000"
    assert "'61000'" in errors[2].message
    assert "6100, 2100" in errors[2].message
    assert "row 2" in errors[5].message


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("number", ("1", "-1,234.50", "007", "1e3", " 5 "), ("one", "1,2", "5 EUR", "--1")),
        ("integer", ("1", "1.0", "-3"), ("1.5", "x")),
        ("date", ("2026-01-31", "1/31/2026", "2026-01-31T14:05:00", "1/31/2026 2:05 PM"), ("31/1/2026", "soon", "42")),
        ("boolean", ("true", "FALSE", "yes", "No", "1", "0"), ("2", "maybe")),
        ("text", ("anything",), ()),
    ],
)
def test_kinds_are_read_tolerantly(kind, right, wrong):
    rule = ColumnRule("Account", kind=kind)
    assert judge(rule, *right, None) == []
    assert judge(rule, *wrong) == list(range(2, 2 + len(wrong)))


def test_blank_cells_meet_every_rule_but_required():
    rule = ColumnRule("Account", kind="number", max_length=1, choices=("1",), pattern="1", minimum=1, unique=True)
    assert judge(rule, None, None, " ") == []
    assert judge(ColumnRule("Account", required=True), None, "x", "  ") == [2, 4]


def test_bounds_are_inclusive_and_exact():
    assert judge(
        ColumnRule("Account", kind="number", minimum=0, maximum=Decimal("0.3")), "0", "0.3", "-0.01", "0.31"
    ) == [
        4,
        5,
    ]
    assert judge(ColumnRule("Account", minimum=0.5), "0.5", "0.4", "x") == [3, 4]
    rule = ColumnRule("Account", kind="date", minimum="2026-01-01", maximum=date(2026, 12, 31))
    assert judge(rule, "1/1/2026", "12/31/2026", "2025-12-31", "2027-01-01", "never") == [4, 5, 6]
    assert judge(ColumnRule("Account", kind="date", maximum=datetime(2026, 1, 1, 12)), "2026-01-01T13:00") == [2]


def test_a_wrong_type_is_said_once():
    errors = check_table(table(("A", "x", None, None)), [ColumnRule("Account", kind="number", minimum=1)])
    assert found(errors) == [(2, "Account", Code.TYPE)]


def test_range_messages_name_value_and_bound():
    errors = check_table(table(("A", "-5", None, None)), [ColumnRule("Account", minimum=0)])
    assert errors[0].code is Code.RANGE
    assert "'-5'" in errors[0].message
    assert "0" in errors[0].message


def test_choices_in_any_case_are_a_choice():
    assert judge(ColumnRule("Account", choices=("NET30",)), "net30") == [2]
    assert judge(ColumnRule("Account", choices=("NET30",), ignore_case=True), "net30") == []


def test_long_lists_and_long_values_are_cut_in_messages():
    rule = ColumnRule("Account", choices=tuple(f"C{number}" for number in range(20)))
    message = check_table(table(("A", "z" * 500, None, None)), [rule])[0].message
    assert "and 12 more" in message
    assert len(message) < 200


def test_a_pattern_has_to_fit_the_whole_text():
    assert judge(ColumnRule("Account", pattern="[^@]+@[^@]+"), "a@example.com", "a@b@c", "x") == [3, 4]


def test_uniqueness_sees_through_spelling_and_names_the_first_row():
    assert judge(ColumnRule("Account", unique=True), "50", "50.00", "0050", None, "50") == [3, 6]


def test_rules_for_columns_that_are_not_there():
    assert check_table(table(("A", "1", None, None)), [ColumnRule("Nowhere", max_length=1)]) == []
    with pytest.raises(UsageError, match="Nowhere"):
        check_table(table(("A", "1", None, None)), [ColumnRule("Nowhere", required=True)])
    with pytest.raises(UsageError, match="Nowhere"):
        check_table(table(), document_rules=[DocumentRule("balance", ("Nowhere",))])


@pytest.mark.parametrize(
    "make",
    [
        lambda: ColumnRule("A", pattern="("),
        lambda: ColumnRule("A", minimum="low"),
        lambda: ColumnRule("A", kind="date", maximum="42"),
        lambda: ColumnRule("A", kind="number", minimum=date(2026, 1, 1)),
        lambda: DocumentRule("balance"),
        lambda: DocumentRule("max_rows"),
        lambda: DocumentRule("same_value"),
        lambda: DocumentRule("unheard_of", ("A",)),
    ],
)
def test_rules_that_cannot_be_read_say_so(make):
    with pytest.raises(UsageError) as caught:
        make()
    assert caught.value.hint


def test_an_unbalanced_document_is_wrong_in_all_its_rows_and_no_other():
    made = table(
        ("A", "1", "0.1", None),
        ("B", "1", "5", None),
        ("A", "1", "0.2", None),
        ("A", "2", "-0.3", None),
        ("B", "2", "-4", None),
    )
    errors = check_table(made, document_rules=[DocumentRule("balance", ("amount",))])
    assert found(errors) == [(3, "Amount", Code.BALANCE), (6, "Amount", Code.BALANCE)]
    assert "adds up to 1 " in errors[0].message


def test_debit_and_credit_balance():
    names = ("Doc", "Debit", "Credit")
    rule = [DocumentRule("balance", ("Debit", "Credit"))]
    assert check_table(table(("A", "1,000", None), ("A", None, "1000.00"), names=names), document_rules=rule) == []
    errors = check_table(table(("A", "5", None), ("A", None, "4"), ("A", None, None), names=names), document_rules=rule)
    assert found(errors) == [(2, "Debit", Code.BALANCE), (3, "Credit", Code.BALANCE), (4, "Debit", Code.BALANCE)]
    assert "Debit adds up to 5, Credit to 4" in errors[0].message


def test_amounts_that_are_no_numbers_are_the_finding_instead():
    errors = check_table(
        table(("A", "1", "x", None), ("A", "1", "5", None)),
        [ColumnRule("Amount", kind="number")],
        [DocumentRule("balance", ("Amount",))],
    )
    assert found(errors) == [(2, "Amount", Code.TYPE)]


def test_huge_amounts_add_up_without_rounding():
    rows = (("A", "1", "1e40", None), ("A", "1", "0.01", None), ("A", "1", "-1e40", None))
    errors = check_table(table(*rows), document_rules=[DocumentRule("balance", ("Amount",))])
    assert "adds up to 0.01 " in errors[0].message


def test_documents_have_a_size_and_a_header():
    made = table(
        ("A", "1", "1", "2026-01-01"),
        ("A", "1", "1", "1/1/2026"),
        ("A", "1", "1", "2026-01-02"),
        ("B", "2", None, None),
    )
    size = check_table(made, document_rules=[DocumentRule("max_rows", limit=2)])
    assert found(size) == [(2, None, Code.RANGE), (3, None, Code.RANGE), (4, None, Code.RANGE)]
    same = check_table(made, document_rules=[DocumentRule("same_value", ("Day",))])
    assert found(same) == [(4, "Day", Code.SAME_VALUE)]
    assert "row 2" in same[0].message


def test_a_row_without_a_key_is_in_no_document_to_check():
    errors = check_table(table((None, "1", "5", None)), document_rules=[DocumentRule("balance", ("Amount",))])
    assert found(errors) == [(2, "Doc", Code.MISSING_KEY)]


def test_an_error_spreads_over_its_document_only():
    made = table(("A", "1", "1", None), ("B", "1", "1", None), ("A", "1", "1", None), ("A", "1", "1", None))
    wrong = RowError(4, "Amount", "1", "No.", Code.RANGE)
    lost = RowError(None, None, None, "Where?", Code.UNLOCATED)
    errors = spread([lost, wrong], made)
    assert found(errors) == [
        (2, None, Code.DOCUMENT),
        (4, "Amount", Code.RANGE),
        (5, None, Code.DOCUMENT),
        (None, None, Code.UNLOCATED),
    ]
    assert errors[0].message == "Row 4 of the same document is wrong."


def test_siblings_name_the_wrong_rows_but_not_hundreds():
    made = table(*[("A", str(number), "1", None) for number in range(10)])

    def message(*rows):
        return spread([RowError(row, None, None, "No.", Code.RANGE) for row in rows], made)[-1].message

    assert message(2, 3) == "Rows 2 and 3 of the same document are wrong."
    assert message(2, 3, 4) == "Rows 2, 3 and 4 of the same document are wrong."
    assert message(6, 2, 3, 4, 5) == "Rows 2, 3, 4 and 2 more of the same document are wrong."


def test_ten_thousand_bad_cells_are_all_listed():
    made = table(*[(f"D{number}", f"bad{number}", "1", None) for number in range(10_000)])
    assert len(check_table(made, [ColumnRule("Account", kind="number")])) == 10_000


def test_more_values_than_are_remembered_are_still_judged():
    made = table(*[(f"D{number}", str(number), "1", None) for number in range(70_000)])
    assert len(check_table(made, [ColumnRule("Account", kind="number", maximum=69_990)])) == 9
