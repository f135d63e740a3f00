"""From a sheet to documents that may go: read, check locally, hold back what is wrong. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsc.core.checks import check_table, spread
from xlsc.core.documents import Document, group_documents
from xlsc.core.markers import replace_marker
from xlsc.core.results import RowError, RowState
from xlsc.core.table import Table
from xlsc.core.template import TemplateColumn, columns_of
from xlsc.core.template_changes import compare
from xlsc.errors import UsageError
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.reading import Reading, ReadOptions, read_sheet
from xlsc.flows.template_headers import refuse_damage
from xlsc.flows.work import Rules
from xlsc.sheets.joined import JoinedSheet
from xlsc.sheets.port import Sheet


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sheet's rows, checked.

    Attributes:
        found: The process and its columns.
        reading: What the sheet gave.
        errors: All local findings, also at rows that are held back with their document.
        good: The rows of documents without a finding.
        remarks: What else the person has to know.
    """

    found: ProcessColumns
    reading: Reading
    errors: tuple[RowError, ...]
    good: Table
    remarks: tuple[str, ...] = ()

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
    remarks = _stale_columns(rules, found)
    for side, columns in template_sides(sheet, rules):
        refuse_damage(side, columns)
    reading = read_sheet(sheet, rules.wanted(found.columns, options.selection), options)
    column_rules = [] if unchecked else rules.columns
    document_rules = [] if unchecked else rules.documents
    values = replace_marker(reading.table, rules.blank_marker, None)
    findings = [*reading.errors, *check_table(values, column_rules, document_rules)]
    errors = spread(_first_per_cell(findings), reading.table)
    wrong = {error.sheet_row for error in errors}
    rows = [row for row in reading.table.rows if row.sheet_row not in wrong]
    return Prepared(found, reading, tuple(errors), reading.table.with_rows(rows), remarks)


def _stale_columns(rules: Rules, found: ProcessColumns) -> tuple[str, ...]:
    """A sentence for each column of the template that the process does not have any more.

    Raises:
        UsageError: The process has one of nearly the same name: renamed, or misspelt in the template.
    """
    changes = compare([item.column for item in rules.template], [info.name for info in found.columns])
    for old, new in changes.renamed:
        raise UsageError(
            f"{rules.cells.get(old, 'Sheet Columns')}: the process {found.process.map_id} has no column {old!r}; "
            f"it has {new!r}.",
            "Correct the name there, or bring the whole template up to date: xlsc template update FILE",
            in_excel="Correct the name there, or bring the whole template up to date with Update.",
        )
    return tuple(
        f"The process {found.process.map_id} has no column {name!r} any more; its values were not sent. "
        "Bring the template up to date: xlsc template update FILE"
        for name in changes.removed
    )


def template_sides(sheet: Sheet, rules: Rules) -> list[tuple[Sheet, Sequence[TemplateColumn]]]:
    """The worksheets behind a template's sheet, each with the columns that stand on it."""
    if not isinstance(sheet, JoinedSheet):
        return [(sheet, rules.template)]
    return [(side, columns_of(rules.template, side.name)) for side in sheet.sides]


def _first_per_cell(findings: Sequence[RowError]) -> list[RowError]:
    """A cell that cannot be read is also blank to the checks; only the first finding says what is wrong."""
    unreadable = {(error.sheet_row, error.column) for error in findings if error.value is not None}
    return [
        error
        for error in findings
        if error.value is not None or error.column is None or (error.sheet_row, error.column) not in unreadable
    ]
