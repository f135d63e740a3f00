"""The frame around a worksheet's rows: view, columns, protection, merged cells, links to other parts.

Source: ECMA-376 part 1 §18.3.1.99 (the order of a worksheet's elements).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from xlsc.core.addresses import Area, format_cell, parse_area
from xlsc.errors import UsageError
from xlsc.sheets.ooxml.xml_parts import RELATIONSHIPS, child, children, local, namespace, relation_id, to_bytes

_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_DATA = re.compile(rb"<sheetData\s*/>")
_TRUE = ("1", "true")


class Frame:
    """A worksheet without its rows.

    Args:
        root: The worksheet element with an empty sheetData; changed in place.

    Attributes:
        changed: Whether it has to be written anew.
    """

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._namespace = namespace(root)
        self.changed = False

    def texts(self) -> tuple[str, str]:
        """(head, tail) as SheetText gives them."""
        head, tail = _DATA.split(to_bytes(self._root), maxsplit=1)
        return head.decode() + "<sheetData>", "</sheetData>" + tail.decode()

    def is_protected(self) -> bool:
        """Whether locked cells cannot be changed."""
        protection = child(self._root, "sheetProtection")
        return protection is not None and protection.get("sheet", "0") in _TRUE

    def protect(self, attributes: Mapping[str, str]) -> None:
        """Protect the sheet; an earlier protection goes."""
        found = child(self._root, "sheetProtection")
        if found is not None:
            self._root.remove(found)
        self._insert(self._new("sheetProtection", dict(attributes)))

    def merged_areas(self) -> list[Area]:
        """Merged cells, in the file's order."""
        merged = children(child(self._root, "mergeCells"), "mergeCell")
        return [area for area in (_area(item.get("ref", "")) for item in merged) if area]

    def selection(self) -> Area | None:
        """What was selected when the file was saved: one area of several cells; None for a cell or several areas."""
        view = self._view()
        selections = children(view, "selection")
        pane = child(view, "pane")
        active = pane.get("activePane", "topLeft") if pane is not None else "topLeft"
        for item in selections:
            if item.get("pane", "topLeft") == active:
                area = _area(item.get("sqref", "A1"))
                return area if area and area.height * area.width > 1 else None
        return None

    def column_style(self, column: int) -> int:
        """Style of a column's empty cells; 0 where it has none."""
        item = self._column(column)
        return int(item.get("style", "0")) if item is not None else 0

    def column_width(self, column: int) -> str | None:
        """The ``col`` element that holds for a column, as XML; None where there is none."""
        item = self._column(column)
        return None if item is None else str(etree.tostring(item, encoding="unicode", with_tail=False))

    def has_own_width(self, column: int) -> bool:
        """Whether somebody has set the column's width."""
        item = self._column(column)
        return item is not None and item.get("customWidth", "0") in _TRUE

    def set_column_width(self, column: int, width: float) -> None:
        """Set a column's width, in characters of the default font."""
        attributes = dict(self._column_attributes(column))
        attributes.pop("hidden", None)
        self._set_column(column, {**attributes, "width": f"{width:g}", "customWidth": "1"})

    def restore_column(self, column: int, element: str | None) -> None:
        """Give a column back what ``column_width`` said."""
        if element is None:
            self._set_column(column, None)
        else:
            self._set_column(column, {str(name): str(value) for name, value in etree.fromstring(element).items()})

    def columns_xml(self) -> str:
        """All columns' widths and styles as XML; "" where there are none."""
        cols = child(self._root, "cols")
        return "" if cols is None else str(etree.tostring(cols, encoding="unicode", with_tail=False))

    def restore_columns_xml(self, xml: str) -> None:
        """Put all columns' widths and styles back."""
        old = child(self._root, "cols")
        if old is not None:
            self._root.remove(old)
        if xml:
            self._insert(etree.fromstring(xml))
        self.changed = True

    @property
    def dimension(self) -> str:
        """The area that the sheet says it fills; "" where it says nothing."""
        item = child(self._root, "dimension")
        return "" if item is None else item.get("ref", "")

    def set_dimension(self, reference: str) -> None:
        """Correct the area that the sheet says it fills, where it says one."""
        item = child(self._root, "dimension")
        if item is not None and item.get("ref") != reference:
            item.set("ref", reference)
            self.changed = True

    def include(self, area: Area) -> None:
        """Widen the area that the sheet says it fills, where it says one."""
        old = _area(self.dimension)
        if old is None:
            return
        wider = Area(
            min(old.first_row, area.first_row),
            min(old.first_column, area.first_column),
            max(old.last_row, area.last_row),
            max(old.last_column, area.last_column),
        )
        self.set_dimension(str(wider))

    def freeze_below(self, row: int) -> None:
        """Keep the rows down to this one in view, unless something is frozen or split already."""
        view = self._view()
        if view is None:
            views = self._insert(self._new("sheetViews"))
            view = etree.SubElement(views, self._tag("sheetView"), {"workbookViewId": "0"})
        if child(view, "pane") is not None:
            return
        if "topLeftCell" in view.attrib:
            del view.attrib["topLeftCell"]
        attributes = {"ySplit": str(row), "topLeftCell": format_cell(row + 1, 1), "activePane": "bottomLeft"}
        pane = self._new("pane", {**attributes, "state": "frozen"})
        view.insert(0, pane)
        selections = children(view, "selection")
        for item in selections:
            item.set("pane", "bottomLeft")
        if not selections:
            view.insert(1, self._new("selection", {"pane": "bottomLeft"}))
        self.changed = True

    def deselect_tab(self) -> None:
        """The sheet's tab is not the selected one."""
        view = self._view()
        if view is not None and "tabSelected" in view.attrib:
            del view.attrib["tabSelected"]
            self.changed = True

    def legacy_drawing(self) -> str:
        """Relationship id of the drawing that shows notes; "" where there is none."""
        item = child(self._root, "legacyDrawing")
        return "" if item is None else relation_id(item)

    def set_legacy_drawing(self, relation: str) -> None:
        """Name the drawing that shows notes; "" takes the name away."""
        old = child(self._root, "legacyDrawing")
        if old is not None:
            self._root.remove(old)
        if relation:
            item = etree.Element(self._tag("legacyDrawing"), nsmap={"r": RELATIONSHIPS})
            item.set(f"{{{RELATIONSHIPS}}}id", relation)
            self._insert(item)
        self.changed = True

    def _view(self) -> etree._Element | None:
        return child(child(self._root, "sheetViews"), "sheetView")

    def _column(self, column: int) -> etree._Element | None:
        for item in children(child(self._root, "cols"), "col"):
            if int(item.get("min", "1")) <= column <= int(item.get("max", "0")):
                return item
        return None

    def _column_attributes(self, column: int) -> dict[str, str]:
        item = self._column(column)
        return {} if item is None else {str(name): str(value) for name, value in item.items()}

    def _set_column(self, column: int, attributes: dict[str, str] | None) -> None:
        """Replace what is said of one column; a ``col`` for several columns is cut."""
        cols = child(self._root, "cols")
        if cols is None:
            cols = self._insert(self._new("cols"))
        kept: list[etree._Element] = []
        for item in children(cols, "col"):
            cols.remove(item)
            kept += _without(item, column)
        if attributes is not None:
            kept.append(self._new("col", {**attributes, "min": str(column), "max": str(column)}))
        cols.extend(sorted(kept, key=lambda item: int(item.get("min", "0"))))
        if not len(cols):
            self._root.remove(cols)
        self.changed = True

    def _insert(self, element: etree._Element) -> etree._Element:
        """Put a child where the schema wants it."""
        place = _ORDER.index(local(element))
        index = len(self._root)
        for number, item in enumerate(self._root):
            if _place(item) > place:
                index = number
                break
        self._root.insert(index, element)
        self.changed = True
        return element

    def _new(self, name: str, attributes: dict[str, str] | None = None) -> etree._Element:
        return etree.Element(self._tag(name), attributes or {})

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"


def frame_of(head: str, tail: str, parse: Callable[[bytes], etree._Element]) -> Frame:
    """The frame that a sheet's head and tail make."""
    return Frame(parse((head + tail).encode()))


def _place(item: etree._Element) -> int:
    """Place of a child in the schema's order; a choice between versions stands where its first content does."""
    name = local(item)
    if name == "AlternateContent":
        name = next((local(inner) for option in item for inner in option), "")
    return _ORDER.index(name) if name in _ORDER else -1


def _without(item: etree._Element, column: int) -> list[etree._Element]:
    """A ``col`` element without one column: itself, or what is left of it on both sides."""
    first, last = int(item.get("min", "1")), int(item.get("max", "1"))
    if not first <= column <= last:
        return [item]
    parts = []
    for start, end in ((first, column - 1), (column + 1, last)):
        if start <= end:
            part = etree.Element(item.tag, {str(name): str(value) for name, value in item.items()})
            part.set("min", str(start))
            part.set("max", str(end))
            parts.append(part)
    return parts


def _area(reference: str) -> Area | None:
    try:
        return parse_area(reference)
    except UsageError:
        return None
