"""Notes on cells: the part with their texts and the drawing with their boxes, each changed in place.

Threads of replies (threaded comments) are left alone: the note below one is only their fallback.
Source: ECMA-376 part 1 §18.7 (comments), part 4 §19 (VML); boxes as Excel itself draws them.
"""

from __future__ import annotations

import re

from lxml import etree

from xlsc.core.addresses import MAX_COLUMN, MAX_ROW, format_cell, parse_cell
from xlsc.errors import UsageError
from xlsc.sheets.ooxml.cell_text import decode_text, escape_text
from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.relations import (
    add_relation,
    find_relation,
    read_relations,
    remove_default_type,
    remove_part,
    remove_relations,
    set_content_type,
    set_default_type,
)
from xlsc.sheets.ooxml.workbook import SPREADSHEET
from xlsc.sheets.ooxml.xml_parts import MAIN, child, children, local, namespace, read_xml, to_bytes

_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_THREAD_AUTHOR = "tc="
_FIRST_SHAPE = 1025
_VML_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _VML_NAMESPACES.items())
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"{names}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:200pt;height:{height}pt;z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"{names}>'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_NEW_DRAWING = f'<xml{_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{}}"/></o:shapelayout></xml>'
_ANY_SHAPE = re.compile(r"<(\w+):shape\b.*?</\1:shape\s*>", re.DOTALL)
_NOTE_ROW = re.compile(r"<\w+:Row>\s*(\d+)\s*</\w+:Row>")
_NOTE_COLUMN = re.compile(r"<\w+:Column>\s*(\d+)\s*</\w+:Column>")
_SHAPE_NUMBER = re.compile(r"_x0000_s(\d+)")
_LINE_CHARACTERS = 38
_MAX_LINES = 20

#: Stands between what somebody wrote into a note and what is added below it.
_BETWEEN = "\n\n"

Cell = tuple[int, int]


class Notes:
    """The notes of one worksheet; changes reach the package with ``save``.

    Args:
        package: The package.
        sheet_part: The worksheet's part.
    """

    def __init__(self, package: Package, sheet_part: str) -> None:
        self._package, self._sheet_part = package, sheet_part
        relation = find_relation(package, sheet_part, "comments")
        self._part = relation.target if relation is not None and relation.target in package else None
        self._root = read_xml(package, self._part) if self._part else _new_comments()
        self._authors = [item.text or "" for item in children(child(self._root, "authors"), "author")]
        self._list = self._ensure("commentList")
        self._by_cell: dict[Cell, etree._Element] = {}
        for item in children(self._list, "comment"):
            cell = _cell(item.get("ref", ""))
            if cell is not None:
                self._by_cell[cell] = item
        self._added: dict[Cell, str] = {}
        self._removed: set[Cell] = set()
        self._changed = False

    def cells(self) -> list[Cell]:
        """(row, column) of each note, both 1-based, in the file's order."""
        return list(self._by_cell)

    def text(self, cell: Cell) -> str | None:
        """The text of a cell's note; None where there is none."""
        item = self._by_cell.get(cell)
        if item is None:
            return None
        return decode_text("".join(run.text or "" for run in _runs(item)))

    def author(self, cell: Cell) -> str:
        """Who wrote a cell's note; "" where nobody knows."""
        item = self._by_cell.get(cell)
        index = int(item.get("authorId", "0")) if item is not None else -1
        return self._authors[index] if 0 <= index < len(self._authors) else ""

    def is_thread(self, cell: Cell) -> bool:
        """Whether the note stands for a thread of replies."""
        return self.author(cell).startswith(_THREAD_AUTHOR)

    def put(self, cell: Cell, text: str, author: str) -> None:
        """Lay a note on a cell; a box that is there keeps its place and size."""
        name = namespace(self._root)
        attributes = {"ref": format_cell(*cell), "authorId": str(self._author_id(author))}
        item = etree.Element(f"{{{name}}}comment", attributes)
        run = etree.SubElement(etree.SubElement(item, f"{{{name}}}text"), f"{{{name}}}t")
        run.text = _stored(text)
        run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        self._replace(cell, item, text)

    def add(self, cell: Cell, text: str, author: str) -> None:
        """Lay a note on a cell, below what somebody else wrote there; a thread of replies is left alone.

        The text names its author, as Excel's own notes do: LibreOffice forgets who wrote a note.
        """
        if self.is_thread(cell):
            return
        item = self._by_cell.get(cell)
        if item is None or self._is_own(cell, author):
            self.put(cell, f"{author}: {text}", author)
            return
        copied = etree.fromstring(etree.tostring(item, with_tail=False))
        body = child(copied, "text")
        if body is None:
            body = etree.SubElement(copied, f"{{{namespace(self._root)}}}text")
        run = etree.SubElement(body, f"{{{namespace(self._root)}}}r")
        own = etree.SubElement(run, f"{{{namespace(self._root)}}}t")
        own.text = _stored(f"{_BETWEEN}{author}: {text}")
        own.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        self._replace(cell, copied, self.text(cell) or "")

    def take_off(self, cell: Cell, author: str) -> None:
        """Undo ``add``: what others wrote comes back as it was."""
        item = self._by_cell.get(cell)
        if item is None:
            return
        if self._is_own(cell, author):
            self.remove(cell)
            return
        copied = etree.fromstring(etree.tostring(item, with_tail=False))
        runs = _runs(copied)
        kept, found, _ = "".join(run.text or "" for run in runs).partition(f"{_BETWEEN}{author}: ")
        if found:
            _shorten(runs, len(kept))
            self._replace(cell, copied, self.text(cell) or "")

    def has(self, cell: Cell, author: str) -> bool:
        """Whether a note, or a part of it, is by this author."""
        return self._is_own(cell, author) or f"{_BETWEEN}{author}: " in (self.text(cell) or "")

    def _is_own(self, cell: Cell, author: str) -> bool:
        return self.author(cell) == author or (self.text(cell) or "").startswith(f"{author}: ")

    def remove(self, cell: Cell) -> None:
        """Take a note with its box away."""
        item = self._by_cell.pop(cell, None)
        if item is not None:
            self._list.remove(item)
            self._changed = True
            if self._added.pop(cell, None) is None:
                self._removed.add(cell)

    def save(self, drawing_relation: str) -> str:
        """Put all changes into the package.

        Args:
            drawing_relation: Relationship id of the sheet's drawing of notes; "" where it has none.

        Returns:
            The same for the sheet as it is now.
        """
        if not self._changed:
            return drawing_relation
        self._drop_unused_author()
        if self._by_cell:
            self._save_texts()
        elif self._part is not None:
            remove_relations(self._package, self._sheet_part, self._part)
            remove_part(self._package, self._part)
        return self._save_boxes(drawing_relation)

    def _replace(self, cell: Cell, item: etree._Element, text: str) -> None:
        old = self._by_cell.get(cell)
        if old is not None:
            self._list.replace(old, item)
        else:
            self._list.append(item)
            if cell in self._removed:
                self._removed.discard(cell)
            else:
                self._added[cell] = text
        self._by_cell[cell] = item
        self._changed = True

    def _author_id(self, author: str) -> int:
        if author not in self._authors:
            self._authors.append(author)
            etree.SubElement(self._ensure("authors"), f"{{{namespace(self._root)}}}author").text = author
        return self._authors.index(author)

    def _drop_unused_author(self) -> None:
        """Take the last author away again when no note is theirs; numbers of the others stay."""
        used = {int(item.get("authorId", "0")) for item in self._by_cell.values()}
        authors = self._ensure("authors")
        while len(self._authors) > 1 and len(self._authors) - 1 not in used:
            self._authors.pop()
            authors.remove(authors[-1])

    def _save_texts(self) -> None:
        if self._part is None:
            self._part = self._package.new_name("xl/comments{}.xml")
            add_relation(self._package, self._sheet_part, self._part, "comments")
            set_content_type(self._package, self._part, f"{SPREADSHEET}.comments+xml")
        self._package.put(self._part, to_bytes(self._root))

    def _save_boxes(self, drawing_relation: str) -> str:
        relations = read_relations(self._package, self._sheet_part)
        part = next((item.target for item in relations if item.id == drawing_relation), None)
        if part is None or part not in self._package:
            part, drawing_relation = self._add_drawing()
        text = self._package.read(part).decode("utf-8-sig")
        text = self._without_removed(text)
        text = self._with_added(text)
        if not _ANY_SHAPE.search(text):
            remove_relations(self._package, self._sheet_part, part)
            remove_part(self._package, part)
            remove_default_type(self._package, "vml")
            return ""
        self._package.put(part, text.encode())
        return drawing_relation

    def _add_drawing(self) -> tuple[str, str]:
        part = self._package.new_name("xl/drawings/vmlDrawing{}.vml")
        set_default_type(self._package, "vml", _VML_TYPE)
        blocks = range(1, 2 + (_FIRST_SHAPE + len(self._added)) // 1024)
        self._package.put(part, _NEW_DRAWING.format(",".join(map(str, blocks))).encode())
        return part, add_relation(self._package, self._sheet_part, part, "vmlDrawing")

    def _without_removed(self, text: str) -> str:
        if not self._removed:
            return text

        def keep(match: re.Match[str]) -> str:
            return "" if _note_cell(match[0]) in self._removed else match[0]

        text = _ANY_SHAPE.sub(keep, text)
        if "#_x0000_t202" not in text:
            names = ("", _DECLARED)
            for name in names:
                text = text.replace(_SHAPE_TYPE.format(names=name), "")
        return text

    def _with_added(self, text: str) -> str:
        if not self._added:
            return text
        start = text[: text.find(">", text.find("<xml")) + 1]
        names = (
            "" if all(f'xmlns:{prefix}="{name}"' in start for prefix, name in _VML_NAMESPACES.items()) else _DECLARED
        )
        number = max((int(found) for found in _SHAPE_NUMBER.findall(text)), default=_FIRST_SHAPE - 1)
        shapes = [] if 'id="_x0000_t202"' in text else [_SHAPE_TYPE.format(names=names)]
        for cell, note in self._added.items():
            number += 1
            shapes.append(_box(cell, note, number, names))
        end = text.rindex("</")
        return text[:end] + "".join(shapes) + text[end:]

    def _ensure(self, name: str) -> etree._Element:
        found = child(self._root, name)
        if found is None:
            found = etree.Element(f"{{{namespace(self._root)}}}{name}")
            self._root.insert(0 if name == "authors" else len(self._root), found)
        return found


def _new_comments() -> etree._Element:
    root = etree.Element(f"{{{MAIN}}}comments", nsmap={None: MAIN})  # type: ignore[dict-item]  # lxml's way to name the default
    etree.SubElement(root, f"{{{MAIN}}}authors")
    etree.SubElement(root, f"{{{MAIN}}}commentList")
    return root


def _runs(item: etree._Element) -> list[etree._Element]:
    """The elements that hold a note's text, without readings of Japanese signs."""
    found = item.iter("{*}t")
    return [run for run in found if (parent := run.getparent()) is None or local(parent) != "rPh"]


def _shorten(runs: list[etree._Element], length: int) -> None:
    """Keep the first characters of a note; runs that are empty then go."""
    for run in runs:
        text = run.text or ""
        run.text = text[:length]
        length -= len(run.text)
        parent = run.getparent()
        if text and not run.text and parent is not None and local(parent) == "r":
            above = parent.getparent()
            assert above is not None
            above.remove(parent)


def _cell(reference: str) -> Cell | None:
    try:
        return parse_cell(reference)
    except UsageError:
        return None


def _stored(text: str) -> str:
    """A note's text as its part holds it; a line ends with one character there."""
    return escape_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def _note_cell(shape: str) -> Cell | None:
    row, column = _NOTE_ROW.search(shape), _NOTE_COLUMN.search(shape)
    if row is None or column is None or 'ObjectType="Note"' not in shape:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _box(cell: Cell, text: str, number: int, names: str) -> str:
    """The box of a note, beside its cell and as high as its text needs."""
    lines = sum(1 + len(line) // _LINE_CHARACTERS for line in text.split("\n"))
    height = min(max(lines, 3), _MAX_LINES) + 1
    row, column = cell[0] - 1, cell[1] - 1
    top = min(max(row - 1, 0), MAX_ROW - 1 - height)
    left = column + 1 if column + 5 < MAX_COLUMN else column - 5
    anchor = f"{left}, 15, {top}, 10, {left + 3}, 45, {top + height}, 4"
    return _SHAPE.format(number=number, height=15 * height, names=names, anchor=anchor, row=row, column=column)
