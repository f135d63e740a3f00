"""``xlsc template``: workbooks made from processes, brought up to date, built from text, made ready to give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from xlsc.cli.places import open_outbox, read_password, session
from xlsc.cli.printing import json_option, print_json, print_table
from xlsc.errors import EXIT_OK, EXIT_REJECTED
from xlsc.flows.learning import read_hints
from xlsc.flows.processes import find_process
from xlsc.flows.publishing import inspect, strip_company
from xlsc.flows.template_files import build_templates, copy_shipped, read_definition, shipped_folder, shipped_templates
from xlsc.flows.templates import Update, new_template, update_template
from xlsc.sheets.binding import read_binding
from xlsc.sheets.files import open_book
from xlsc.sheets.locking import lock_sheets

#: The variable that the password of locked sheets may come in.
LOCK_VARIABLE = "XLSC_LOCK_PASSWORD"
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("template")
def template() -> None:
    """Make template workbooks, bring them up to date, give them away."""


@template.command("new")
@click.argument("process")
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The new .xlsx file."
)
@click.option(
    "--all/--mapped", "all_columns", default=False, help="All source columns, or those that reach the target."
)
@json_option
def new(process: str, output: Path, all_columns: bool, as_json: bool) -> None:
    """Make a template for PROCESS: data, rules in plain words, a guide."""
    with session() as current, open_outbox(current.settings) as outbox:
        made = new_template(current, process, output, all_columns=all_columns, outbox=outbox)
    guessed = [column.column for column in made.columns if column.is_guess or column.guesses]
    if as_json:
        print_json({"file": str(output), "process": made.process, "columns": len(made.columns), "guessed": guessed})
        return
    click.echo(f"{output} is a template for {made.process}, {len(made.columns)} columns.")
    if guessed:
        click.echo(
            f"What its sheet Columns says with ? of {', '.join(guessed)} is guessed and refuses nothing: confirm it."
        )


@template.command("hints")
@click.argument("process")
@click.option("--forget", is_flag=True, help="Take away what was learned of this process.")
@json_option
def hints(process: str, forget: bool, as_json: bool) -> None:
    """List what earlier sends let one guess about the columns of PROCESS, and how sure each guess is.

    Guesses refuse nothing. Kept are sums per column, and few short values; see templates.md.
    """
    with session() as current, open_outbox(current.settings) as outbox:
        key = find_process(current.client, process).map_key
        found = read_hints(current, outbox, key)
        if forget:
            outbox.experiences.forget(current.service, current.settings.company_id, key)
    if as_json:
        print_json([asdict(hint) for hint in found])
        return
    rows = [(item.column, item.kind, item.text, f"{item.confidence:.0%}", item.because) for item in found]
    print_table(["Column", "Guess", "?", "Sure", "Because"], rows)
    if forget:
        click.echo("All of this is forgotten.")


@template.command("list")
@json_option
def list_shipped(as_json: bool) -> None:
    """List the templates that come with xlsc."""
    found = [
        {"name": name, "title": made.title, "process": made.process}
        for name in shipped_templates()
        for made in (read_definition(shipped_folder() / f"{name}.toml"),)
    ]
    if as_json:
        print_json(found)
        return
    print_table(["Name", "Title", "Process"], [tuple(item.values()) for item in found])


@template.command("copy")
@click.argument("name")
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The new .xlsx file."
)
@json_option
def copy(name: str, output: Path, as_json: bool) -> None:
    """Copy the template NAME that comes with xlsc, to be filled or changed."""
    copy_shipped(name, output)
    if as_json:
        print_json({"file": str(output), "template": name})
        return
    click.echo(f"{output} is the template {name}. Its sheet Guide says how to go on.")


@template.command("update")
@_file
@click.option("--process", "-p", default="", help="Process; the template's own when none is named.")
@click.option("--sheet", "-s", help="The data sheet; the active one when none is named.")
@click.option("--dry-run", is_flag=True, help="Only show the difference.")
@json_option
def update(file: Path, process: str, sheet: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring a filled template FILE in line with its process; no value is lost."""
    book = open_book(file)
    try:
        binding = read_binding(book)
        with session(binding.as_settings() if binding and binding.service_url else None) as current:
            done = update_template(book, current, process, sheet, dry_run=dry_run)
        if not dry_run:
            book.save(file)
    finally:
        book.close()
    _print_update(file, done, dry_run=dry_run, as_json=as_json)


def _print_update(file: Path, done: Update, *, dry_run: bool, as_json: bool) -> None:
    changes = done.changes
    if as_json:
        found = {"added": changes.added, "removed": changes.removed, "renamed": changes.renamed}
        found["reordered"] = done.reordered
        print_json({**found, "restored": done.restored, "kept_rows": done.kept_rows, "written": not dry_run})
        return
    for line in _differences(done):
        click.echo(f"  {line}")
    if changes.is_empty and not done.restored:
        click.echo(f"{file} is up to date.")
    elif not dry_run:
        kept = f" {done.kept_rows} rows of removed columns are kept on a sheet of their own." if done.kept_rows else ""
        click.echo(f"{file} is brought up to date.{kept}")


def _differences(done: Update) -> Iterator[str]:
    """Lines for a person."""
    changes = done.changes
    yield from (f"new: {name}" for name in changes.added)
    yield from (f"gone: {name}" for name in changes.removed)
    yield from (f"renamed: {old} is now {now}" for old, now in changes.renamed)
    for there, header in done.restored:
        yield f"header restored: {header}" + (f" (said {there})" if there else "")
    if done.reordered:
        yield f"in another order, left where they stand: {', '.join(done.reordered)}"


@template.command("build")
@click.option(
    "--from",
    "definitions",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("templates"),
    show_default=True,
    help="Folder of text definitions (*.toml).",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the workbooks; the same one.")
@json_option
def build(definitions: Path, out: Path | None, as_json: bool) -> None:
    """Build workbooks from text definitions; the same text gives the same bytes."""
    made = build_templates(definitions, out or definitions)
    if as_json:
        print_json([str(path) for path in made])
        return
    for path in made:
        click.echo(str(path))


@template.command("publish")
@_file
@click.option("--keep-company", is_flag=True, help="Leave service and company in the file.")
@click.option("--lock", "locked", multiple=True, metavar="SHEET", help="Lock a sheet's locked cells; may repeat.")
@click.option(
    "--lock-password",
    is_flag=True,
    help=f"Ask for a password that unlocks them; from {LOCK_VARIABLE} or standard input where nobody can be asked.",
)
@json_option
def publish(file: Path, keep_company: bool, locked: tuple[str, ...], lock_password: bool, as_json: bool) -> int:
    """Make FILE ready to be given away: no company, no secret, no path, no name; prints its hash.

    Ends with 1 when something is found that a person has to take out. In a template, the cells that people fill in
    are unlocked: with --lock Data only headers and formulas are locked.
    """
    password = read_password(LOCK_VARIABLE) if lock_password and locked else ""
    book = open_book(file)
    try:
        former = read_binding(book)
        lock_sheets(book, locked, password)
        if not keep_company:
            strip_company(book)
        if locked or not keep_company:
            book.save(file)
    finally:
        book.close()
    found = inspect(file, None if keep_company else former)
    if as_json:
        print_json({"file": str(file), "sha256": found.sha256, "findings": list(found.findings)})
    else:
        for finding in found.findings:
            click.echo(f"{file}: {finding}.")
        if found.findings:
            click.echo("Take these out; for properties, authors and printers: File > Info > Inspect Document in Excel.")
        click.echo(f"SHA-256 {found.sha256}")
    return EXIT_REJECTED if found.findings else EXIT_OK
