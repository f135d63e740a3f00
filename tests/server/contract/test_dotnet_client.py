"""A client written in .NET: its own HTTP, bodies of DataSet.WriteXml with typed columns, answers to DataSet.ReadXml."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.contract.conftest import Stranger

pytestmark = [pytest.mark.mono, pytest.mark.slow]
NUMBERS = itertools.count(1)
SOURCE = Path(__file__).with_name("client.cs")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled client."""
    if shutil.which("mcs") is None or shutil.which("mono") is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("Mono is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("Mono is not installed")
    target = tmp_path_factory.mktemp("client") / "client.exe"
    command = ["mcs", f"-out:{target}", "-r:System.Data.dll", "-r:System.Xml.dll", str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return target


def run_client(program: Path, demo: Stranger, account: str, form: str) -> tuple[str, list[list[str]]]:
    """Counts and status, and the cells of the lines below, the first of which are names."""
    document = f"NET{next(NUMBERS):04d}"
    arguments = [demo.url, demo.token, demo.key("GL JOURNAL"), document, account, form]
    environ = os.environ | {"TZ": "Europe/Berlin"}  # .NET writes its zone behind every DateTime
    done = subprocess.run(
        ["mono", str(program), *arguments], capture_output=True, encoding="utf-8", timeout=120, env=environ, check=False
    )
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.replace(document, "DOC").splitlines()
    return first, [line.split("|") for line in others]


@pytest.mark.parametrize("form", ["schema", "plain", "request"])
def test_a_typed_table_is_posted(program: Path, demo: Stranger, form: str):
    assert run_client(program, demo, "6100", form) == ("1 0 0", [])


@pytest.mark.parametrize("form", ["schema", "plain", "request"])
def test_refused_rows_are_read_back(program: Path, demo: Stranger, form: str):
    counts, lines = run_client(program, demo, "nope", form)
    assert counts == "1 1 1"
    names = ["PostingDate", "DocumentNo", "AccountNo", "Description", "Debit", "Credit", "Checked", "EONERUNERRORS"]
    assert sorted(lines[0]) == sorted(names)
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    message = "Account 'nope' does not exist."
    common = {"PostingDate": "1/31/2026 12:00:00 AM", "DocumentNo": "DOC", "EONERUNERRORS": message}
    assert rows == [
        common
        | {
            "AccountNo": "nope",
            "Description": "Größe < 5 & more",
            "Debit": "1234.50",
            "Credit": "NULL",
            "Checked": "true",
        },
        common | {"AccountNo": "2100", "Description": "NULL", "Debit": "NULL", "Credit": "1234.5", "Checked": "false"},
    ]
