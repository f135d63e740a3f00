"""The run log as a workbook with charts: a new one from the shipped template, or one brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlsc.errors import UsageError
from xlsc.flows.refresh import Fresh, put_rows
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.flows.template_files import shipped_templates
from xlsc.flows.work import Rules
from xlsc.outbox import RunLine
from xlsc.sheets.files import open_book
from xlsc.sheets.port import Book
from xlsc.sheets.template_books import book_of

TEMPLATE = "run_log"


def export_log(lines: Sequence[RunLine], path: Path) -> int:
    """Write all runs into a workbook; lines that stand there keep their row. Returns how many were new.

    Args:
        lines: Of the log.
        path: A new .xlsx file, or one that was made from the template of the run log.

    Raises:
        UsageError: The workbook is another's.
        WorkbookError: It cannot be read or written.
    """
    if path.exists():
        book = open_book(path)
    elif path.suffix.casefold() == ".xlsx":
        book = book_of(shipped_templates()[TEMPLATE].read_bytes(), path)
    else:
        raise UsageError(f"{path} does not end in .xlsx.", "The workbook holds no macros: let its name end in .xlsx.")
    try:
        rules = read_rules(book)
        names = _fields(book, rules)
        rows = [[_text(getattr(line, name)) for name in names] for line in lines]
        done = put_rows(open_data_sheet(book, None, rules), rules.template, Fresh(names, rows))
        book.save(path)
    finally:
        book.close()
    return len(lines) - done.places.updated


def _fields(book: Book, rules: Rules) -> list[str]:
    """The fields of the log that the workbook has columns for."""
    names = [item.column for item in rules.template if item.column in RunLine.__dataclass_fields__]
    if len(names) != len(rules.template) or "when_utc" not in names:
        raise UsageError(f"{book.name} is no run log of xlsc.", "Choose another name, for a new workbook.")
    return names


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
