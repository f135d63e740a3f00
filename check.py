"""The whole check of this project, in one command on a fresh machine: ``python3 check.py``.

Makes an environment of its own in .venv-check, installs xlsc with its test tools, then runs lint, format, types, the
rules of architecture, and the tests; a step that fails does not stop the next. What a step has to say is shown when it
fails; the last line is the test runner's own closing line. Standard library only. Exit code 0 when everything holds.

Usage: python3 check.py [--quick] [-- further arguments of pytest]

--quick leaves out the tests that take long or drive LibreOffice, Mono or PostgreSQL.
"""

from __future__ import annotations

import hashlib
import importlib.util
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
QUICK = "not office and not mono and not postgresql and not slow"


def main(arguments: list[str]) -> int:
    """Run every step, also after one that failed; tell all that failed."""
    place = arguments.index("--") if "--" in arguments else len(arguments)
    own, further = arguments[:place], arguments[place + 1 :]
    if set(own) - {"--quick"}:
        print(__doc__)
        return 0 if {"-h", "--help"} & set(own) else 2
    if not _can_start() or not _make_environment():
        return 2
    failed = [name for name, command in _tools() if not _run_tool(name, command)]
    code, closing = _run_tests("--quick" in own, further)
    failed += ["tests"] if code else []
    print("\nFailed: " + ", ".join(failed) if failed else "\nAll checks passed.")
    print(closing, flush=True)
    return 1 if failed else 0


def _can_start() -> bool:
    version = sys.version.split()[0]
    if sys.version_info < OLDEST:
        print(f"xlsc needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {version}.")
        return False
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        print(f"This Python {version} cannot make virtual environments.")
        print("On Debian and Ubuntu its missing part is a package: apt-get install python3-venv")
        return False
    return True


def _program(name: str) -> str:
    return str(HOME / ("Scripts" if os.name == "nt" else "bin") / name)


def _make_environment() -> bool:
    """The environment, made anew when pyproject.toml, the Python or this folder is another one."""
    made_from = (ROOT / "pyproject.toml").read_bytes() + f"{sys.version} {sys.executable} {ROOT}".encode()
    wanted = hashlib.sha256(made_from).hexdigest()
    if MARK.exists() and MARK.read_text() == wanted:
        return True
    print("Making an environment in .venv-check, with xlsc and its test tools …", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=False).returncode:
        print("The virtual environment cannot be made; see above.")
        return False
    command = [_program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[test]"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        print("The packages cannot be installed; see above. Check the network and pip's settings.")
        return False
    MARK.write_text(wanted)
    return True


def _tools() -> list[tuple[str, list[str]]]:
    return [
        ("lint", [_program("ruff"), "check", "."]),
        ("format", [_program("ruff"), "format", "--check", "."]),
        ("types", [_program("mypy")]),
        ("architecture", [_program("lint-imports")]),
    ]


def _run_tool(name: str, command: list[str]) -> bool:
    """One line for a step that holds; for one that does not, also what it says."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout.decode(errors="replace"))
    outcome = f"failed ({done.returncode})" if done.returncode else "ok"
    print(f"{name + ':':14}{outcome}, {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode == 0


def _run_tests(quick: bool, further: list[str]) -> tuple[int, str]:
    """The runner's exit code and closing line; its output is shown as it comes."""
    command = [_program("python"), "-m", "pytest", *(["-m", QUICK] if quick else []), *further]
    closing = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as tests:
        assert tests.stdout is not None
        for line in tests.stdout:
            text = line.decode(errors="replace")
            closing = text.strip() or closing
            print(text, end="", flush=True)
    return tests.returncode, closing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
