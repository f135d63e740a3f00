"""The service's error rows find their sheet rows: each one, none twice without need, none lost, none by a guess."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.matching import find_cell, locate
from xlsc.core.results import Code, ErrorTable
from xlsc.core.table import Column, Row, Table

NAMES = ("DocumentNo", "PostingDate", "AccountNo", "Amount")


def table(*rows, names=NAMES, keys=("DocumentNo",)):
    columns = tuple(Column(name, is_key=name in keys, sheet_column=place) for place, name in enumerate(names, 1))
    return Table(columns, [Row(number, tuple(values)) for number, values in enumerate(rows, 2)])


def errors(*rows, names=NAMES, messages="Wrong."):
    texts = [messages] * len(rows) if isinstance(messages, str) else list(messages)
    return ErrorTable(tuple(names), [tuple(row) for row in rows], texts)


def pairs(found):
    """(sheet row, message) of each error, as they come."""
    return [(error.sheet_row, error.message) for error in found]


def rows_of(found):
    return [error.sheet_row for error in found]


JOURNAL = table(
    ("JV001", "2018-09-16", "6100", "50"),
    ("JV001", "2018-09-16", "9999", "-50"),
    ("JV002", "2018-09-17", "6100", "7"),
)


def test_nothing_came_back():
    assert locate(ErrorTable(), JOURNAL) == []


def test_reformatted_values_find_their_rows_in_any_order():
    came = errors(
        ("JV001", "9/16/2018 12:00:00 AM", "9999", "-50.00"),
        ("JV001", "9/16/2018 12:00:00 AM", "6100", "50.00"),
        messages=["a", "b"],
    )
    assert pairs(locate(came, JOURNAL)) == [(2, "b"), (3, "a")]


def test_columns_may_be_missing_more_and_in_another_order_and_case():
    came = errors(
        ("-50.0000", "x", "jv-log", "JV001"),
        names=("amount", "Extra", "AccountName", "documentno"),
    )
    assert rows_of(locate(came, JOURNAL)) == [3]
    renamed = errors(("JV001", "9999"), names=("Document_No", "Account No"))
    assert rows_of(locate(renamed, JOURNAL)) == [3]


def test_equal_rows_are_taken_in_order_each_once():
    sent = table(*[("JV001", None, "6100", "5")] * 3)
    came = errors(*[("JV001", None, "6100", "5")] * 2, messages=["a", "b"])
    assert pairs(locate(came, sent)) == [(2, "a"), (3, "b")]


def test_several_messages_for_one_row_are_all_kept():
    came = errors(*[("JV002", "9/17/2018", "6100", "7")] * 3, messages=["a", "b", "a"])
    assert pairs(locate(came, JOURNAL)) == [(4, "a"), (4, "b"), (4, "a")]


def test_several_messages_for_equal_rows_reach_both():
    sent = table(*[("JV001", None, "6100", "5")] * 2)
    came = errors(*[("JV001", None, "6100", "5")] * 4, messages=["a", "b", "a", "b"])
    assert sorted(pairs(locate(came, sent))) == [(2, "a"), (2, "b"), (3, "a"), (3, "b")]


def test_an_exact_match_is_not_taken_by_a_looser_one():
    sent = table(("00100", None, None, "1"), ("100", None, None, "1"))
    came = errors(("100", None, None, "1.0"), ("00100", None, None, "1"), messages=["plain", "padded"])
    assert pairs(locate(came, sent)) == [(2, "padded"), (3, "plain")]


def test_dropped_zeros_are_found_where_only_one_row_fits():
    sent = table(("00100", None, None, "1"), ("00200", None, None, "1"))
    assert rows_of(locate(errors(("100", None, None, "1")), sent)) == [2]


def test_dropped_zeros_are_not_guessed():
    sent = table(("00100", None, None, "1"), ("0100", None, None, "1"))
    found = locate(errors(("100", None, None, "1")), sent)
    assert [(error.sheet_row, error.code) for error in found] == [(None, Code.UNLOCATED)]


def test_dropped_zeros_are_told_apart_by_the_rest_of_the_row():
    sent = table(("00100", None, None, "1"), ("0100", None, None, "2"))
    assert rows_of(locate(errors(("100", None, None, "2")), sent)) == [3]


def test_the_same_row_twice_with_the_same_message_means_two_rows():
    sent = table(("00100", None, None, "1"), ("100", None, None, "1"))
    assert rows_of(locate(errors(("100", None, None, "1"), ("100", None, None, "1")), sent)) == [2, 3]


def test_another_message_for_an_exact_match_does_not_accuse_another_row():
    sent = table(("00100", None, None, "1"), ("100", None, None, "1"))
    came = errors(("100", None, None, "1"), ("100", None, None, "1"), messages=["a", "b"])
    assert pairs(locate(came, sent)) == [(3, "a"), (3, "b")]


def test_a_repeated_row_stays_with_its_equal_where_all_others_are_taken():
    sent = table(("00100", None, None, "1"), ("100", None, None, "1"))
    came = errors(*[(key, None, None, "1") for key in ("100", "100", "00100")], messages=["a", "a", "b"])
    assert pairs(locate(came, sent)) == [(2, "b"), (3, "a"), (3, "a")]


def test_rows_equal_in_another_spelling_count_as_equals():
    sent = table(("JV1", None, None, "50"), ("JV1", None, None, "50.0"))
    came = errors(*[("JV1", None, None, "50")] * 2, messages=["a", "b"])
    assert pairs(locate(came, sent)) == [(2, "a"), (3, "b")]


def test_the_likest_row_of_a_document_is_taken_first():
    sent = table(("JV1", "2026-01-01", "6100", "5"), ("JV1", "2026-01-01", "6100", "7"))
    came = errors(("JV1", "?", "6100", "?"), ("JV1", "?", "6100", "5"), messages=["weak", "strong"])
    assert pairs(locate(came, sent)) == [(2, "strong"), (3, "weak")]


def test_values_that_the_service_changed_still_find_their_document():
    came = errors(("JV001", "2018-09-16", "9999", "-49.99"), ("JV001", "2018-09-16", "6100", "49.99"))
    assert rows_of(locate(came, JOURNAL)) == [2, 3]
    came = errors(("JV001", "?", "9999", "?"), messages=["for the second line"])
    assert pairs(locate(came, JOURNAL)) == [(3, "for the second line")]


def test_rows_of_a_document_without_any_likeness_go_in_order():
    came = errors(("JV001", "?", "?", "?"), ("JV001", "!", "!", "!"), messages=["a", "b"])
    assert pairs(locate(came, JOURNAL)) == [(2, "a"), (3, "b")]


def test_a_key_that_came_back_in_other_case_or_shape_finds_its_document():
    assert rows_of(locate(errors(("jv002", "?", "?", "?")), JOURNAL)) == [4]
    sent = table(("2018-09-16", None, None, "1"), ("2018-09-17", None, None, "1"))
    assert rows_of(locate(errors(("9/17/2018 12:00:00 AM", None, None, "2")), sent)) == [3]


def test_an_ambiguous_key_with_changed_values_is_not_guessed():
    sent = table(("AB", None, None, "1"), ("ab", None, None, "2"))
    assert rows_of(locate(errors(("Ab", None, None, "3")), sent)) == [None]


def test_keys_that_were_never_sent_are_reported_with_their_row():
    came = errors(("JV777", "2018-09-16", "6100", "50"), ("JV002", "2018-09-17", "6100", "7"), messages=["lost", "ok"])
    found = locate(came, JOURNAL)
    assert pairs(found) == [(4, "ok"), (None, "lost")]
    assert found[1].code is Code.UNLOCATED
    assert found[1].value == "DocumentNo=JV777, PostingDate=2018-09-16, AccountNo=6100, Amount=50"


def test_summaries_of_lost_rows_are_short_and_a_blank_row_has_none():
    found = locate(errors(("JV777", "x" * 200, None, " "), (None, None, None, None)), JOURNAL)
    assert len(found[0].value) < 120
    assert found[1].value is None
    wide = ErrorTable(tuple(f"Column{number}" for number in range(99)), [("value",) * 99], ["Wrong."])
    assert len(locate(wide, JOURNAL)[0].value) <= 501


def test_no_common_column_and_an_empty_table_lose_nothing():
    assert rows_of(locate(errors(("x",), names=("Other",)), JOURNAL)) == [None]
    assert rows_of(locate(errors(("JV001", None, None, None)), table())) == [None]


def test_without_keys_half_of_the_values_are_enough_if_only_one_row_fits():
    sent = table(("a", "b", "c", "d"), ("a", "b", "x", "y"), keys=())
    assert rows_of(locate(errors(("a", "b", "x", "changed")), sent)) == [3]
    assert rows_of(locate(errors(("a", "b", "?", "?")), sent)) == [None]
    assert rows_of(locate(errors(("a", "?", "?", "?")), sent)) == [None]


def test_without_keys_equal_rows_go_in_order():
    sent = table(("a", "b", "c", "d"), ("a", "b", "c", "d"), keys=())
    came = errors(("a", "b", "c", "?"), ("a", "b", "c", "?"), ("a", "b", "c", "?"), messages=["1", "2", "3"])
    assert pairs(locate(came, sent)) == [(2, "1"), (2, "3"), (3, "2")]


def test_a_key_that_came_back_blank_is_found_by_the_rest():
    assert rows_of(locate(errors((None, "9/17/2018", "6100", "7.00")), JOURNAL)) == [4]


def test_part_of_a_key_is_enough():
    sent = table(("A", "1", "x", "1"), ("A", "2", "y", "2"), keys=("DocumentNo", "PostingDate"))
    assert rows_of(locate(errors(("A", "y"), names=("DocumentNo", "AccountNo")), sent)) == [3]
    assert rows_of(locate(errors(("A", None, "y", "2")), sent)) == [3]


def test_the_day_may_stand_first_where_dates_show_it():
    sent = table(("JV1", "2018-04-03", None, "1"), ("JV1", "2018-03-04", None, "1"), ("JV2", "2018-09-16", None, "1"))
    came = errors(
        ("JV1", "3/4/2018 00:00:00", None, "1"),
        ("JV1", "4/3/2018 00:00:00", None, "1"),
        ("JV2", "16/9/2018 00:00:00", None, "1"),
        messages=["april", "march", "september"],
    )
    assert pairs(locate(came, sent)) == [(2, "april"), (3, "march"), (4, "september")]


def test_booleans_blanks_and_line_ends_come_back_in_other_spellings():
    sent = table(("JV1", "true", "a\nb", None), ("JV1", "false", "a\nb", None))
    came = errors(("JV1 ", "False", "a\r\nb", ""), ("JV1", "1", "a\nb", " "), messages=["no", "yes"])
    assert pairs(locate(came, sent)) == [(2, "yes"), (3, "no")]


def test_the_cell_comes_from_the_message():
    found = locate(
        errors(("JV002", "2018-09-17", "6100", "7"), messages="Account 6100 is locked"), JOURNAL, Code.VALIDATION
    )
    assert (found[0].column, found[0].value, found[0].code) == ("AccountNo", "6100", Code.VALIDATION)


def test_a_document_message_marks_only_the_line_it_means():
    came = errors(("JV001", None, "6100", "50"), ("JV001", None, "9999", "-50"), messages="Account 9999 is not known")
    assert [(error.sheet_row, error.column, error.value) for error in locate(came, JOURNAL)] == [
        (2, None, None),
        (3, "AccountNo", "9999"),
    ]
    came = errors(
        ("JV001", None, "6100", "50"), ("JV001", None, "9999", "-50"), messages="JV001: AccountNo 9999 is locked"
    )
    assert [error.column for error in locate(came, JOURNAL)] == [None, "AccountNo"]


def test_a_document_message_about_the_header_marks_every_line():
    came = errors(("JV001", None, "6100", "50"), ("JV001", None, "9999", "-50"), messages="'9/16/2018' is closed")
    assert [error.column for error in locate(came, JOURNAL)] == ["PostingDate", "PostingDate"]
    came = errors(
        ("JV001", None, "6100", "50"), ("JV001", None, "9999", "-50"), messages="Amounts: DocumentNo is too long"
    )
    assert [error.column for error in locate(came, JOURNAL)] == ["DocumentNo", "DocumentNo"]


def test_a_message_without_text_or_missing_altogether_says_so():
    came = ErrorTable(NAMES, [("JV002", None, None, None)] * 2, [" "])
    assert {error.message for error in locate(came, JOURNAL)} == {
        "The service rejected this row without giving a reason."
    }


def test_the_parts_of_the_job_have_one_door():
    assert find_cell("'x'", ["A"], ["x"]) == "A"


# --- any table, any reformatting -----------------------------------------------------------------------------------

KEYS = st.sampled_from(["JV1", "JV2", "JV3", "00100", "00201"])
DATES = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.date().isoformat())
AMOUNTS = st.decimals(-9999, 9999, places=2, allow_nan=False).map(lambda number: f"{number.normalize():f}")
TEXTS = st.one_of(st.none(), st.sampled_from(["6100", "2100", "Prepaid rent", "true"]))
ROWS = st.lists(st.tuples(KEYS, st.one_of(st.none(), DATES), TEXTS, AMOUNTS), min_size=1, max_size=25)


def american(text):
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return f"{moment.month}/{moment.day}/{moment.year} 12:00:00 AM"


def reformatted(row):
    key, day, text, amount = row
    return (f"{key} ", american(day), text.title() if text == "true" else text, f"{Decimal(amount):,.4f}")


@given(ROWS, st.randoms(use_true_random=False), st.booleans(), st.data())
def test_each_error_row_finds_an_equal_row_of_its_own(rows, random, keyed, data):
    """Shuffled, reformatted, duplicated, with columns dropped: equal content, and no row twice."""
    sent = table(*rows, keys=("DocumentNo",) if keyed else ())
    chosen = data.draw(st.lists(st.sampled_from(range(len(rows))), unique=True))
    random.shuffle(chosen)
    kept = data.draw(st.permutations(range(4)))[: data.draw(st.integers(1, 4))]
    if keyed and 0 not in kept:
        kept = [0, *kept]
    came = ErrorTable(
        tuple(NAMES[place].upper() for place in kept),
        [tuple(reformatted(rows[index])[place] for place in kept) for index in chosen],
        [f"m{index}" for index in chosen],
    )
    found = locate(came, sent)
    assert len(found) == len(chosen)
    blank = [index for index in chosen if not any(rows[index][place] for place in kept)]
    assert Counter(rows_of(found))[None] == len(blank)
    located = [error for error in found if error.sheet_row is not None]
    assert len(set(rows_of(located))) == len(located)
    for error in located:
        meant, got = rows[int(error.message[1:])], rows[error.sheet_row - 2]
        assert [meant[place] for place in kept] == [got[place] for place in kept]


@given(ROWS, st.randoms(use_true_random=False))
def test_where_the_answer_is_the_same_table_the_order_does_not_matter(rows, random):
    sent = table(*rows)
    came = [reformatted(row) for row in rows]
    random.shuffle(came)
    found = locate(errors(*came), sent)
    assert rows_of(found) == [row.sheet_row for row in sent.rows]


@given(ROWS, st.lists(st.tuples(*[st.one_of(st.none(), st.text(max_size=5), KEYS)] * 4), max_size=10), st.booleans())
def test_no_error_row_is_ever_dropped(rows, strange, keyed):
    sent = table(*rows, keys=("DocumentNo",) if keyed else ())
    texts = [f"m{place}" for place in range(len(strange))]
    found = locate(errors(*strange, messages=texts), sent)
    assert sorted(error.message for error in found) == sorted(texts)
    assert all((error.sheet_row is None) == (error.code is Code.UNLOCATED) for error in found)


@pytest.mark.parametrize("keyed", [True, False])
def test_two_runs_give_the_same_answer(keyed):
    rows = [(f"JV{number % 3}", None, str(number % 5), str(number % 2)) for number in range(40)]
    sent = table(*rows, keys=("DocumentNo",) if keyed else ())
    came = errors(*[(key, None, "x", amount) for key, _, _, amount in rows])
    assert locate(came, sent) == locate(came, sent)
