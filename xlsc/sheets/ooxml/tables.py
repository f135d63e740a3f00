"""Excel tables (list objects): where they lie, and their column names when headers change.

Source: ECMA-376 part 1 §18.5.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from xlsc.core.addresses import Area, parse_area
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.relations import read_relations
from xlsc.sheets.ooxml.xml_parts import child, children, namespace, read_xml, to_bytes
from xlsc.sheets.port import ListObject


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table and the part that defines it."""

    part: str
    table: ListObject

    def header_contains(self, row: int, column: int) -> bool:
        """Whether a cell, both numbers 1-based, is one of the table's headers."""
        area = self.table.area
        return self.table.has_header and row == area.first_row and area.contains(row, column)


def read_tables(package: Package, sheet_part: str) -> list[TablePart]:
    """The tables of a sheet, by position.

    Raises:
        WorkbookError: A table's part is damaged.
    """
    found = [
        _table(package, relation.target)
        for relation in read_relations(package, sheet_part)
        if relation.kind == "table" and not relation.external
    ]
    return sorted(found, key=lambda item: item.table.area)


def rename_columns(package: Package, table: TablePart, names: Mapping[int, str]) -> None:
    """Let a table's column names follow its header cells, as Excel demands.

    Args:
        package: The package.
        table: The table.
        names: New header texts by 1-based sheet column.
    """
    root = read_xml(package, table.part)
    columns = children(child(root, "tableColumns"), "tableColumn")
    for column, name in names.items():
        columns[column - table.table.area.first_column].set("name", name)
    package.put(table.part, to_bytes(root))


def grow_tables(package: Package, tables: Sequence[TablePart], written: Collection[tuple[int, int]]) -> None:
    """Let tables take in rows that were written right below them, as Excel does; those with a totals row stay.

    Args:
        package: The package.
        tables: Of the sheet.
        written: (row, column) of cells that got a value, both 1-based.
    """
    for item in tables:
        area = item.table.area
        columns = range(area.first_column, area.last_column + 1)
        others = [other.table.area for other in tables if other is not item]
        last = area.last_row
        while any((last + 1, column) in written for column in columns):
            longer = Area(area.first_row, area.first_column, last + 1, area.last_column)
            if item.table.has_totals or any(longer.intersect(other) for other in others):
                break
            last += 1
        if last > area.last_row:
            _set_area(package, item, Area(area.first_row, area.first_column, last, area.last_column))


def widen_tables(package: Package, tables: Sequence[TablePart], headers: Mapping[tuple[int, int], object]) -> None:
    """Let tables take in the headers that were written right beside theirs; a name that is taken stays outside.

    Args:
        package: The package.
        tables: Of the sheet.
        headers: Texts by (row, column), both 1-based.
    """
    for item in tables:
        area = item.table.area
        root = read_xml(package, item.part)
        parent = child(root, "tableColumns")
        if not item.table.has_header or parent is None:
            continue
        taken = {column.get("name", "").casefold() for column in children(parent, "tableColumn")}
        others = [other.table.area for other in tables if other is not item]
        last = area.last_column
        while (name := str(headers.get((area.first_row, last + 1)) or "")) and name.casefold() not in taken:
            if any(Area(area.first_row, last + 1, area.last_row, last + 1).intersect(other) for other in others):
                break
            last += 1
            taken.add(name.casefold())
            number = max(int(column.get("id", "0")) for column in children(parent, "tableColumn")) + 1
            etree.SubElement(parent, f"{{{namespace(root)}}}tableColumn", {"id": str(number), "name": name})
        if last > area.last_column:
            parent.set("count", str(len(children(parent, "tableColumn"))))
            package.put(item.part, to_bytes(root))
            _set_area(package, item, Area(area.first_row, area.first_column, area.last_row, last))


def _set_area(package: Package, table: TablePart, area: Area) -> None:
    root = read_xml(package, table.part)
    end = area.last_row + (1 if table.table.has_totals else 0)
    root.set("ref", str(Area(area.first_row, area.first_column, end, area.last_column)))
    filtered = child(root, "autoFilter")
    if filtered is not None:
        filtered.set("ref", str(area))
    package.put(table.part, to_bytes(root))


def _table(package: Package, part: str) -> TablePart:
    root = read_xml(package, part)
    area = parse_area(root.get("ref", "A1"))
    has_totals = int(root.get("totalsRowCount", "0")) > 0
    if has_totals:
        area = Area(area.first_row, area.first_column, area.last_row - 1, area.last_column)
    name = root.get("displayName") or root.get("name") or ""
    return TablePart(part, ListObject(name, area, root.get("headerRowCount", "1") != "0", has_totals))
