"""Excel tables (list objects): where they lie, and their column names when headers change.

Source: ECMA-376 part 1 §18.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsc.core.addresses import Area, parse_area
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.relations import read_relations
from xlsc.sheets.ooxml.xml_parts import child, children, read_xml, to_bytes
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


def _table(package: Package, part: str) -> TablePart:
    root = read_xml(package, part)
    area = parse_area(root.get("ref", "A1"))
    has_totals = int(root.get("totalsRowCount", "0")) > 0
    if has_totals:
        area = Area(area.first_row, area.first_column, area.last_row - 1, area.last_column)
    name = root.get("displayName") or root.get("name") or ""
    return TablePart(part, ListObject(name, area, root.get("headerRowCount", "1") != "0", has_totals))
