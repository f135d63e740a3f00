"""Process definitions: TOML files that a person can write, read into frozen values; docs/processes.md has every key."""

from __future__ import annotations

from xlsc.server.processes.definition import Definition, SourceColumn
from xlsc.server.processes.loading import ConnectionCatalog, ProcessCatalog, load_processes
from xlsc.server.processes.reading import DefinitionError

__all__ = ["ConnectionCatalog", "Definition", "DefinitionError", "ProcessCatalog", "SourceColumn", "load_processes"]
