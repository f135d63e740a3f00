"""The manual is true: blocks run, every command, setting, formula and button is described, links lead somewhere."""

import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest

import xlsc
from xlsc.addin.registry import ACTIONS, FUNCTIONS
from xlsc.cli.main import COMMANDS, cli
from xlsc.settings import REGISTRY, Settings

ROOT = Path(__file__).resolve().parents[1]
MANUALS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in MANUALS)


def commands():
    """(words, command) of every command, groups included."""

    def walk(words, command):
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                yield from walk((*words, name), command.get_command(context, name))

    for name in COMMANDS:
        yield from walk((name,), cli.get_command(click.Context(cli), name))


@pytest.mark.parametrize(
    ("words", "command"), list(commands()), ids=lambda item: "-".join(item) if isinstance(item, tuple) else ""
)
def test_every_command_and_option_has_help(words, command):
    assert command.help, words
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


#: Its output is JSON as it is.
SPEAKS_JSON_ANYWAY = {"service postman"}


def test_every_command_but_groups_speaks_json():
    without = [
        " ".join(words)
        for words, command in commands()
        if not isinstance(command, click.Group)
        and "--json" not in [flag for param in command.params for flag in param.opts]
    ]
    assert set(without) == SPEAKS_JSON_ANYWAY


@pytest.mark.parametrize("name", sorted({words[0] for words, _ in commands()}))
def test_every_command_stands_in_the_manual(name):
    assert f"xlsc {name}" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_manual_lists_the_settings_as_they_are():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in text.splitlines() if "| `" in line]
    # Nothing and the empty list are shown as nothing.
    built_in = {field.name: "" if field.default in ("", ()) else str(field.default) for field in fields(Settings)}
    wanted = [
        (f"`{name}`", f"`{setting.variable}`", built_in[name], setting.help) for name, setting in REGISTRY.items()
    ]
    assert [row for row in listed if len(row) == 4] == wanted


#: Keys of the add-in's own file xlsc.conf that look like variables.
KEYS_OF_CONF = {"XLSC_VERSION"}


def test_every_variable_of_the_environment_stands_in_the_manual():
    """Those that the sources name in quotes; the settings' own are above."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "xlsc").rglob("*.py"))
    named = set(re.findall(r"""["'](XLSC_[A-Z]+(?:_[A-Z]+)*)["']""", sources)) - KEYS_OF_CONF
    assert {"XLSC_HOME", "XLSC_PASSWORD"} <= named
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert sorted(name for name in named if f"`{name}`" not in text) == []


def test_every_formula_and_button_stands_in_the_manual():
    text = (ROOT / "docs" / "addin.md").read_text(encoding="utf-8")
    missing = [function.name for function in FUNCTIONS if function.name not in text]
    missing += [action.label for action in ACTIONS if action.label not in text]
    assert missing == []


def anchors(path):
    """What a link's part after # may be: a heading in small letters, blanks as hyphens."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)", path.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        if "://" not in target and not (file.exists() and (not anchor or anchor in anchors(file))):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.name)
def test_every_page_is_finished_and_can_be_reached(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\b(TODO|TBD|FIXME|XXX|FIGURES|lorem ipsum)\b", text) == []
    assert text.startswith("# ")
    assert text.count("\n```") % 2 == 0
    if path.parent.name == "docs":
        assert f"({path.name})" in TEXT or f"(docs/{path.name})" in TEXT


def test_the_changelog_names_versions_newest_first():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings, "no version is named"
    released = [item for item in headings if item != "Unreleased"]
    assert "Unreleased" not in headings[1:]
    found = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) \((\d{4}-\d{2}-\d{2})\)", item) for item in released]
    assert [item for item, match in zip(released, found, strict=True) if match is None] == []
    numbers = [tuple(int(part) for part in match.groups()[:3]) for match in found if match]
    assert numbers == sorted(set(numbers), reverse=True)
    own = tuple(int(part) for part in xlsc.__version__.split("."))
    assert not numbers or own >= numbers[0]
    assert all(re.search(r"^- \S", part, re.MULTILINE) for part in text.split("\n## ")[1:])


def test_the_version_is_told_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == xlsc.__version__


def test_the_commands_of_the_manual_exist():
    """Every line of a block that begins with xlsc names a command and options that there are."""
    known = {" ".join(words): command for words, command in commands()}
    wrong = []
    blocks = "\n".join(re.findall(r"^```.*?^```", TEXT, re.MULTILINE | re.DOTALL))
    for line in re.findall(r"^(xlsc [^\n#]*)", blocks, re.MULTILINE):
        words = shlex.split(line, posix=False)[1:]
        name = next((name for count in (3, 2, 1) if (name := " ".join(words[:count])) in known), "")
        if not name:
            wrong.append(line)
            continue
        flags = {flag for param in known[name].params for flag in param.opts} | {"--help"}
        wrong += [line for word in words if word.startswith("--") and word not in flags]
    assert wrong == []


@pytest.mark.slow
def test_the_first_block_of_the_readme_runs_as_it_is_printed(tmp_path):
    """In a copy of the tracked files, with an environment of its own."""
    block = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if names.returncode:
        pytest.skip("no git repository here")
    for name in filter(None, names.stdout.split("\0")):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    script = block.replace("python3 ", f"{shlex.quote(sys.executable)} ", 1)
    done = subprocess.run(["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every row was accepted." in done.stdout
    assert (tmp_path / "xlsc-demo" / "customers-after.xlsx").exists()
