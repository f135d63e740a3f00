"""The check itself: runs on a bare Python, says what is missing, goes on after a failed step."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHECK = ROOT / "check.py"


def run_check(code, *arguments):
    """The program check.py after these lines, in a Python without site-packages; (exit code, output)."""
    lines = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import check; {code}; sys.exit(check.main(sys.argv[1:]))"
    command = [sys.executable, "-I", "-S", "-c", lines, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_an_old_python_can_read_it_and_is_told():
    ast.parse(CHECK.read_text(encoding="utf-8"), feature_version=(3, 7))
    code, said = run_check("check.OLDEST = (9, 0)")
    assert code == 2
    assert "xlsc needs Python 9.0 or newer" in said


def test_a_python_without_its_venv_part_is_told_the_package():
    code, said = run_check("import importlib.util as u; u.find_spec = lambda name: None")
    assert code == 2
    assert "apt-get install python3-venv" in said


@pytest.mark.parametrize(("arguments", "wanted"), [(["--help"], 0), (["--fast"], 2), (["tests"], 2)])
def test_an_unknown_option_shows_the_usage(arguments, wanted):
    code, said = run_check("0", *arguments)
    assert code == wanted
    assert "Usage: python3 check.py" in said


@pytest.mark.parametrize("broken", [{}, {"ruff"}, {"mypy", "python"}])
def test_every_step_runs_and_what_failed_is_told_before_the_closing_line(tmp_path, broken):
    """With programs that only say their name in place of the real ones."""
    if os.name == "nt":
        pytest.skip("the programs here are shell scripts")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("ruff", "mypy", "lint-imports", "python"):
        script = folder / name
        script.write_text(f'#!/bin/sh\necho "I am {name}" "$@"\nexit {3 if name in broken else 0}\n')
        script.chmod(0o755)
    instead = f"from pathlib import Path; check.HOME = Path({str(tmp_path)!r}); check._make_environment = lambda: True"
    code, said = run_check(instead, "--quick", "--", "-x")
    lines = said.splitlines()
    assert code == (1 if broken else 0)
    assert lines[-1].startswith("I am python -m pytest -m not office and not mono")
    assert lines[-1].endswith(" -x")
    failed = [step for step, name in STEPS if name in broken]
    assert lines[-2] == (f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    assert [line.split(":")[0] for line in lines if line.endswith(" s")] == [step for step, _ in STEPS[:-1]]
    assert [line for line in lines if line.startswith("I am ruff")] == (
        ["I am ruff check .", "I am ruff format --check ."] if "ruff" in broken else []
    )


STEPS = [("lint", "ruff"), ("format", "ruff"), ("types", "mypy"), ("architecture", "lint-imports"), ("tests", "python")]


def test_the_script_of_the_build_machine_is_one_bash_can_read():
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    script = ROOT / ".ci" / "run"
    assert subprocess.run([bash, "-n", str(script)], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "XLSC_REQUIRE_ALL=1" in text
    assert "```sh\npython3 check.py\n```" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.rstrip().endswith('exec python3 check.py "$@"')
