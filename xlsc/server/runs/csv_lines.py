"""Lines of the kind csv: rows of the documents that were taken, as CSV files in one zip per run (P §2.7)."""

from __future__ import annotations

import csv
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from xlsc.server.processes.definition import Definition, Line, LineKind

#: What Windows does not take in names of files.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def output_name(definition: Definition, run_number: int) -> str:
    """``<MapId>___<run>.zip`` (P §2.7 [obs])."""
    return f"{_FORBIDDEN.sub('_', definition.map_id)}___{run_number}.zip"


class CsvOutput:
    """The CSV files of a run; they become a zip when the run ends, or nothing.

    Args:
        definition: Its csv lines make one file each, for each tenant where there are several.
    """

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._folder = tempfile.TemporaryDirectory(prefix="xlsc-run-")
        self._streams: dict[str, TextIO] = {}
        self._lines = [line for line in definition.destinations if line.kind is LineKind.CSV]

    def __enter__(self) -> CsvOutput:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._streams.values():
            stream.close()
        self._folder.cleanup()

    def append(self, line: Line, tenant: str, rows: Sequence[Mapping[str, str]]) -> None:
        """Add the rows of a document that was taken."""
        stream = self._open(line, tenant)
        writer = csv.writer(stream)
        for row in rows:
            writer.writerow([row[field.target] for field in line.fields])

    def pack(self, folder: Path, run_number: int) -> tuple[Path, ...]:
        """Write the zip below ``folder``, complete or not at all; nothing when the run made no file."""
        if not self._lines:
            return ()
        for line in self._lines:
            for route in self._definition.routes:
                self._open(line, route.tenant.name)
        for stream in self._streams.values():
            stream.flush()
        home = folder / self._definition.map_key
        home.mkdir(parents=True, exist_ok=True)
        path = home / output_name(self._definition, run_number)
        half = path.with_suffix(".part")
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self._streams:
                archive.write(Path(self._folder.name) / name, name)
        half.replace(path)
        return (path,)

    def _open(self, line: Line, tenant: str) -> TextIO:
        several = len(self._definition.routes) > 1
        stem = f"{line.info.description}__{tenant}" if several else line.info.description
        name = _FORBIDDEN.sub("_", stem) + ".csv"
        if name not in self._streams:
            stream = (Path(self._folder.name) / name).open("w", encoding="utf-8", newline="")
            self._streams[name] = stream
            csv.writer(stream).writerow([field.target for field in line.fields])
        return self._streams[name]
