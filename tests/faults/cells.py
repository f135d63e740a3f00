"""What stands in a workbook file, read from its parts without any code of xlsc, and what of it changed."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: The status column of the benches' sheets.
STATUS = "G"
#: Elements of a worksheet that marks may change: the status column's width, and the link to notes.
_OF_MARKS = ("sheetData", "cols", "legacyDrawing", "dimension")


@dataclass(frozen=True)
class Cell:
    """Value and formula, and the looks by part; ``fill`` apart, because marks are fills."""

    value: str
    formula: str
    looks: tuple[str, ...]
    fill: str


@dataclass(frozen=True)
class Content:
    """A workbook's cells by (sheet part, address), its notes by the same, the rest of its sheets, its other parts."""

    cells: dict[tuple[str, str], Cell]
    notes: dict[tuple[str, str], str]
    frames: dict[str, str]
    parts: dict[str, bytes]


def write_rich_book(path: Path, rows: list[list[object]]) -> None:
    """A workbook that a person has made their own: looks, notes, a second sheet with formulas, a merged title."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    thin = Side(style="thin", color="FF3366AA")
    for number in range(2, len(rows) + 1):
        sheet.cell(number, 5).number_format = sheet.cell(number, 6).number_format = "#,##0.00"
        sheet.cell(number, 2).font = Font(italic=number % 2 == 0, color="FF1F4E79")
        sheet.cell(number, 3).fill = PatternFill("solid", fgColor="FFFFF2CC")
        sheet.cell(number, 1).border = Border(bottom=thin, left=thin)
        sheet.cell(number, 9, f"mine {number}")
    sheet.cell(2, 4).comment = Comment("Ask Ann before posting.", "Bob")
    sheet.column_dimensions["D"].width = 33
    sheet.row_dimensions[2].height = 28
    other = book.create_sheet("Sums")
    other["A1"], other["A2"], other["B2"] = "My sums", "=SUM(Data!E2:E99)", "=1+1"
    other.merge_cells("A1:C1")
    book.save(path)


def read_content(path: Path) -> Content:
    """All that a person has put into a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = _shared(parts.get("xl/sharedStrings.xml"))
    looks = _looks(parts["xl/styles.xml"])
    cells: dict[tuple[str, str], Cell] = {}
    notes: dict[tuple[str, str], str] = {}
    frames: dict[str, str] = {}
    for name in sorted(parts):
        if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
            root = ET.fromstring(parts[name])
            cells |= {(name, cell.get("r", "")): _cell(cell, strings, looks) for cell in root.iter(f"{MAIN}c")}
            notes |= {(name, place): text for place, text in _notes(name, parts).items()}
            frames[name] = _frame(root)
    rest = {name: data for name, data in parts.items() if re.match(r"xl/(theme|media|drawings/drawing|charts)", name)}
    return Content(cells, notes, frames, rest)


def find_changes(before: Content, after: Content, marked_rows: set[int]) -> list[str]:
    """What differs although no mark explains it; ``marked_rows`` may have other fills."""
    found = [f"{place} is gone" for place in before.cells.keys() - after.cells.keys()]
    for place, cell in after.cells.items():
        if _is_status(place):
            continue
        old = before.cells.get(place)
        row = int(re.sub(r"\D", "", place[1]))
        if old is None:
            # A blank cell that is marked stands in the file; it has neither value nor formula.
            if cell.value or cell.formula or row not in marked_rows:
                found.append(f"{place} is new: {cell}")
        elif (old.value, old.formula, old.looks) != (cell.value, cell.formula, cell.looks):
            found.append(f"{place} changed: {old} to {cell}")
        elif old.fill != cell.fill and row not in marked_rows:
            found.append(f"{place} has another fill")
    kept = {place: text for place, text in after.notes.items() if place in before.notes}
    found += [f"the note of {place} changed" for place, text in before.notes.items() if text not in kept.get(place, "")]
    found += [f"{name} changed around its cells" for name, text in before.frames.items() if after.frames[name] != text]
    found += [f"the part {name} changed" for name, data in before.parts.items() if after.parts.get(name) != data]
    return found


def _is_status(place: tuple[str, str]) -> bool:
    return place[0].endswith("sheet1.xml") and re.sub(r"\d", "", place[1]) == STATUS


def _shared(part: bytes | None) -> list[str]:
    return [] if part is None else ["".join(item.itertext()) for item in ET.fromstring(part).iter(f"{MAIN}si")]


def _looks(part: bytes) -> list[tuple[tuple[str, ...], str]]:
    """For each cell style its looks without the fill, and its fill, as text."""
    root = ET.fromstring(part)

    def texts(name: str) -> list[str]:
        group = root.find(f"{MAIN}{name}")
        return [] if group is None else [ET.tostring(item, encoding="unicode") for item in group]

    fonts, fills, borders = texts("fonts"), texts("fills"), texts("borders")
    formats = {item.get("numFmtId"): item.get("formatCode") for item in root.iter(f"{MAIN}numFmt")}
    found = []
    for item in root.find(f"{MAIN}cellXfs") or ():
        number = item.get("numFmtId", "0")
        inner = "".join(ET.tostring(child, encoding="unicode") for child in item)
        looks = (fonts[int(item.get("fontId", "0"))], borders[int(item.get("borderId", "0"))])
        found.append(((*looks, formats.get(number) or number, inner), fills[int(item.get("fillId", "0"))]))
    return found


def _cell(cell: ET.Element, strings: list[str], looks: list[tuple[tuple[str, ...], str]]) -> Cell:
    value = cell.findtext(f"{MAIN}v") or "".join(text for node in cell.iter(f"{MAIN}is") for text in node.itertext())
    if cell.get("t") == "s" and value:
        value = strings[int(value)]
    style, fill = looks[int(cell.get("s", "0"))]
    return Cell(value, cell.findtext(f"{MAIN}f") or "", style, fill)


def _notes(name: str, parts: dict[str, bytes]) -> dict[str, str]:
    links = parts.get(name.replace("worksheets/", "worksheets/_rels/") + ".rels", b"").decode()
    found = re.search(r'Target="([^"]*comments[^"]*\.xml)"', links)
    if not found:
        return {}
    target = found[1].lstrip("/")
    part = target if target.startswith("xl/") else "xl/" + target.removeprefix("../")
    root = ET.fromstring(parts[part])
    return {item.get("ref", ""): "".join(item.itertext()) for item in root.iter(f"{MAIN}comment")}


def _frame(root: ET.Element) -> str:
    """A worksheet without its cells and without what marks may change; rows with their heights."""
    kept = [ET.tostring(child, encoding="unicode") for child in root if child.tag.removeprefix(MAIN) not in _OF_MARKS]
    rows = [(row.get("r"), row.get("ht"), row.get("hidden")) for row in root.iter(f"{MAIN}row") if row.get("ht")]
    return "".join(kept) + str(rows)
