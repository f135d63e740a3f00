"""Macro-enabled files around a VBA project: .xlam, .xlsm and .xltm, written part by part.

Minimal SpreadsheetML by hand, so that each byte is ours and equal on each run; no clock, no library's version.
Source: ECMA-376; content types and the ribbon's relationship as office-files lists them for customUI14.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from xlsc.addin.build.buttons import Button, write_buttons
from xlsc.core.addresses import format_column

PackageKind = Literal["xlam", "xlsm", "xltm"]

#: Content type of the workbook part, per kind of file.
_MAIN_TYPES: Mapping[PackageKind, str] = {
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VBA_TYPE = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
#: The earliest date a zip archive can hold.
_DATE = (1980, 1, 1, 0, 0, 0)

#: What a cell of a built sheet can hold; a text that begins with "=" is a formula.
SheetValue = str | float | None


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """A worksheet of a built file; ``rows`` begin at A1."""

    name: str
    rows: Sequence[Sequence[SheetValue]] = ()
    buttons: Sequence[Button] = ()


def write_package(
    kind: PackageKind, project: bytes, sheets: Sequence[PlainSheet], *, theme: bytes, ribbon: bytes | None = None
) -> bytes:
    """The bytes of a macro-enabled file.

    Args:
        kind: What Excel is to take it for.
        project: vbaProject.bin, with a document module ThisWorkbook and one module SheetN per sheet.
        sheets: At least one worksheet.
        theme: theme1.xml, which Excel wants in each workbook.
        ribbon: customUI14.xml, or None for a file without a ribbon.
    """
    parts = {
        "[Content_Types].xml": _write_types(kind, len(sheets)),
        "_rels/.rels": _write_root_links(ribbon is not None),
        "xl/workbook.xml": _write_workbook(kind, sheets),
        "xl/_rels/workbook.xml.rels": _write_workbook_links(len(sheets)),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": _write_sheet(n, sheet) for n, sheet in enumerate(sheets, start=1)},
        **{name: text for n, sheet in enumerate(sheets, start=1) for name, text in _button_parts(n, sheet).items()},
    }
    content = {name: (_XML + text).encode() for name, text in parts.items()} | {
        "xl/theme/theme1.xml": theme,
        "xl/vbaProject.bin": project,
    }
    if ribbon is not None:
        content["customUI/customUI14.xml"] = ribbon
    return _zip(content)


def _button_parts(number: int, sheet: PlainSheet) -> dict[str, str]:
    """What a sheet with buttons has beside it."""
    if not sheet.buttons:
        return {}
    link = _write_links([(f"{_OFFICE}/vmlDrawing", f"../drawings/vmlDrawing{number}.vml")])
    return {
        f"xl/worksheets/_rels/sheet{number}.xml.rels": link,
        f"xl/drawings/vmlDrawing{number}.vml": write_buttons(number, sheet.buttons),
    }


def _zip(content: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name, _DATE)
            # Stored, not deflated: compressed bytes depend on the machine's zlib. create_system 0 on every system.
            info.compress_type = zipfile.ZIP_STORED
            info.create_system = 0
            info.external_attr = 0
            archive.writestr(info, data)
    return buffer.getvalue()


def _write_types(kind: PackageKind, sheet_count: int) -> str:
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = {"/xl/workbook.xml": _MAIN_TYPES[kind], "/xl/styles.xml": f"{spreadsheet}.styles+xml"}
    overrides["/xl/theme/theme1.xml"] = "application/vnd.openxmlformats-officedocument.theme+xml"
    overrides |= {f"/xl/worksheets/sheet{n}.xml": f"{spreadsheet}.worksheet+xml" for n in range(1, sheet_count + 1)}
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{name}"/>' for part, name in overrides.items())
        + "</Types>"
    )


def _write_links(links: Sequence[tuple[str, str]]) -> str:
    items = (
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(items)}</Relationships>'


def _write_root_links(with_ribbon: bool) -> str:
    ribbon = [(_RIBBON_TYPE, "customUI/customUI14.xml")] if with_ribbon else []
    return _write_links([(f"{_OFFICE}/officeDocument", "xl/workbook.xml"), *ribbon])


def _write_workbook_links(sheet_count: int) -> str:
    sheets = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheet_count + 1)]
    others = [(f"{_OFFICE}/styles", "styles.xml"), (f"{_OFFICE}/theme", "theme/theme1.xml")]
    return _write_links([*sheets, *others, (_VBA_TYPE, "vbaProject.bin")])


def _write_workbook(kind: PackageKind, sheets: Sequence[PlainSheet]) -> str:
    items = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>' for n, sheet in enumerate(sheets, 1)
    )
    # An add-in's windows stay hidden by its content type; full calculation makes a fresh file's formulas show values.
    calculation = "" if kind == "xlam" else '<calcPr calcId="0" fullCalcOnLoad="1"/>'
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        f"<bookViews><workbookView/></bookViews><sheets>{items}</sheets>{calculation}</workbook>"
    )


def _write_sheet(number: int, sheet: PlainSheet) -> str:
    rows = "".join(
        f'<row r="{row}">{"".join(_write_cell(row, column, value) for column, value in enumerate(values, 1))}</row>'
        for row, values in enumerate(sheet.rows, 1)
    )
    drawing = '<legacyDrawing r:id="rId1"/>' if sheet.buttons else ""
    return (
        f'<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetPr codeName="Sheet{number}"/>'
        f"<sheetData>{rows}</sheetData>{drawing}</worksheet>"
    )


def _write_cell(row: int, column: int, value: SheetValue) -> str:
    if value is None:
        return ""
    place = f'r="{format_column(column)}{row}"'
    if not isinstance(value, str):
        return f"<c {place}><v>{value:.17g}</v></c>"
    if value.startswith("="):
        return f"<c {place}><f>{escape(value[1:])}</f></c>"
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
