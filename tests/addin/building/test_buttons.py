"""The template with buttons: read by others, its buttons bound to macros that there are, its macros to the add-in's."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile

from tests.addin.building.test_calc import SYSTEM_PATH, run
from xlsc.addin.build import build_template, list_modules


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_template(tmp_path_factory.mktemp("out"))


def bound(path: Path) -> list[str]:
    """The macros of the buttons in a file."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".vml")]
        return re.findall(r"FmlaMacro>(?:\[0\]!)?([^<]+)<", "".join(archive.read(name).decode() for name in names))


def code(path: Path) -> str:
    parser = VBA_Parser(str(path))
    try:
        return "\n".join(text for _, _, _, text in parser.extract_macros())
    finally:
        parser.close()


def test_two_builds_are_equal_byte_by_byte(template: Path, tmp_path: Path) -> None:
    program = "import sys, pathlib, xlsc.addin.build as b; b.build_template(pathlib.Path(sys.argv[1]))"
    environment = {"PYTHONHASHSEED": "9", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, env=environment)
    assert (tmp_path / template.name).read_bytes() == template.read_bytes()


def test_open_xml_audit_has_no_findings(template: Path) -> None:
    audit = Path(sys.executable).with_name("openxml-audit")
    done = subprocess.run([audit, template], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Errors: 0" in done.stdout


def test_pyopenvba_finds_no_fault(template: Path) -> None:
    with ExcelFile(str(template)) as book:
        assert book.module_names() == ["ThisWorkbook", "Sheet1", "Sheet2", "XlscButtons"]
        assert not book.vba_project().validate()


def test_every_button_has_its_macro_and_every_macro_that_of_the_add_in(template: Path) -> None:
    text = code(template)
    macros = bound(template)
    assert len(macros) == 5
    assert set(macros) == set(re.findall(r"Public Sub (\w+)\(\)", text))
    called = re.findall(r'RunAddin "(\w+)"', text)
    own = "\n".join(module.text for module in list_modules())
    assert len(called) == 5
    assert [name for name in called if f"Public Sub {name}()" not in own] == []


def test_it_starts_nothing_by_itself(template: Path) -> None:
    assert not re.search(r"Auto_?Open|Workbook_Open|Shell|CreateObject|\bDeclare\b", code(template), re.IGNORECASE)


@pytest.mark.office
def test_calc_shows_the_buttons_and_keeps_their_macros(template: Path, tmp_path: Path) -> None:
    soffice = shutil.which("soffice", path=SYSTEM_PATH)
    assert soffice is not None
    profile = tmp_path / "profile"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    run([*command, "--convert-to", "xlsm:Calc MS Excel 2007 VBA XML", "--outdir", tmp_path, template], profile)
    kept = bound(tmp_path / "xlsc-buttons.xlsm")
    assert sorted(name.rpartition(".")[2] for name in kept) == sorted(bound(template))
