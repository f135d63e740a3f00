"""Defined names of a workbook in a running Excel: what they refer to, asked through xlwings' public interface."""

from __future__ import annotations

from typing import Any


def refers_to(book: Any, name: str) -> str:  # noqa: ANN401 - an xlwings Book
    """What a name of the whole workbook refers to, such as "=Lists!$A$2:$A$7"; "" where there is no such name."""
    for item in book.names:
        if str(item.name).casefold() == name.casefold():
            return str(item.refers_to)
    return ""
