"""What keeps the add-in from working, one line each; nothing is changed, and no Excel is needed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from xlsc.addin.install import (
    MAX_COMMAND,
    Places,
    System,
    find_places,
    read_settings,
    start_command,
    vba_version,
    web_mark,
    xlwings_folder,
)
from xlsc.errors import UsageError

#: Folder of the Excel that comes from Microsoft's store, below LOCALAPPDATA.
_STORE_OFFICE = "Packages/Microsoft.Office.Desktop_8wekyb3d8bbwe"
_IMPORT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``status`` and ``doctor``: what was looked at, whether it is well, and the next step if not."""

    topic: str
    level: Literal["ok", "warning", "problem"]
    text: str


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
    checks: list[Callable[[System, Places], Finding]] = [_check_mark, _check_interpreter, _check_versions, _check_path]
    checks += [_check_libraries, _check_command, _check_store] if system.name == "Windows" else [_check_script]
    return [*list_status(system), *(check(system, places) for check in checks)]


def _check_file(topic: str, path: Path) -> Finding:
    if path.is_file():
        return Finding(topic, "ok", f"{path} is there.")
    return Finding(topic, "problem", f"{path} is missing. Run: xlsc addin install")


def _check_mark(system: System, places: Places) -> Finding:
    """Whether Windows would block the add-in as one from the web."""
    if system.name == "Windows" and web_mark(places.addin).exists():
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
    if Path(found) == system.interpreter:
        return Finding("Python", "ok", f"Excel starts {found}.")
    if not _can_import(found):
        return Finding("Python", "problem", f"{found} cannot load xlsc and xlwings. Run: xlsc addin install")
    return Finding("Python", "warning", f"Excel starts {found}, not {system.interpreter}.")


def _can_import(interpreter: str) -> bool:
    """Whether another Python has what the add-in calls."""
    command = [interpreter, "-P", "-c", "import xlwings, xlsc.addin.macros"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_IMPORT_SECONDS, check=False)  # noqa: S603 - set up by install
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _check_path(system: System, places: Places) -> Finding:
    """Folders that come before Python's own: what lies there is loaded into Excel's Python too."""
    text = system.environment.get("PYTHONPATH", "")
    if not text:
        return Finding("path", "ok", "PYTHONPATH is not set.")
    count = len([part for part in text.split(";" if system.name == "Windows" else ":") if part])
    return Finding(
        "path", "warning", f"PYTHONPATH names {count} folders, which Python in Excel searches first. Unset it."
    )


def _check_command(system: System, places: Places) -> Finding:
    """Whether xlwings' library takes the whole command that starts Python."""
    length = len(start_command(_read_setting(system, places, "INTERPRETER_WIN")))
    if length > MAX_COMMAND:
        text = f"The command that starts Python has {length:,} characters. Install xlsc in a folder nearer the root."
        return Finding("command", "problem", text)
    return Finding("command", "ok", f"The command that starts Python has {length} characters.")


def _check_store(system: System, places: Places) -> Finding:
    """Excel from Microsoft's store lives in a container and starts no Python of others."""
    local = system.environment.get("LOCALAPPDATA") or str(system.home / "AppData" / "Local")
    if (Path(local) / _STORE_OFFICE).is_dir():
        text = "Excel comes from the Microsoft Store and may not start Python. Install Office from Microsoft's site."
        return Finding("Excel", "warning", text)
    return Finding("Excel", "ok", "No Excel from the Microsoft Store is here.")


def _check_versions(system: System, places: Places) -> Finding:
    wanted, installed = vba_version(), metadata.version("xlwings")
    if wanted != installed:
        return Finding("xlwings", "problem", f"xlwings {installed} is installed, the add-in needs {wanted}.")
    noted = _read_setting(system, places, "XLWINGS_VERSION")
    if noted and noted != installed:
        return Finding("xlwings", "problem", f"The add-in was installed for xlwings {noted}. Run: xlsc addin install")
    own, noted = metadata.version("xlsc"), _read_setting(system, places, "XLSC_VERSION")
    if noted and noted != own:
        return Finding("xlsc", "problem", f"The add-in is that of xlsc {noted}, this is {own}. Run: xlsc addin install")
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
    found = places.script.with_name(wanted) if places.script is not None else None
    if found is None or not found.is_file():
        return Finding("script version", "problem", f"{wanted} is missing. Run: xlsc addin install")
    if found.read_bytes() != (xlwings_folder() / wanted).read_bytes():
        return Finding("script version", "problem", f"{wanted} is not the one of xlwings. Run: xlsc addin install")
    return Finding("script version", "ok", f"{wanted} is the version the add-in calls.")
