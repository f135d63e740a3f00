"""Rows with missing cells, written without looking at cells one by one: the same bytes as written one by one."""

from hypothesis import example, given
from hypothesis import strategies as st

from xlsc.wire.datatable import decode_rows, encode_errors, encode_rows
from xlsc.wire.xml_text import DECLARATION, escape

#: Texts that need no care of their own, and some that are escaped.
TEXTS = st.none() | st.sampled_from(["", "a", "Net 30", "a & b", "<", "]]>", "x\r\ny", "é"])


@st.composite
def tables(draw):
    width = draw(st.integers(1, 4))
    return width, draw(st.lists(st.tuples(*[TEXTS] * width), max_size=6))


def one_by_one(names, rows):
    body = "".join(
        "<Table>"
        + "".join(f"<{n}>{escape(v)}</{n}>" for n, v in zip(names, row, strict=True) if v is not None)
        + "</Table>"
        for row in rows
    )
    return DECLARATION + f"\n<RequestData>{body}</RequestData>".encode()


@given(tables())
@example((1, [(None,), ("a",), (None,)]))
@example((3, [(None, "a", None), (None, None, None), ("a", None, None), (None, None, "a")]))
def test_missing_cells_leave_out_their_element_and_nothing_else(table):
    width, rows = table
    names = [f"C{number}" for number in range(width)]
    assert encode_rows(names, rows) == one_by_one(names, rows)


def test_chunks_of_a_large_table_begin_and_end_with_missing_cells():
    names = [f"C{number}" for number in range(7)]
    rows = [tuple(None if (row + cell) % 3 else f"{row}.{cell}" for cell in range(7)) for row in range(5_000)]
    assert encode_rows(names, rows) == one_by_one(names, rows)
    rows[0] = tuple(names)  # columns are known in the order in which they appear
    assert decode_rows(encode_rows(names, rows)) == (names, rows)


def test_missing_cells_leave_no_blank_line_in_an_error_table():
    text = encode_errors(["A", "B"], [(None, "b"), ("a", None)], ["wrong", "bad"])
    assert "\r\n\r\n" not in text
    assert decode_rows(text) == (["A", "B", "EONERUNERRORS"], [(None, "b", "wrong"), ("a", None, "bad")])
