"""How a target column gets its value: from a column, a constant, a calculation, a date, a translation, a counter.

Source: P §5 (column mapping: Source Column, Local Constant, Additional Columns) [doc S13, S15].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xlsc.server.expressions import Expression, Value


class Grouping(StrEnum):
    """Which value of several rows a grouped line takes."""

    FIRST = "first"
    LAST = "last"
    MAX = "max"
    MIN = "min"
    SUM = "sum"
    GROUP_BY = "group by"


class NoMatch(StrEnum):
    """What a translation does with a value that its table does not have."""

    ERROR = "error"
    SOURCE = "source"
    BLANK = "blank"
    DEFAULT = "default"


class Edge(StrEnum):
    """To which day of its month a calculated date moves in the end."""

    NONE = "none"
    START = "start of month"
    END = "end of month"


@dataclass(frozen=True, slots=True)
class FromColumn:
    """The value of a source column, by 0-based index."""

    index: int


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for every row."""

    value: Value


@dataclass(frozen=True, slots=True)
class Calculation:
    """The value of an expression."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class DateCalculation:
    """A date moved by months, then days, then to an edge of its month."""

    base: Expression
    add_days: int = 0
    add_months: int = 0
    edge: Edge = Edge.NONE


@dataclass(frozen=True, slots=True)
class Translation:
    """A value looked up in a table of texts; the table is found without regard to case and blanks around."""

    source: Expression
    name: str
    table: Mapping[str, str]
    no_match: NoMatch = NoMatch.ERROR
    default: str = ""


@dataclass(frozen=True, slots=True)
class Rolling:
    """The next number of a counter kept in the target's database, such as ``SO000042``.

    Attributes:
        counter: Name of the counter; processes that name the same one share it.
        prefix: Letters in front.
        width: Digits, filled with zeros.
        start: The first number.
    """

    counter: str
    prefix: str = ""
    width: int = 0
    start: int = 1


Origin = FromColumn | Constant | Calculation | DateCalculation | Translation | Rolling


@dataclass(frozen=True, slots=True)
class Field:
    """A target column.

    Attributes:
        target: Its name.
        grouping: Which of several rows counts, where the line groups.
        required: Whether a blank value rejects the document.
    """

    target: str
    origin: Origin
    grouping: Grouping = Grouping.FIRST
    required: bool = False

    @property
    def columns(self) -> frozenset[int]:
        """0-based indexes of the source columns that it needs."""
        origin = self.origin
        if isinstance(origin, FromColumn):
            return frozenset({origin.index})
        if isinstance(origin, Calculation):
            return origin.expression.columns
        if isinstance(origin, DateCalculation):
            return origin.base.columns
        return origin.source.columns if isinstance(origin, Translation) else frozenset()
