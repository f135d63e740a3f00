"""The built files in LibreOffice Calc: opened, saved, macros called, worksheet functions calculated."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from oletools.olevba import VBA_Parser

from xlsc.addin.build import build_workbook, list_modules
from xlsc.addin.build.package import PlainSheet
from xlsc.addin.registry import ACTIONS

HERE = Path(__file__).parent
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def soffice() -> str:
    found = shutil.which("soffice", path=SYSTEM_PATH)
    if found is None:
        reason = "LibreOffice is not installed: no soffice on " + SYSTEM_PATH
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


def run(command: list[str | Path], profile: Path) -> subprocess.CompletedProcess[str]:
    # An activated environment first on PATH kills the office's own Python.
    environment = {"PATH": SYSTEM_PATH, "HOME": str(profile)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_calc_opens_the_workbook_and_keeps_every_module(soffice: str, profile: Path, tmp_path: Path) -> None:
    book = build_workbook(tmp_path / "book.xlsm", sheets=[PlainSheet("Data", [["Customer", 1001.0]])])
    kept = tmp_path / "kept"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    run([*command, "--convert-to", "xlsm:Calc MS Excel 2007 VBA XML", "--outdir", kept, book], profile)
    parser = VBA_Parser(str(kept / "book.xlsm"))
    try:
        found = {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_macros()}
    finally:
        parser.close()
    modules = list_modules()
    assert set(found) == {module.name for module in modules}
    for name in ("XlscBridge", "XlscMacros", "XlscState"):
        text = next(module.text for module in modules if module.name == name)
        wanted = [line for line in text.splitlines() if line and not line.startswith("Attribute")]
        assert [line for line in found[name].splitlines() if line in wanted] == wanted


def ask_calc(profile: Path, book: Path, macro: str, cells: str) -> dict[str, dict[str, str]]:
    script = HERE / "calc_script.py"
    done = run(["/usr/bin/python3", script, profile, book, macro, cells], profile)
    shown: dict[str, dict[str, str]] = json.loads(done.stdout)
    return shown


@pytest.fixture(scope="module")
def calc_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    row = [None, "=SC_STATUS()", '=SC_DATA("ITEMS","a",1)', '=SC_CHECK("X",F1:F3)', "=SC_HISTORY(G1)"]
    return build_workbook(
        tmp_path_factory.mktemp("calc") / "calc.xlsm",
        sheets=[PlainSheet("Data", [[*row, "f", None, '=SC_CHECK("X",F:F)', "=SC_COMPANY()"], [], [], [], ["last"]])],
        host="calc",
        extra_modules={"host": (HERE / "CalcHost.bas").read_text(encoding="utf-8")},
    )


def test_a_macro_runs_its_one_line_of_python(soffice: str, profile: Path, calc_book: Path) -> None:
    action = ACTIONS[-1]
    shown = ask_calc(profile, calc_book, f"XlscMacros.{action.macro}", "A1")
    assert shown["cells"] == {"A1": action.python}


def test_worksheet_functions_reach_the_bridge_with_their_arguments(
    soffice: str, profile: Path, calc_book: Path
) -> None:
    """Arguments left out at the end, or given by an empty cell, are not sent; whole columns are cut to what is used."""
    cells = ask_calc(profile, calc_book, "", "B1 C1 D1 E1 H1 I1")["cells"]
    assert cells == {
        "B1": "SC_STATUS:0",
        "C1": "SC_DATA:3",
        "D1": "SC_CHECK:2 of 3 rows",
        "E1": "SC_HISTORY:0",
        "H1": "SC_CHECK:2 of 5 rows",
        # Calc shows a macro's error value as a text; only Excel makes a real error of it.
        "I1": "Error 2042",
    }


def test_the_modules_for_calc_leave_out_what_it_cannot_compile() -> None:
    names = [module.name for module in list_modules("calc")]
    assert not {"XlscPython", "XlscRibbon", "XlscEvents"} & set(names)
    assert all("VB_Description" not in module.text for module in list_modules("calc"))
