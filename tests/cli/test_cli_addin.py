"""``xlsc addin``: what is printed and how it ends, on a system without Excel."""

import json
import platform
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlsc.cli.addin import addin
from xlsc.errors import UsageError

no_excel = pytest.mark.skipif(platform.system() in ("Windows", "Darwin"), reason="this system may have Excel")


def test_build_writes_the_add_in_and_says_where(tmp_path: Path) -> None:
    done = CliRunner().invoke(addin, ["build", "--out", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    names = [tmp_path / "new" / name for name in ("xlsc.xlam", "xlsc-buttons.xltm")]
    assert done.output == "".join(f"written: {name}\n" for name in names)
    assert (tmp_path / "new" / "xlsc.xlam").read_bytes()[:2] == b"PK"


def test_build_as_json(tmp_path: Path) -> None:
    done = CliRunner().invoke(addin, ["build", "--out", str(tmp_path), "--json"])
    assert json.loads(done.output) == {"written": [str(tmp_path / "xlsc.xlam"), str(tmp_path / "xlsc-buttons.xltm")]}


@no_excel
@pytest.mark.parametrize("command", ["install", "remove", "status"])
def test_without_excel_it_says_so(command: str) -> None:
    done = CliRunner().invoke(addin, [command])
    assert isinstance(done.exception, UsageError)
    assert "There is no Excel" in str(done.exception)
    assert done.exception.exit_code == 2


@no_excel
def test_doctor_ends_with_2_and_one_line_per_finding() -> None:
    done = CliRunner().invoke(addin, ["doctor"])
    assert done.exit_code == 2
    assert done.output.startswith("problem  Excel: There is no Excel on ")
    found = json.loads(CliRunner().invoke(addin, ["doctor", "--json"]).output)["findings"]
    assert [finding["level"] for finding in found] == ["problem"]
