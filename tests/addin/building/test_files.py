"""The built files, read by programs that are not ours."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile

from xlsc.addin.build import build_addin, build_workbook, list_modules
from xlsc.addin.build.package import PlainSheet
from xlsc.addin.registry import ACTIONS, FUNCTIONS
from xlsc.errors import UsageError


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_addin(tmp_path_factory.mktemp("out"))[0]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_builds_are_equal_byte_by_byte(addin: Path, tmp_path: Path) -> None:
    code = f"from pathlib import Path; from xlsc.addin.build import build_addin; build_addin(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})
    assert digest(tmp_path / "xlsc.xlam") == digest(addin)


@pytest.mark.parametrize("kind", ["xlam", "xlsm", "xltm"])
def test_open_xml_audit_has_no_findings(kind: str, tmp_path: Path) -> None:
    path = build_workbook(tmp_path / f"book.{kind}", kind, sheets=[PlainSheet("A & B", [["x", 1.5, "=A1"]])])
    audit = Path(sys.executable).with_name("openxml-audit")
    done = subprocess.run([audit, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Errors: 0" in done.stdout


def test_olevba_reads_every_module_as_it_was_written(addin: Path) -> None:
    parser = VBA_Parser(str(addin))
    try:
        found = {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_macros()}
    finally:
        parser.close()
    for module in list_modules():
        body = [line for line in module.text.splitlines() if not line.startswith("Attribute VB_")]
        shown = [line for line in found[module.name].splitlines() if not line.startswith("Attribute VB_")]
        assert shown == body, module.name


def test_pyopenvba_lists_the_same_modules_and_finds_no_fault(addin: Path) -> None:
    with ExcelFile(str(addin)) as book:
        assert book.module_names() == [module.name for module in list_modules()]
        assert not book.vba_project().validate()
        assert book.vba_project().name == "xlsc"


def test_there_is_no_compiled_code(addin: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("pcodedmp"), addin], capture_output=True, text=True, check=False
    )
    listed = [line for line in done.stdout.splitlines() if line.startswith("Line #")]
    assert "VBA/XlscBridge" in done.stdout
    assert listed == []


def test_the_ribbon_is_related_by_the_type_that_goes_with_its_namespace(addin: Path) -> None:
    with zipfile.ZipFile(addin) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert b"addin.macroEnabled.main+xml" in archive.read("[Content_Types].xml")
        assert b"2007/relationships/ui/extensibility" in archive.read("_rels/.rels")
        assert b"2009/07/customui" in archive.read("customUI/customUI14.xml")
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_function_and_action_has_its_procedure() -> None:
    text = {module.name: module.text for module in list_modules()}
    for function in FUNCTIONS:
        assert f"Public Function {function.name}(" in text["XlscFunctions"]
        assert f'Attribute {function.name}.VB_Description = "' in text["XlscFunctions"]
    for action in ACTIONS:
        assert f'Public Sub {action.macro}()\r\n    RunPython "{action.python}"\r\nEnd Sub' in text["XlscMacros"]
        assert f"Sub {action.callback}(control As IRibbonControl)\r\n    {action.macro}\r\n" in text["XlscRibbon"]


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(UsageError, match="is a file"):
        build_addin(tmp_path / "out")


def test_two_modules_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="same name"):
        build_workbook(tmp_path / "x.xlsm", extra_modules={"again": 'Attribute VB_Name = "XLSCBRIDGE"\n'})
