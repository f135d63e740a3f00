"""What accepted and rejected rows show about a process's columns, in small sums; rows themselves are not kept.

The service tells no types (P §2.1 [obs]). Experiences add up in any order and any grouping to the same, so two stores
can be put together. What they let one guess is said in hints.py.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.canonical import parse_moment, parse_number
from xlsc.core.results import Code, RowError
from xlsc.core.table import Table

#: Different values that are remembered of a column; of one with more, none is.
MOST_VALUES = 20
#: Longest value that is remembered, in characters.
LONGEST_VALUE = 30
_BOOLEANS = frozenset(("true", "false", "yes", "no"))
_ZEROS = re.compile(r"0[0-9]+\Z")
_ABSENT = re.compile(
    r"\b(?:must not be (?:blank|empty)|(?:is|are) (?:required|mandatory|missing)|cannot be (?:blank|empty))", re.I
)
_LIMIT = re.compile(r"\b(?:at most|longer than|maximum(?: length)?(?: of)?:?|max\.?)\s+([0-9]{1,5})\s+char", re.I)
_TYPES = (
    ("date", re.compile(r"\bis not a (?:valid )?date\b", re.I)),
    ("integer", re.compile(r"\bis not a (?:valid )?(?:whole number|integer)\b", re.I)),
    ("number", re.compile(r"\bis not a (?:valid )?(?:number|decimal|amount)\b", re.I)),
)
_UNKNOWN = re.compile(
    r"\b(?:does not exist|is unknown|is not known|not found|is inactive|is not valid|is invalid|is none of)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Experience:
    """What is known of one column.

    Attributes:
        rows: Accepted rows that had the column.
        filled: How many of them had a value.
        longest: Characters of the longest accepted value.
        fits: Accepted values by what they read as: "number", "integer", "date", "boolean", "code" (zeros in front).
        values: The different accepted values; None once there were too many, or one was too long to keep.
        said_required: Rejections that said the value was missing.
        said_limit: Smallest limit of characters that a rejection named; None where none did.
        said_types: Rejections that said the value was none of the type, by type.
        refused: Values that a rejection called unknown, a bounded choice of them.
    """

    rows: int = 0
    filled: int = 0
    longest: int = 0
    fits: Mapping[str, int] = field(default_factory=dict)
    values: frozenset[str] | None = frozenset()
    said_required: int = 0
    said_limit: int | None = None
    said_types: Mapping[str, int] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()

    def __add__(self, other: Experience) -> Experience:
        limits = [limit for limit in (self.said_limit, other.said_limit) if limit is not None]
        values = None if self.values is None or other.values is None else self.values | other.values
        return Experience(
            rows=self.rows + other.rows,
            filled=self.filled + other.filled,
            longest=max(self.longest, other.longest),
            fits=_sum(self.fits, other.fits),
            values=values if values is not None and len(values) <= MOST_VALUES else None,
            said_required=self.said_required + other.said_required,
            said_limit=min(limits, default=None),
            said_types=_sum(self.said_types, other.said_types),
            refused=_few(self.refused | other.refused),
        )


def observe(
    table: Table, accepted: Iterable[int], errors: Sequence[RowError], marker: str = ""
) -> dict[str, Experience]:
    """What one send shows, by column.

    Args:
        table: The rows that were sent.
        accepted: Sheet rows that the service accepted.
        errors: What the service said about others; local findings teach nothing.
        marker: Cell text that sets a value to empty; counts as blank.
    """
    taken = set(accepted)
    rows = [row.values for row in table.rows if row.sheet_row in taken]
    found = {
        name: _observe_column([None if row[place] == marker else row[place] for row in rows])
        for place, name in enumerate(table.names)
    }
    values = {row.sheet_row: row.values for row in table.rows}
    for error in errors:
        if error.code in (Code.SERVICE, Code.VALIDATION) and error.column in found and error.sheet_row in values:
            value = values[error.sheet_row][table.names.index(error.column)]
            found[error.column] += _observe_message(error.message, value)
    return {name: item for name, item in found.items() if item != Experience()}


def _observe_column(values: Sequence[str | None]) -> Experience:
    texts = [value.strip() for value in values if value and value.strip()]
    fits: dict[str, int] = {}
    for text in texts:
        for kind in _kinds(text):
            fits[kind] = fits.get(kind, 0) + 1
    longest = max(map(len, texts), default=0)
    different = frozenset(texts)
    few = len(different) <= MOST_VALUES and longest <= LONGEST_VALUE
    return Experience(len(values), len(texts), longest, fits, different if few else None)


def _kinds(text: str) -> Iterable[str]:
    if _ZEROS.match(text):
        yield "code"
    elif (number := parse_number(text)) is not None:
        yield "number"
        if number == number.to_integral_value():
            yield "integer"
    if parse_moment(text) is not None:
        yield "date"
    if text.casefold() in _BOOLEANS:
        yield "boolean"


def _observe_message(message: str, value: str | None) -> Experience:
    """What a rejection says about the column that it means."""
    blank = not (value and value.strip())
    limit = _LIMIT.search(message)
    kinds = {kind: 1 for kind, pattern in _TYPES if pattern.search(message)}
    unknown = not blank and not kinds and limit is None and _UNKNOWN.search(message) is not None
    short = value.strip() if value and len(value.strip()) <= LONGEST_VALUE else ""
    return Experience(
        said_required=1 if blank and _ABSENT.search(message) else 0,
        said_limit=int(limit[1]) if limit else None,
        said_types=kinds,
        refused=frozenset((short,)) if unknown and short else frozenset(),
    )


def merge(one: Mapping[str, Experience], other: Mapping[str, Experience]) -> dict[str, Experience]:
    """Two experiences put together, by column."""
    names = dict.fromkeys((*one, *other))
    return {name: one.get(name, Experience()) + other.get(name, Experience()) for name in names}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}


def _few(values: frozenset[str]) -> frozenset[str]:
    """At most so many, chosen by their hash, so that it does not matter in which order they came."""
    ordered = sorted(values, key=lambda text: hashlib.sha256(text.encode()).digest())
    return frozenset(ordered[:MOST_VALUES])
