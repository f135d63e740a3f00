"""Folders and files of an outbox: on disk when they are made, open to whom their folder is open.

Where the folder is one person's, so is everything in it; where a team shares it, the whole team can send.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_READ_WRITE = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where missing, for this user alone; their names are on disk afterwards.

    Raises:
        OSError: It cannot be made.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in missing:
        flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring the names of a folder's files to the disk; file systems that know no such thing are left alone."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_mode(folder: Path) -> int:
    """The mode of files that stand in or below this folder: this user's, and others' where they may write there."""
    mode = folder.stat().st_mode
    return 0o600 | (mode & _OTHERS_READ_WRITE if mode & _OTHERS_WRITE else 0)


def open_to_team(path: Path) -> None:
    """Let those use a file or folder who may write into the folder it stands in; nothing where it is another's.

    Raises:
        OSError: There is no such file.
    """
    if os.name != "posix":
        return  # on Windows a file inherits its folder's rights
    mode = file_mode(path.parent)
    if path.is_dir():
        mode |= (mode & 0o444) >> 2
    with contextlib.suppress(PermissionError):
        path.chmod(mode)
