"""What one document of rows holds, as its readers hand it on, and how large it may be."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from xlsc.wire.malformed import MalformedXml

#: Levels of elements; a data set with its schema needs twelve.
MAX_DEPTH = 32
#: Columns of a table, the width of an Excel sheet.
MAX_COLUMNS = 16_384
#: Places for values in a table whose rows leave most of them empty, as a few bytes of XML can ask for very many.
MAX_SPARSE_PLACES = 20_000_000
#: Beyond that, one place in so many must hold a value.
SPARSE_RATIO = 10

#: For readers of answers: as many rows as come.
UNLIMITED = sys.maxsize

WireRow = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class TableDocument:
    """The content of one document.

    Attributes:
        columns: Of the schema, then of the rows in order of first appearance.
        rows: Values in column order; None where the element was missing or nil.
        variables: From Key and Value elements.
        variables_text: Text that stood in place of them.
        escaped: Documents that stood as text where rows may stand.
    """

    columns: list[str]
    rows: Sequence[WireRow]
    variables: dict[str, str] = field(default_factory=dict)
    variables_text: str = ""
    escaped: Sequence[str] = ()


def check_row_count(rows: int, limit: int) -> None:
    """Whether a table of so many rows is taken.

    Raises:
        MalformedXml: It has more than the limit.
    """
    if rows > limit:
        raise MalformedXml(f"The table has more than {limit:,} rows.")


def is_too_sparse(rows: int, columns: int, values: int) -> bool:
    """Whether a table of this size would hold next to nothing but empty places."""
    return rows * columns > max(MAX_SPARSE_PLACES, values * SPARSE_RATIO)
