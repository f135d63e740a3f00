"""Whatever is written is read again, by the quick reader and by the scanner alike."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from xlsc.core.table import CellError
from xlsc.errors import UsageError
from xlsc.wire import datatable_cells, datatable_plain
from xlsc.wire.cell_texts import to_wire_text
from xlsc.wire.datatable import (
    MalformedXml,
    decode_error_table,
    decode_rows,
    encode_data_set,
    encode_errors,
    encode_rows,
)
from xlsc.wire.datatable_scan import TableScanner
from xlsc.wire.names import decode_name, encode_local_name

XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff\x0b\x0c").filter(
        lambda character: character >= " " or character in "\t\n\r"
    ),
    max_size=12,
)
TRICKY_TEXT = st.lists(
    st.sampled_from(
        [
            "<",
            "&",
            ">",
            "]]>",
            "\r",
            "\n",
            "\t",
            " ",
            "&amp;",
            "<![CDATA[",
            "\r\n",
            "x",
            "é",
            "%s",
            "{0}",
            "\U0001f600",
            "<A>",
            "</Table>",
        ]
    ),
    max_size=5,
).map("".join)
VALUES = st.none() | XML_TEXT | TRICKY_TEXT | st.sampled_from(["", " ", "1001", "2024-01-31"])
NAMES = st.sampled_from(
    [
        "DocumentNo",
        "Posting Date",
        "1st",
        "a_x0020_b",
        "Table",
        "Xml",
        "Zahl (€)",
        "A:B",
        "\U00010400",
        "xmlns",
        "string",
    ]
)
COLUMNS = st.lists(NAMES | XML_TEXT.filter(bool), min_size=1, max_size=6, unique_by=encode_local_name)


@st.composite
def tables(draw: Any) -> tuple[list[str], list[tuple[str | None, ...]]]:
    columns = draw(COLUMNS)
    rows = draw(st.lists(st.tuples(*[VALUES] * len(columns)), max_size=12))
    return columns, rows


def seen(columns: list[str], rows: list[tuple[str | None, ...]]) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """The table without its schema: columns that hold a value, in order of first appearance."""
    places = dict.fromkeys(place for row in rows for place, value in enumerate(row) if value is not None)
    return [columns[place] for place in places], [tuple(row[place] for place in places) for row in rows]


@given(tables(), st.sampled_from([{}, {"GBL_A": "<1>", "GBL_B": ""}]), st.sampled_from([1, 3, 40_000]))
def test_rows_come_back(table: Any, variables: dict[str, str], chunk_cells: int):
    columns, rows = table
    before = datatable_cells.CHUNK_CELLS
    datatable_cells.CHUNK_CELLS = chunk_cells
    try:
        written = encode_rows(columns, rows, variables)
    finally:
        datatable_cells.CHUNK_CELLS = before
    assert decode_rows(written) == seen(columns, rows)
    document = TableScanner(written).scan()
    assert (document.columns, document.rows) == seen(columns, rows)
    assert document.variables == variables


@given(tables())
def test_lxml_reads_the_same(table: Any):
    """A parser that is not ours finds the same texts in the same places."""
    columns, rows = table
    root = etree.fromstring(encode_rows(columns, rows))
    found = [{decode_name(str(cell.tag)): cell.text or "" for cell in row} for row in root]
    assert found == [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None} for row in rows
    ]


@given(tables())
def test_data_sets_come_back(table: Any):
    columns, rows = table
    assert decode_rows(encode_data_set(columns, rows)) == seen(columns, rows)


@given(tables(), XML_TEXT)
def test_error_tables_come_back_with_all_columns(table: Any, message: str):
    columns, rows = table
    read = decode_error_table(encode_errors(columns, rows, [message] * len(rows)))
    assert list(read.rows) == rows
    assert list(read.messages) == [message.strip()] * len(rows)
    assert read.columns == (tuple(columns) if rows else ())


# fmt: off
PIECES = st.sampled_from([
    "<T>", "</T>", "<A>", "</A>", "<B>", "</B>", "<A/>", "<B />", "<T/>", "<Xml>", "</Xml>", "<d:A>", "<?p?>",
    "1", "é", " ", "\r\n", "&amp;", "&lt;", "&#65;", "&#38;", "&", "]]>", "<![CDATA[", "<!--", "-->",
    ' xml:space="preserve"', '<A xml:space="preserve">  </A>', "<A><![CDATA[x]]></A>", "<U><C>1</C></U>",
    "<T><A>1</A><B>2</B></T>", "<T><B>2</B></T>", "<T>\n<A>1</A>\n</T>\n", "<T><B>x</B><A>y</A></T>",
])
# fmt: on


def read(data: bytes) -> object:
    """Columns and rows, or why not."""
    try:
        return decode_rows(data)
    except MalformedXml as error:
        return str(error)


def scan(data: bytes) -> object:
    """The same by the scanner alone."""
    try:
        document = TableScanner(data).scan()
    except MalformedXml as error:
        return str(error)
    return (document.columns, document.rows) if not document.escaped else None


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from([40, 1 << 20]))
def test_quick_reader_and_scanner_agree(inner: str, chunk_bytes: int):
    """On any text, good or bad: the same rows, or both refuse."""
    data = f"<RequestData>{inner}</RequestData>".encode()
    before = datatable_plain.CHUNK_BYTES
    datatable_plain.CHUNK_BYTES = chunk_bytes
    try:
        quick = read(data)
    finally:
        datatable_plain.CHUNK_BYTES = before
    scanned = scan(data)
    assert scanned is None or quick == scanned


@pytest.mark.parametrize("count", [1, 500])
def test_rows_with_growing_columns(count: int):
    """Each row brings a column of its own: read in one go, or by the scanner, with the same result."""
    rows = [(*[None] * place, "x", *[None] * (299 - place)) for place in range(300)] + [("x",) * 300] * count
    columns = [f"c{place}" for place in range(300)]
    assert decode_rows(encode_rows(columns, rows)) == (columns, rows)


def test_quick_reader_reads_large_tables_itself():
    """The documents that matter for speed do not fall back to the scanner."""
    rows = [(str(index), None if index % 3 else "a & <b>", "x\r\ny", "") for index in range(3000)]
    for document in (encode_rows(list("ABCD"), rows), encode_errors(list("ABCD"), rows, ["bad"] * 3000).encode()):
        assert datatable_plain.read_plain_rows(document) is not None
    assert (
        datatable_plain.read_plain_rows(encode_data_set(["A"], [(str(n),) for n in range(3000)]).encode()) is not None
    )


TEXTS = [
    (1001.0, "1001"),
    (0.1, "0.1"),
    (-0.0, "0"),
    (1e-7, "0.0000001"),
    (1.5e300, "15" + "0" * 299),
    (123456789012345678, "123456789012345678"),
    (Decimal("50.00"), "50.00"),
    (Decimal("1E+3"), "1000"),
    (True, "true"),
    (False, "false"),
    (date(2024, 1, 31), "2024-01-31"),
    (datetime(2024, 1, 31), "2024-01-31"),
    (datetime(2024, 1, 31, 14, 5), "2024-01-31T14:05:00"),
    (time(14, 5), "14:05:00"),
    (timedelta(days=1, hours=2, seconds=3), "26:00:03"),
    (-timedelta(minutes=1), "-0:01:00"),
    (float("nan"), None),
    (None, None),
]


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_values_that_are_no_texts(value: object, text: str | None):
    """Invariant texts, the same in every country."""
    assert to_wire_text(value) == text
    assert decode_rows(encode_rows(["A", "B"], [("x", value)])) == seen(["A", "B"], [("x", text)])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value_and_have_no_exponent(number: float):
    text = to_wire_text(number)
    assert text is not None
    assert float(text) == number
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("value", "reason"),
    [(CellError("#N/A"), "#N/A"), (float("inf"), "infinite"), (b"x", "bytes"), ([1], "list")],
)
def test_values_that_have_no_text_name_their_cell(value: object, reason: str):
    with pytest.raises(UsageError) as caught:
        encode_rows(["A", "B"], [("1", "2"), ("1", value)])
    assert caught.value.message.startswith("Row 2, column B ")
    assert reason in caught.value.message
