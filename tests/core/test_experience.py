"""What is learned adds up in any order and grouping; rows that agree make guesses surer, one exception ends them."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.experience import MOST_VALUES, Experience, merge, observe
from xlsc.core.hints import apply_hints, guess
from xlsc.core.results import Code, RowError
from xlsc.core.table import Column, Row, Table
from xlsc.core.template import HEADERS, TemplateColumn, column_rules, read_row, write_row

NAMES = ("No", "Amount", "Day")
VALUES = st.one_of(
    st.none(),
    st.sampled_from(["EA", "PK", "1", "2.5", "-3", "2026-01-31", "007", "true", "{blank}", " x ", "x" * 40]),
    st.text(max_size=4),
)
MESSAGES = st.sampled_from(
    [
        "Amount 'x' is not a number.",
        "Day: 'soon' is not a date.",
        "No must not be blank.",
        "No is longer than 15 characters.",
        "At most 8 characters.",
        "Account 9999 does not exist.",
        "Something else.",
    ]
)


@st.composite
def sends(draw):
    """(table, accepted rows, errors) of one send."""
    rows = draw(st.lists(st.tuples(*(VALUES for _ in NAMES)), max_size=6))
    table = Table(tuple(Column(name) for name in NAMES), [Row(number, row) for number, row in enumerate(rows, 2)])
    good = draw(st.sets(st.sampled_from([row.sheet_row for row in table.rows]))) if rows else set()
    bad = [row for row in table.rows if row.sheet_row not in good]
    codes = st.sampled_from([Code.SERVICE, Code.TYPE])
    errors = [RowError(row.sheet_row, draw(st.sampled_from(NAMES)), None, draw(MESSAGES), draw(codes)) for row in bad]
    return table, good, errors


def learned(send):
    return observe(*send, marker="{blank}")


def put_together(experiences):
    return reduce(merge, experiences, {})


@given(st.lists(sends(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_sends_does_not_matter(found, random):
    shuffled = [*found]
    random.shuffle(shuffled)
    assert put_together(map(learned, found)) == put_together(map(learned, shuffled))


@given(st.lists(sends(), max_size=3), st.lists(sends(), max_size=3))
def test_two_stores_put_together_know_what_one_would(one, other):
    both = put_together(map(learned, [*one, *other]))
    assert merge(put_together(map(learned, one)), put_together(map(learned, other))) == both


@given(sends(), sends())
def test_rows_in_one_send_or_in_two_are_the_same(one, other):
    table, good, errors = one
    more, also, further = other
    moved = [Row(row.sheet_row + 100, row.values) for row in more.rows]
    whole = table.with_rows([*table.rows, *moved])
    shifted = [RowError((error.sheet_row or 0) + 100, *_rest(error)) for error in further]
    assert observe(whole, good | {row + 100 for row in also}, [*errors, *shifted], "{blank}") == merge(
        learned(one), learned(other)
    )


def _rest(error):
    return error.column, error.value, error.message, error.code


@given(st.lists(sends(), max_size=4), sends())
def test_counts_only_grow_and_what_was_forgotten_stays_so(found, more):
    before = put_together(map(learned, found))
    after = merge(before, learned(more))
    for name, item in before.items():
        now = after[name]
        assert now.rows >= item.rows
        assert now.filled >= item.filled
        assert now.longest >= item.longest
        assert all(now.fits.get(kind, 0) >= count for kind, count in item.fits.items())
        assert (now.said_limit or 99_999) <= (item.said_limit or 99_999)
        assert item.values is not None or now.values is None
        assert len(now.refused) <= MOST_VALUES


@given(st.integers(3, 40), st.sampled_from(["12", "2.5", "2026-01-31", "true", "007", "abc"]))
def test_rows_that_agree_make_a_guess_surer(count, value):
    def type_of(rows):
        table = Table((Column("A"),), [Row(number, (value,)) for number in range(2, rows + 2)])
        hints = guess(observe(table, range(2, rows + 2), []))
        return next((hint.text, hint.confidence) for hint in hints if hint.kind == "type")

    text, sure = type_of(count)
    later, surer = type_of(count + 1)
    assert (
        later == text == {"12": "integer", "2.5": "number", "2026-01-31": "date", "true": "boolean"}.get(value, "text")
    )
    assert 0 < sure < surer < 1


def accepted_texts(found):
    """What was accepted in each column, blanks as ""."""
    texts = {name: [] for name in NAMES}
    for table, good, _ in found:
        for row in table.rows:
            if row.sheet_row in good:
                for name, value in zip(NAMES, row.values, strict=True):
                    texts[name].append("" if value == "{blank}" else (value or "").strip())
    return texts


#: Whether the accepted texts of a column agree with a guess.
AGREES = {
    "type": lambda texts, text: text != "date" or not any(value in ("EA", "2.5", "007") for value in texts),
    "required": lambda texts, text: all(texts),
    "length": lambda texts, text: max(map(len, texts), default=0) <= int(text),
    "choices": lambda texts, text: all(value in text for value in texts),
    "refused": lambda texts, text: text != "",
}


@given(st.lists(sends(), max_size=4))
def test_no_guess_is_against_an_accepted_row(found):
    texts = accepted_texts(found)
    for hint in guess(put_together(map(learned, found))):
        assert 0 < hint.confidence < 1
        assert AGREES[hint.kind](texts[hint.column], hint.text), hint


def test_few_values_are_kept_and_many_are_forgotten_for_good():
    def of(values):
        table = Table((Column("A"),), [Row(number, (value,)) for number, value in enumerate(values, 2)])
        return observe(table, range(2, len(values) + 2), [])["A"]

    assert of(["EA", "PK"] * 5).values == {"EA", "PK"}
    many = of([f"v{number}" for number in range(MOST_VALUES + 1)])
    assert many.values is None
    assert (many + of(["EA"])).values is None
    assert of(["a long text that names a person and more"]).values is None


def test_what_the_service_said_is_learned():
    table = Table((Column("A"),), [Row(2, (None,)), Row(3, ("x" * 20,)), Row(4, ("9999",)), Row(5, ("1",))])
    errors = [
        RowError(2, "A", None, "A must not be blank.", Code.SERVICE),
        RowError(3, "A", None, "A is longer than 15 characters.", Code.SERVICE),
        RowError(4, "A", None, "Account 9999 does not exist.", Code.SERVICE),
        RowError(5, "A", None, "A local finding: at most 3 characters.", Code.TOO_LONG),
    ]
    hints = {hint.kind: hint.text for hint in guess(observe(table, [], errors))}
    assert hints == {"required": "yes", "length": "15", "refused": "9999"}


def test_guesses_show_in_a_template_and_refuse_nothing():
    table = Table((Column("Unit"),), [Row(number, (("EA", "PK")[number % 2],)) for number in range(2, 42)])
    errors = [RowError(99, "Unit", None, "Unit must not be blank.", Code.SERVICE)]
    blank = table.with_rows([*table.rows, Row(99, (None,))])
    hints = guess(observe(blank, range(2, 42), errors))
    column = apply_hints([TemplateColumn("Unit")], hints)[0]
    assert dict(column.guesses) == {"choices": "EA; PK", "required": "yes"}
    cells = dict(zip(HEADERS.values(), write_row(column), strict=True))
    assert (cells["choices"], cells["required"]) == ("EA; PK ?", "yes ?")
    assert read_row(cells, "row 2") == column
    rule = column_rules([column])[0]
    assert (rule.required, rule.choices) == (False, None)


def test_an_author_who_said_it_is_not_guessed_at():
    known = {"Unit": Experience(rows=50, filled=50, longest=2, values=frozenset({"EA"}), said_required=3)}
    column = apply_hints([TemplateColumn("Unit", required=True, choices=("KG",))], guess(known))[0]
    assert column.guesses == ()
    assert guess({"Unit": Experience()}) == []
    with pytest.raises(StopIteration):
        next(hint for hint in guess(known) if hint.kind == "refused")
