"""Tables as pandas frames and CSV files, and back; the only door to pandas.

A frame forgets sheet rows and turns codes into floats, so it stands at the edge only (architecture.md §4): everything
goes out as text, and comes in as it is, with NaN and NaT as blanks.
"""

from __future__ import annotations

import re
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
_FORMULA_STARTS = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


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
    """Header and rows of a CSV file, all of them texts, so that codes keep their zeros; empty fields are blanks.

    An apostrophe that ``csv_bytes`` put before a text is taken off again.
    """
    import pandas as pd

    names, rows = from_frame(pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig"))
    return [str(_unguarded(name)) for name in names], [tuple(map(_unguarded, row)) for row in rows]


def csv_bytes(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    """A CSV file with a header, UTF-8 with a byte order mark, as Excel opens it.

    Excel takes a field that begins with = + - @, tab or CR for a formula. The rows are a service's, so such a field
    gets an apostrophe before it, unless it is a number.
    """
    guarded = [tuple(map(_guarded, row)) for row in rows]
    text: str = to_frame([str(_guarded(name)) for name in columns], guarded).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _guarded(text: str | None) -> str | None:
    return f"'{text}" if text and _looks_like_formula(text) else text


def _unguarded(value: CellValue) -> CellValue:
    is_guarded = isinstance(value, str) and value[:1] == "'" and _looks_like_formula(value[1:])
    return value[1:] if isinstance(value, str) and is_guarded else value


def _looks_like_formula(text: str) -> bool:
    """Whether it gets an apostrophe; one with an apostrophe of its own does too, so that it keeps that one."""
    bare = text.lstrip("'")
    return bare[:1] in _FORMULA_STARTS and (bare != text or not _NUMBER.fullmatch(text))


def _cell(value: object) -> CellValue:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, datetime):
        return datetime.fromisoformat(plain.isoformat()[:26])
    return plain if isinstance(plain, _CELL_TYPES) else str(plain)
