"""Rows to XML: the request body (P §2.3), the error table (P §2.5) and the data set (P §2.2). Reading is elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from xlsc.errors import UsageError
from xlsc.wire.datatable_cells import CellAddress, Frame, RowEncoder, check_widths, refuse_character
from xlsc.wire.names import encode_local_name
from xlsc.wire.xml_text import DECLARATION, FORBIDDEN, escape, replace_forbidden

ERROR_MESSAGE_COLUMN = "EONERUNERRORS"
ERROR_IDENT_COLUMN = "EONERUNIDENT"


class Named(Protocol):
    """Anything with a column's technical name, such as core.table.Column."""

    @property
    def name(self) -> str:
        """The technical name."""


def encode_rows(
    columns: Sequence[str | Named],
    rows: Iterable[Sequence[object]],
    variables: Mapping[str, str] | None = None,
    address: CellAddress | None = None,
) -> bytes:
    r"""A ``RequestData`` document with the rows; the order of rows and columns is kept.

    Args:
        columns: Column names, or objects with a ``name``; they become elements by the rules of .NET.
        rows: Values in column order. None is a missing element, "" an empty one; what is no text is written by
            the rules of ``cell_texts``.
        variables: Values of GBL_ variables; with some, form 2 is written, else form 1.
        address: Names a cell in messages by (row index, column index), both from 0.

    Raises:
        UsageError: A cell holds what XML cannot hold, a column has no name or one twice, a row has not as many
            values as there are columns.

    Source: P §2.3, forms 1 and 2 [doc]; missing element = null [inf].

    >>> encode_rows(["Posting Date", "Amount"], [("2024-01-31", None)]).decode().partition("\n")[2]
    '<RequestData><Table><Posting_x0020_Date>2024-01-31</Posting_x0020_Date></Table></RequestData>'
    """
    names, tags = _read_columns(columns)
    encoder = RowEncoder(tags, Frame("<Table>", "</Table>"), address or _default_address(names))
    head, tail = "<RequestData>", "</RequestData>"
    if variables:
        head += _encode_variables(variables) + "<Xml>"
        tail = "</Xml>" + tail
    out = io.BytesIO()
    out.write(DECLARATION + b"\n" + head.encode())
    out.writelines(encoder.encode(rows))
    out.write(tail.encode())
    return out.getvalue()


def encode_errors(columns: Sequence[str | Named], rows: Sequence[Sequence[str | None]], messages: Sequence[str]) -> str:
    r"""The error table of a run's answer: ``NewDataSet`` with its schema inside, CRLF and two blanks per level.

    Characters that XML cannot hold become U+FFFD: rows may have been posted, so the answer must go out.

    Args:
        columns: Source columns in source order; one that is called EONERUNERRORS is left out.
        rows: The failed rows, in column order; None is a missing element.
        messages: One per row.

    Returns:
        The document, or "" when there are no rows (P §2.4).

    Raises:
        UsageError: A column has no name or one twice, or a row has not as many values as there are columns.

    Source: P §2.5 [obs].
    """
    if not rows:
        return ""
    names = [_name(column) for column in columns]
    kept = [index for index, name in enumerate(names) if name != ERROR_MESSAGE_COLUMN]
    all_names, tags = _read_columns([*(names[index] for index in kept), ERROR_MESSAGE_COLUMN])
    check_widths(rows, len(names))
    frame = Frame("  <ErrorTable>\r\n", "  </ErrorTable>\r\n", "    ", "\r\n")
    full = [
        tuple(_clean(value) for value in (*(row[index] for index in kept), message))
        for row, message in zip(rows, messages, strict=True)
    ]
    body = b"".join(RowEncoder(tags, frame, _default_address(all_names)).encode(full)).decode()
    return f"<NewDataSet>\r\n{_encode_schema(tags)}{body}</NewDataSet>"


def encode_data_set(columns: Sequence[str | Named], rows: Iterable[Sequence[str | None]]) -> str:
    r"""The rows of GetAllData: ``MyDataSet`` with ``Table01`` rows, values in CDATA, CRLF and two blanks.

    Characters that XML cannot hold become U+FFFD, so that one bad value does not hide all others.

    Raises:
        UsageError: A column has no name or one twice, or a row has not as many values as there are columns.

    Source: P §2.2 [obs].

    >>> encode_data_set(["Amount"], [("50",)])
    '<MyDataSet>\r\n  <Table01>\r\n    <Amount><![CDATA[50]]></Amount>\r\n  </Table01>\r\n</MyDataSet>'
    """
    _names, tags = _read_columns(columns)
    out = ["<MyDataSet>\r\n"]
    for index, row in enumerate(rows):
        check_widths([row], len(tags), first=index)
        cells = "".join(
            f"    {_encode_value(tag, replace_forbidden(value))}\r\n"
            for tag, value in zip(tags, row, strict=True)
            if value is not None
        )
        out.append(f"  <Table01>\r\n{cells}  </Table01>\r\n")
    return "".join(out) + "</MyDataSet>"


def _name(column: str | Named) -> str:
    return column if isinstance(column, str) else column.name


def _read_columns(columns: Sequence[str | Named]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(_name(column) for column in columns)
    seen: dict[str, str] = {}
    for name in names:
        tag = encode_local_name(name)
        if tag in seen:
            raise UsageError(f"The column {name!r} is there twice.", "Give each column a header of its own.")
        seen[tag] = name
    return names, tuple(seen)


def _encode_variables(variables: Mapping[str, str]) -> str:
    pairs = []
    for name, value in variables.items():
        if found := FORBIDDEN.search(name + value):
            refuse_character(f"The variable {name!r}", found[0])
        pairs.append(
            f"<VariableOfstringstring><Key>{escape(name)}</Key><Value>{escape(value)}</Value></VariableOfstringstring>"
        )
    inside = "".join(pairs)
    return f"<Variables><ArrayOfVariableOfstringstring>{inside}</ArrayOfVariableOfstringstring></Variables>"


def _default_address(names: Sequence[str]) -> CellAddress:
    return lambda row, column: f"Row {row + 1}, column {names[column]}"


def _clean(value: str | None) -> str | None:
    return None if value is None else replace_forbidden(value)


def _encode_value(tag: str, value: str) -> str:
    """A value in CDATA; one with CR as escaped text, as a parser would take the CR out of CDATA."""
    if "\r" not in value:
        return f"<{tag}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{tag}>"
    # .NET drops blanks that stand alone outside of CDATA, unless it is told to keep them.
    attribute = ' xml:space="preserve"' if not value.strip(" \t\r\n") else ""
    return f"<{tag}{attribute}>{escape(value)}</{tag}>"


def _encode_schema(tags: Sequence[str]) -> str:
    lines = [
        '  <xs:schema id="NewDataSet" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">',
        '    <xs:element name="NewDataSet" msdata:IsDataSet="true" msdata:MainDataTable="ErrorTable"'
        ' msdata:UseCurrentLocale="true">',
        "      <xs:complexType>",
        '        <xs:choice minOccurs="0" maxOccurs="unbounded">',
        '          <xs:element name="ErrorTable">',
        "            <xs:complexType>",
        "              <xs:sequence>",
        *(f'                <xs:element name="{tag}" type="xs:string" minOccurs="0" />' for tag in tags),
        "              </xs:sequence>",
        "            </xs:complexType>",
        "          </xs:element>",
        "        </xs:choice>",
        "      </xs:complexType>",
        "    </xs:element>",
        "  </xs:schema>",
    ]
    return "".join(f"{line}\r\n" for line in lines)
