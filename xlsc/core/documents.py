"""Documents: rows that share their key columns; the service takes or refuses them whole. No sending, no states.

Source: P §5 (key fields group rows into documents, counts are documents) [doc], P §2.5 [obs].
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from operator import itemgetter

from xlsc.core.canonical import Memo, canonical
from xlsc.core.table import Row, Table

#: Goes into every fingerprint; a change of the canonical form needs a new one.
_FORM = "xlsc-document-2"


@dataclass(frozen=True, slots=True)
class Document:
    """Rows that the service takes or refuses together.

    Attributes:
        key: Wire texts of the key columns, in column order; () without key columns.
        indexes: 0-based positions in ``table.rows``, ascending.
    """

    key: tuple[str | None, ...]
    indexes: tuple[int, ...]


def key_of(table: Table) -> Callable[[Row], tuple[str | None, ...]]:
    """A function that gives a row's key."""
    indexes = table.key_indexes
    if len(indexes) < 2:
        return lambda row: tuple(row.values[index] for index in indexes)
    pick = itemgetter(*indexes)
    return lambda row: tuple(pick(row.values))


def group_documents(table: Table) -> list[Document]:
    """The table's documents in order of first appearance; their rows need not stand together.

    Without key columns every row is a document of its own, and so is a row with a blank key cell: nothing says
    which document it belongs to, and the checks refuse it.

    Source: P §5 (grouping into unique combinations of the key fields) [doc].
    """
    if not table.key_indexes:
        return [Document((), (index,)) for index in range(len(table.rows))]
    pick = key_of(table)
    groups: dict[object, tuple[tuple[str | None, ...], list[int]]] = {}
    for index, row in enumerate(table.rows):
        key = pick(row)
        if all(key):
            groups.setdefault(key, (key, []))[1].append(index)
        else:
            groups[index] = (key, [index])
    return [Document(key, tuple(indexes)) for key, indexes in groups.values()]


def widen(table: Table, sheet_rows: Container[int]) -> Table:
    """All rows of every document that has at least one row among ``sheet_rows`` (1-based, as on the sheet).

    The order of the rows stays.
    """
    rows = table.rows
    wanted: set[int] = set()
    for document in group_documents(table):
        if any(rows[index].sheet_row in sheet_rows for index in document.indexes):
            wanted.update(document.indexes)
    return table.with_rows([rows[index] for index in sorted(wanted)])


def split_documents(documents: Sequence[Document], per_run: int) -> list[list[Document]]:
    """The documents in chunks of at most ``per_run``; a document is never split, the order stays.

    Raises:
        ValueError: ``per_run`` is below 1.
    """
    if per_run < 1:
        raise ValueError(f"documents per run: {per_run} is below 1")
    return [list(documents[start : start + per_run]) for start in range(0, len(documents), per_run)]


def fingerprint(table: Table, document: Document, scope: tuple[str, ...] = ()) -> str:
    """SHA-256 (64 hex digits) of what a document says, however it is written down.

    The order of columns and rows, blank cells, the spelling of numbers, dates and booleans, the case of column names
    and of the values of key columns make no difference: databases mostly ignore the case of a document's number, and
    a needless question is better than a document posted twice. A row that stands twice differs from one that stands
    once. Equal documents without key columns have equal fingerprints: only their count tells them apart.

    Args:
        table: Holds the document.
        document: One of ``group_documents(table)``.
        scope: What else tells documents apart, such as company and process.
    """
    return fingerprints(table, [document], scope)[0]


def fingerprints(table: Table, documents: Sequence[Document], scope: tuple[str, ...] = ()) -> list[str]:
    """The fingerprint of each document, in their order; as ``fingerprint``, faster in bulk."""
    start = hashlib.sha256(_framed((_FORM, *scope)).encode("utf-8", "surrogatepass"))
    names = [column.name.casefold() for column in table.columns]
    order = sorted(range(len(names)), key=names.__getitem__)
    labels = [_framed((names[index],)) for index in order]
    memo, key_memo = Memo(canonical), Memo(_canonical_key)
    memos = [key_memo if table.columns[index].is_key else memo for index in order]
    answers: list[str] = []
    for document in documents:
        texts = [_row_text(table.rows[index].values, order, labels, memos) for index in document.indexes]
        digest = start.copy()
        digest.update(_framed(sorted(texts)).encode("utf-8", "surrogatepass"))
        answers.append(digest.hexdigest())
    return answers


def _canonical_key(text: str | None) -> str | None:
    found = canonical(text)
    return found.casefold() if found else found


def _row_text(values: Sequence[str | None], order: Sequence[int], labels: Sequence[str], memos: Sequence[Memo]) -> str:
    parts: list[str] = []
    for index, label, memo in zip(order, labels, memos, strict=True):
        value = values[index]
        if value is not None and (text := memo[value]) is not None:
            parts.append(f"{label}{len(text)}:{text}")
    return "".join(parts)


def _framed(parts: Sequence[str]) -> str:
    """Parts with their lengths in front, so that no two lists of parts run together to the same text."""
    return "".join(f"{len(part)}:{part}" for part in parts)
