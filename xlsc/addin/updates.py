"""Whether there is a newer xlsc: the user's own pip is asked, with the user's own settings; nothing is installed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.addin.child import creation_flags, python_command

#: Seconds for one try, and for all of it.
_TRY_SECONDS, _ALL_SECONDS = 5, 40
_LISTED = re.compile(r"^xlsc \(([0-9][^\s)]*)\)", re.MULTILINE)
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest published version; "" where none was found, and why."""

    version: str
    why: str = ""


def find_newest(command: Sequence[str] = ()) -> Newest:
    """Ask pip, which knows where this user gets packages from.

    Args:
        command: What to run in place of pip.
    """
    asked = command or python_command("-m", "pip", "index", "versions", "xlsc")
    limits = () if command else ("--retries", "1", "--timeout", str(_TRY_SECONDS), "--disable-pip-version-check")
    try:
        done = subprocess.run(  # noqa: S603 - this very Python's pip
            [*asked, *limits],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ALL_SECONDS,
            check=False,
            creationflags=creation_flags(),
        )
    except subprocess.TimeoutExpired:
        return Newest("", "the package index did not answer")
    except OSError:
        return Newest("", "Python cannot be started")
    found = _LISTED.search(done.stdout)
    return Newest(found[1]) if found else Newest("", _explain(done.stderr))


def _explain(said: str) -> str:
    """Pip's own words may hold addresses with passwords: only what kind of trouble it is."""
    if "No module named pip" in said:
        return "this Python has no pip"
    if "No matching distribution" in said:
        return "the package index cannot be reached, or has no xlsc"
    return "pip gave no answer"


def describe(own: str, newest: Newest) -> str:
    """A sentence for the person."""
    if not newest.version:
        return f"This is xlsc {own}. Whether there is a newer one is not known: {newest.why}."
    if _order(newest.version) > _order(own):
        how = "Get it with: pip install --upgrade xlsc, then install the add-in again."
        return f"This is xlsc {own}; {newest.version} is there. {how}"
    return f"This is xlsc {own}, the newest version."


def _order(version: str) -> tuple[int, ...]:
    """Numbers in order, without zeros at the end; enough for the releases of xlsc, which are numbers and dots.

    >>> _order("0.10.0") > _order("0.9"), _order("1.0") == _order("1")
    (True, True)
    """
    numbers = [int(part) for part in _NUMBERS.findall(version)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
