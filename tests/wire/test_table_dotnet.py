"""Our tables are .NET's tables: its DataSet reads what we write, we read what its DataTable writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsc.wire.datatable import decode_rows, encode_data_set, encode_errors, encode_rows
from xlsc.wire.names import encode_local_name

pytestmark = pytest.mark.mono

NAMES = st.sampled_from(
    [
        "DocumentNo",
        "Posting Date",
        "1st",
        "a_x0020_b",
        "Zahl (€)",
        "A:B",
        "\U00010400",
        "100%",
        "Größe",
        "x.y",
        "[A]",
        "_",
    ]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=6)
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "a\r\nb",
        " x ",
        "]]>",
        "<&>",
        "&amp;",
        "\u00a0",
        "\u2028",
        "\x85",
        "é",
        "\U0001f600",
        "1001",
        "true",
    ]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)
VALUES = st.none() | TEXTS
#: Cases per direction; all of them go through .NET in one process.
COUNT = 300


@st.composite
def tables(draw: Any) -> tuple[list[str], list[tuple[str | None, ...]]]:
    # .NET compares column names without case and width; that is its rule, not the wire's.
    columns = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: encode_local_name(name).casefold()))
    return columns, draw(st.lists(st.tuples(*[VALUES] * len(columns)), min_size=1, max_size=5))


def some_tables() -> list[tuple[list[str], list[tuple[str | None, ...]]]]:
    found: list[Any] = []

    @settings(max_examples=COUNT, database=None, deadline=None)
    @given(tables())
    def collect(table: Any) -> None:
        found.append(table)

    collect()
    return found


def test_dotnet_reads_our_error_tables(dotnet: Any, tmp_path: Path):
    """DataSet.ReadXml finds ErrorTable with all columns and the very same texts, blanks and line ends too."""
    cases = some_tables()
    documents = [
        encode_errors(columns, rows, [f"Row {n} is wrong" for n in range(len(rows))]) for columns, rows in cases
    ]
    for (columns, rows), [table] in zip(cases, dotnet.read(documents, tmp_path), strict=True):
        assert table.name == "ErrorTable"
        assert table.columns == [*columns, "EONERUNERRORS"]
        assert table.rows == [(*row, f"Row {n} is wrong") for n, row in enumerate(rows)]


def test_dotnet_reads_our_data_sets(dotnet: Any, tmp_path: Path):
    """Without a schema .NET knows the columns that hold a value, in the order they appear."""
    cases = [([*columns, "Always"], [(*row, "x") for row in rows]) for columns, rows in some_tables()]
    documents = [encode_data_set(columns, rows) for columns, rows in cases]
    for (columns, rows), [table] in zip(cases, dotnet.read(documents, tmp_path), strict=True):
        assert table.name == "Table01"
        places = [columns.index(name) for name in table.columns]
        assert table.rows == [tuple(row[place] for place in places) for row in rows]
        assert {
            name for name, *values in zip(columns, *rows, strict=True) if any(v is not None for v in values)
        } == set(table.columns)


def test_dotnet_reads_our_requests(dotnet: Any, tmp_path: Path):
    """A service that loads the rows into a DataSet gets the texts of the cells."""
    cases = [([*columns, "Always"], [(*row, "x") for row in rows]) for columns, rows in some_tables()]
    documents = [encode_rows(columns, rows) for columns, rows in cases]
    for (columns, rows), [table] in zip(cases, dotnet.read(documents, tmp_path), strict=True):
        assert table.name == "Table"
        places = [columns.index(name) for name in table.columns]
        assert table.rows == [tuple(row[place] for place in places) for row in rows]


def test_we_read_what_dotnet_writes(dotnet: Any, tmp_path: Path):
    """DataTable.WriteXml with its schema: all columns, all texts; without: what its document can hold.

    It writes CR as it is, so that every reader of XML, .NET's too, finds LF in its place.
    """
    table_type = type(dotnet).write.__globals__["NetTable"]
    cases = some_tables()
    names = ["Orders", "Posting Lines", "1st", "Table"]
    given_tables = [table_type(names[n % 4], columns, rows) for n, (columns, rows) in enumerate(cases)]
    for table, (with_schema, plain) in zip(given_tables, dotnet.write(given_tables, tmp_path), strict=True):
        expected = [
            tuple(value and value.replace("\r\n", "\n").replace("\r", "\n") for value in row) for row in table.rows
        ]
        assert decode_rows(with_schema) == (table.columns, expected), with_schema
        columns, rows = decode_rows(plain)
        places = [table.columns.index(name) for name in columns]
        assert rows == [tuple(row[place] for place in places) for row in expected]


def test_large_table_of_dotnet_is_read_without_the_scanner(dotnet: Any, tmp_path: Path):
    """Its indentation, CRLF and empty elements are plain rows too."""
    from xlsc.wire.datatable_plain import read_plain_rows

    table_type = type(dotnet).write.__globals__["NetTable"]
    rows = [(f"C{n}", "" if n % 7 == 0 else f"Name {n}", None if n % 5 else "WA") for n in range(2000)]
    table = table_type("Customers", ["No", "Name", "State"], rows)
    [(with_schema, _plain)] = dotnet.write([table], tmp_path)
    assert read_plain_rows(with_schema) is not None
    assert decode_rows(with_schema) == (table.columns, rows)
