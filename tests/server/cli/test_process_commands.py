"""``xlsc process``: what it writes is sound, and what is wrong is told with file, line and key."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from xlsc.cli.main import run

CONNECTIONS = '[contoso]\nurl = "sqlite:///contoso.sqlite"\n'


def xlsc(*words: str | Path) -> int:
    """The exit code."""
    return run(["process", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connections.toml").write_text(CONNECTIONS)
    return tmp_path


@pytest.mark.parametrize("name", ["VENDORS", 'He said "yes"', "Größe\\Maß", "{braces}", "'single' #1"])
def test_a_new_file_is_sound_whatever_the_name(folder: Path, name: str, capsys: pytest.CaptureFixture[str]):
    file = folder / "new.toml"
    assert xlsc("new", file, "--id", name) == 0
    assert tomllib.loads(file.read_text(encoding="utf-8"))["process"]["id"] == name
    assert xlsc("check", file) == 0
    assert "is sound, 3 columns" in capsys.readouterr().out


def test_a_file_that_is_there_stays(folder: Path):
    file = folder / "mine.toml"
    file.write_text("# mine")
    assert xlsc("new", file, "--id", "X") == 2
    assert file.read_text() == "# mine"


def test_a_company_that_is_no_guid_is_refused_before_anything_is_written(folder: Path):
    assert xlsc("new", folder / "x.toml", "--id", "X", "--company", "Contoso") == 2
    assert not (folder / "x.toml").exists()


def test_a_folder_is_checked_as_a_whole(folder: Path, capsys: pytest.CaptureFixture[str]):
    xlsc("new", folder / "a.toml", "--id", "X")
    (folder / "b.toml").write_text((folder / "a.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "c.toml").write_text("[process]\nid = 5\n")
    capsys.readouterr()
    assert xlsc("check", folder, "--json") == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert "b.toml: process.id: a.toml has the same id and company." in problems
    assert "c.toml:2: process.id: This has to be a text in quotes." in problems
