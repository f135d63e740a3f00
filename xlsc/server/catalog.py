"""The processes a service knows: read from their folder, read again when a file there has changed."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from xlsc.errors import XlscError
from xlsc.server.options import ServiceOptions
from xlsc.server.processes import ConnectionCatalog, Definition, ProcessCatalog, load_processes

LOG = logging.getLogger("xlsc.server")
#: What a folder looked like: (path, time of change in nanoseconds, size) of every file.
Snapshot = tuple[tuple[str, int, int], ...]


class Processes:
    """The process definitions in force.

    Args:
        options: Say where the files are.
        prepare: What is done with the connections of every set of files before it comes into force: the service sets
            new databases up. None for callers that only look.

    Raises:
        UsageError: A file or a database cannot be used; on a later change the service goes on with what it had, and
            logs why.
    """

    def __init__(self, options: ServiceOptions, prepare: Callable[[ConnectionCatalog], None] | None = None) -> None:
        self._prepare = prepare
        self._folder = options.process_folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._seen = _look(self._folder)
        self._catalog: ProcessCatalog = self._load()

    def of_company(self, company_id: str) -> Sequence[Definition]:
        """All processes of a company, real-time ones too."""
        return tuple(self._current().for_company(company_id))

    def find(self, company_id: str, key: str) -> Definition | None:
        """A company's process by its GUID, in any spelling of it; None when there is none."""
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            return None
        for definition in self.of_company(company_id):
            if uuid.UUID(str(definition.map_key)) == wanted:
                return definition
        return None

    def connections(self) -> ConnectionCatalog:
        """The connections that the process files name, for the run engine."""
        return self._current().connections

    def _current(self) -> ProcessCatalog:
        with self._lock:
            now = _look(self._folder)
            if now != self._seen:
                self._seen = now
                self._read_again()
            return self._catalog

    def _load(self) -> ProcessCatalog:
        catalog = load_processes(self._folder)
        if self._prepare is not None:
            self._prepare(catalog.connections)
        return catalog

    def _read_again(self) -> None:
        try:
            self._catalog = self._load()
        except XlscError as error:
            LOG.warning("The process files were changed and cannot be used; the former ones stay in force: %s", error)


def _look(folder: Path) -> Snapshot:
    found = []
    for path in sorted(folder.rglob("*.toml")):
        try:
            state = path.stat()
        except FileNotFoundError:
            continue  # gone since it was listed
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)
