"""A workbook file on its disk: who has it open, whether it changed, and how it is replaced as a whole or not at all.

Source: peers.md §4, the lock files that Excel and LibreOffice lay beside an open workbook.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xlsc.errors import WorkbookError, next_step

#: Excel's owner file: a length byte, the name in the system's code page, and the name once more in UTF-16.
_OWNER_WIDE_OFFSET = 55
_MAX_OWNER_FILE = 4096
_ANYBODY_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_ELSEWHERE = "Close it there and repeat, or write to another file with -o."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a file was when it was read."""

    size: int
    modified_ns: int
    digest: bytes


def read_file(path: Path) -> tuple[bytes, Snapshot]:
    """A file's content, and how it was.

    Raises:
        WorkbookError: There is no such file, or it cannot be read.
    """
    try:
        status = path.stat()
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WorkbookError(f"There is no file {path}.", "Check the name and the folder.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkbookError(f"{path} cannot be read: {reason}.", next_step(error)) from error
    return data, Snapshot(len(data), status.st_mtime_ns, hashlib.sha256(data).digest())


def refuse_changed(path: Path, snapshot: Snapshot | None) -> None:
    """Refuse to overwrite a file that is no longer what was read.

    Args:
        path: The file.
        snapshot: How it was; None where there was none.

    Raises:
        WorkbookError: Somebody else has written the file since.
    """
    if not path.exists():
        return
    if snapshot is not None:
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) == (snapshot.size, snapshot.modified_ns):
            return
        if status.st_size == snapshot.size and hashlib.sha256(path.read_bytes()).digest() == snapshot.digest:
            return
    raise WorkbookError(
        f"{path.name} was changed by another program since it was opened.",
        "Repeat the action on the file as it is now, or write to another file with -o.",
    )


def refuse_open_elsewhere(path: Path) -> None:
    """Refuse to overwrite a file that Excel or LibreOffice has open.

    Raises:
        WorkbookError: A lock file lies beside the workbook; the message says whose.
    """
    locks = {
        path.with_name(f"~${path.name}"): ("Excel", _excel_owner),
        path.with_name(f".~lock.{path.name}#"): ("LibreOffice", _libreoffice_owner),
    }
    for lock, (program, read_owner) in locks.items():
        if lock.exists():
            owner = ""
            with contextlib.suppress(OSError, ValueError):
                owner = read_owner(lock.read_bytes()[:_MAX_OWNER_FILE])
            who = f" by {owner}" if owner else ""
            raise WorkbookError(
                f"{path.name} is open in {program}{who}.",
                f"{_ELSEWHERE} If nobody has it open, delete {lock.name} beside it.",
            )


def _excel_owner(data: bytes) -> str:
    if not data:
        return ""
    wide = data[_OWNER_WIDE_OFFSET + 2 :][: 2 * data[_OWNER_WIDE_OFFSET]] if len(data) > _OWNER_WIDE_OFFSET else b""
    name = wide.decode("utf-16-le", "replace") if len(wide) > 1 else data[1 : 1 + data[0]].decode("cp1252", "replace")
    return _printable(name)


def _libreoffice_owner(data: bytes) -> str:
    fields = data.decode("utf-8", "replace").split(",")
    names = [field for field in fields[:2] if field.strip()]
    return _printable(names[0]) if names else ""


def _printable(name: str) -> str:
    return "".join(character for character in name if character.isprintable()).strip()


def try_folder(path: Path) -> None:
    """Find out whether a file can be made beside this one, and whether this one may be replaced.

    Raises:
        WorkbookError: It cannot, or the file is marked as read-only.
    """
    if path.exists() and not path.stat().st_mode & _ANYBODY_WRITES:
        raise WorkbookError(
            f"{path} is marked as read-only.", "Take the mark off in the file's properties, or write to another file."
        )
    probe = path.resolve().with_name(f".xlsc-{secrets.token_hex(8)}.tmp")
    try:
        probe.touch(mode=0o600, exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file whole: beside it under another name, flushed to the disk, then renamed. Its mode is kept.

    Raises:
        WorkbookError: The folder cannot be written, the disk is full, or the file is held open.
    """
    target = path.resolve()
    temporary = target.with_name(f".xlsc-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o7777)
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _flush_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> WorkbookError:
    reason = error.strerror or type(error).__name__
    return WorkbookError(f"{path} cannot be written: {reason}.", next_step(error))


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
