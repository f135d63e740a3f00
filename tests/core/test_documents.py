"""Documents stay whole, and their fingerprints depend on what they say, not on how it is written down."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.documents import (
    Document,
    fingerprint,
    fingerprints,
    group_documents,
    split_documents,
    widen,
)
from xlsc.core.table import Column, Row, Table


def table(rows, names=("Doc", "Amount"), keys=("Doc",)):
    columns = tuple(Column(name, is_key=name in keys, sheet_column=place) for place, name in enumerate(names, 1))
    return Table(columns, [Row(number, tuple(values)) for number, values in enumerate(rows, 2)])


def only(made, scope=()):
    return fingerprint(made, group_documents(made)[0], scope)


def test_rows_of_one_document_need_not_stand_together():
    made = table([("B", "1"), ("A", "2"), ("B", "3")])
    assert group_documents(made) == [Document(("B",), (0, 2)), Document(("A",), (1,))]


def test_without_key_columns_every_row_is_a_document():
    made = table([("A", "1"), ("A", "1")], keys=())
    assert group_documents(made) == [Document((), (0,)), Document((), (1,))]


def test_a_row_with_a_blank_key_stands_alone():
    made = table([(None, "1"), (None, "1"), ("A", "1")])
    assert [document.indexes for document in group_documents(made)] == [(0,), (1,), (2,)]


def test_all_key_columns_count():
    made = table([("A", "1"), ("A", "2"), ("A", "1")], keys=("Doc", "Amount"))
    assert [document.key for document in group_documents(made)] == [("A", "1"), ("A", "2")]


def test_a_selection_is_widened_to_whole_documents_in_the_order_of_the_sheet():
    made = table([("A", "1"), ("B", "2"), ("A", "3"), ("C", "4")])
    assert [row.sheet_row for row in widen(made, {4, 5}).rows] == [2, 4, 5]
    assert list(widen(made, set()).rows) == []


def test_chunks_never_split_a_document():
    documents = group_documents(table([(f"D{number // 3}", str(number)) for number in range(21)]))
    chunks = split_documents(documents, 3)
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    assert [document for chunk in chunks for document in chunk] == documents
    assert split_documents([], 3) == []
    with pytest.raises(ValueError, match="0"):
        split_documents(documents, 0)


@pytest.mark.parametrize(
    "same",
    [
        table([("A", "50.00"), ("A", "-50")]),
        table([("A", "-50"), ("A", "50")]),
        table([(" A ", "50"), (" A ", "-50.0")]),
        table([("50", "A"), ("-50", "A")], names=("Amount", "Doc")),
        table([("A", "50", None), ("A", "-50", " ")], names=("Doc", "AMOUNT", "Note")),
        table([("a", "50"), ("a", "-50")]),
    ],
)
def test_the_same_content_has_the_same_fingerprint(same):
    assert only(same) == only(table([("A", "50"), ("A", "-50")]))


@pytest.mark.parametrize(
    "other",
    [
        table([("A", "50"), ("A", "-50"), ("A", "-50")]),
        table([("A", "50"), ("A", "-51")]),
        table([("A", "50"), ("A", None)]),
        table([("A", "50"), ("A", "-50")], names=("Doc", "Debit")),
        table([("00A", "50"), ("00A", "-50")]),
        table([("A", "50"), ("A", "-50")], keys=()),
    ],
)
def test_other_content_has_another_fingerprint(other):
    assert only(other) != only(table([("A", "50"), ("A", "-50")]))


def test_the_case_of_what_is_no_key_counts():
    assert only(table([("A", "net30")])) != only(table([("A", "NET30")]))


def test_codes_with_leading_zeros_are_not_numbers():
    assert only(table([("00100", "1")])) != only(table([("100", "1")]))


def test_dates_count_by_their_day():
    assert only(table([("A", "9/16/2018 12:00:00 AM")])) == only(table([("A", "2018-09-16")]))


def test_values_do_not_run_together():
    assert only(table([("ab", "c")])) != only(table([("a", "bc")]))
    assert only(table([("a", "b")], keys=())) != only(table([(None, "b3:doca")], keys=()))
    assert only(table([("a", "b")], keys=())) != only(table([(None, "b3:doc1:a")], keys=()))


def test_the_scope_tells_companies_apart():
    made = table([("A", "1")])
    assert len({only(made), only(made, ("c1", "p1")), only(made, ("c1p", "1")), only(made, ("c2", "p1"))}) == 4


def test_in_bulk_as_one_by_one_and_as_sha_256():
    made = table([("A", "1"), ("B", "2"), ("A", "3"), ("C\ud800", None)])
    documents = group_documents(made)
    bulk = fingerprints(made, documents, ("s",))
    assert bulk == [fingerprint(made, document, ("s",)) for document in documents]
    assert {len(text) for text in bulk} == {hashlib.sha256().digest_size * 2}


VALUES = st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["1", "1.0", "2026-01-31", "1/31/2026", "true"]))
ROWS = st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), VALUES, VALUES), min_size=1, max_size=12)


@given(ROWS, st.randoms(use_true_random=False))
def test_shuffled_rows_and_columns_keep_every_fingerprint(rows, random):
    names = ["Doc", "X", "Y"]
    made = table(rows, names)
    order = [0, 1, 2]
    random.shuffle(order)
    mixed = [tuple(row[place] for place in order) for row in rows]
    random.shuffle(mixed)
    other = table(mixed, [names[place] for place in order])
    by_key = {document.key: fingerprint(made, document) for document in group_documents(made)}
    assert {document.key: fingerprint(other, document) for document in group_documents(other)} == by_key


@given(ROWS)
def test_documents_hold_every_row_once(rows):
    documents = group_documents(table(rows, ("Doc", "X", "Y"), keys=("Doc", "X")))
    assert sorted(index for document in documents for index in document.indexes) == list(range(len(rows)))
    assert [document.indexes[0] for document in documents] == sorted(document.indexes[0] for document in documents)
