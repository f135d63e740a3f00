"""How the parts of a package refer to each other: relationships and content types.

Source: ECMA-376 part 2 §8 (relationships) and §7 (content types).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from lxml import etree

from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.xml_parts import (
    CONTENT_TYPES,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    children,
    local,
    parse_xml,
    read_xml,
    to_bytes,
)

TYPES_PART = "[Content_Types].xml"
_EMPTY = f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"/>'.encode()
_RELATION = f"{{{PACKAGE_RELATIONSHIPS}}}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """One reference from a part to another.

    Attributes:
        id: As the source part uses it, such as rId1.
        kind: Last word of its type, such as "worksheet" or "comments".
        target: Name of the target part; an address where ``external``.
        external: Whether the target lies outside the package.
    """

    id: str
    kind: str
    target: str
    external: bool = False


def read_relations(package: Package, source: str) -> list[Relation]:
    """What a part refers to, in the file's order; the package itself is source "".

    Raises:
        WorkbookError: The relationships part is damaged.
    """
    part = package.find(_relations_part(source))
    if part is None:
        return []
    return [_relation(package, source, item) for item in children(read_xml(package, part), "Relationship")]


def find_relation(package: Package, source: str, kind: str) -> Relation | None:
    """The first reference of a kind; None where there is none."""
    return next((item for item in read_relations(package, source) if item.kind == kind), None)


def add_relation(package: Package, source: str, target: str, kind: str) -> str:
    """Let a part refer to another, and return the new id.

    Args:
        package: The package.
        source: The part that refers; "" for the package itself.
        target: The part that is referred to.
        kind: Last word of a type of the office document namespace, or a whole type.
    """
    part = package.find(_relations_part(source)) or _relations_part(source)
    root = parse_xml(package, part, package.read(part) if part in package else _EMPTY)
    taken = {item.get("Id", "") for item in root}
    number = 1
    while f"rId{number}" in taken:
        number += 1
    item = etree.SubElement(root, _RELATION, {"Id": f"rId{number}"})
    item.set("Type", kind if ":" in kind else f"{RELATIONSHIPS}/{kind}")
    item.set("Target", posixpath.relpath(target, posixpath.dirname(source) or ".") if source else target)
    package.put(part, to_bytes(root))
    return f"rId{number}"


def remove_relations(package: Package, source: str, target: str) -> None:
    """Drop every reference from a part to another; a relationships part left empty goes too."""
    part = package.find(_relations_part(source))
    if part is None:
        return
    root = read_xml(package, part)
    for item in children(root, "Relationship"):
        if _relation(package, source, item).target == target:
            root.remove(item)
    if len(root):
        package.put(part, to_bytes(root))
    else:
        package.remove(part)


def remove_part(package: Package, part: str) -> None:
    """Drop a part with its relationships and its content type; references to it are the caller's."""
    package.remove(part)
    package.remove(_relations_part(part))
    _remove_type(package, "Override", "PartName", f"/{part}")


def content_type(package: Package, part: str) -> str:
    """The content type of a part; "" where none is declared."""
    root = read_xml(package, TYPES_PART)
    for item in children(root, "Override"):
        if item.get("PartName", "").lstrip("/").lower() == part.lower():
            return item.get("ContentType", "")
    extension = part.rpartition(".")[2].lower()
    defaults = {item.get("Extension", "").lower(): item.get("ContentType", "") for item in children(root, "Default")}
    return defaults.get(extension, "")


def set_content_type(package: Package, part: str, value: str) -> None:
    """Declare the content type of one part."""
    root = read_xml(package, TYPES_PART)
    for item in children(root, "Override"):
        if item.get("PartName", "").lstrip("/").lower() == part.lower():
            item.set("ContentType", value)
            break
    else:
        etree.SubElement(root, f"{{{CONTENT_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": value})
    package.put(TYPES_PART, to_bytes(root))


def set_default_type(package: Package, extension: str, value: str) -> None:
    """Declare the content type of an extension, unless it has one."""
    root = read_xml(package, TYPES_PART)
    if any(item.get("Extension", "").lower() == extension for item in children(root, "Default")):
        return
    root.insert(0, etree.Element(f"{{{CONTENT_TYPES}}}Default", {"Extension": extension, "ContentType": value}))
    package.put(TYPES_PART, to_bytes(root))


def remove_default_type(package: Package, extension: str) -> None:
    """Drop the content type of an extension that no part has any more."""
    if not any(part.lower().endswith(f".{extension}") for part in package.names()):
        _remove_type(package, "Default", "Extension", extension)


def _remove_type(package: Package, name: str, attribute: str, value: str) -> None:
    root = read_xml(package, TYPES_PART)
    found = [item for item in children(root, name) if item.get(attribute, "").lower() == value.lower()]
    for item in found:
        root.remove(item)
    if found:
        package.put(TYPES_PART, to_bytes(root))


def _relations_part(source: str) -> str:
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation(package: Package, source: str, item: etree._Element) -> Relation:
    kind = re.split(r"[/]", item.get("Type", ""))[-1]
    target = item.get("Target", "")
    if item.get("TargetMode") == "External" or local(item) != "Relationship":
        return Relation(item.get("Id", ""), kind, target, external=True)
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
    return Relation(item.get("Id", ""), kind, package.find(path) or path)
