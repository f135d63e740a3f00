"""``xlsc process``: process files for the embedded service, checked and begun."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import click

from xlsc.cli.printing import json_option, print_json
from xlsc.errors import EXIT_OK, UsageError
from xlsc.server.processes.connection_file import FILE_NAME, ConnectionEntry, read_connections
from xlsc.server.processes.definition import Definition
from xlsc.server.processes.definition_file import read_definition
from xlsc.server.processes.loading import find_doubles
from xlsc.server.processes.reading import DefinitionError
from xlsc.server.samples import SAMPLE_COMPANIES

_TEMPLATE = """\
# A process of the embedded service; docs/processes.md describes every key.

[process]
id = {name}
key = "{key}"
description = ""
company = "{company}"
connection = {connection}

# The columns that a sheet sends. Rows that are alike in the key columns form one document.
[[columns]]
name = "Code"
key = true
max_length = 20

[[columns]]
name = "Name"
required = true

[[columns]]
name = "Amount"
type = "decimal"

# What has to be true of every row, and what to say where it is not.
[[checks]]
that = "isblank(Amount) or Amount >= 0"
message = "Amount '{{Amount}}' is below zero."

# Where the rows go: a table of the connection's database.
[[lines]]
name = "Row"
table = "my_table"
action = "upsert"
keys = ["code"]

[lines.map]
code = "Code"
name = "Name"
amount = "Amount"
"""


@click.group("process")
def process() -> None:
    """Check process files of the embedded service, and begin new ones."""


@process.command("check")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER..."
)
@json_option
def check(paths: tuple[Path, ...], as_json: bool) -> int:
    """Read process files and tell everything that is wrong, with file, line and key."""
    problems: list[str] = []
    found: list[Definition] = []
    for path in _files(paths):
        try:
            found.append(read_definition(path, _connections(path)))
        except DefinitionError as error:
            problems.extend(error.problems)
    problems.extend(find_doubles(found))
    if as_json:
        listed = [{"id": item.map_id, "file": str(item.path), "columns": len(item.columns)} for item in found]
        print_json({"sound": listed, "problems": problems})
    else:
        for item in found:
            click.echo(f"{item.path}: {item.map_id} is sound, {len(item.columns)} columns.")
        for problem in problems:
            click.echo(problem)
    return UsageError.exit_code if problems else EXIT_OK


@process.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--id", "name", required=True, help="Name of the process as people see it, such as CUSTOMERS.")
@click.option(
    "--company",
    default=SAMPLE_COMPANIES[0][0],
    show_default="the first sample company",
    help="GUID of the company; xlsc service company list shows them.",
)
@click.option("--connection", default="contoso", show_default=True, help="Name in connections.toml.")
@json_option
def new(file: Path, name: str, company: str, connection: str, as_json: bool) -> None:
    """Write a process FILE to start from; a file that is there stays."""
    texts = {"name": _quote(name), "connection": _quote(connection)}
    text = _TEMPLATE.format(**texts, key=uuid.uuid4(), company=_check_guid(company))
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already.", "Choose another name.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Choose another folder.") from error
    if as_json:
        print_json({"file": str(file)})
        return
    click.echo(f"{file} written. Change columns and lines, then: xlsc process check {file}")


def _quote(text: str) -> str:
    """A text as TOML writes it, which escapes as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def _check_guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise UsageError(f"{text!r} is no GUID of a company.", "See `xlsc service company list`.") from None


def _files(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.toml")) if path.is_dir() else [path]
    return [path for path in found if path.name != FILE_NAME]


def _connections(path: Path) -> dict[str, ConnectionEntry]:
    """Those of the nearest connections.toml beside or above the file."""
    for folder in path.resolve().parents:
        if (folder / FILE_NAME).exists():
            return dict(read_connections(folder, folder))
    return {}
