"""The texts that cells share, read in one pass; rich text is joined, phonetic guides are left out.

Source: ECMA-376 part 1 §18.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xlsc.sheets.ooxml.cell_text import decode_text
from xlsc.wire.xml_text import unescape

_ITEM = re.compile(r"<si\b[^>]*?(?:/>|>(.*?)</si\s*>)", re.DOTALL)
_PIECE = re.compile(r"<t\b[^>]*?(?:/>|>([^<]*)</t\s*>)")
_PHONETIC = re.compile(r"<rPh\b.*?</rPh\s*>", re.DOTALL)


def read_shared_strings(chunks: Iterable[str]) -> list[str | None]:
    """The texts in order; None for empty ones.

    Args:
        chunks: The part's plain text (see PlainTexts).
    """
    text = "".join(chunks)
    return [rich_text(item) for item in _ITEM.findall(text)]


def rich_text(item: str) -> str | None:
    """The text of an ``si`` or ``is`` element's content; None where it is empty.

    >>> rich_text("<r><t>Ban</t></r><r><rPr><b/></rPr><t>k</t></r><rPh sb='0' eb='1'><t>x</t></rPh>")
    'Bank'
    """
    if "<rPh" in item:
        item = _PHONETIC.sub("", item)
    return plain_text("".join(_PIECE.findall(item))) or None


def plain_text(text: str) -> str:
    """The text that a ``t`` element's raw content stands for.

    >>> plain_text("a &amp; b")
    'a & b'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return decode_text(unescape(text))
