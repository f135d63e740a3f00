"""What an expression sees while it is worked out: a row, its document, variables, lookups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from xlsc.server.expressions.failures import EvaluationError
from xlsc.server.expressions.values import Value


class Lookups(Protocol):
    """Finds values in tables; the key is bound as a parameter."""

    def find(self, table: str, key_column: str, key: Value, wanted: str) -> tuple[bool, Value]:
        """Whether there is a row whose ``key_column`` is ``key``, and the ``wanted`` column of the first one."""
        ...


class NoLookups:
    """For places that have no database."""

    def find(self, table: str, key_column: str, key: Value, wanted: str) -> tuple[bool, Value]:
        """Raises: EvaluationError, always."""
        raise EvaluationError(f"There is no database to look up {table} in")


@dataclass(frozen=True, slots=True)
class Scope:
    """One row within its document.

    Attributes:
        row: Values of the row in column order.
        rows: All rows of the document, for sum, count and their like.
        variables: Values by name in lower case.
        now: The run's begin, in local time without a zone.
        memo: Answers over all rows, which are the same for each of them: else they would cost rows × rows.
    """

    row: Sequence[Value]
    rows: Sequence[Sequence[Value]] = ()
    variables: Mapping[str, Value] = field(default_factory=dict)
    lookups: Lookups = field(default_factory=NoLookups)
    now: datetime = datetime(2000, 1, 1)  # noqa: DTZ001 - local time by definition
    memo: dict[object, Value] = field(default_factory=dict, repr=False, compare=False)

    def with_row(self, row: Sequence[Value]) -> Scope:
        """The same document seen from another of its rows."""
        return Scope(row, self.rows, self.variables, self.lookups, self.now, self.memo)

    def afresh(self) -> Scope:
        """The same, with nothing remembered: tables and variables may have changed."""
        return Scope(self.row, self.rows, self.variables, self.lookups, self.now)
