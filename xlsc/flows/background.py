"""Sends that go on by themselves: a copy of the workbook, a process of its own, a report in XLSC_HOME."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from xlsc.errors import UsageError
from xlsc.settings import home

#: On Windows: no console, and not ended with the window that started it.
_DETACHED = 0x00000008 | 0x00000200


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started, and the JSON file that its report goes to."""

    process_id: int
    report: Path


def start_in_background(book: Path, arguments: Sequence[str]) -> Started:
    """Start the same command on a copy of the workbook.

    Args:
        book: The workbook; its outcome is shown by ``xlsc settle``.
        arguments: Of this command, ``--detach`` among them.

    Raises:
        UsageError: The copy or the report cannot be written, or the process cannot be started.
    """
    folder = home() / "background"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy, report = folder / f"{stamp}{book.suffix}", folder / f"{stamp}.json"
    kept = [argument for argument in arguments if argument not in ("--detach", "--json")]
    own = [str(copy) if Path(argument) == book else argument for argument in kept]
    command = [sys.executable, "-m", "xlsc", *own, "--on-behalf-of", str(book.resolve()), "--json"]
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(book, copy)
        with report.open("xb") as output:
            process_id = _start(command, output.fileno())
    except OSError as error:
        raise UsageError(f"The send cannot be started: {error}.", "Free space in XLSC_HOME, then try again.") from error
    return Started(process_id, report)


def _start(command: Sequence[str], output: int) -> int:
    """The id of the process; nobody waits for it."""
    quiet = subprocess.DEVNULL
    windows = os.name == "nt"
    process = subprocess.Popen(  # noqa: S603 - this very program
        command,
        stdin=quiet,
        stdout=output,
        stderr=quiet,
        creationflags=_DETACHED if windows else 0,
        start_new_session=not windows,
    )
    process.returncode = 0  # else Python complains that it still runs, which it shall
    return process.pid
