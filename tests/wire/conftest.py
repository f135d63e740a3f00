"""The other side: .NET's own readers and writers, in Mono, compiled once per test run."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TIMEOUT_SECONDS = 120
WireRow = tuple[str | None, ...]


@dataclass
class NetTable:
    """A .NET table: its name, columns and rows."""

    name: str
    columns: list[str] = field(default_factory=list)
    rows: list[WireRow] = field(default_factory=list)


def pack(text: str | None) -> str:
    return "-" if text is None else "=" + base64.b64encode(text.encode("utf-16-le", "surrogatepass")).decode()


def unpack(code: str) -> str | None:
    if code == "-":
        return None
    return base64.b64decode(code[1:]).decode("utf-16-le", "surrogatepass")


class DotNet:
    """Runs dotnet.cs; each method is one process for a whole batch."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def names(self, names: Sequence[str], folder: Path) -> list[tuple[str, str]]:
        """(EncodeLocalName, DecodeName) of each name."""
        source, target = folder / "names.txt", folder / "names.out"
        source.write_text("".join(f"{pack(name)}\n" for name in names))
        self._run("names", str(source), str(target))
        lines = [line.split(" ") for line in target.read_text("utf-8-sig").splitlines()]
        return [(unpack(encoded) or "", unpack(decoded) or "") for encoded, decoded in lines]

    def read(self, documents: Sequence[str | bytes], folder: Path) -> list[list[NetTable]]:
        """The tables that DataSet.ReadXml finds in each document."""
        for index, document in enumerate(documents):
            data = document.encode() if isinstance(document, str) else document
            (folder / f"{index:05}.xml").write_bytes(data)
        self._run("read", str(folder))
        return [_read_tables(folder / f"{index:05}.tables") for index in range(len(documents))]

    def write(self, tables: Sequence[NetTable], folder: Path) -> list[tuple[bytes, bytes]]:
        """What DataTable.WriteXml makes of each table: with its schema, and without."""
        for index, table in enumerate(tables):
            lines = [f"T {pack(table.name)}", "C " + " ".join(map(pack, table.columns))]
            lines += ["R " + " ".join(map(pack, row)) for row in table.rows]
            (folder / f"{index:05}.tables").write_text("\n".join(lines))
        self._run("write", str(folder))
        return [
            ((folder / f"{index:05}.schema.xml").read_bytes(), (folder / f"{index:05}.plain.xml").read_bytes())
            for index in range(len(tables))
        ]

    def _run(self, *arguments: str) -> None:
        command = ["mono", str(self._program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
        assert done.returncode == 0, done.stderr


def _read_tables(path: Path) -> list[NetTable]:
    tables: list[NetTable] = []
    for line in path.read_text("utf-8-sig").splitlines():
        kind, codes = line[0], line[2:].split()
        if kind == "E":
            raise AssertionError(f".NET cannot read {path.with_suffix('.xml').read_text()!r}: {unpack(codes[0])}")
        if kind == "T":
            tables.append(NetTable(unpack(codes[0]) or ""))
        elif kind == "C":
            tables[-1].columns = [unpack(code) or "" for code in codes]
        else:
            tables[-1].rows.append(tuple(unpack(code) for code in codes))
    return tables


@pytest.fixture(scope="session")
def dotnet(tmp_path_factory: pytest.TempPathFactory) -> DotNet:
    missing = [name for name in ("mcs", "mono") if shutil.which(name) is None]
    if missing:
        reason = f"Mono is not installed: {' and '.join(missing)} not found"
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    program = tmp_path_factory.mktemp("dotnet") / "dotnet.exe"
    source = Path(__file__).with_name("dotnet.cs")
    command = ["mcs", f"-out:{program}", "-r:System.Data.dll", "-r:System.Xml.dll", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return DotNet(program)
