"""All that a workbook file says anywhere, each text with its place: cells, notes, names, properties, links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xlsc.core.addresses import Area, format_cell
from xlsc.sheets.ooxml.document import Document
from xlsc.sheets.ooxml.notes import Notes
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.saving import read_file
from xlsc.sheets.ooxml.workbook import SheetEntry

_FORMULA = re.compile(r'<c\s[^>]*?r="([A-Z]+\d+)"[^>]*(?<!/)>(?:(?!</c>).)*?<f\b[^>]*>([^<]+)</f>', re.DOTALL)
_ROWS = re.compile(r"<sheetData\b.*?</sheetData>", re.DOTALL)
_NAME = re.compile(r'<(?:\w+:)?definedName\b[^>]*?name="([^"]+)"[^>]*>([^<]*)<')
#: What a protection keeps of its password is no password.
_PROTECTION = re.compile(r"<(?:\w+:)?(?:sheet|workbook)Protection\b[^>]*>")
#: Begins the left, middle and right text at the head and the foot of a page.
_SIDE = re.compile("&amp;[LCR]")
_FIELD = re.compile(r"<(?:\w+:)?(creator|lastModifiedBy|Company|Manager)\b[^>]*>([^<]+)<")
_PERSON = re.compile(r'\b(?:displayName|userName)="([^"]+)"')
_READ_BY_CELL = re.compile(r"xl/(?:sharedStrings|comments.*|styles)\.xml|xl/theme/.*|\[Content_Types\]\.xml")


@dataclass(frozen=True, slots=True)
class Found:
    """One text of a file.

    Attributes:
        place: Where it stands, for people: "Guide!A20", "the defined name Path", "the part xl/connections.xml".
        text: What stands there.
        is_person: Whether it is there to name a person or their firm.
    """

    place: str
    text: str
    is_person: bool = False


def read_texts(path: Path) -> Iterator[Found]:
    """Every text of a file, hidden sheets included.

    Raises:
        WorkbookError: The file cannot be read as a workbook.
    """
    data, _ = read_file(path)
    document = Document(Package(data, path.name))
    package = document.package
    entries = document.workbook.sheets()
    for entry in entries:
        yield from _sheet_texts(document, entry)
    parts = {entry.part: entry.name for entry in entries}
    for part in package.names():
        if _READ_BY_CELL.fullmatch(part) is None:
            yield from _part_texts(package, part, parts)


def _sheet_texts(document: Document, entry: SheetEntry) -> Iterator[Found]:
    yield Found(f"the name of sheet {entry.name}", entry.name)
    used = document.used_area(entry.part)
    if used is not None:
        for number, row in enumerate(document.read(entry.part, Area(1, 1, used.last_row, used.last_column)).rows, 1):
            for place, value in enumerate(row, start=1):
                if isinstance(value, str) and value:
                    yield Found(f"{entry.name}!{format_cell(number, place)}", value)
    notes = Notes(document.package, entry.part)
    for cell in notes.cells():
        where = f"the note on {entry.name}!{format_cell(*cell)}"
        yield Found(where, notes.text(cell) or "")
        yield Found(f"the author of {where}", notes.author(cell), is_person=True)


def _part_texts(package: Package, part: str, sheets: dict[str, str]) -> Iterator[Found]:
    data = package.read(part)
    if not part.endswith((".xml", ".rels", ".vml")):
        yield from _binary_texts(part, data)
        return
    text = _PROTECTION.sub("", data.decode("utf-8", "replace"))
    place = f"the part {part}"
    if part in sheets:
        for cell, formula in _FORMULA.findall(text):
            yield Found(f"the formula in {sheets[part]}!{cell}", html.unescape(formula))
        text, place = _SIDE.sub(" ", _ROWS.sub("", text)), f"sheet {sheets[part]} (checks, links or page set-up)"
    for name, content in _NAME.findall(text):
        yield Found(f"the defined name {html.unescape(name)}", html.unescape(content))
    yield from _people(part, place, text)
    yield Found(place, html.unescape(_NAME.sub("", text)))


def _people(part: str, place: str, text: str) -> Iterator[Found]:
    """Who is named in properties, threads of replies and shared changes."""
    if part.startswith("docProps/"):
        for name, content in _FIELD.findall(text):
            yield Found(f"the document property {name}", html.unescape(content), is_person=True)
    if part.startswith(("xl/persons/", "xl/revisions/")):
        for person in _PERSON.findall(text):
            yield Found(place, html.unescape(person), is_person=True)


def _binary_texts(part: str, data: bytes) -> Iterator[Found]:
    """Printer settings name a printer and its server; of other binaries (pictures) only plain texts are looked at."""
    if "printersettings" in part.casefold():
        name = data[:64].decode("utf-16-le", "replace").split("\0", 1)[0]
        yield Found(f"the printer settings {part}", name, is_person=True)
    yield Found(f"the part {part}", data.decode("latin-1"))
    yield Found(f"the part {part}", data.decode("utf-16-le", "replace"))
