"""A folder of process files to a catalog of what a service offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsc.server.processes.connection_file import FILE_NAME, ConnectionEntry, read_connections
from xlsc.server.processes.definition import Definition
from xlsc.server.processes.definition_file import read_definition
from xlsc.server.processes.reading import DefinitionError


@dataclass(frozen=True, slots=True)
class Places:
    """Where a folder of processes has its other things.

    Attributes:
        data: SQLite files with a relative path lie here.
        files: CSV and Excel files that are read, and files that tasks copy, move or delete; nothing beyond is touched.
    """

    data: Path
    files: Path


@dataclass(frozen=True, slots=True)
class ConnectionCatalog:
    """The connections that processes may use, by name, and where files are."""

    entries: Mapping[str, ConnectionEntry]
    places: Places


@dataclass(frozen=True, slots=True)
class ProcessCatalog:
    """All processes of a folder."""

    definitions: Sequence[Definition]
    connections: ConnectionCatalog

    def for_company(self, company_id: str) -> tuple[Definition, ...]:
        """A company's processes in the order of their ids, real-time ones too."""
        wanted = company_id.strip().lower()
        return tuple(definition for definition in self.definitions if definition.company == wanted)

    def get(self, map_key: str) -> Definition | None:
        """The process with this GUID; None when there is none."""
        wanted = map_key.strip().lower()
        return next((definition for definition in self.definitions if definition.map_key == wanted), None)


def load_processes(folder: Path, data: Path | None = None) -> ProcessCatalog:
    """Read every process file of a folder and of the folders in it.

    Args:
        folder: Holds the files, ``connections.toml`` and a folder ``files``.
        data: Where SQLite files with a relative path lie; None = the folder above ``folder``.

    Raises:
        DefinitionError: Files cannot be used; it holds every complaint of every file.
    """
    home = (folder.parent if data is None else data).resolve()
    problems: list[str] = []
    connections = read_connections(folder, home)
    definitions = _read_all(folder, connections, problems)
    problems.extend(find_doubles(definitions))
    if problems:
        raise DefinitionError(problems)
    definitions.sort(key=lambda definition: (definition.company, definition.map_id))
    places = Places(home, (folder / "files").resolve())
    return ProcessCatalog(tuple(definitions), ConnectionCatalog(connections, places))


def _read_all(folder: Path, connections: Mapping[str, ConnectionEntry], problems: list[str]) -> list[Definition]:
    found = []
    for path in sorted(folder.rglob("*.toml")):
        if path.name == FILE_NAME:
            continue
        try:
            found.append(read_definition(path, connections))
        except DefinitionError as error:
            problems.extend(error.problems)
    return found


def find_doubles(definitions: Sequence[Definition]) -> list[str]:
    """What is wrong with processes beside each other: keys are unique everywhere, ids within their company."""
    problems = []
    keys: dict[str, Definition] = {}
    ids: dict[tuple[str, str], Definition] = {}
    for definition in definitions:
        other = keys.setdefault(definition.map_key, definition)
        if other is not definition:
            problems.append(f"{definition.path.name}: process.key: {other.path.name} has the same key.")
        other = ids.setdefault((definition.company, definition.map_id.lower()), definition)
        if other is not definition:
            problems.append(f"{definition.path.name}: process.id: {other.path.name} has the same id and company.")
    return problems
