"""The whole check of this project, in one command on a fresh machine: ``python3 check.py``.

Makes an environment of its own in .venv-check, installs xlsc with its test tools, then runs lint, format, types, the
rules of architecture, and the tests. Standard library only. Exit code 0 when everything holds.

Usage: python3 check.py [--quick] [-- further arguments of pytest]
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv-check"
MARK = HOME / "made-from"
OLDEST = (3, 11)
#: Marked tests that --quick leaves out.
SLOW = "not office and not mono and not postgresql and not slow"


def main(arguments: list[str]) -> int:
    """Run every step, also after one that failed; tell all that failed."""
    if sys.version_info < OLDEST:
        print(f"xlsc needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.")
        return 2
    own, _, further = _split(arguments)
    if not _make_environment():
        return 2
    failed = [name for name, command in _steps("--quick" in own, further) if not _run(name, command)]
    print("\nFailed: " + ", ".join(failed) if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _split(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    if "--" not in arguments:
        return arguments, "", []
    place = arguments.index("--")
    return arguments[:place], "--", arguments[place + 1 :]


def _program(name: str) -> str:
    folder = HOME / ("Scripts" if os.name == "nt" else "bin")
    return str(folder / name)


def _make_environment() -> bool:
    """The environment, made anew when pyproject.toml has changed."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if MARK.exists() and MARK.read_text() == wanted:
        return True
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=False)
    if made.returncode:
        print("The virtual environment cannot be made. On Debian and Ubuntu: apt-get install python3-venv")
        return False
    print("Installing xlsc and its test tools …", flush=True)
    command = [_program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[test]"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        print("The packages cannot be installed; see above. Check the network and pip's settings.")
        return False
    MARK.write_text(wanted)
    return True


def _steps(quick: bool, further: list[str]) -> list[tuple[str, list[str]]]:
    tests = [_program("python"), "-m", "pytest", "-q", *(["-m", SLOW] if quick else []), *further]
    return [
        ("lint", [_program("ruff"), "check", "."]),
        ("format", [_program("ruff"), "format", "--check", "--quiet", "."]),
        ("types", [_program("mypy")]),
        ("architecture", [_program("lint-imports")]),
        ("tests", tests),
    ]


def _run(name: str, command: list[str]) -> bool:
    """Whether a step held; its output stands on the screen."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"== {name}: {'ok' if code == 0 else f'failed ({code})'}, {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
