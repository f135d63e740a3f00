"""XML of every documented table form to rows, element by element and without building a tree.

Knows nothing of JSON and of answers. What is never taken is refused while it is read: a DOCTYPE before anything in
it is expanded, depth and number of columns as soon as they are passed. Source: P §2.2, §2.3, §2.5.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from itertools import islice
from xml.parsers import expat

from xlsc.wire.datatable_schema import SchemaReader
from xlsc.wire.malformed import MalformedXml
from xlsc.wire.names import decode_name
from xlsc.wire.table_document import (
    MAX_COLUMNS,
    MAX_DEPTH,
    UNLIMITED,
    TableDocument,
    check_row_count,
    is_too_sparse,
)

#: Elements around rows that are no rows themselves, wherever they stand (P §2.3 [inf]).
DATA_SETS = frozenset({"DataSet", "NewDataSet", "MyDataSet", "DocumentElement", "diffgram"})
#: The root of variables that stand alone (P §2.8 [doc]).
_VARIABLES = "ArrayOfVariableOfstringstring"
#: Bytes that are read at a time.
_STEP_BYTES = 256 * 1024
#: Longest tag, comment or instruction. The parser begins each anew with every step until it is complete, so that one
#: of the size of the document would take a time that grows with its square.
MAX_TOKEN_BYTES = 8 * 1024 * 1024
_XSI_NIL = "http://www.w3.org/2001/XMLSchema-instance}nil"
#: Parts of a .NET diffgram that repeat rows as they were before.
_REPEATS = frozenset({"before", "errors"})


class _Role(Enum):
    """What an open element is."""

    CONTAINER = auto()  # rows stand in it
    XML = auto()  # the Xml of a RequestData: rows, a data set, or an escaped document stand in it
    ROW = auto()
    CELL = auto()
    SCHEMA = auto()
    VARIABLES = auto()
    IGNORED = auto()


class TableScanner:
    """Reads one document.

    Args:
        data: UTF-8, with or without a declaration.
        max_rows: More rows are refused.
    """

    def __init__(self, data: bytes, max_rows: int = UNLIMITED) -> None:
        self._data = data
        self._max_rows = max_rows
        self._roles: list[_Role] = []
        self._names: list[str] = []
        self._texts: list[list[str]] = []
        self._row: dict[str, str | None] = {}
        self._nil = False
        self._columns: dict[str, None] = {}
        self._rows: list[tuple[str | None, ...]] = []
        self._values = 0
        self._schema = SchemaReader()
        self._variables: dict[str, str] = {}
        self._key: str | None = None
        self._variables_text = ""
        self._escaped: list[str] = []
        self._starts: dict[_Role, Callable[[str, dict[str, str]], _Role]] = {
            _Role.CONTAINER: self._start_in_container,
            _Role.XML: self._start_in_container,
            _Role.ROW: self._start_cell,
            _Role.CELL: self._start_in_cell,
            _Role.SCHEMA: self._start_in_schema,
            _Role.VARIABLES: lambda _name, _attributes: _Role.VARIABLES,
            _Role.IGNORED: lambda _name, _attributes: _Role.IGNORED,
        }
        self._ends: dict[_Role, Callable[[str, str], None]] = {
            _Role.CONTAINER: self._end_container,
            _Role.XML: self._end_container,
            _Role.ROW: self._end_row,
            _Role.CELL: self._end_cell,
            _Role.SCHEMA: self._end_in_schema,
            _Role.VARIABLES: self._end_in_variables,
            _Role.IGNORED: lambda _name, _text: None,
        }

    def scan(self) -> TableDocument:
        """The rows of the document, and what else it held.

        Raises:
            MalformedXml: The document is not well-formed, holds a DOCTYPE, is too deep or too wide, or is no table.
        """
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.buffer_size = 1 << 20
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            self._parse(parser)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise MalformedXml(f"The XML is not well-formed: {reason}, {place}.") from error
        width = len(self._columns)
        rows = [row if len(row) == width else row + (None,) * (width - len(row)) for row in self._rows]
        return TableDocument(list(self._columns), rows, self._variables, self._variables_text, self._escaped)

    def _parse(self, parser: expat.XMLParserType) -> None:
        data = memoryview(self._data)
        for start in range(0, len(data), _STEP_BYTES):
            step = data[start : start + _STEP_BYTES]
            parser.Parse(step, False)
            if start + len(step) - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                raise MalformedXml(f"The XML holds a tag or a comment of more than {MAX_TOKEN_BYTES >> 20} MiB.")
        parser.Parse(b"", True)

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        if len(self._roles) >= MAX_DEPTH:
            raise MalformedXml(f"The XML has more than {MAX_DEPTH} levels of elements.")
        name = full_name.rpartition("}")[2]
        role = self._starts[self._roles[-1]](name, attributes) if self._roles else _root_role(name)
        self._roles.append(role)
        self._names.append(name)
        self._texts.append([])

    def _end(self, _full_name: str) -> None:
        role, name, text = self._roles.pop(), self._names.pop(), "".join(self._texts.pop())
        self._ends[role](name, text)

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _start_in_container(self, name: str, attributes: dict[str, str]) -> _Role:
        if name == "schema":
            return _Role.SCHEMA
        if self._names == ["RequestData"] and name in ("Variables", "Xml"):
            return _Role.VARIABLES if name == "Variables" else _Role.XML
        if name in DATA_SETS:
            return _Role.CONTAINER
        if name in _REPEATS and self._names[-1] == "diffgram":
            return _Role.IGNORED
        self._row = {}
        for full_name, value in attributes.items():
            if "}" not in full_name:  # a .NET column that is mapped to an attribute
                self._add_cell(decode_name(full_name), value)
        return _Role.ROW

    def _start_cell(self, _name: str, attributes: dict[str, str]) -> _Role:
        self._nil = bool(attributes) and attributes.get(_XSI_NIL, "").strip() in ("true", "1")
        return _Role.CELL

    def _start_in_cell(self, _name: str, attributes: dict[str, str]) -> _Role:
        if self._row or self._roles[-3] is not _Role.XML or "".join(self._texts[-1]).strip():
            raise MalformedXml(
                f"Row {len(self._rows) + 1} is not flat: its element {self._names[-1][:100]} holds further elements."
            )
        # The root of a document of any name inside Xml, first taken for a row.
        self._roles[-2:] = [_Role.CONTAINER, _Role.ROW]
        return self._start_cell(_name, attributes)

    def _start_in_schema(self, name: str, attributes: dict[str, str]) -> _Role:
        self._schema.start(name, attributes)
        return _Role.SCHEMA

    def _end_container(self, name: str, text: str) -> None:
        text = text.strip()
        if not text:
            return
        if not text.startswith(("<", "&lt;")):
            raise MalformedXml(f"The element {name[:100]} holds text instead of rows.")
        self._escaped.append(text)

    def _end_row(self, _name: str, text: str) -> None:
        if text and text.strip():
            raise MalformedXml(f"Row {len(self._rows) + 1} holds text outside of its columns.")
        self._values += len(self._row)
        check_row_count(len(self._rows) + 1, self._max_rows)
        if is_too_sparse(len(self._rows) + 1, len(self._columns), self._values):
            raise MalformedXml(f"The table has {len(self._columns)} columns, and its rows hold hardly any of them.")
        self._rows.append(tuple(map(self._row.get, self._columns)))
        self._row = {}

    def _end_cell(self, name: str, text: str) -> None:
        self._add_cell(decode_name(name), None if self._nil else text)
        self._nil = False

    def _add_cell(self, column: str, value: str | None) -> None:
        if column in self._row:
            raise MalformedXml(f"Row {len(self._rows) + 1} holds the column {column[:100]} twice.")
        self._row[column] = value
        if column not in self._columns:
            self._add_column(column)

    def _add_column(self, column: str) -> None:
        if len(self._columns) >= MAX_COLUMNS:
            raise MalformedXml(f"The table has more than {MAX_COLUMNS} columns.")
        self._columns[column] = None

    def _end_in_schema(self, name: str, _text: str) -> None:
        if self._roles[-1] is _Role.SCHEMA:
            self._schema.end(name)
            return
        for column in islice(self._schema.columns(), MAX_COLUMNS + 1):
            if column not in self._columns:
                self._add_column(column)

    def _end_in_variables(self, name: str, text: str) -> None:
        if name == "Key":
            self._key = text
            self._variables.setdefault(text, "")
        elif name == "Value" and self._key is not None:
            self._variables[self._key] = text
            self._key = None
        elif name == "Variables" and text.strip():
            self._variables_text = text


def _root_role(name: str) -> _Role:
    return _Role.VARIABLES if name == _VARIABLES else _Role.CONTAINER


def _refuse_doctype(*_declaration: object) -> None:
    raise MalformedXml("The XML holds a DOCTYPE, which is never taken.")
