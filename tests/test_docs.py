"""The manual is true: blocks run, every command, setting, formula and button is described, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from xlsc.addin.registry import ACTIONS, FUNCTIONS
from xlsc.cli.main import COMMANDS, cli
from xlsc.settings import REGISTRY

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


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_stands_in_the_manual(name):
    assert f"xlsc {name}" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_setting_stands_in_the_manual(name):
    setting = REGISTRY[name]
    line = next(line for line in (ROOT / "docs" / "settings.md").read_text().splitlines() if f"`{name}`" in line)
    assert f"`{setting.variable}`" in line
    assert setting.help in line


def test_every_formula_and_button_stands_in_the_manual():
    text = (ROOT / "docs" / "addin.md").read_text(encoding="utf-8")
    missing = [function.name for function in FUNCTIONS if function.name not in text]
    missing += [action.label for action in ACTIONS if action.label not in text]
    assert missing == []


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    lost = [target for target in targets if "://" not in target and not (path.parent / target).exists()]
    assert lost == []


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
