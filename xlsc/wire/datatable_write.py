"""Rows to XML: the request body (P §2.3), the error table (P §2.5) and the data set (P §2.2). Reading is elsewhere.

Text is made in chunks of whole rows, a step at a time for all cells of a chunk: checking, escaping and setting
between tags run in C. A chunk with cells that need care goes column by column; only such cells are looked at one
by one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn, Protocol

from xlsc.errors import UsageError
from xlsc.wire.cell_texts import to_wire_text
from xlsc.wire.names import encode_local_name
from xlsc.wire.xml_text import DECLARATION, FORBIDDEN, SEPARATOR, escape, is_clean, replace_forbidden

ERROR_MESSAGE_COLUMN = "EONERUNERRORS"
ERROR_IDENT_COLUMN = "EONERUNIDENT"
#: Cells per chunk: enough to spread the cost of a step, few enough to stay in the processor's cache.
CHUNK_CELLS = 40_000

#: A blank text next to the separator: the first cell of a text that may be blank throughout.
_BLANK_STARTS = tuple(SEPARATOR + blank for blank in " \t\n\r")
_BLANKS = " \t\n\r"


class Named(Protocol):
    """Anything with a column's technical name, such as core.table.Column."""

    @property
    def name(self) -> str:
        """The technical name."""


#: (row index, column index), both from 0, to the words that name the cell: "Cell C5".
CellAddress = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of one document are written: what stands before, between and after the cells."""

    names: tuple[str, ...]
    tags: tuple[str, ...]
    row_start: str
    row_end: str
    cell_start: str
    cell_end: str

    def row_template(self, parts: Iterable[str]) -> str:
        return self.row_start + "".join(parts) + self.row_end

    def cell(self, tag: str, text: str, attribute: str = "") -> str:
        return f"{self.cell_start}<{tag}{attribute}>{text}</{tag}>{self.cell_end}"


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
    layout = _Layout(names, tags, "<Table>", "</Table>", "", "")
    head, tail = "<RequestData>", "</RequestData>"
    if variables:
        head += _encode_variables(variables) + "<Xml>"
        tail = "</Xml>" + tail
    out = io.BytesIO()
    out.write(DECLARATION + b"\n" + head.encode())
    for chunk in _encode_chunks(layout, rows, address or _default_address(names)):
        out.write(chunk)
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
    for index, row in enumerate(rows):
        _check_width(index, row, len(names))
    layout = _Layout(all_names, tags, "  <ErrorTable>\r\n", "  </ErrorTable>\r\n", "    ", "\r\n")
    full = [
        tuple(_clean(value) for value in (*(row[index] for index in kept), message))
        for row, message in zip(rows, messages, strict=True)
    ]
    body = b"".join(_encode_chunks(layout, full, _default_address(all_names))).decode()
    return f"<NewDataSet>\r\n{_encode_schema(tags)}{body}</NewDataSet>"


def encode_data_set(columns: Sequence[str | Named], rows: Iterable[Sequence[str | None]]) -> str:
    r"""The rows of GetAllData: ``MyDataSet`` with ``Table01`` rows, every value in CDATA, CRLF and two blanks.

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
        _check_width(index, row, len(tags))
        cells = "".join(
            f"    <{tag}><![CDATA[{_to_cdata(value)}]]></{tag}>\r\n"
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
            _refuse(f"The variable {name!r}", found[0])
        pairs.append(
            f"<VariableOfstringstring><Key>{escape(name)}</Key><Value>{escape(value)}</Value></VariableOfstringstring>"
        )
    inside = "".join(pairs)
    return f"<Variables><ArrayOfVariableOfstringstring>{inside}</ArrayOfVariableOfstringstring></Variables>"


def _default_address(names: Sequence[str]) -> CellAddress:
    return lambda row, column: f"Row {row + 1}, column {names[column]}"


def _encode_chunks(layout: _Layout, rows: Iterable[Sequence[object]], address: CellAddress) -> Iterator[bytes]:
    width = len(layout.tags)
    size = max(1, CHUNK_CELLS // max(1, width))
    source = iter(rows)
    first = 0
    while chunk := list(islice(source, size)):
        if set(map(len, chunk)) != {width}:
            for index, row in enumerate(chunk, start=first):
                _check_width(index, row, width)
        text = _encode_plain(layout, chunk)
        yield _encode_with_care(layout, chunk, first, address) if text is None else text
        first += len(chunk)


def _check_width(index: int, row: Sequence[object], width: int) -> None:
    if len(row) != width:
        raise UsageError(
            f"Row {index + 1} has {len(row)} values, but there are {width} columns.",
            "Give every row one value per column.",
        )


def _encode_plain(layout: _Layout, chunk: list[Sequence[object]]) -> bytes | None:
    """The chunk, if all its cells are texts that are neither blank nor forbidden; else None."""
    width = len(layout.tags)
    try:
        text = SEPARATOR.join(map(SEPARATOR.join, chunk))  # type: ignore[arg-type] # what is no text raises
        data = text.encode()
    except (TypeError, UnicodeEncodeError):
        return None
    if not width or not is_clean(data, separators=len(chunk) * width - 1) or _may_be_blank(text):
        return None
    cells = escape(text).split(SEPARATOR)
    template = layout.row_template(layout.cell(tag, "%s") for tag in layout.tags)
    return "".join(map(template.__mod__, zip(*[iter(cells)] * width, strict=True))).encode()


def _may_be_blank(text: str) -> bool:
    return text.startswith(tuple(_BLANKS)) or any(start in text for start in _BLANK_STARTS)


def _encode_with_care(layout: _Layout, chunk: list[Sequence[object]], first: int, address: CellAddress) -> bytes:
    """The chunk, column by column."""
    parts, values = [], []
    for index, (tag, column) in enumerate(zip(layout.tags, zip(*chunk, strict=True), strict=True)):
        texts = _to_texts(column, first, index, address)
        _check_characters(texts, first, index, address)
        if None in texts or any(text is not None and text.strip(_BLANKS) == "" != text for text in texts):
            parts.append("%s")
            values.append([_encode_cell(layout, tag, text) for text in texts])
        else:
            parts.append(layout.cell(tag, "%s"))
            values.append(escape(SEPARATOR.join(texts)).split(SEPARATOR))  # type: ignore[arg-type] # None is not in
    template = layout.row_template(parts)
    if not values:
        return (template * len(chunk)).encode()
    return "".join(map(template.__mod__, zip(*values, strict=True))).encode()


def _encode_cell(layout: _Layout, tag: str, text: str | None) -> str:
    if text is None:
        return ""
    # .NET drops blanks that stand alone in an element, unless it is told to keep them.
    alone = text != "" and not text.strip(_BLANKS)
    return layout.cell(tag, escape(text), ' xml:space="preserve"' if alone else "")


def _to_texts(column: Sequence[object], first: int, index: int, address: CellAddress) -> list[str | None]:
    texts: list[str | None] = []
    for row, value in enumerate(column, start=first):
        if value is None or isinstance(value, str):
            texts.append(value)
            continue
        try:
            texts.append(to_wire_text(value))
        except ValueError as error:
            raise UsageError(f"{address(row, index)} {error}.", "Correct the cell, then send it again.") from error
    return texts


def _check_characters(texts: Sequence[str | None], first: int, index: int, address: CellAddress) -> None:
    if not FORBIDDEN.search("".join(text for text in texts if text is not None)):
        return
    for row, text in enumerate(texts, start=first):
        if text is not None and (found := FORBIDDEN.search(text)):
            _refuse(address(row, index), found[0])


def _refuse(place: str, character: str) -> NoReturn:
    raise UsageError(
        f"{place} holds the character U+{ord(character):04X}, which XML cannot hold.",
        "Remove the character, for example with Excel's CLEAN, then send it again.",
    )


def _clean(value: str | None) -> str | None:
    return None if value is None else replace_forbidden(value)


def _to_cdata(value: str) -> str:
    """The inside of a CDATA section; its own end and CR, which it cannot hold, go between two sections."""
    text = replace_forbidden(value).replace("]]>", "]]]]><![CDATA[>")
    return text.replace("\r", "]]>&#xD;<![CDATA[") if "\r" in text else text


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
