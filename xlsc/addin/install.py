"""Putting the add-in where Excel finds it, and saying what is missing; no administrator's rights, no Excel needed.

Paths are pure functions of a System value, so that both systems' folder trees can be tested anywhere.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Literal

from xlsc.addin.build import build_addin
from xlsc.addin.build.files import ADDIN_NAME
from xlsc.errors import UsageError, WorkbookError

#: Where Excel for Mac looks for add-ins, and what of the home folder its sandbox may read.
_MAC_STARTUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_MAC_CONTAINER = "Library/Containers/com.microsoft.Excel/Data"
_MAC_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"
_SETTING = re.compile(r'"([^"]*)","([^"]*)"\s*\Z')


@dataclass(frozen=True, slots=True)
class System:
    """The computer as far as installing needs it.

    Attributes:
        name: ``Windows``, ``Darwin`` (Mac) or another system, which has no Excel.
        home: The user's home folder.
        environment: Environment variables; APPDATA and USERPROFILE count on Windows.
        interpreter: The Python that has xlsc; buttons and worksheet functions start it.
        encoding: In which VBA reads a text file: the system's code page.
    """

    name: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    interpreter: Path = Path(sys.executable)
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the add-in's files belong; ``script`` None where Excel needs none."""

    addin: Path
    settings: Path
    script: Path | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``status`` and ``doctor``: what was looked at, whether it is well, and the next step if not."""

    topic: str
    level: Literal["ok", "warning", "problem"]
    text: str


def read_system() -> System:
    """The computer this runs on."""
    encoding = "mbcs" if sys.platform == "win32" else "utf-8"
    return System(platform.system(), Path.home(), dict(os.environ), Path(sys.executable), encoding)


def find_places(system: System) -> Places:
    """Where the files belong.

    Raises:
        UsageError: Not Windows and not a Mac; the hint says what can be done.
    """
    if system.name == "Windows":
        roaming = system.environment.get("APPDATA")
        profile = Path(system.environment.get("USERPROFILE") or system.home)
        appdata = Path(roaming) if roaming else profile / "AppData" / "Roaming"
        startup = appdata / "Microsoft" / "Excel" / "XLSTART"
        return Places(startup / ADDIN_NAME, profile / ".xlsc" / "xlsc.conf")
    if system.name == "Darwin":
        script = system.home / _MAC_SCRIPTS / script_name()
        return Places(system.home / _MAC_STARTUP / ADDIN_NAME, system.home / _MAC_CONTAINER / "xlsc.conf", script)
    raise UsageError(
        f"There is no Excel on {system.name}.",
        "Run 'xlsc addin install' on Windows or a Mac; here, 'xlsc addin build --out DIR' makes the file, and "
        "'xlsc send BOOK' does the work without Excel.",
    )


def script_name() -> str:
    """The AppleScript's file name; it carries xlwings' version."""
    return f"xlwings-{metadata.version('xlwings')}.applescript"


def install(system: System) -> list[Path]:
    """Write add-in, settings and (Mac) script; returns the files written. Installing again renews them.

    Raises:
        UsageError: No Excel on this system, or a path that VBA could not read.
        WorkbookError: Excel has the add-in open, or a folder cannot be written.
    """
    places = find_places(system)
    settings = write_settings(system).encode(system.encoding)
    try:
        written = build_addin(places.addin.parent)
        places.settings.parent.mkdir(parents=True, exist_ok=True)
        places.settings.write_bytes(settings)
        written.append(places.settings)
        if places.script is not None:
            places.script.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_xlwings_folder() / script_name(), places.script)
            written.append(places.script)
    except OSError as error:
        raise WorkbookError(f"Cannot write {error.filename or places.addin}.", "Close Excel and try again.") from error
    return written


def remove(system: System) -> list[Path]:
    """Take the add-in and its settings away; returns the files removed. xlwings' script stays: others may use it.

    Raises:
        UsageError: No Excel on this system.
        WorkbookError: Excel has the add-in open.
    """
    places = find_places(system)
    removed = [path for path in (places.addin, places.settings) if path.exists()]
    try:
        for path in removed:
            path.unlink()
    except OSError as error:
        raise WorkbookError(f"Cannot remove {error.filename}.", "Close Excel and try again.") from error
    return removed


def write_settings(system: System) -> str:
    """The text of xlsc.conf: which Python the add-in starts.

    Raises:
        UsageError: The interpreter's path holds what VBA's reader or the shell would misread.
    """
    interpreter = str(system.interpreter)
    if set(interpreter) & set("\"'|%\r\n"):
        raise UsageError(f"Excel cannot start {interpreter}.", "Install xlsc in a folder without quotes or signs.")
    try:
        interpreter.encode(system.encoding)
    except UnicodeEncodeError as error:
        raise UsageError(f"Excel cannot read the path {interpreter}.", "Install xlsc in a plain folder.") from error
    end = "\r\n" if system.name == "Windows" else "\n"
    lines = [("XLSC_VERSION", metadata.version("xlsc")), ("XLWINGS_VERSION", metadata.version("xlwings"))]
    key = "INTERPRETER_WIN" if system.name == "Windows" else "INTERPRETER_MAC"
    return "".join(f'"{name}","{value}"{end}' for name, value in [(key, interpreter), *lines])


def read_settings(path: Path, encoding: str) -> dict[str, str]:
    """The settings in xlsc.conf; lines of another form are left out."""
    lines = path.read_text(encoding=encoding, errors="replace").splitlines()
    return {found[1]: found[2] for line in lines if (found := _SETTING.match(line))}


def list_status(system: System) -> list[Finding]:
    """What is installed, one finding per file.

    Raises:
        UsageError: No Excel on this system.
    """
    places = find_places(system)
    named = [("add-in", places.addin), ("settings", places.settings), ("script", places.script)]
    return [_check_file(topic, path) for topic, path in named if path is not None]


def examine(system: System) -> list[Finding]:
    """All findings of ``doctor``: files, interpreter, versions; on another system, that there is no Excel."""
    try:
        places = find_places(system)
    except UsageError as error:
        return [Finding("Excel", "problem", f"{error.message} {error.hint}")]
    checks: list[Callable[[System, Places], Finding]] = [_check_addin, _check_interpreter, _check_version]
    checks.append(_check_libraries if system.name == "Windows" else _check_script)
    return [*list_status(system), *(check(system, places) for check in checks)]


def _check_file(topic: str, path: Path) -> Finding:
    if path.is_file():
        return Finding(topic, "ok", f"{path} is there.")
    return Finding(topic, "problem", f"{path} is missing. Run: xlsc addin install")


def _check_addin(system: System, places: Places) -> Finding:
    """Whether Windows would block the add-in as one from the web."""
    if system.name == "Windows" and Path(f"{places.addin}:Zone.Identifier").exists():
        return Finding("trust", "problem", "Windows blocks the add-in as one from the web. Run: xlsc addin install")
    return Finding("trust", "ok", "The add-in carries no mark of the web.")


def _read_setting(system: System, places: Places, key: str) -> str:
    return read_settings(places.settings, system.encoding).get(key, "") if places.settings.is_file() else ""


def _check_interpreter(system: System, places: Places) -> Finding:
    found = _read_setting(system, places, "INTERPRETER_WIN" if system.name == "Windows" else "INTERPRETER_MAC")
    if not found:
        return Finding("Python", "problem", "No Python is set up. Run: xlsc addin install")
    if not Path(found).is_file():
        return Finding("Python", "problem", f"{found} is not there any more. Run: xlsc addin install")
    if "WindowsApps" in found:
        return Finding("Python", "warning", f"{found} comes from the Store; Excel may fail to start it.")
    if Path(found) != system.interpreter:
        return Finding("Python", "warning", f"Excel starts {found}, not {system.interpreter}.")
    return Finding("Python", "ok", f"Excel starts {found}.")


def _check_version(system: System, places: Places) -> Finding:
    wanted, installed = vba_version(), metadata.version("xlwings")
    if wanted != installed:
        return Finding("xlwings", "problem", f"xlwings {installed} is installed, the add-in needs {wanted}.")
    noted = _read_setting(system, places, "XLWINGS_VERSION")
    if noted and noted != installed:
        return Finding("xlwings", "problem", f"The add-in was installed for xlwings {noted}. Run: xlsc addin install")
    return Finding("xlwings", "ok", f"xlwings {installed}, as the add-in needs it.")


def _check_libraries(system: System, places: Places) -> Finding:
    """Whether xlwings' DLL for 64-bit Excel lies beside Python or one folder up, where the add-in looks for it."""
    found = _read_setting(system, places, "INTERPRETER_WIN")
    folder = (Path(found) if found else system.interpreter).parent
    names = [f"xlwings{bits}-{vba_version()}.dll" for bits in (64, 32)]
    missing = [name for name in names if not any((place / name).is_file() for place in (folder, folder.parent))]
    if not missing:
        return Finding("library", "ok", f"{' and '.join(names)} are beside Python.")
    text = (
        f"{' and '.join(missing)} not found in {folder} or {folder.parent}. Run: pip install --force-reinstall xlwings"
    )
    return Finding("library", "problem" if names[0] in missing else "warning", text)


def _check_script(system: System, places: Places) -> Finding:
    wanted = f"xlwings-{vba_version()}.applescript"
    if places.script is None or places.script.with_name(wanted).is_file():
        return Finding("script version", "ok", f"{wanted} is the version the add-in calls.")
    return Finding("script version", "problem", f"{wanted} is missing. Run: xlsc addin install")


def vba_version() -> str:
    """The version of xlwings that the add-in's VBA names."""
    source = (resources.files("xlsc.addin") / "office" / "XlscPython.bas").read_text(encoding="utf-8")
    found = re.search(r'XLWINGS_VERSION As String = "([^"]+)"', source)
    return found[1] if found else "unknown"


def _xlwings_folder() -> Path:
    return Path(str(metadata.distribution("xlwings").locate_file("xlwings")))
