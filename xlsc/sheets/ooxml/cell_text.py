"""Cells as the text of their XML element: written from values, and texts in and out of Excel's own escapes.

Texts are written as texts whatever they begin with. Source: ECMA-376 part 1 §18.3.1.4, §22.9.2.19 (``_x000D_``),
peers.md §8.3 (cells as an attack surface).
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from xlsc.core.addresses import format_cell
from xlsc.core.table import CellError, CellValue
from xlsc.core.values import MAX_TEXT_LENGTH
from xlsc.errors import WorkbookError
from xlsc.sheets.ooxml.serials import to_serial

#: First characters that make a spreadsheet take typed text for a formula (ASVS 1.2.10).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Error texts that every Excel knows.
_KNOWN_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MUST_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def needs_quote_prefix(value: CellValue) -> bool:
    """Whether a value is a text that would become a formula once a person edits the cell.

    >>> needs_quote_prefix("=1+1"), needs_quote_prefix(-5), needs_quote_prefix(" = ")
    (True, False, False)
    """
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def decode_text(text: str) -> str:
    r"""A stored text with Excel's escapes resolved.

    >>> decode_text("a_x000D_b"), decode_text("_x005F_x0041_")
    ('a\rb', '_x0041_')
    """
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    if _SURROGATE.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def encode_text(text: str) -> str:
    """A text as element content that every reader of workbooks reads back the same.

    >>> encode_text("a<b & _x0041_")
    'a&lt;b &amp; _x005F_x0041_'
    """
    return escape_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_text(text: str) -> str:
    r"""A text with Excel's escapes for what XML cannot hold, and for what would be read as such an escape.

    >>> escape_text("_x0041_ <\x07>")
    '_x005F_x0041_ <_x0007_>'
    """
    return _MUST_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", _SURROGATE.sub("\ufffd", text))


def cell_element(row: int, column: int, style: int, value: CellValue, *, from_1904: bool = False) -> str:
    """The element of one cell.

    Args:
        row: 1-based.
        column: 1-based.
        style: Index into the workbook's cell formats; 0 is the default.
        value: What the cell shall hold; moments before the workbook's epoch become ISO texts.
        from_1904: Whether the workbook counts days from 1904.

    Raises:
        WorkbookError: The text is longer than a cell can hold.

    >>> cell_element(2, 3, 0, 1001.0)
    '<c r="C2"><v>1001</v></c>'
    """
    address = format_cell(row, column)
    start = f'<c r="{address}" s="{style}"' if style else f'<c r="{address}"'
    if value is None or value == "":
        return f"{start}/>"
    if isinstance(value, str):
        return f"{start}{_text_content(value, address)}"
    kind, text = _content(value, from_1904)
    if kind == "inlineStr":
        return f"{start}{_text_content(text, address)}"
    typed = f' t="{kind}"' if kind else ""
    return f"{start}{typed}><v>{text}</v></c>"


def _text_content(text: str, address: str) -> str:
    if len(text) > MAX_TEXT_LENGTH // 2 and len(text.encode("utf-16-le", "replace")) // 2 > MAX_TEXT_LENGTH:
        raise WorkbookError(
            f"The text for cell {address} has {len(text):,} characters; a cell holds {MAX_TEXT_LENGTH:,}.",
            "Shorten it, or leave it out of this sheet.",
        )
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
    return f' t="inlineStr"><is><t{space}>{encode_text(text)}</t></is></c>'


def _content(value: CellValue, from_1904: bool) -> tuple[str, str]:
    """(type, text) of a value that is no text; type "" is a number."""
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, CellError):
        return ("e", value.text) if value.text in _KNOWN_ERRORS else ("inlineStr", value.text)
    if isinstance(value, (date, time, timedelta)):
        return _moment_content(value, from_1904)
    return _number_content(value)


def _number_content(value: CellValue) -> tuple[str, str]:
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        return "e", "#NUM!"
    if isinstance(value, float):
        return "", repr(value).removesuffix(".0")
    return "", format(value, "f") if isinstance(value, Decimal) else str(value)


def _moment_content(value: date | time | timedelta, from_1904: bool) -> tuple[str, str]:
    serial = to_serial(value, from_1904=from_1904)
    if serial is not None:
        return "", repr(serial).removesuffix(".0")
    return "inlineStr", value.isoformat(" ") if isinstance(value, datetime) else str(value)
