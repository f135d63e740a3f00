"""What a check or a send did, in counts that prove themselves: rows read = accepted + rejected + skipped + unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from xlsc.core.catalog import Process
from xlsc.core.causes import Cause, group_causes
from xlsc.core.results import RowError, RowState
from xlsc.core.table import Table
from xlsc.errors import EXIT_OK, EXIT_REJECTED, OutcomeUnknown
from xlsc.flows.reading import SKIPPED_UNKNOWN


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them."""

    read: int
    accepted: int
    rejected: int
    skipped: int
    unknown: int

    @property
    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.accepted + self.rejected + self.skipped + self.unknown

    def __str__(self) -> str:
        rows = "row" if self.read == 1 else "rows"
        return (
            f"{self.read:,} {rows} read = {self.accepted:,} accepted + {self.rejected:,} rejected"
            f" + {self.skipped:,} skipped + {self.unknown:,} unknown"
        )


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a send.

    Attributes:
        entry_id: Of the outbox.
        run_number: The process's own counter; None when no answer came.
        documents: How many were sent.
        rejected: How many of them were rejected.
        seconds: From the first byte to the answer.
        states: State by sheet row, as this run left it.
    """

    entry_id: int
    run_number: int | None
    documents: int
    rejected: int
    seconds: float
    states: Mapping[int, RowState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendReport:
    """What became of every row of a sheet.

    Attributes:
        process: That the rows were for.
        workbook: File name.
        sheet: Name of the worksheet.
        table: The rows that were meant.
        rows_read: All rows that were read, also those left out.
        states: State by sheet row; covers every row read, or the report is not green.
        skipped: Reason by sheet row.
        errors: All that is wrong, local findings and the service's.
        remarks: What does not add up, in sentences.
        runs: One per run.
        sent: Whether anything was to be sent; False for a check or a dry run.
    """

    process: Process
    workbook: str
    sheet: str
    table: Table
    rows_read: int
    states: Mapping[int, RowState]
    skipped: Mapping[int, str]
    errors: tuple[RowError, ...]
    remarks: tuple[str, ...]
    runs: tuple[RunRecord, ...]
    sent: bool

    @property
    def counts(self) -> Counts:
        """Rows by state."""
        found = Counter(self.states.values())
        skipped = found[RowState.SKIPPED] + sum(row not in self.states for row in self.skipped)
        return Counts(
            self.rows_read, found[RowState.ACCEPTED], found[RowState.REJECTED], skipped, found[RowState.UNKNOWN]
        )

    @property
    def unsettled(self) -> int:
        """Rows left out of a send because the outcome of an earlier run is unknown."""
        return sum(reason == SKIPPED_UNKNOWN for reason in self.skipped.values()) if self.sent else 0

    @property
    def is_green(self) -> bool:
        """Whether nothing is left to do: no row rejected or unknown, no remark, and the counts add up."""
        counts = self.counts
        if self.unsettled:
            return False
        unlocated = any(error.sheet_row is None for error in self.errors)
        return counts.adds_up and not (counts.rejected or counts.unknown or self.remarks or unlocated)

    @property
    def exit_code(self) -> int:
        """Of the command line: 0, 1 with rejected rows or remarks, 5 with rows of unknown outcome, old ones too."""
        if self.counts.unknown or self.unsettled:
            return OutcomeUnknown.exit_code
        return EXIT_OK if self.is_green else EXIT_REJECTED

    @property
    def causes(self) -> list[Cause]:
        """The errors by message, most frequent first."""
        return group_causes(self.errors, self.table)

    @property
    def skip_reasons(self) -> dict[str, int]:
        """Rows by the reason why they were left out, most frequent first."""
        return dict(Counter(self.skipped.values()).most_common())

    @property
    def headline(self) -> str:
        """One sentence on how it went."""
        counts = self.counts
        if not counts.adds_up:
            return "The counts do not add up: trust no row before you have looked at it."
        if counts.unknown:
            rows = "row" if counts.unknown == 1 else "rows"
            return f"{counts.unknown:,} {rows} may or may not have been posted: settle them before you go on."
        if self.unsettled:
            rows = "row" if self.unsettled == 1 else "rows"
            return f"{self.unsettled:,} {rows} of an earlier run of unknown outcome: settle them before you go on."
        if counts.rejected:
            verb = "rejected" if self.sent else "wrong"
            rows = "row" if counts.read == 1 else "rows"
            return f"{counts.rejected:,} of {counts.read:,} {rows} {'is' if counts.rejected == 1 else 'are'} {verb}."
        if self.remarks:
            return self.remarks[0]
        if not self.sent:
            return "Nothing is wrong with these rows."
        return "Every row was accepted." if counts.accepted else "There was nothing to send."
