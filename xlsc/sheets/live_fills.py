"""Fills of cells as a running Excel tells them, and as files describe them, so that either can restore the other's.

Source: office-files.md (fills in styles.xml), Excel's published constants of XlPattern and XlThemeColor.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: A colour that nobody chose: Excel's own for a pattern's background.
_AUTOMATIC = {"indexed": "64"}
_COLOURS = ("fgColor", "bgColor")


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour, in the words of files.

    Attributes:
        kind: "rgb", "theme", "indexed", or "" for the automatic one.
        value: RRGGBB, or the 0-based number of the theme's or the palette's colour.
        tint: How much lighter (to 1) or darker (to -1) a theme's colour is shown.
    """

    kind: str = ""
    value: str = ""
    tint: float = 0.0


@dataclass(frozen=True, slots=True)
class Fill:
    """One cell's fill.

    Attributes:
        pattern: As files name it, such as "none", "solid" or "gray125".
        fore: The colour of a solid fill, or of a pattern's dots and lines.
        back: What is seen behind them.
    """

    pattern: str = "none"
    fore: Colour = Colour()
    back: Colour = Colour()

    @property
    def rgb(self) -> str:
        """RRGGBB of a solid fill in a colour of its own; "" for any other fill."""
        return self.fore.value if self.pattern == "solid" and self.fore.kind == "rgb" else ""


NO_FILL = Fill()


def solid(rgb: str) -> Fill:
    """A plain fill; RRGGBB."""
    return Fill("solid", Colour("rgb", rgb))


def describe_fill(fill: Fill) -> str:
    """The fill as files describe it, for ``MarkColours``.

    >>> read_fill(describe_fill(solid("FFC7CE"))) == solid("FFC7CE")
    True
    """
    style = etree.Element("style", {} if fill == NO_FILL else {"applyFill": "1"})
    outer = etree.SubElement(style, f"{{{_NAMESPACE}}}fill", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
    pattern = etree.SubElement(outer, f"{{{_NAMESPACE}}}patternFill", {"patternType": fill.pattern})
    if fill.pattern != "none":
        for name, colour in zip(_COLOURS, (fill.fore, fill.back), strict=True):
            etree.SubElement(pattern, f"{{{_NAMESPACE}}}{name}", _write_colour(colour))
    return str(etree.tostring(style, encoding="unicode"))


def read_fill(description: str) -> Fill | None:
    """The described fill; None for one that is no pattern, such as a gradient."""
    style = etree.fromstring(description.encode())
    fill = style.find("{*}fill")
    if fill is None:
        return NO_FILL
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return NO_FILL if len(fill) == 0 else None
    kind = pattern.get("patternType", "none")
    return NO_FILL if kind == "none" else Fill(kind, *(_read_colour(pattern.find(f"{{*}}{name}")) for name in _COLOURS))


def _write_colour(colour: Colour) -> dict[str, str]:
    if not colour.kind:
        return dict(_AUTOMATIC)
    value = f"FF{colour.value}" if colour.kind == "rgb" else colour.value
    return {colour.kind: value} | ({"tint": repr(colour.tint)} if colour.tint else {})


def _read_colour(element: etree._Element | None) -> Colour:
    if element is None or element.get("indexed") in ("64", "65"):
        return Colour()
    tint = float(element.get("tint", "0"))
    for kind in ("rgb", "theme", "indexed"):
        value = element.get(kind)
        if value is not None:
            return Colour(kind, value[-6:].upper() if kind == "rgb" else value, tint)
    return Colour()
