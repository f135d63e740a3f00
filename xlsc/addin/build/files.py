"""The files people get: xlsc.xlam, and macro-enabled workbooks with the same modules.

Sources: ../office/*.bas, *.cls and ribbon.xml, and the registry. Nothing binary is a source.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

from xlsc.addin.build.generate import write_callbacks, write_functions, write_macros, write_ribbon
from xlsc.addin.build.lint import check_ribbon
from xlsc.addin.build.ovba import write_project
from xlsc.addin.build.package import PackageKind, PlainSheet, write_package
from xlsc.addin.build.sources import Kind, Module, read_module
from xlsc.addin.registry import ACTIONS, FUNCTIONS
from xlsc.errors import UsageError
from xlsc.sheets.ooxml.blank import read_theme

ADDIN_NAME = "xlsc.xlam"
#: Name of the VBA project; no module and no procedure has it.
PROJECT_NAME = "xlsc"
#: For whom a file is: Calc's Basic reads no procedure attributes, and knows neither ribbon nor declared libraries.
Host = Literal["excel", "calc"]
_EXCEL_ONLY = ("XlscPython", "XlscRibbon", "XlscEvents")
_OFFICE = resources.files("xlsc.addin") / "office"


def build_addin(out: Path) -> list[Path]:
    """Write the add-in into a folder, which is made if it is not there.

    Returns:
        The files written, with equal bytes on each run and every system.

    Raises:
        UsageError: A source is wrong: a control without a macro, text that is not ASCII …; or ``out`` is a file.
    """
    modules = list_modules()
    ribbon = write_ribbon(_read_source("ribbon.xml"), ACTIONS)
    if findings := check_ribbon(ribbon, modules):
        raise UsageError(f"The ribbon is wrong: {findings[0]}", "Correct office/ribbon.xml or actions.py.")
    project = write_project(PROJECT_NAME, modules)
    content = write_package("xlam", project, [PlainSheet("xlsc")], theme=read_theme(), ribbon=ribbon)
    return [_write(out / ADDIN_NAME, content)]


def build_workbook(
    path: Path,
    kind: PackageKind = "xlsm",
    *,
    sheets: Sequence[PlainSheet] = (PlainSheet("Sheet1"),),
    host: Host = "excel",
    extra_modules: Mapping[str, str] | None = None,
) -> Path:
    """Write a macro-enabled workbook that holds the add-in's modules itself.

    Args:
        path: The file to write; its folder is made if it is not there.
        kind: ``xlsm``, ``xltm`` or ``xlam``.
        sheets: Its worksheets, at least one.
        host: ``calc`` leaves out what LibreOffice cannot run: XlscPython, XlscRibbon and XlscEvents. What takes their
            place comes in ``extra_modules`` and offers RunPython, XlscCallPython, XlscReadValues, XlscIsWizardOpen,
            XlscShowError and XlscRefreshRibbon.
        extra_modules: Sources of further standard modules, by any name; each has its own VB_Name.

    Raises:
        UsageError: A module's source is wrong, or two have one name.
    """
    modules = list_modules(host, sheet_count=len(sheets))
    modules += [read_module(text, Kind.MODULE) for text in (extra_modules or {}).values()]
    ribbon = write_ribbon(_read_source("ribbon.xml"), ACTIONS) if host == "excel" else None
    project = write_project(PROJECT_NAME, modules)
    return _write(path, write_package(kind, project, sheets, theme=read_theme(), ribbon=ribbon))


def list_modules(host: Host = "excel", *, sheet_count: int = 1) -> list[Module]:
    """The VBA modules of a built file, the documents' first.

    Args:
        host: For whom; see build_workbook.
        sheet_count: Worksheets, each with a document module of its own.
    """
    sheet = _read_source("Sheet1.cls")
    documents = [read_module(_read_source("ThisWorkbook.cls"), Kind.WORKBOOK)]
    documents += [read_module(sheet.replace("Sheet1", f"Sheet{n}"), Kind.SHEET) for n in range(1, sheet_count + 1)]
    modules = [read_module(text, kind) for text, kind in _list_sources(host)]
    return documents + [module for module in modules if host == "excel" or module.name not in _EXCEL_ONLY]


def _list_sources(host: Host) -> list[tuple[str, Kind]]:
    return [
        (_read_source("XlscPython.bas"), Kind.MODULE),
        (_read_source("XlscBridge.bas"), Kind.MODULE),
        (_read_source("XlscBooks.bas"), Kind.MODULE),
        (_read_source("XlscMarks.bas"), Kind.MODULE),
        (_read_source("XlscReads.bas"), Kind.MODULE),
        (_read_source("XlscState.bas"), Kind.MODULE),
        (_read_source("XlscMarks.bas"), Kind.MODULE),
        (_read_source("XlscEvents.cls"), Kind.CLASS),
        (_read_source("XlscRibbon.bas") + write_callbacks(ACTIONS), Kind.MODULE),
        (write_macros(ACTIONS), Kind.MODULE),
        (write_functions(FUNCTIONS, with_attributes=host == "excel"), Kind.MODULE),
    ]


def _read_source(name: str) -> str:
    return (_OFFICE / name).read_text(encoding="utf-8")


def _write(path: Path, content: bytes) -> Path:
    if path.parent.exists() and not path.parent.is_dir():
        raise UsageError(f"{path.parent} is a file.", "Name a folder to write into.")
    path.parent.mkdir(parents=True, exist_ok=True)
    # A new file takes the old one's place: whole or not at all, and without what Windows remembers of the old one.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return path
