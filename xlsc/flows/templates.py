"""Template workbooks: made from a process, compared with it, brought up to date with their rows in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsc.core.catalog import ColumnInfo
from xlsc.core.hints import apply_hints
from xlsc.core.template import Template, TemplateColumn, guess_type
from xlsc.core.template_changes import Changes, compare, moved
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.learning import read_hints
from xlsc.flows.migrating import migrate
from xlsc.flows.prepare import template_sides
from xlsc.flows.processes import ProcessColumns, find_process, read_columns
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.flows.template_headers import find_damage, restore
from xlsc.flows.work import Rules
from xlsc.outbox import Outbox
from xlsc.sheets.binding import Binding, read_binding, write_binding
from xlsc.sheets.port import Book, Sheet
from xlsc.sheets.template_writer import write_template

_STEPS = (
    "Fill the sheet Data, one row per line. Cells tell what they take when you enter them.",
    "Press Check on the SmartConnect tab, or run: xlsc check FILE",
    "Press Whole sheet on the SmartConnect tab, or run: xlsc send FILE",
    "Wrong cells are filled and noted; the last column says why. Correct them, then Failed only, or --failed-only.",
)


def columns_hash(columns: Sequence[ColumnInfo]) -> str:
    """Short hash of a process's columns; another one means that the template is to be compared."""
    text = "\n".join(f"{column.name}|{column.is_required}" for column in columns)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def template_of(found: ProcessColumns, *, all_columns: bool) -> Template:
    """A template for a process; the service tells no types, so types are guesses that never refuse."""
    columns = tuple(
        TemplateColumn(column.name, key=column.is_required, type=guess_type(column.name))
        for column in found.choose(all_columns=all_columns)
    )
    title = found.process.description or found.process.map_id
    return Template(found.process.map_id, title, columns, _STEPS)


def new_template(
    session: Session, process: str, path: Path, *, all_columns: bool, outbox: Outbox | None = None
) -> Template:
    """Write a template for a process, bound to the session's service and company.

    Args:
        session: The service.
        process: Id or key.
        path: A file that is not there yet.
        all_columns: All columns of the source, or those that reach the target.
        outbox: Knows what earlier sends have shown of the columns; None = nothing is known.

    Raises:
        UsageError: The file is there already, or does not end in .xlsx.
        ServiceError: There is no such process.
    """
    if path.exists():
        raise UsageError(
            f"{path} is there already.",
            "Choose another name, or: xlsc template update FILE.",
            in_excel="Choose another name, or open it and press Update in the group Template.",
        )
    if path.suffix.casefold() != ".xlsx":
        raise UsageError(f"{path} does not end in .xlsx.", "Templates hold no macros: let the name end in .xlsx.")
    found = read_columns(session.client, find_process(session.client, process))
    template = template_of(found, all_columns=all_columns)
    if outbox is not None:
        hints = read_hints(session, outbox, found.process.map_key)
        template = replace(template, columns=apply_hints(template.columns, hints))
    binding = _binding(session, found, template.version)
    write_template(path, template, binding.as_properties())
    return template


def _binding(session: Session, found: ProcessColumns, version: int) -> Binding:
    settings = session.settings
    return Binding(
        session.service,
        settings.company_id,
        settings.company_name,
        found.process.map_key,
        found.process.map_id,
        str(version),
        columns_hash(found.columns),
    )


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did, or would do.

    Attributes:
        changes: Between the template and the process.
        restored: Headers that had been damaged and were written anew, as (cell text found, header).
        kept_rows: Rows whose values of removed columns were put aside.
        reordered: Columns that stand elsewhere among the others in the process; on the sheet they stay where they are.
    """

    changes: Changes
    restored: tuple[tuple[str, str], ...]
    kept_rows: int
    reordered: tuple[str, ...] = ()


def update_template(
    book: Book,
    session: Session,
    process: str,
    sheet_name: str | None,
    *,
    dry_run: bool,
    found: ProcessColumns | None = None,
) -> Update:
    """Bring a filled template in line with its process as it is now; no value is lost.

    Renamed columns keep their values under the new name, new ones come right of the last one, removed ones are copied
    to a sheet of their own before their headers are marked as gone. No cell of the data is moved.

    Args:
        book: The template.
        session: The service.
        process: Id or key; "" = the workbook's own.
        sheet_name: The data sheet; None = the active one.
        dry_run: Only tell.
        found: The process's columns, where somebody has read them; then the service is not asked.

    Raises:
        UsageError: The workbook has no Columns sheet.
    """
    binding = read_binding(book)
    wanted = process or (binding.process_key or binding.process_id if binding else "")
    found = found or read_columns(session.client, find_process(session.client, wanted))
    rules = read_rules(book)
    columns = rules.template
    if not columns:
        raise UsageError(
            f"{book.name} has no Columns sheet.",
            "Make a template with: xlsc template new PROCESS -o FILE.",
            in_excel="Only templates have one: make one with New in the group Template.",
        )
    known = {name.casefold() for name in found.mapped} | {c.name.casefold() for c in found.columns if c.is_required}
    present = {item.column.casefold() for item in columns}
    current = [c.name for c in found.columns if c.name.casefold() in known or c.name.casefold() in present]
    changes = compare([item.column for item in columns], current)
    sheet = open_data_sheet(book, sheet_name, rules)
    restored = _restore_headers(sheet, rules, dry_run=dry_run)
    reordered = _reordered(binding, columns, found)
    if dry_run:
        return Update(changes, restored, 0, reordered)
    kept = migrate(book, sheet, rules, changes, found)
    write_binding(book, _binding(session, found, _version(binding) + (0 if changes.is_empty else 1)))
    return Update(changes, restored, kept, reordered)


def _version(binding: Binding | None) -> int:
    """The version of a template; 1 where it says none that can be read."""
    text = binding.template_version if binding else ""
    return int(text) if text.isascii() and text.isdigit() else 1


def _reordered(binding: Binding | None, columns: Sequence[TemplateColumn], found: ProcessColumns) -> tuple[str, ...]:
    """Columns whose place among the others has changed in the process since the template was made."""
    if binding is None or binding.columns_hash in ("", columns_hash(found.columns)):
        return ()
    return moved([item.column for item in columns], [info.name for info in found.columns])


def _restore_headers(sheet: Sheet, rules: Rules, *, dry_run: bool) -> tuple[tuple[str, str], ...]:
    """Write damaged headers anew; (what the cell said, header) of each."""
    found: list[tuple[str, str]] = []
    for side, columns in template_sides(sheet, rules):
        damage = find_damage(side, columns)
        found += [(item.there, item.header) for item in damage]
        if not dry_run:
            restore(side, damage)
    return tuple(found)
