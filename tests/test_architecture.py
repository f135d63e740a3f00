"""Budgets and rules that no linter checks: sizes, names, reasons beside dependencies, what is loaded when."""

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from xlsc.wire.calls import CALLS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "xlsc").rglob("*.py"))
MAX_FILE_LINES = 400
MAX_BODY_LINES = 40
MEDIAN_BODY_LINES = 10
MAX_PARAMETERS = 6
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


def functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(node):
    has_docstring = ast.get_docstring(node, clean=False) is not None and len(node.body) > 1
    return node.end_lineno - node.body[1 if has_docstring else 0].lineno + 1


def parameter_count(node):
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([argument for argument in arguments if argument.arg not in ("self", "cls")])


def test_no_file_is_too_long():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_no_function_is_too_long_or_takes_too_much():
    long, wide = {}, {}
    for path in SOURCES:
        for node in functions(path):
            name = f"{path.relative_to(ROOT)}:{node.name}"
            if body_lines(node) > MAX_BODY_LINES:
                long[name] = body_lines(node)
            # A command's parameters are its options.
            if parameter_count(node) > MAX_PARAMETERS and "cli" not in path.parts:
                wide[name] = parameter_count(node)
    assert (long, wide) == ({}, {})


def test_most_functions_are_short():
    sizes = [body_lines(node) for path in SOURCES for node in functions(path)]
    assert statistics.median(sizes) < MEDIAN_BODY_LINES


def test_no_module_is_a_drawer_for_everything():
    assert [path for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_every_dependency_has_its_reason_beside_it():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    without = [item for item in wanted if not re.search(re.escape(f'"{item}"') + r",?\]?\s+# \S+", text)]
    assert without == []


def test_every_dependency_is_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name.split(".")[0]
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    names = {re.split(r"[=><\[]", item)[0] for item in project["dependencies"]}
    assert names - imported == set()


@pytest.mark.parametrize("module", ["xlsc", "xlsc.cli.main"])
def test_heavy_libraries_are_loaded_when_needed(module):
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "numpy", "openpyxl", "flask", "sqlalchemy", "lxml", "xlwings", "requests", "rich"}
    assert heavy & set(json.loads(done.stdout)) == set()


def test_every_call_has_a_route_and_a_method():
    from xlsc.client.client import Client
    from xlsc.server.handlers import HANDLERS

    names = {call.name for call in CALLS}
    assert names <= set(HANDLERS)
    assert [name for name in names if not callable(getattr(Client, name, None))] == []


def test_the_files_speak_of_the_project_alone():
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no git repository here")
    path = re.compile(r"(^|[^A-Za-z0-9._-])/(work|root|farm)/[A-Za-z]")
    found = []
    for name in done.stdout.split():
        file = ROOT / name
        if (
            file.suffix in {".py", ".md", ".toml", ".bas", ".cls", ".xml", ".sql", ".json", ".txt", ""}
            and file.is_file()
        ):
            text = file.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {line}" for line in text.splitlines() if path.search(line)]
    assert found == []
