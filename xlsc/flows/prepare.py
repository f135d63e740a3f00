"""From a sheet to documents that may go: read, check locally, hold back what is wrong. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.checks import check_table, spread
from xlsc.core.documents import Document, group_documents
from xlsc.core.results import RowError, RowState
from xlsc.core.table import Row, Table
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.reading import Reading, ReadOptions, read_sheet
from xlsc.flows.work import Rules
from xlsc.sheets.port import Sheet


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sheet's rows, checked.

    Attributes:
        found: The process and its columns.
        reading: What the sheet gave.
        errors: All local findings, also at rows that are held back with their document.
        good: The rows of documents without a finding.
    """

    found: ProcessColumns
    reading: Reading
    errors: tuple[RowError, ...]
    good: Table

    @property
    def documents(self) -> list[Document]:
        """Documents of ``good``, in order of first appearance."""
        return group_documents(self.good)

    @property
    def rejected(self) -> dict[int, RowState]:
        """The rows that are held back."""
        kept = {row.sheet_row for row in self.good.rows}
        rows = self.reading.table.rows
        return {row.sheet_row: RowState.REJECTED for row in rows if row.sheet_row not in kept}

    @property
    def rows_read(self) -> int:
        """All rows that were read, also those left out."""
        return len(self.reading.table.rows) + len(self.reading.skipped)


def prepare(sheet: Sheet, found: ProcessColumns, options: ReadOptions, rules: Rules, *, unchecked: bool) -> Prepared:
    """Read a sheet and check it.

    Args:
        sheet: The worksheet.
        found: The process and its columns.
        options: Which rows are meant, and how they are read.
        rules: What the workbook's author says about values.
        unchecked: Leave the author's rules out; cells that cannot be sent and blank keys are found all the same.

    Raises:
        UsageError: The sheet cannot be read as rows of this process.
    """
    reading = read_sheet(sheet, rules.wanted(found.columns, options.selection), options)
    column_rules = [] if unchecked else rules.columns
    document_rules = [] if unchecked else rules.documents
    values = _without_marker(reading.table, rules.blank_marker)
    findings = [*reading.errors, *check_table(values, column_rules, document_rules)]
    errors = spread(_first_per_cell(findings), reading.table)
    wrong = {error.sheet_row for error in errors}
    rows = [row for row in reading.table.rows if row.sheet_row not in wrong]
    return Prepared(found, reading, tuple(errors), reading.table.with_rows(rows))


def _without_marker(table: Table, marker: str) -> Table:
    """The table as the checks see it: a value that is the blank marker is blank."""
    if not marker:
        return table
    rows = [
        Row(row.sheet_row, tuple(None if value == marker else value for value in row.values))
        if marker in row.values
        else row
        for row in table.rows
    ]
    return table.with_rows(rows)


def _first_per_cell(findings: Sequence[RowError]) -> list[RowError]:
    """A cell that cannot be read is also blank to the checks; only the first finding says what is wrong."""
    unreadable = {(error.sheet_row, error.column) for error in findings if error.value is not None}
    return [
        error
        for error in findings
        if error.value is not None or error.column is None or (error.sheet_row, error.column) not in unreadable
    ]
