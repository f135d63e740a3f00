"""How headers look, in files and in Excel: bold; key columns tinted, underlined and noted, so that print shows them."""

from __future__ import annotations

from xlsc.sheets.ooxml.styles import Look

KEY_FILL = "DDEBF7"
#: Who writes headers' notes; marks' notes are another author's.
HEADER_AUTHOR = "xlsc"
_MIN_WIDTH = 11
_MAX_WIDTH = 40


def header_look(*, is_key: bool) -> Look:
    """The look of a header."""
    if is_key:
        return Look(fill=KEY_FILL, bold=True, underline=True, bottom_line=True, number_format="@")
    return Look(bold=True, bottom_line=True, number_format="@")


def header_width(text: str) -> float:
    """Width of a column in characters, so that its header can be read."""
    return float(min(max(len(text) + 3, _MIN_WIDTH), _MAX_WIDTH))
