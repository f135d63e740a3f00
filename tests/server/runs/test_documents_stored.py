"""Documents: stored whole or not at all, error rows complete, values as the service shows them."""

from __future__ import annotations

from decimal import Decimal


def test_good_rows_are_stored_and_wrong_ones_come_back(firm, customers, customer_columns):
    firm.write(customers)
    rows = [
        ("C1", "Ann", "NET30", "1,200.50", "2018-09-16", "3"),
        ("C2", "Bob", "NET99", "10", "9/16/2018", None),
        ("C3", "Cem", None, "-5", None, ""),
        ("C4", "Dee", "NET60", "lots", None, None),
    ]
    result = firm.run(customer_columns, rows).result
    assert (result.record_count, result.error_count, result.succeeded) == (4, 3, False)
    assert [(row[0], row[4]) for row in result.errors.rows] == [
        ("C2", "9/16/2018 12:00:00 AM"),
        ("C3", None),
        ("C4", None),
    ]
    assert list(result.errors.messages) == [
        "Terms code 'NET99' does not exist.",
        "Limit '-5' is below zero.",
        "Limit: 'lots' is not a number.",
    ]
    assert result.error_message == "Limit: 'lots' is not a number."
    stored = firm.sql("SELECT no, name, credit_limit, visits FROM customers")
    assert [(no, name, Decimal(str(limit)), visits) for no, name, limit, visits in stored] == [
        ("C1", "Ann", Decimal("1200.50"), 3)
    ]
    assert str(firm.sql("SELECT since FROM customers")[0][0]) == "2018-09-16"


def test_a_second_run_updates(firm, customers, customer_columns):
    firm.write(customers)
    firm.run(customer_columns, [("C1", "Ann", "NET30", "10", None, "1")])
    result = firm.run(customer_columns, [("C1", "Anna", "NET60", None, None, None)]).result
    assert result.succeeded
    assert firm.sql("SELECT no, name, terms, credit_limit, visits FROM customers") == [
        ("C1", "Anna", "NET60", None, None)
    ]


def test_a_text_in_a_number_column_of_the_table_and_one_too_long(firm, customers, customer_columns):
    firm.write(customers)
    rows = [
        ("C1", "A name of more than twenty characters", None, None, None, "7"),
        ("C2", "Bob", None, None, None, "x"),
    ]
    result = firm.run(customer_columns, rows).result
    assert list(result.errors.messages) == [
        "Name: 'A name of more than twenty characters' is longer than 20 characters.",
        "Visits: 'x' is not a number.",
    ]
    assert firm.sql("SELECT no FROM customers") == []


def test_missing_key_and_missing_required_value(small_firm, customers, customer_columns):
    small_firm.write(customers)
    rows = [(None, "Ann", None, None, None, None), ("C2", "  ", None, None, None, None), (" ", "Cem", *[None] * 4)]
    result = small_firm.run(customer_columns, rows).result
    assert list(result.errors.messages) == ["No is missing.", "Name is missing.", "No is missing."]
    assert (result.record_count, result.error_count) == (3, 3)


def test_one_wrong_line_fails_its_whole_document_and_no_other(firm, journal, journal_columns):
    firm.write(journal)
    rows = [("J1", "6100", "50"), ("J2", "6100", "7"), ("J1", "9999", "-50"), ("J2", "6200", "-7")]
    result = firm.run(journal_columns, rows).result
    assert (result.record_count, result.error_count) == (2, 1)
    assert list(result.errors.rows) == [rows[0], rows[2]]
    assert list(result.errors.messages) == ["Account '9999' does not exist."] * 2
    assert firm.sql("SELECT no, lines, total FROM journals") == [("J2", 2, 7)]
    assert firm.sql("SELECT count(*) FROM journal_lines") == [(2,)]


def test_rows_have_their_own_messages_and_the_documents(small_firm, journal, journal_columns):
    small_firm.write(journal)
    rows = [("J1", "7777", "50"), ("J1", "6100", "1"), ("J1", "9999", "-50")]
    result = small_firm.run(journal_columns, rows).result
    whole = "Journal 'J1' is not balanced."
    first, last = "Account '7777' does not exist.", "Account '9999' does not exist."
    assert list(result.errors.messages) == [f"{first}\n{whole}", f"{whole}\n{first}\n{last}", f"{last}\n{whole}"]
    assert result.error_message == f"{whole}\n{first}\n{last}"


def test_what_the_database_refuses_takes_the_whole_document_back(firm, journal, journal_columns):
    firm.write(journal.replace("that = \"startswith(Account, '6')\"", 'that = "true"'))
    rows = [("J1", "6100", "5"), ("J1", None, "-5"), ("J2", "6100", "0")]
    result = firm.run(journal_columns, rows).result
    assert result.error_count == 1
    assert "refused" in result.errors.messages[0]
    assert "account" in result.errors.messages[0].lower()
    assert "INSERT" not in result.errors.messages[0]
    assert firm.sql("SELECT no FROM journals") == [("J2",)]
    again = firm.run(journal_columns, [("J2", "6100", "0")]).result
    assert list(again.errors.messages) == ["Journal 'J2' was posted before."]


def test_keys_are_compared_by_value(small_firm, journal, journal_columns):
    dated = journal.replace('name = "Doc"\nkey = true', 'name = "Doc"\nkey = true\ntype = "date"')
    small_firm.write(dated)
    rows = [("2024-01-31", "61", "5"), ("1/31/2024 12:00:00 AM", "62", "-5"), ("2024-02-01", "61", "0")]
    assert small_firm.run(journal_columns, rows).result.record_count == 2


def test_columns_in_any_order_and_case_and_strange_ones_echoed(small_firm, journal):
    small_firm.write(journal)
    rows = [("-1.50", "J1", "x & y", "6100")]
    result = small_firm.run(("AMOUNT", "doc", "Row No", "Account"), rows).result
    assert result.errors.columns == ("AMOUNT", "doc", "Row No", "Account")
    assert list(result.errors.rows) == rows


def test_a_number_of_a_thousand_digits_is_a_wrong_row(small_firm, journal, journal_columns):
    small_firm.write(journal)
    result = small_firm.run(journal_columns, [("J1", "6100", "9" * 1000), ("J2", "6100", "0")]).result
    assert (result.record_count, result.error_count) == (2, 1)
    assert "too large" in result.errors.messages[0]


def test_sql_in_every_field_is_only_text(firm, customers, customer_columns):
    firm.write(customers)
    evil = "'); DROP TABLE customers;--"
    result = firm.run(customer_columns, [("C1", "Robert'); --", evil, None, None, None)]).result
    assert list(result.errors.messages) == [f"Terms code '{evil}' does not exist."]
    firm.run(customer_columns, [("'; --", "Robert'); --", None, None, None, None)])
    assert firm.sql("SELECT no, name FROM customers") == [("'; --", "Robert'); --")]


def test_blank_lines_options(small_firm, customers, customer_columns):
    blank = [("C1", "Ann", *[None] * 4), tuple([None] * 6), (None, "Bob", *[None] * 4)]
    counts = []
    for option in ("nothing", "exclude blank lines", "exclude rows with blank keys"):
        small_firm.write(customers, f'blank_lines = "{option}"')
        result = small_firm.run(customer_columns, blank).result
        counts.append((result.record_count, result.error_count))
    assert counts == [(3, 2), (2, 1), (1, 0)]


def test_no_data_options(small_firm, customers, customer_columns):
    task = """
[[tasks]]
name = "good"
stage = "after map succeeds"
kind = "sql command"
sql = "INSERT INTO notes VALUES ('good')"
[[tasks]]
name = "bad"
stage = "after map fails"
kind = "sql command"
sql = "INSERT INTO notes VALUES ('bad')"
"""
    found = []
    for option in ("none", "success", "failure"):
        small_firm.write(customers + task, f'no_data = "{option}"')
        found.append(small_firm.run(customer_columns, []).result.succeeded)
    assert found == [True, True, False]
    assert small_firm.sql("SELECT note FROM notes") == [("good",), ("bad",)]
