"""The folder that processes may read from and move files in; nothing outside of it is touched."""

from __future__ import annotations

from pathlib import Path


class FileProblem(Exception):
    """A file cannot be used; the message names it."""


def resolve(root: Path, name: str) -> Path:
    """The path of a name below the folder of files.

    Raises:
        FileProblem: The name is blank, or leads out of the folder.
    """
    if not name.strip() or "\0" in name:
        raise FileProblem("The name of a file is blank.")
    try:
        path = (root / name).resolve()
    except (OSError, RuntimeError) as error:
        raise FileProblem(f"The name '{name}' cannot be used.") from error
    if path == root or not path.is_relative_to(root):
        raise FileProblem(f"The file '{name}' is outside of the folder of files.")
    return path


def existing(root: Path, name: str) -> Path:
    """As ``resolve``, of a file that is there.

    Raises:
        FileProblem: There is no such file.
    """
    path = resolve(root, name)
    if not path.is_file():
        raise FileProblem(f"There is no file '{name}' in the folder of files.")
    return path
