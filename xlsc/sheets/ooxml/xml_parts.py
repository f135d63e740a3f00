"""XML parts: parsed whole and written back, or checked in one pass so that they can be read as plain text.

No DOCTYPE is ever taken. Source: peers.md §8.4, ECMA-376 part 1 (order of a worksheet's elements).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from lxml import etree

from xlsc.sheets.ooxml.package import Package, PackedPart

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIPS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def read_xml(package: Package, part: str) -> etree._Element:
    """The root element of a part.

    Raises:
        WorkbookError: The part is missing, is no XML, or has a DOCTYPE.
    """
    return parse_xml(package, part, package.read(part))


def parse_xml(package: Package, part: str, data: bytes) -> etree._Element:
    """The root element of XML that belongs to a part.

    Raises:
        WorkbookError: The data is no XML, or has a DOCTYPE.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise package.damaged(f"its part {part} is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs know too little
        raise package.damaged(f"its part {part} has a DOCTYPE, which no workbook needs")
    return root


def to_bytes(root: etree._Element) -> bytes:
    """A part's XML as Excel writes it: UTF-8, declared standalone."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def local(element: etree._Element) -> str:
    """An element's name without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """Child elements of that local name, whatever their namespace."""
    return [] if element is None else [child for child in element if local(child) == name]


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that local name; None where there is none."""
    return next(iter(children(element, name)), None)


def namespace(element: etree._Element) -> str:
    """The namespace of an element; "" where it has none."""
    return etree.QName(element).namespace or ""


def relation_id(element: etree._Element) -> str:
    """The r:id attribute of an element, of either dialect; "" where it has none."""
    return element.get(f"{{{RELATIONSHIPS}}}id") or element.get(f"{{{STRICT_RELATIONSHIPS}}}id") or ""


class PlainTexts:
    """Large parts as plain text: checked once, then read in chunks without building a tree.

    Plain means: well-formed, UTF-8, main namespace without a prefix, no comments, CDATA sections, processing
    instructions or DOCTYPE. Then ``<`` starts a tag wherever it stands. Parts that are not plain are rewritten so
    first, in memory.

    Args:
        package: Whose parts these are.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._texts: dict[str, PackedPart | None] = {}

    def forget(self, part: str) -> None:
        """The part has been removed; a part of that name would have to be checked anew."""
        self._texts.pop(part, None)

    def trust(self, part: str) -> None:
        """The part has just been written from plain text."""
        self._texts[part] = None

    def open(self, part: str) -> Iterator[str]:
        """The part's text in chunks, without byte order mark.

        Raises:
            WorkbookError: The part is missing, is no XML, or has a DOCTYPE.
        """
        if part not in self._texts:
            self._texts[part] = None if self._check(part) else self._normalize(part)
        packed = self._texts[part]
        return _decode(self._package.chunks(part) if packed is None else packed)

    def _check(self, part: str) -> bool:
        check = _PlainCheck(self._package.damaged, part)
        for data in self._package.chunks(part):
            check.feed(data)
        return check.finish()

    def _normalize(self, part: str) -> PackedPart:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
        )
        root = etree.fromstring(b"".join(self._package.chunks(part)), parser)
        text: str = etree.tostring(root, encoding="unicode")
        prefix = root.prefix
        if prefix:
            if None in root.nsmap:
                raise self._package.damaged(f"its part {part} uses namespaces in a way that is not understood")
            text = re.sub(rf"(</?){prefix}:", r"\1", text).replace(f"xmlns:{prefix}=", "xmlns=", 1)
        return PackedPart([(DECLARATION + text).encode()])


class _PlainCheck:
    """One pass of a C parser over a part, which finds out whether it is well-formed and plain."""

    def __init__(self, damaged: Callable[[str], Exception], part: str) -> None:
        self._damaged, self._part = damaged, part
        self._plain = True
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start_root
        parser.XmlDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse
        parser.CommentHandler = parser.StartCdataSectionHandler = self._note
        parser.ProcessingInstructionHandler = self._note

    def feed(self, data: bytes) -> None:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._plain = False
        self._parse(data, False)

    def finish(self) -> bool:
        self._parse(b"", True)
        return self._plain

    def _parse(self, data: bytes, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            raise self._damaged(f"its part {self._part} is not well-formed XML (line {error.lineno})") from error

    def _start_root(self, name: str, _attributes: dict[str, str]) -> None:
        self._parser.StartElementHandler = None
        if ":" in name:
            self._plain = False

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            self._plain = False

    def _note(self, *_: str) -> None:
        self._plain = False

    def _refuse(self, *_: object) -> None:
        raise self._damaged(f"its part {self._part} has a DOCTYPE, which no workbook needs")


def _decode(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    for data in chunks:
        yield decoder.decode(data)
    yield decoder.decode(b"", True)
