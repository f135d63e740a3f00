"""A running service takes changed process files, and stays with what it had where they are wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from xlsc.errors import UsageError
from xlsc.server.catalog import Processes
from xlsc.server.options import ServiceOptions
from xlsc.server.runs.databases import prepare_databases

COMPANY = "6c1f7a52-3f0a-4c55-9f59-0d8f6e1a0001"
PROCESS = """\
[process]
id = "{name}"
company = "6c1f7a52-3f0a-4c55-9f59-0d8f6e1a0001"
connection = "{connection}"
[[columns]]
name = "No"
key = true
[[lines]]
name = "Row"
table = "rows"
[lines.map]
no = "No"
"""


def write(folder: Path, name: str, connection: str = "one") -> None:
    (folder / f"{name.lower()}.toml").write_text(PROCESS.format(name=name, connection=connection))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "processes"
    home.mkdir()
    (home / "connections.toml").write_text('[one]\nurl = "sqlite:///one.sqlite"\n')
    write(home, "FIRST")
    return home


def names(processes: Processes) -> list[str]:
    return [definition.map_id for definition in processes.of_company(COMPANY)]


def test_a_new_process_and_a_new_connection_are_taken(folder: Path, tmp_path: Path):
    processes = Processes(ServiceOptions(tmp_path), prepare_databases)
    assert names(processes) == ["FIRST"]
    (folder / "two.sql").write_text("CREATE TABLE rows (no VARCHAR(10));\n")
    with (folder / "connections.toml").open("a") as stream:
        stream.write('[two]\nurl = "sqlite:///two.sqlite"\nsetup = "two.sql"\n')
    write(folder, "SECOND", "two")
    assert names(processes) == ["FIRST", "SECOND"]
    with sqlite3.connect(tmp_path / "two.sqlite") as connection:  # the new database was set up
        assert connection.execute("SELECT count(*) FROM rows").fetchone() == (0,)
    (folder / "first.toml").unlink()
    assert names(processes) == ["SECOND"]


@pytest.mark.parametrize("wrong", ["no TOML", PROCESS.format(name="SECOND", connection="none")])
def test_the_former_files_stay_in_force_until_the_new_ones_are_right(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: str
):
    processes = Processes(ServiceOptions(tmp_path), prepare_databases)
    (folder / "second.toml").write_text(wrong)
    assert names(processes) == ["FIRST"]
    assert "second.toml:" in caplog.text
    assert names(processes) == ["FIRST"]
    assert caplog.text.count("stay in force") == 1
    write(folder, "SECOND")
    assert names(processes) == ["FIRST", "SECOND"]


def test_a_setup_that_fails_changes_nothing(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    processes = Processes(ServiceOptions(tmp_path), prepare_databases)
    (folder / "two.sql").write_text("CREATE TABEL rows (no VARCHAR(10));\n")
    with (folder / "connections.toml").open("a") as stream:
        stream.write('[two]\nurl = "sqlite:///two.sqlite"\nsetup = "two.sql"\n')
    write(folder, "SECOND", "two")
    assert names(processes) == ["FIRST"]
    assert "two.sql" in caplog.text
    with pytest.raises(UsageError, match=r"two\.sql"):
        Processes(ServiceOptions(tmp_path), prepare_databases)
