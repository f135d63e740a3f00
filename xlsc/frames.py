"""Tables as pandas frames and CSV files, and back; the only door to pandas.

A frame forgets sheet rows and turns codes into floats, so it stands at the edge only (architecture.md §4): everything
goes out as text, and comes in as it is, with NaN and NaT as blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from xlsc.core.table import CellError, CellValue

if TYPE_CHECKING:
    import pandas as pd

#: Types that cells hold as they are.
_CELL_TYPES = (str, bool, int, float, Decimal, date, time, timedelta, CellError)


def to_frame(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> pd.DataFrame:
    """A frame of texts, ``object`` columns with None for blanks; nothing is guessed.

    Args:
        columns: Names in order.
        rows: Wire texts in column order.
    """
    import pandas as pd

    return pd.DataFrame([list(row) for row in rows], columns=pd.Index(list(columns)), dtype=object)


def from_frame(frame: pd.DataFrame) -> tuple[list[str], list[tuple[CellValue, ...]]]:
    """Column names and rows of cell values; NaN, NaT and NA are blanks, the index is left out."""
    names = [str(name) for name in frame.columns]
    blanks = frame.isna().to_numpy()
    rows = [
        tuple(None if blank else _cell(value) for value, blank in zip(values, row_blanks, strict=True))
        for values, row_blanks in zip(frame.itertuples(index=False, name=None), blanks, strict=True)
    ]
    return names, rows


def read_csv(path: Path) -> tuple[list[str], list[tuple[CellValue, ...]]]:
    """Header and rows of a CSV file, all of them texts, so that codes keep their zeros; empty fields are blanks."""
    import pandas as pd

    return from_frame(pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig"))


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """A CSV file with a header, UTF-8 with a byte order mark, as Excel opens it."""
    to_frame(columns, rows).to_csv(path, index=False, encoding="utf-8-sig")


def _cell(value: object) -> CellValue:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, datetime):
        return datetime.fromisoformat(plain.isoformat()[:26])
    return plain if isinstance(plain, _CELL_TYPES) else str(plain)
