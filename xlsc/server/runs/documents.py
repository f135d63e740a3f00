"""Rows to documents: blank ones left out where the process says so, the others grouped by key (P §5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsc.server.processes.definition import BlankLines
from xlsc.server.runs.typed_rows import RowTypes


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The rows of a run, in source order."""

    types: RowTypes
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Document:
    """Rows that are sent or refused together.

    Attributes:
        indexes: 0-based positions in the source, ascending.
    """

    indexes: tuple[int, ...]


def kept_indexes(source: SourceRows) -> Iterable[int]:
    """Positions of the rows that count, after the option "blank lines"."""
    policy = source.types.definition.options.blank_lines
    for index, row in enumerate(source.rows):
        if policy is BlankLines.NOTHING:
            yield index
        elif policy is BlankLines.EXCLUDE_BLANK:
            if any(text and not text.isspace() for text in row):
                yield index
        elif source.types.key(row) is not None:
            yield index


def group_documents(source: SourceRows) -> list[Document]:
    """The documents in order of first appearance; their rows need not stand together.

    Without key columns every row is a document of its own, and so is a row with a blank key.
    """
    if not source.types.key_indexes:
        return [Document((index,)) for index in kept_indexes(source)]
    groups: dict[object, list[int]] = {}
    for index in kept_indexes(source):
        key = source.types.key(source.rows[index])
        groups.setdefault(("row", index) if key is None else key, []).append(index)
    return [Document(tuple(indexes)) for indexes in groups.values()]
