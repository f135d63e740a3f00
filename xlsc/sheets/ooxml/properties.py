"""Custom document properties: texts that a workbook remembers under names, beside those of other programs.

Source: ECMA-376 part 1 §22.3; libreoffice.md §6 (they survive Excel, LibreOffice and openpyxl).
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.relations import (
    add_relation,
    find_relation,
    remove_part,
    remove_relations,
    set_content_type,
)
from xlsc.sheets.ooxml.xml_parts import children, namespace, read_xml, to_bytes

_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
#: Set of properties that custom ones belong to, and the first free number in it.
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_NUMBER = 2


def read_custom_properties(package: Package) -> dict[str, str]:
    """All custom properties as texts, in the file's order."""
    relation = find_relation(package, "", "custom-properties")
    if relation is None or relation.target not in package:
        return {}
    items = children(read_xml(package, relation.target), "property")
    return {item.get("name", ""): "".join(str(text) for text in item.itertext()) for item in items}


def write_custom_properties(package: Package, properties: Mapping[str, str | None]) -> None:
    """Set some custom properties, None removes one; all others stay as they are."""
    relation = find_relation(package, "", "custom-properties")
    part = relation.target if relation is not None else "docProps/custom.xml"
    root = read_xml(package, part) if part in package else etree.Element(f"{{{_NAMESPACE}}}Properties", nsmap=_names())  # type: ignore[arg-type]
    for item in children(root, "property"):
        if item.get("name") in properties and properties[item.get("name", "")] is None:
            root.remove(item)
    for name, value in properties.items():
        if value is not None:
            _set(root, name, value)
    if len(root):
        package.put(part, to_bytes(root))
        if relation is None:
            add_relation(package, "", part, _RELATION)
            set_content_type(package, part, _TYPE)
    elif part in package:
        remove_relations(package, "", part)
        remove_part(package, part)


def _set(root: etree._Element, name: str, value: str) -> None:
    item = next((item for item in children(root, "property") if item.get("name") == name), None)
    if item is None:
        number = max((int(other.get("pid", "0")) for other in root), default=_FIRST_NUMBER - 1) + 1
        item = etree.SubElement(root, f"{{{namespace(root)}}}property", {"fmtid": _FORMAT_ID, "pid": str(number)})
        item.set("name", name)
    for old in list(item):
        item.remove(old)
    etree.SubElement(item, f"{{{_VALUES}}}lpwstr").text = value


def _names() -> dict[str | None, str]:
    return {None: _NAMESPACE, "vt": _VALUES}
