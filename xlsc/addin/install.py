"""Putting the add-in where Excel finds it; no administrator's rights, no Excel needed. What is missing says doctor.py.

Paths are pure functions of a System value, so that both systems' folder trees can be tested anywhere.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path

from xlsc.addin.build import build_addin
from xlsc.addin.build.files import ADDIN_NAME
from xlsc.errors import UsageError, WorkbookError

#: Where Excel for Mac looks for add-ins, and what of the home folder its sandbox may read.
_MAC_STARTUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_MAC_CONTAINER = "Library/Containers/com.microsoft.Excel/Data"
_MAC_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"
#: Characters of the command that starts Python; xlwings' library cuts it at 2,048 (xlwings.md §3.2).
MAX_COMMAND = 2_000
_SETTING = re.compile(r'"([^"]*)","([^"]*)"\s*\Z')


@dataclass(frozen=True, slots=True)
class System:
    """The computer as far as installing needs it.

    Attributes:
        name: ``Windows``, ``Darwin`` (Mac) or another system, which has no Excel.
        home: The user's home folder.
        environment: Environment variables; APPDATA, LOCALAPPDATA and USERPROFILE count on Windows.
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
        take_mark_off(places.addin)
        places.settings.parent.mkdir(parents=True, exist_ok=True)
        places.settings.write_bytes(settings)
        written.append(places.settings)
        if places.script is not None:
            places.script.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(xlwings_folder() / script_name(), places.script)
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


def web_mark(addin: Path) -> Path:
    """Where Windows writes down that a file came from the web: a second stream of the file."""
    return Path(f"{addin}:Zone.Identifier")


def take_mark_off(addin: Path) -> None:
    """A new file has no mark; one that is written anew in place of a download may have kept it."""
    with contextlib.suppress(OSError):
        web_mark(addin).unlink(missing_ok=True)


def start_command(interpreter: str) -> str:
    """The command that VBA's XLPyCommand makes, with an identifier as long as a real one."""
    serve = f"import xlwings; xlwings.serve('{{{'0' * 36}}}')"
    return f'cmd.exe /K ""{interpreter}" -P -B -c "{serve}""'


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
    if system.name == "Windows" and len(start_command(interpreter)) > MAX_COMMAND:
        raise UsageError(f"The path {interpreter} is too long for Excel.", "Install xlsc in a folder nearer the root.")
    end = "\r\n" if system.name == "Windows" else "\n"
    lines = [("XLSC_VERSION", metadata.version("xlsc")), ("XLWINGS_VERSION", metadata.version("xlwings"))]
    key = "INTERPRETER_WIN" if system.name == "Windows" else "INTERPRETER_MAC"
    return "".join(f'"{name}","{value}"{end}' for name, value in [(key, interpreter), *lines])


def read_settings(path: Path, encoding: str) -> dict[str, str]:
    """The settings in xlsc.conf; lines of another form are left out."""
    lines = path.read_text(encoding=encoding, errors="replace").splitlines()
    return {found[1]: found[2] for line in lines if (found := _SETTING.match(line))}


def vba_version() -> str:
    """The version of xlwings that the add-in's VBA names."""
    source = (resources.files("xlsc.addin") / "office" / "XlscPython.bas").read_text(encoding="utf-8")
    found = re.search(r'XLWINGS_VERSION As String = "([^"]+)"', source)
    return found[1] if found else "unknown"


def xlwings_folder() -> Path:
    """Where the installed xlwings lies."""
    return Path(str(metadata.distribution("xlwings").locate_file("xlwings")))
