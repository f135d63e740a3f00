"""connections.toml: the databases that processes read from and send to, by name."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from xlsc.server.processes.reading import Document, Section

FILE_NAME = "connections.toml"
#: Identifiers that a file does not give are made from names in this space, the same on every start.
NAMESPACE = uuid.UUID("7c1d6c0e-51a5-4f0e-9a53-0f6b1d2f6a11")
_ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
_TYPES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mssql": "Microsoft SQL Server", "mysql": "MySQL"}


@dataclass(frozen=True, slots=True)
class ConnectionEntry:
    """A connection; its URL may hold a password, so it is never shown.

    Attributes:
        id: GUID.
        type_text: What GetConnections calls its kind.
        setup: Script of SQL statements that a new database gets once; None = nothing.
    """

    name: str
    id: str
    description: str
    type_text: str
    url: str
    setup: Path | None = None

    def __repr__(self) -> str:
        return f"ConnectionEntry(name={self.name!r}, id={self.id!r})"


def read_connections(folder: Path, data: Path) -> Mapping[str, ConnectionEntry]:
    """The connections of a folder of processes, by name; none when it has no such file.

    Args:
        folder: Holds connections.toml.
        data: Where SQLite files with a relative path lie.

    Raises:
        DefinitionError: The file cannot be used.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    document = Document(path)
    top = document.top
    entries = {name: _read_entry(name, top.section(name), folder, data) for name in top.keys}
    document.finish()
    return entries


def _read_entry(name: str, section: Section, folder: Path, data: Path) -> ConnectionEntry:
    key = read_guid(section, "id", default=f"connection {name}")
    description = section.text("description", name)
    url = _read_url(section, data)
    dialect = url.partition(":")[0].partition("+")[0]
    type_text = section.text("type", _TYPES.get(dialect, dialect))
    setup = _read_setup(section, folder)
    section.finish()
    return ConnectionEntry(name, key, description, type_text, url, setup)


def _read_setup(section: Section, folder: Path) -> Path | None:
    """The script beside the file; it lies in the folder itself."""
    if "setup" not in section:
        return None
    name = section.text("setup")
    path = folder / name
    if name != Path(name).name or not path.is_file():
        section.complain("setup", f"There is no file '{name}' beside connections.toml")
        return None
    return path


def _read_url(section: Section, data: Path) -> str:
    written = section.text("url", limit=2_000)
    url = fill_environment(written, lambda message: section.complain("url", message))
    if not url:
        return ""
    try:
        parsed = make_url(url)
    except ArgumentError:
        section.complain("url", "This is no database URL; write dialect://user:password@host/database")
        return ""
    database = parsed.database or ""
    if parsed.get_backend_name() != "sqlite":
        driver = "postgresql+psycopg" if parsed.drivername == "postgresql" else parsed.drivername
        return parsed.set(drivername=driver).render_as_string(hide_password=False)
    if not database or database == ":memory:" or database.startswith("file:"):
        section.complain("url", "Name a file: a database in memory would be gone after each run")
    return f"sqlite:///{data / database}"


def fill_environment(text: str, complain: Callable[[str], None]) -> str:
    """A text with ``${NAME}`` replaced from the environment, where secrets belong."""

    def read(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if value is None:
            complain(f"The environment variable {match[1]} is not set")
        return value or ""

    return _ENVIRONMENT.sub(read, text)


def read_guid(section: Section, key: str, default: str = "") -> str:
    """A GUID in small letters; made from ``default`` when the key is missing."""
    if default and key not in section:
        return str(uuid.uuid5(NAMESPACE, default))
    text = section.text(key)
    try:
        return str(uuid.UUID(text))
    except ValueError:
        if text:
            section.complain(key, "This is no GUID such as 0b54d5a0-7f0e-4b3c-9a51-a95300a506c5")
        return str(uuid.UUID(int=0))
