"""The rows of a process's own source: a query, a CSV file, an Excel file; all as texts of the wire."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy.exc import SQLAlchemyError

from xlsc.server.expressions import Value
from xlsc.server.processes import Definition
from xlsc.server.processes.bound_sql import fill_text
from xlsc.server.processes.definition import SourceKind
from xlsc.server.runs.connections import open_database
from xlsc.server.runs.files import FileProblem, existing
from xlsc.server.runs.ports import GivenRows, RunPorts
from xlsc.server.runs.problems import ConnectionLost, RunStopped, database_message
from xlsc.server.runs.statements import bind, execute
from xlsc.wire.cell_texts import to_wire_text

Text = str | None


def read_source(definition: Definition, variables: Mapping[str, Value], ports: RunPorts) -> GivenRows:
    """Columns and rows of a process's own source.

    Raises:
        RunStopped: It has none, or it cannot be read.
    """
    reader = _READERS.get(definition.source.kind)
    if reader is None:
        raise RunStopped(f"{definition.map_id} has no source of its own: send rows with the call.", failed=True)
    try:
        return reader(definition, variables, ports)
    except (ConnectionLost, FileProblem) as problem:
        raise RunStopped(str(problem), failed=True) from problem


def _read_query(definition: Definition, variables: Mapping[str, Value], ports: RunPorts) -> GivenRows:
    source = definition.source
    assert source.sql is not None
    with open_database(ports.connections, source.connection, reading=True) as database:
        try:
            with database.transaction():
                result = execute(database, source.sql, bind(source.sql, (), variables))
                columns = list(result.keys())
                rows = [tuple(cell_text(value) for value in row) for row in result]
        except SQLAlchemyError as error:
            raise RunStopped(f"The source cannot be read. {database_message(error)}", failed=True) from error
    return columns, rows


def cell_text(value: Any) -> Text:  # noqa: ANN401
    """The wire's text of a value of a database or a worksheet; bytes in hexadecimal digits."""
    if isinstance(value, bytes):
        return value.hex()
    try:
        return to_wire_text(value)
    except ValueError:
        return str(value)


def _file(definition: Definition, variables: Mapping[str, Value], ports: RunPorts) -> Path:
    name = fill_text(definition.source.file, lambda variable: str(variables.get(variable) or ""))
    return existing(ports.connections.places.files, name)


def _read_csv(definition: Definition, variables: Mapping[str, Value], ports: RunPorts) -> GivenRows:
    path, source = _file(definition, variables, ports), definition.source
    try:
        with path.open(encoding=source.encoding, newline="") as stream:
            return _with_header(csv.reader(stream, delimiter=source.delimiter, strict=True), path.name)
    except UnicodeDecodeError as error:
        raise FileProblem(f"The file '{path.name}' is not in {source.encoding}.") from error
    except (csv.Error, OSError) as error:
        raise FileProblem(f"The file '{path.name}' cannot be read: {error}.") from error


def _with_header(lines: Iterable[list[str]], name: str) -> GivenRows:
    walk = iter(lines)
    columns = [column.strip() for column in next(walk, [])]
    if not any(columns):
        raise FileProblem(f"The file '{name}' has no line with the names of its columns.")
    rows = []
    for number, line in enumerate(walk, start=2):
        if len(line) > len(columns):
            raise FileProblem(f"Line {number} of the file '{name}' has more values than there are columns.")
        if line:
            rows.append(tuple(text or None for text in line) + (None,) * (len(columns) - len(line)))
    return columns, rows


def _read_excel(definition: Definition, variables: Mapping[str, Value], ports: RunPorts) -> GivenRows:
    path = _file(definition, variables, ports)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise FileProblem(f"The file '{path.name}' is no workbook that can be read.") from error
    try:
        return _read_sheet(book, definition.source.sheet, path.name)
    finally:
        book.close()


def _read_sheet(book: Any, sheet: str, name: str) -> GivenRows:  # noqa: ANN401
    if sheet and sheet not in book.sheetnames:
        raise FileProblem(f"The file '{name}' has no worksheet '{sheet}'.")
    lines = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
    header = [cell_text(value) or "" for value in next(lines, ())]
    places = [index for index, title in enumerate(header) if title.strip()]
    if not places:
        raise FileProblem(f"The first row of '{name}' has no names of columns.")
    rows = []
    for line in lines:
        texts = tuple(cell_text(line[index]) if index < len(line) else None for index in places)
        if any(text is not None for text in texts):
            rows.append(texts)
    return [header[index].strip() for index in places], rows


_READERS: dict[SourceKind, Callable[[Definition, Mapping[str, Value], RunPorts], GivenRows]] = {
    SourceKind.QUERY: _read_query,
    SourceKind.CSV: _read_csv,
    SourceKind.EXCEL: _read_excel,
}
