"""What Excel makes of a value that is typed into a cell."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

ERRORS = {"#NULL!": -2146826288, "#DIV/0!": -2146826281, "#VALUE!": -2146826273, "#REF!": -2146826265}
ERRORS |= {"#NAME?": -2146826259, "#NUM!": -2146826252, "#N/A": -2146826246}
ERROR_TEXTS = frozenset(ERRORS)


def looks_typed(text: str) -> bool:
    """Whether a cell without the format for texts would hold something else than this text."""
    return bool(type_in(text, "General") != text)


def type_in(value: Any, number_format: str) -> Any:  # noqa: C901 - one case per trap
    """What a cell holds after a value was typed into it."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if number_format == "@":
        return value
    if value.startswith("'"):
        return value[1:]
    if value.startswith("="):
        return ERRORS["#NAME?"]
    if value in ERRORS:
        return ERRORS[value]
    if value.upper() in ("TRUE", "FALSE"):
        return value.upper() == "TRUE"
    if re.fullmatch(r"\s*[-+]?\d[\d,]*(\.\d*)?([eE][-+]?\d+)?%?\s*", value):
        return float(value.strip().rstrip("%").replace(",", ""))
    if re.fullmatch(r"\d{1,2}/\d{1,2}(/\d{2,4})?|\d{4}-\d\d-\d\d", value):
        return dt.datetime(2026, 1, 1)
    return value
