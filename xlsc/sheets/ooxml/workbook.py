"""The workbook part: which sheets there are, which one is active, how days count; sheets added and removed.

Source: ECMA-376 part 1 §18.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.relations import (
    add_relation,
    content_type,
    find_relation,
    read_relations,
    remove_part,
    remove_relations,
    set_content_type,
)
from xlsc.sheets.ooxml.xml_parts import (
    DECLARATION,
    MAIN,
    RELATIONSHIPS,
    STRICT_MAIN,
    child,
    children,
    local,
    namespace,
    read_xml,
    relation_id,
    to_bytes,
)

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_TYPE = f"{SPREADSHEET}.worksheet+xml"
_EMPTY_SHEET = f'{DECLARATION}<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData></sheetData></worksheet>'
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
MAX_SHEET_NAME = 31
#: calcId that libraries write which calculate nothing, together with fullCalcOnLoad.
_LIBRARY_CALC_ID = "124519"
_TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One worksheet of the workbook.

    Attributes:
        name: As the tab shows it.
        part: Its part.
        is_visible: Whether its tab is shown.
        index: 0-based place among all tabs, chart sheets included.
    """

    name: str
    part: str
    is_visible: bool
    index: int


class Workbook:
    """The workbook part of a package; each change is put into the package at once.

    Args:
        package: The package.

    Raises:
        WorkbookError: The package holds no workbook that can be read.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        relation = find_relation(package, "", "officeDocument")
        if relation is None or relation.target not in package:
            raise WorkbookError(
                f"{package.name} is not an Excel workbook.", "Open it in Excel and save it as Excel Workbook (.xlsx)."
            )
        self.part = relation.target
        self._refuse_other_formats()
        self._root = read_xml(package, self.part)
        if local(self._root) != "workbook":
            raise package.damaged("its main part is no workbook")

    def _refuse_other_formats(self) -> None:
        name, kind = self._package.name, content_type(self._package, self.part)
        if self.part.endswith(".bin") or "binary" in kind:
            raise WorkbookError(
                f"{name} is a binary workbook (.xlsb).", "Open it in Excel and save it as Excel Workbook (.xlsx)."
            )
        if kind and "spreadsheet" not in kind and "ms-excel" not in kind:
            raise WorkbookError(f"{name} is an Office file, but no workbook.", "Choose an Excel workbook (.xlsx).")

    @property
    def is_strict(self) -> bool:
        """Whether the file is of the strict dialect, which can be read but not written here."""
        return namespace(self._root) == STRICT_MAIN

    @property
    def from_1904(self) -> bool:
        """Whether days count from 1904."""
        properties = child(self._root, "workbookPr")
        return properties is not None and properties.get("date1904", "0") in _TRUE

    @property
    def distrusts_zeros(self) -> bool:
        """Whether a library wrote the file that stores 0 for formulas which it has not calculated."""
        calc = child(self._root, "calcPr")
        return calc is not None and calc.get("calcId") == _LIBRARY_CALC_ID and calc.get("fullCalcOnLoad", "0") in _TRUE

    def sheets(self) -> list[SheetEntry]:
        """All worksheets in tab order, hidden ones too; chart, dialog and macro sheets are left out."""
        relations = {item.id: item for item in read_relations(self._package, self.part)}
        entries = []
        for index, item in enumerate(children(child(self._root, "sheets"), "sheet")):
            relation = relations.get(relation_id(item))
            if relation is not None and relation.kind == "worksheet":
                visible = item.get("state", "visible") == "visible"
                entries.append(SheetEntry(item.get("name", ""), relation.target, visible, index))
        return entries

    def active(self) -> SheetEntry | None:
        """The active worksheet, or the first visible one where another kind of sheet is active."""
        view = child(child(self._root, "bookViews"), "workbookView")
        index = int(view.get("activeTab", "0")) if view is not None else 0
        visible = [entry for entry in self.sheets() if entry.is_visible]
        return next((entry for entry in visible if entry.index == index), visible[0] if visible else None)

    def defined_name(self, name: str) -> str | None:
        """What a name of the whole workbook refers to, such as "Lists!$A$2:$A$7"; None where there is no such name."""
        for item in children(child(self._root, "definedNames"), "definedName"):
            if item.get("name", "").casefold() == name.casefold() and item.get("localSheetId") is None:
                return item.text
        return None

    def related_part(self, kind: str) -> str | None:
        """The part of a kind that the workbook refers to, such as "styles"; None where there is none."""
        relation = find_relation(self._package, self.part, kind)
        return relation.target if relation is not None and relation.target in self._package else None

    def add_styles(self, data: bytes) -> str:
        """Add a styles part to a workbook that has none; returns its name."""
        part = "xl/styles.xml"
        self._package.put(part, data)
        add_relation(self._package, self.part, part, "styles")
        set_content_type(self._package, part, f"{SPREADSHEET}.styles+xml")
        return part

    def add_sheet(self, name: str, *, hidden: bool = False) -> SheetEntry:
        """Add an empty worksheet behind all others; the active sheet stays active.

        Raises:
            UsageError: The name is taken or is none that a sheet can have.
        """
        check_sheet_name(name, [item.get("name", "") for item in self._elements()])
        part = self._package.new_name("xl/worksheets/sheet{}.xml")
        self._package.put(part, _EMPTY_SHEET.encode())
        set_content_type(self._package, part, _SHEET_TYPE)
        relation = add_relation(self._package, self.part, part, "worksheet")
        number = max((int(item.get("sheetId", "0")) for item in self._elements()), default=0) + 1
        sheets = child(self._root, "sheets")
        if sheets is None:
            raise self._package.damaged("it lists no sheets")
        item = etree.SubElement(sheets, f"{{{namespace(self._root)}}}sheet", {"name": name, "sheetId": str(number)})
        if hidden:
            item.set("state", "hidden")
        item.set(f"{{{RELATIONSHIPS}}}id", relation)
        self._put()
        return SheetEntry(name, part, not hidden, len(self._elements()) - 1)

    def remove_sheet(self, entry: SheetEntry) -> None:
        """Take a worksheet away; names and views that count sheets go on to mean what they meant."""
        remove_relations(self._package, self.part, entry.part)
        remove_part(self._package, entry.part)
        item = self._elements()[entry.index]
        parent = item.getparent()
        if parent is not None:
            parent.remove(item)
        for name in children(child(self._root, "definedNames"), "definedName"):
            _count_down(name, "localSheetId", entry.index)
        for view in children(child(self._root, "bookViews"), "workbookView"):
            _count_down(view, "activeTab", entry.index)
            _count_down(view, "firstSheet", entry.index)
        self._put()

    @property
    def recalculates(self) -> bool:
        """Whether Excel is to calculate all formulas when it opens the file."""
        calc = child(self._root, "calcPr")
        return calc is not None and calc.get("fullCalcOnLoad", "0") in _TRUE

    def set_recalculation(self, wanted: bool) -> None:
        """Let Excel calculate all formulas when it opens the file, or no longer."""
        calc = child(self._root, "calcPr")
        if calc is None or wanted == self.recalculates:
            return
        if wanted:
            calc.set("fullCalcOnLoad", "1")
        else:
            del calc.attrib["fullCalcOnLoad"]
        self._put()

    def drop_calculation_chain(self) -> None:
        """Drop the list of formula cells, which Excel makes anew; needed once a formula is gone."""
        part = self.related_part("calcChain")
        if part is not None:
            remove_relations(self._package, self.part, part)
            remove_part(self._package, part)

    def _elements(self) -> list[etree._Element]:
        return children(child(self._root, "sheets"), "sheet")

    def _put(self) -> None:
        self._package.put(self.part, to_bytes(self._root))


def check_sheet_name(name: str, taken: list[str]) -> None:
    """Refuse a name that Excel would refuse.

    Raises:
        UsageError: The name is empty, too long, has forbidden characters, or is taken.
    """
    hint = f"Use 1 to {MAX_SHEET_NAME} characters without [ ] : * ? / \\ and without ' at either end."
    too_long = len(name.encode("utf-16-le", "replace")) // 2 > MAX_SHEET_NAME
    if not name.strip() or too_long or _FORBIDDEN_IN_NAMES.search(name) or name.strip("'") != name:
        raise UsageError(f"A worksheet cannot be named {name!r}.", hint)
    if name.casefold() in (other.casefold() for other in taken):
        raise UsageError(f"There is a sheet named {name!r} already.", "Choose another name.")


def _count_down(element: etree._Element, attribute: str, removed: int) -> None:
    value = element.get(attribute)
    if value is not None and int(value) > removed:
        element.set(attribute, str(int(value) - 1))
