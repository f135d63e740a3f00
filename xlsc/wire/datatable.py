"""The wire's XML tables, both ways: rows and columns to documents and back, in every form protocol.md shows.

The doors to datatable_write, datatable_scan and datatable_plain; rows are tuples of texts, None = no value.
Source: P §2.2 (MyDataSet), §2.3 (RequestData), §2.5 (NewDataSet).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xlsc.core.results import ErrorTable
from xlsc.wire.datatable_plain import PlainRows, read_plain_rows
from xlsc.wire.datatable_scan import TableScanner
from xlsc.wire.datatable_write import (
    ERROR_IDENT_COLUMN,
    ERROR_MESSAGE_COLUMN,
    encode_data_set,
    encode_errors,
    encode_rows,
)
from xlsc.wire.malformed import MalformedXml
from xlsc.wire.names import decode_name
from xlsc.wire.table_document import UNLIMITED, TableDocument, WireRow, is_too_sparse
from xlsc.wire.variables import check_decoded, decode_variables
from xlsc.wire.xml_text import to_utf8, unescape

__all__ = [
    "ERROR_IDENT_COLUMN",
    "ERROR_MESSAGE_COLUMN",
    "MalformedXml",
    "Request",
    "decode_error_table",
    "decode_request",
    "decode_rows",
    "encode_data_set",
    "encode_errors",
    "encode_rows",
]

#: How often a document may stand as text inside another one; the wire needs one.
_MAX_NESTING = 3
#: The value of the one row that stands for all plain ones while the rest is read.
_MARK = "\ue000the plain rows\ue001"


@dataclass(frozen=True, slots=True)
class Request:
    """What a run call's body asks for.

    Attributes:
        variables: GBL_ variables, by name.
        columns: Column names.
        rows: Values in column order; None where there was no element.
    """

    variables: dict[str, str]
    columns: list[str]
    rows: list[WireRow]


def decode_rows(xml: bytes | str) -> tuple[list[str], list[WireRow]]:
    """Columns and rows of a table in any of the wire's forms.

    RequestData with rows in it or in its Xml, as elements or as escaped text; DataSet, MyDataSet, NewDataSet,
    DocumentElement or any other root around rows of any name; with and without an inline schema; wrapped into
    ``<string>``; escaped as a whole. Names are matched without namespace.

    Args:
        xml: The document; in a str, a declared encoding has no meaning.

    Returns:
        Columns in the schema's order where there is a schema, else by first appearance. A missing element or a nil
        one is None, an empty one "". Nothing at all, or a table without rows, gives no rows.

    Raises:
        MalformedXml: Not well-formed, a DOCTYPE, more than 32 levels or 16,384 columns, rows that are not flat,
            a column twice in a row.

    Source: P §2.2, §2.3, §2.5; missing element = null [inf].

    >>> decode_rows("<RequestData><Table><Posting_x0020_Date>2024-01-31</Posting_x0020_Date></Table></RequestData>")
    (['Posting Date'], [('2024-01-31',)])
    """
    document = _read(xml)
    return document.columns, list(document.rows)


def decode_request(xml: bytes | str, charset: str = "", max_rows: int = UNLIMITED) -> Request:
    """The body of runmapdatatable, RunMapDataTableWithErrors or runmapxml, rows as ``decode_rows`` reads them.

    Args:
        xml: The body; also ArrayOfVariableOfstringstring alone, which has variables and no rows (P §2.8).
        charset: Of the body's content type, "" where it says none.
        max_rows: More rows are refused.

    Raises:
        MalformedXml: As for ``decode_rows``.
        MalformedText: The variables cannot be read, or have other names than GBL_ ones.

    Source: P §2.3 forms 1 and 2, runmapxml [doc].
    """
    document = _read(xml, charset, max_rows)
    variables = check_decoded(document.variables) or decode_variables(document.variables_text)
    return Request(variables, document.columns, list(document.rows))


def decode_error_table(text: str) -> ErrorTable:
    """The rows and messages of an answer's ``Errors``; "" has none.

    Raises:
        MalformedXml: The text is no table.

    Source: P §2.5 [obs]; may arrive HTML-escaped [code].
    """
    columns, rows = decode_rows(text)
    if not columns and not rows:
        return ErrorTable()
    places = [i for i, name in enumerate(columns) if name not in (ERROR_MESSAGE_COLUMN, ERROR_IDENT_COLUMN)]
    messages = _column(columns, rows, ERROR_MESSAGE_COLUMN)
    return ErrorTable(
        tuple(columns[place] for place in places),
        [tuple([row[place] for place in places]) for row in rows],
        [(message or "").strip() for message in messages],
    )


def _column(columns: Sequence[str], rows: Sequence[WireRow], name: str) -> list[str | None]:
    if name not in columns:
        return [None] * len(rows)
    place = columns.index(name)
    return [row[place] for row in rows]


def _read(xml: bytes | str, charset: str = "", max_rows: int = UNLIMITED, nesting: int = 0) -> TableDocument:
    data = to_utf8(xml, charset)
    if data.startswith((b"&lt;", b"&#60;", b"&#x3C;", b"&#x3c;")):
        data = to_utf8(unescape(data.decode("utf-8", "replace")))
    if not data:
        return TableDocument([], [])
    document = _read_document(data, max_rows)
    if not document.escaped:
        return document
    if document.rows or len(document.escaped) > 1:
        raise MalformedXml("The XML holds rows and, beside them, an escaped document.")
    if nesting >= _MAX_NESTING:
        raise MalformedXml(f"The XML holds escaped documents more than {_MAX_NESTING} deep.")
    inner = _read(document.escaped[0], max_rows=max_rows, nesting=nesting + 1)
    return replace(
        inner,
        variables={**inner.variables, **document.variables},
        variables_text=document.variables_text or inner.variables_text,
    )


def _read_document(data: bytes, max_rows: int) -> TableDocument:
    plain = read_plain_rows(data, max_rows)
    document = None if plain is None else _fill(data, plain)
    return TableScanner(data, max_rows).scan() if document is None else document


def _fill(data: bytes, plain: PlainRows) -> TableDocument | None:
    """The document with its plain rows; None where they stand in no place for rows."""
    tags = list(plain.tags)
    if not tags or _MARK.encode() in data:
        return None
    cells = [f"<{tag}>{'' if index else _MARK}</{tag}>" for index, tag in enumerate(tags)]
    row = f"<{plain.row_tag}>{''.join(cells)}</{plain.row_tag}>"
    try:
        document = TableScanner(data[: plain.start] + row.encode() + data[plain.end :]).scan()
    except MalformedXml:
        return None  # read as it stands, the document's own places are named
    marked = [index for index, given in enumerate(document.rows) if _MARK in given]
    if len(marked) != 1:
        return None
    count = sum(len(rows) for _order, rows in plain.pieces)
    if is_too_sparse(count, len(document.columns), sum(len(order) * len(rows) for order, rows in plain.pieces)):
        return None
    tag_of = {decode_name(tag): tag for tag in tags}
    middle = plain.rows_in_order([tag_of.get(column, "") for column in document.columns])
    rows = [*document.rows[: marked[0]], *middle, *document.rows[marked[0] + 1 :]]
    return replace(document, rows=rows)
