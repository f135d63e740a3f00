"""Which cell a message means: only what the message itself says, and never a guess between two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.cells_meant import Evidence, Meant, find_cell, find_meant

COLUMNS = ["DocumentNo", "AccountNo", "AccountName", "CreditLimit", "Terms", "State", "Limit", "No", "Ship To", "Blank"]
VALUES = ["JV001", "9999", "Prepaid rent", "-5", "NET31", "ZZ", "3", "7", "12 Long Road", None]


@pytest.mark.parametrize(
    ("message", "column"),
    [
        ("Terms are not valid", "Terms"),
        ("TERMS: not valid", "Terms"),
        ("CreditLimit must not be negative", "CreditLimit"),
        ("Credit limit must not be negative", "CreditLimit"),
        ("credit_limit must not be negative", "CreditLimit"),
        ("The Limit is wrong", "Limit"),
        ("ship-to is not known", "Ship To"),
        ("Column 'No' is wrong", "No"),
        ("No must be a number", "No"),
        ("'ZZ' is not known", "State"),
        ('"zz" is not known', "State"),
        ("“ZZ” is not known", "State"),
        ("„ZZ“ is not known", "State"),
        ("«ZZ» is not known", "State"),
        ("`ZZ` is not known", "State"),
        ("‘ZZ’ is not known", "State"),
        ("not known (ZZ)", "State"),
        ("not known [ZZ]", "State"),
        ("Unknown code: ZZ", "State"),
        ("Unknown code: ZZ, see the list.", "State"),
        ("Unknown code: ZZ is not there", "State"),
        ("code=ZZ", "State"),
        ("'-5.00' is too low", "CreditLimit"),
        ("No road '12 Long Road' there", "Ship To"),
        ("Account 9999 is not known", "AccountNo"),
        ("Account Prepaid rent is not known", "AccountName"),
        ("The value ZZ of State is not one of Terms", "State"),
        ("Terms or State 'ZZ'", "State"),
        ("Blank is required when Terms are given", "Blank"),
    ],
)
def test_messages_that_mean_a_cell(message, column):
    assert find_cell(message, COLUMNS, VALUES) == column


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Document was not sent due to document errors.",
        "No such customer",
        "Statement failed",
        "The customer's address can't be 'unheard of'",
        "Account 1234 is not known",
        "Document JV001: account 9999 is unknown",
        "ZZ is not known",
        "404 (Not Found)",
    ],
)
def test_messages_that_mean_no_cell(message):
    assert find_cell(message, COLUMNS, VALUES) is None


def test_a_quoted_value_that_stands_twice_means_nothing():
    assert find_cell("'X' is wrong", ["A1", "B1"], ["X", "X"]) is None
    assert find_cell("'X' is wrong", ["A1", "B1"], ["X", "x"]) == "A1"


def test_a_named_column_wins_over_the_value_of_another_unless_that_is_quoted():
    assert find_cell("Terms of ZZ are wrong", COLUMNS, VALUES) == "Terms"
    assert find_cell("Ship code 'ZZ' fits no Terms", COLUMNS, VALUES) == "State"


def test_what_is_said_to_be_missing_is_the_blank_cell():
    assert find_cell("Terms missing for name 'Lima'", ["Terms", "City"], [None, "Lima"]) == "Terms"


def test_dates_and_amounts_are_known_in_other_spellings():
    columns, values = ["PostingDate", "Amount"], ["2018-09-16", "1234.50"]
    assert find_cell("Posting 9/16/2018 is closed", columns, values) == "PostingDate"
    assert find_cell("Amount 1,234.5 is too high for the Posting Date", columns, values) == "Amount"
    assert find_cell("'9/16/2018 12:00:00 AM' is closed", columns, values) == "PostingDate"


def test_names_of_any_shape():
    assert find_cell("Amount (USD) is wrong", ["Amount (USD)"], ["1"]) == "Amount (USD)"
    assert find_cell("größe ist falsch", ["Größe"], ["1"]) == "Größe"
    assert find_cell("% is wrong", ["%"], ["1"]) == "%"
    assert find_cell("credit_limit is wrong", ["CreditLimit", "credit_limit"], ["1", "2"]) == "credit_limit"
    assert find_cell("anything", [], []) is None
    assert find_cell("anything", [""], ["x"]) is None


def test_key_columns_are_meant_only_where_no_other_is():
    columns, values = ("DocumentNo", "AccountNo"), ("JV001", "9999")
    meant = find_meant("Document JV001: account 9999 is unknown", columns, values, {0})
    assert meant is not None
    assert (columns[meant.index], meant.evidence) == ("AccountNo", Evidence.VALUE)
    assert find_meant("DocumentNo is too long", columns, values, {0}).evidence is Evidence.KEY_NAME
    assert find_meant("DocumentNo JV001 exists", columns, values, {0}).evidence is Evidence.KEY_VALUE
    assert find_meant("AccountNo is locked", columns, values, {0}).evidence is Evidence.NAME


def test_a_message_about_a_document_and_several_columns_means_the_document():
    columns, keys = ("DocumentNo", "Debit", "Credit"), {0}
    message = "Journal 'J-3' is not balanced: debit 391, credit 402."
    for debit, credit in (("301.2", None), (None, "400")):
        meant = find_meant(message, columns, ("J-3", debit, credit), keys)
        assert meant == Meant(0, Evidence.KEY_VALUE)
    assert find_meant(message, columns, ("J-3", "391", None), keys) == Meant(1, Evidence.VALUE)
    assert find_meant("Journal 'J-3': debit is too high.", columns, ("J-3", "5", None), keys) == Meant(1, Evidence.NAME)


def test_endless_messages_are_read_only_at_their_beginning():
    assert find_cell("x " * 5_000 + "Terms", COLUMNS, VALUES) is None


@given(st.text(max_size=60), st.lists(st.text(max_size=6), max_size=4), st.data())
def test_any_message_over_any_columns_gives_a_column_or_none(message, columns, data):
    values = [data.draw(st.one_of(st.none(), st.text(max_size=6))) for _ in columns]
    assert find_cell(message, columns, values) in (None, *columns)


NAME = st.from_regex(r"[A-Z][a-z]{4,8}", fullmatch=True)


@given(st.lists(NAME, min_size=1, max_size=5, unique_by=str.casefold), st.data())
def test_a_column_that_alone_is_named_is_found(columns, data):
    place = data.draw(st.integers(0, len(columns) - 1))
    message = f"<<{columns[place].upper()}>> 123"
    assert find_cell(message, columns, ["@"] * len(columns)) == columns[place]
