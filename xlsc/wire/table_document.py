"""What one document of rows holds, as its readers hand it on, and how large it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

#: Levels of elements; a data set with its schema needs twelve.
MAX_DEPTH = 32
#: Columns of a table, the width of an Excel sheet.
MAX_COLUMNS = 16_384

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
