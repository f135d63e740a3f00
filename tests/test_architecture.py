"""Budgets and rules that no linter checks: sizes, names, reasons beside dependencies, what is loaded when."""

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import grimp
import pytest

from xlsc.addin.registry import ACTIONS, FUNCTIONS, POLL_TARGET
from xlsc.wire.calls import CALLS

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "xlsc").rglob("*.py"))
OTHERS = [ROOT / "check.py", *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
MAX_FILE_LINES = 400
MAX_BODY_LINES = 40
MEDIAN_BODY_LINES = 10
MAX_PARAMETERS = 6
#: Where an outside library may be imported, as files below xlsc/.
DOORS = {
    "requests": r"client/transport\.py",
    "truststore": r"client/transport\.py",
    "keyring": r"client/tokens\.py",
    "xlwings": r"sheets/live.*\.py|addin/.*",
    "openpyxl": r"sheets/.*|addin/build/.*|server/runs/sources\.py",
    "pandas": r"frames\.py",
    "sqlalchemy": r"server/.*",
    "flask": r"server/.*",
    "waitress": r"server/listener\.py",
    "click": r"cli/.*",
    "rich": r"cli/.*|addin/manual\.py",
}
#: Imported, and declared by the library of which it is a part: {library: dependency}.
COME_ALONG = {"urllib3": "requests", "werkzeug": "flask"}
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
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES + OTHERS}
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
    names = {part for path in SOURCES + OTHERS for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & FORBIDDEN_NAMES == set()


def test_every_dependency_has_its_reason_beside_it():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    without = [item for item in wanted if not re.search(re.escape(f'"{item}"') + r",?\]?\s+# \S+", text)]
    assert without == []


def imports(path):
    """Every module that a file imports, at its head or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def outside_libraries():
    """{library: files of xlsc that import it}."""
    found = {}
    for path in SOURCES:
        for name in {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names - {"xlsc"}:
            found.setdefault(name, set()).add(path.relative_to(ROOT / "xlsc").as_posix())
    return found


def test_every_dependency_is_used_and_what_is_used_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[=><\[]", item)[0] for item in project["dependencies"]}
    assert set(outside_libraries()) - set(COME_ALONG) == declared
    assert set(COME_ALONG.values()) <= declared


@pytest.mark.parametrize("library", list(DOORS))
def test_an_outside_library_has_one_door(library):
    door = re.compile(DOORS[library])
    assert [name for name in sorted(outside_libraries()[library]) if not door.fullmatch(name)] == []


def test_nothing_under_a_non_commercial_licence_is_used():
    """Parts of xlwings are: xlwings.pro, xlwings.server, and the engines remote and calamine."""
    forbidden = ("xlwings.pro", "xlwings.server", "xlwings.reports", "xlwingslib")
    named = [(path.name, name) for path in SOURCES for name in imports(path) if name.startswith(forbidden)]
    engines = re.compile(r"""engine\s*=\s*["'](remote|calamine)["']|engines\[["'](remote|calamine)["']\]""")
    named += [(path.name, "engine") for path in SOURCES if engines.search(path.read_text(encoding="utf-8"))]
    assert named == []


def test_no_import_goes_in_a_circle():
    graph = grimp.build_graph("xlsc", exclude_type_checking_imports=True, cache_dir=None)
    assert len(graph.modules) >= len(SOURCES) - 1
    # A circle raises CycleError, which names it.
    ordered = TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules})
    assert set(ordered.static_order()) == graph.modules


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


TARGETS = sorted({POLL_TARGET, *(action.target for action in ACTIONS), *(function.target for function in FUNCTIONS)})


@pytest.mark.parametrize("module", sorted({target.split(":")[0] for target in TARGETS}))
def test_what_ribbon_and_formulas_start_is_there(module, request):
    if find_spec(module) is None:
        request.applymarker(pytest.mark.xfail(reason=f"{module} is not there yet", strict=True))
    names = [target.split(":")[1] for target in TARGETS if target.startswith(f"{module}:")]
    loaded = import_module(module)
    assert [name for name in names if not callable(getattr(loaded, name, None))] == []
