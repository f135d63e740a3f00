"""``xlsc addin``: build, install, remove and examine the Excel add-in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from xlsc.addin.build import build_addin
from xlsc.addin.doctor import Finding, examine, list_status
from xlsc.addin.install import install, read_system, remove
from xlsc.errors import EXIT_OK, UsageError

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("addin")
def addin() -> None:
    """The Excel add-in: a SmartConnect tab and worksheet functions."""


@addin.command("build")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@_as_json
def build_command(out: Path, as_json: bool) -> None:
    """Make xlsc.xlam from its text sources; works on any system, without Excel."""
    _print_files("written", build_addin(out), as_json)


@addin.command("install")
@_as_json
def install_command(as_json: bool) -> None:
    """Put the add-in where Excel loads it from, for this user."""
    _print_files("written", install(read_system()), as_json)
    if not as_json:
        click.echo("Start Excel afresh: it shows the tab SmartConnect.")


@addin.command("remove")
@_as_json
def remove_command(as_json: bool) -> None:
    """Take the add-in and its settings away."""
    _print_files("removed", remove(read_system()), as_json)


@addin.command("status")
@_as_json
def status_command(as_json: bool) -> None:
    """Say what is installed, and where."""
    _print_findings(list_status(read_system()), as_json)


@addin.command("doctor")
@_as_json
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> None:
    """Say what keeps the add-in from working, one line each; ends with 2 where something is missing."""
    findings = examine(read_system())
    _print_findings(findings, as_json)
    problem = any(finding.level == "problem" for finding in findings)
    context.exit(UsageError.exit_code if problem else EXIT_OK)


def _print_files(verb: str, files: Sequence[Path], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({verb: [str(path) for path in files]}))
        return
    for path in files:
        click.echo(f"{verb}: {path}")
    if not files:
        click.echo(f"Nothing to be {verb}.")


def _print_findings(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}))
        return
    for finding in findings:
        click.echo(f"{finding.level:8} {finding.topic}: {finding.text}")
