"""The ribbon's actions on the outbox, settings, the manual and updates."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

import xlsc
from xlsc.addin import open_sends, updates
from xlsc.addin.child import creation_flags, python_command
from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.addin.jobs import macro
from xlsc.addin.reports import as_lines
from xlsc.addin.steps import Steps, apart, asked
from xlsc.errors import UsageError
from xlsc.settings import REGISTRY, Settings, resolve, write_user_settings

_CHANGED = ("read", "dates", "hidden_rows", "max_rows")


@macro("Open entries")
def open_entries() -> Steps[None]:
    """Ask the service about sends without an answer; let the person settle what it does not know."""
    yield from open_sends.settle()


@macro("Run log", alone=False)
def run_log() -> Steps[None]:
    """The last runs, and whether the log is intact."""
    settings = resolve()
    DESK.dialogs.show("Run log", (yield from apart(lambda: _read_log(settings))))


def _read_log(settings: Settings) -> str:
    with DESK.outbox(settings) as outbox:
        lines, broken = outbox.run_log.read(), outbox.run_log.verify()
    rows = [(line.when_utc[:16], line.process, f"run {line.run_number}", f"{line.accepted} accepted") for line in lines]
    intact = "The log is as it was written." if broken is None else f"Line {broken.line_number}: {broken.reason}"
    return f"{as_lines(rows[-15:])}\n\n{intact}".strip()


@macro("Settings", alone=False)
def edit_settings() -> Steps[None]:
    """Show where each setting comes from; change those that people change."""
    known = resolve()
    fields = [
        Field(name, REGISTRY[name].help, str(getattr(known, name)), choices=REGISTRY[name].choices) for name in _CHANGED
    ]
    given = yield from asked("Settings", fields, _describe_settings(known))
    if given is not None:
        _write(given)


def _describe_settings(known: Settings) -> str:
    rows = [(name, getattr(known, name), known.origins.get(name, "built in")) for name in REGISTRY]
    return "\n".join(
        f"{name}: {value if value not in ('', ()) else 'not set'} ({origin})" for name, value, origin in rows
    )


def _write(given: Mapping[str, str]) -> None:
    if not given["max_rows"].isdigit():
        raise UsageError(f"{given['max_rows']!r} is no number of rows.", "Write digits, such as 20000.")
    write_user_settings({**given, "max_rows": int(given["max_rows"])})


@macro("Help", alone=False)
def open_help() -> None:
    """The manual that belongs to this version, in the browser."""
    command = python_command("-m", "xlsc.addin.manual")
    subprocess.Popen(command, stdout=subprocess.DEVNULL, creationflags=creation_flags())  # noqa: S603 - this very program


@macro("Updates", alone=False)
def check_updates() -> Steps[None]:
    """Compare this version with the newest one; nothing is installed."""
    newest = yield from apart(updates.find_newest)
    DESK.dialogs.show("Updates", updates.describe(xlsc.__version__, newest))
