"""Marks and how they are undone: every fill that a mark covers has a mark colour of its own.

A marked cell may be sorted, moved or copied; its colour still tells which fill it had before. So nothing about places
is kept, only which colour stands for which fill. The colours differ by a shade that nobody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

#: A light red, RRGGBB; further ones lie beside it.
FIRST = 0xFFC7CE
COUNT = 48 * 48
#: Who writes marks' notes.
AUTHOR = "SmartConnect"
PROPERTY = "xlsc.fill."


class MarkColours:
    """Which mark colour stands for which fill.

    Args:
        fills: Description of a fill by its colour, RRGGBB.
        is_taken: Whether the workbook uses a colour for something else.
    """

    def __init__(self, fills: Mapping[str, str], is_taken: Callable[[str], bool]) -> None:
        self.fills = dict(fills)
        self._is_taken = is_taken
        self._by_fill = {fill: colour for colour, fill in self.fills.items()}

    def colour_for(self, fill: str) -> str:
        """The mark colour that stands for a fill; chosen when there is none yet."""
        if fill not in self._by_fill:
            colour = next(
                (colour for colour in _shades() if colour not in self.fills and not self._is_taken(colour)),
                f"{FIRST:06X}",
            )
            self.fills[colour] = fill
            self._by_fill[fill] = colour
        return self._by_fill[fill]


def read_fills(texts: Mapping[str, str]) -> dict[str, str]:
    """Fill by mark colour, from a workbook's properties (their parts put together)."""
    return {name.removeprefix(PROPERTY): text for name, text in texts.items() if name.startswith(PROPERTY)}


def property_name(colour: str) -> str:
    """The property that keeps what a mark colour stands for."""
    return f"{PROPERTY}{colour}"


def _shades() -> Iterator[str]:
    """Colours around the first one: its blue part goes up and down, then its green part."""
    for step in range(COUNT):
        green, blue = divmod(step, 48)
        yield f"{FIRST + (green << 8) + blue:06X}"
