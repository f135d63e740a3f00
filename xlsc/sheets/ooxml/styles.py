"""The looks of cells: number formats, fills, fonts. New looks are appended, none is ever changed or moved.

Source: ECMA-376 part 1 §18.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from xlsc.sheets.ooxml.serials import BUILTIN_FORMATS
from xlsc.sheets.ooxml.xml_parts import MAIN, child, children, local, namespace, to_bytes

_TRUE = ("1", "true")
_FIRST_OWN_FORMAT = 164
#: Built-in formats that mean the same in every language edition.
_SAME_EVERYWHERE = (0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 20, 21, 45, 46, 47, 48, 49)
#: Collections that an xf points into: attribute, collection, element.
_POINTERS = {
    "fontId": ("fonts", "font", "applyFont"),
    "fillId": ("fills", "fill", "applyFill"),
    "borderId": ("borders", "border", "applyBorder"),
}
#: Order of the collections before cellXfs.
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")
#: Order of a font's parts as the schema wants it, as far as they are written here.
_FONT_ORDER = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color")
#: Styles of a workbook that has none: one font, the two fills that must be there, one border, one style.
MINIMAL_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()


@dataclass(frozen=True, slots=True)
class Look:
    """What to change about a cell's look; None leaves a thing as it is.

    Attributes:
        fill: Colour behind the cell as RRGGBB.
        colour: Colour of its text as RRGGBB.
        bold: Whether its text is bold.
        italic: Whether its text is slanted.
        underline: Whether its text is underlined.
        bottom_line: Whether a thin line is drawn below it.
        number_format: As Excel spells it.
        quote_prefix: Whether the text stays a text when a person edits the cell.
        wrap: Whether the text is broken into lines.
    """

    fill: str | None = None
    colour: str | None = None
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    bottom_line: bool | None = None
    number_format: str | None = None
    quote_prefix: bool | None = None
    wrap: bool | None = None


class Styles:
    """The styles part of a workbook.

    Args:
        root: Its root element; changed in place.

    Attributes:
        changed: Whether anything was appended since it was read.
    """

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._namespace = namespace(root)
        self.changed = False
        self._xfs = self._collection("cellXfs")
        if not len(self._xfs):
            attributes = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
            etree.SubElement(self._xfs, self._tag("xf"), attributes)
        self._by_key: dict[str, int] = {}
        for index, xf in enumerate(self._xfs):
            self._by_key.setdefault(_canonical(xf), index)
        self._made: dict[tuple[int, Look], int] = {}
        self._items: dict[str, dict[str, int]] = {}
        self._by_colour: dict[str, set[int]] = {}
        for index, xf in enumerate(self._xfs):
            self._remember_colour(index, xf)

    def to_bytes(self) -> bytes:
        """The part to write."""
        return to_bytes(self._root)

    def number_formats(self) -> list[str]:
        """The number format of each style."""
        own = self._own_formats()
        return [
            own.get(number) or BUILTIN_FORMATS.get(number, "General")
            for number in (int(xf.get("numFmtId", "0")) for xf in self._xfs)
        ]

    def number_format(self, style: int) -> str:
        """The number format of one style."""
        number = int(self._xf(style).get("numFmtId", "0"))
        return self._own_formats().get(number) or BUILTIN_FORMATS.get(number, "General")

    def is_locked(self, style: int) -> bool:
        """Whether a protected sheet keeps cells of that style from being changed."""
        protection = child(self._xf(style), "protection")
        return protection is None or protection.get("locked", "1") in _TRUE

    def styles_with_fill(self, colour: str) -> frozenset[int]:
        """All styles with a solid fill of exactly that colour (RRGGBB)."""
        return frozenset(self._by_colour.get(colour, ()))

    def with_look(self, style: int, look: Look) -> int:
        """The style that differs from another one in a look only; appended where there is none yet."""
        key = (style, look)
        if key not in self._made:
            self._made[key] = self._find_or_append(self._changed_xf(style, look))
        return self._made[key]

    def describe_fill(self, style: int) -> str:
        """The fill of a style as XML that means the same in any workbook; for ``with_fill``."""
        xf = self._xf(style)
        fills = self._collection("fills")
        index = int(xf.get("fillId", "0"))
        whole = etree.Element("style")
        _set_or_drop(whole, "applyFill", xf.get("applyFill"))
        if index < len(fills):
            whole.append(_copy(fills[index]))
        return str(etree.tostring(whole, encoding="unicode"))

    def with_fill(self, style: int, description: str) -> int:
        """The style that differs from another one in having a described fill."""
        whole = etree.fromstring(description.encode())
        xf = _copy(self._xf(style))
        fill = child(whole, "fill")
        xf.set("fillId", "0" if fill is None else str(self._item("fills", _copy(fill))))
        _set_or_drop(xf, "applyFill", whole.get("applyFill"))
        return self._find_or_append(xf)

    def _changed_xf(self, style: int, look: Look) -> etree._Element:
        xf = _copy(self._xf(style))
        if look.fill is not None:
            self._point(xf, "fillId", lambda _: self._solid_fill(look.fill or ""))
        if (look.colour, look.bold, look.italic, look.underline) != (None, None, None, None):
            self._point(xf, "fontId", lambda font: self._changed_font(font, look))
        if look.bottom_line:
            self._point(xf, "borderId", self._with_bottom_line)
        if look.number_format is not None:
            xf.set("numFmtId", str(self._number_format_id(look.number_format)))
            xf.set("applyNumberFormat", "1")
        if look.quote_prefix is not None:
            _set_or_drop(xf, "quotePrefix", "1" if look.quote_prefix else None)
        if look.wrap is not None:
            self._set_wrap(xf, look.wrap)
        return xf

    def _point(self, xf: etree._Element, attribute: str, change: Callable[[etree._Element], etree._Element]) -> None:
        collection, name, applies = _POINTERS[attribute]
        items = self._collection(collection)
        index = int(xf.get(attribute, "0"))
        old = _copy(items[index]) if index < len(items) else etree.Element(self._tag(name))
        xf.set(attribute, str(self._item(collection, change(old))))
        xf.set(applies, "1")

    def _solid_fill(self, colour: str) -> etree._Element:
        fill = etree.Element(self._tag("fill"))
        pattern = etree.SubElement(fill, self._tag("patternFill"), {"patternType": "solid"})
        etree.SubElement(pattern, self._tag("fgColor"), {"rgb": f"FF{colour}"})
        etree.SubElement(pattern, self._tag("bgColor"), {"indexed": "64"})
        return fill

    def _changed_font(self, font: etree._Element, look: Look) -> etree._Element:
        for name, wanted in (("b", look.bold), ("i", look.italic), ("u", look.underline)):
            if wanted is not None:
                _remove(font, name)
                if wanted:
                    self._insert_font_item(font, name, {})
        if look.colour is not None:
            _remove(font, "color")
            self._insert_font_item(font, "color", {"rgb": f"FF{look.colour}"})
        return font

    def _insert_font_item(self, font: etree._Element, name: str, attributes: dict[str, str]) -> None:
        before = _FONT_ORDER[: _FONT_ORDER.index(name)]
        index = sum(local(item) in before for item in font)
        font.insert(index, etree.Element(self._tag(name), attributes))

    def _with_bottom_line(self, border: etree._Element) -> etree._Element:
        bottom = child(border, "bottom")
        if bottom is None:
            bottom = etree.Element(self._tag("bottom"))
            before = sum(local(item) in ("start", "end", "left", "right", "top") for item in border)
            border.insert(before, bottom)
        if not bottom.get("style"):
            bottom.set("style", "thin")
            etree.SubElement(bottom, self._tag("color"), {"auto": "1"})
        return border

    def _set_wrap(self, xf: etree._Element, wrap: bool) -> None:
        alignment = child(xf, "alignment")
        if alignment is None:
            if not wrap:
                return
            alignment = etree.Element(self._tag("alignment"))
            xf.insert(0, alignment)
        _set_or_drop(alignment, "wrapText", "1" if wrap else None)
        xf.set("applyAlignment", "1")

    def _number_format_id(self, number_format: str) -> int:
        own = self._own_formats()
        for number, text in own.items():
            if text == number_format:
                return number
        for number in _SAME_EVERYWHERE:
            if BUILTIN_FORMATS[number] == number_format and number not in own:
                return number
        number = max([_FIRST_OWN_FORMAT - 1, *own]) + 1
        collection = self._collection("numFmts")
        etree.SubElement(collection, self._tag("numFmt"), {"numFmtId": str(number), "formatCode": number_format})
        self._count(collection)
        return number

    def _own_formats(self) -> dict[int, str]:
        collection = child(self._root, "numFmts")
        return {int(item.get("numFmtId", "0")): item.get("formatCode", "") for item in children(collection, "numFmt")}

    def _item(self, collection: str, item: etree._Element) -> int:
        """Index of an equal item of a collection; appended where there is none."""
        items = self._collection(collection)
        if collection not in self._items:
            self._items[collection] = {}
            for index, old in enumerate(items):
                self._items[collection].setdefault(_canonical(old), index)
        known, wanted = self._items[collection], _canonical(item)
        if wanted not in known:
            items.append(item)
            self._count(items)
            known[wanted] = len(items) - 1
        return known[wanted]

    def _find_or_append(self, xf: etree._Element) -> int:
        key = _canonical(xf)
        if key not in self._by_key:
            self._xfs.append(xf)
            self._count(self._xfs)
            self._by_key[key] = len(self._xfs) - 1
            self._remember_colour(len(self._xfs) - 1, xf)
        return self._by_key[key]

    def _remember_colour(self, style: int, xf: etree._Element) -> None:
        fills = self._collection("fills")
        index = int(xf.get("fillId", "0"))
        if 0 <= index < len(fills):
            self._by_colour.setdefault(_solid_colour(fills[index]), set()).add(style)

    def _count(self, collection: etree._Element) -> None:
        collection.set("count", str(len(collection)))
        self.changed = True

    def _collection(self, name: str) -> etree._Element:
        found = child(self._root, name)
        if found is None:
            found = etree.Element(self._tag(name))
            before = _ORDER[: _ORDER.index(name)]
            self._root.insert(sum(local(item) in before for item in self._root), found)
        return found

    def _xf(self, style: int) -> etree._Element:
        return self._xfs[style] if 0 <= style < len(self._xfs) else self._xfs[0]

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"


def _copy(element: etree._Element) -> etree._Element:
    """A copy of an element without the namespaces that only its document declares."""
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    etree.cleanup_namespaces(copied)
    return copied


def _canonical(element: etree._Element) -> str:
    data: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return data.decode()


def _remove(element: etree._Element, name: str) -> None:
    for item in children(element, name):
        element.remove(item)


def _set_or_drop(element: etree._Element, name: str, value: str | None) -> None:
    if value is not None:
        element.set(name, value)
    elif name in element.attrib:
        del element.attrib[name]


def _solid_colour(fill: etree._Element) -> str:
    pattern = child(fill, "patternFill")
    colour = child(pattern, "fgColor")
    if pattern is None or colour is None or pattern.get("patternType") != "solid":
        return ""
    return colour.get("rgb", "").upper()[-6:]
