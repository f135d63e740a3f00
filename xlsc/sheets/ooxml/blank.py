"""A new workbook with one empty worksheet; the same bytes each time.

Source: ECMA-376 part 1 §12 (the parts that a workbook needs).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from xlsc.sheets.ooxml.package import Package
from xlsc.sheets.ooxml.styles import MINIMAL_STYLES
from xlsc.sheets.ooxml.workbook import SPREADSHEET, check_sheet_name
from xlsc.sheets.ooxml.xml_parts import (
    CONTENT_TYPES,
    DECLARATION,
    MAIN,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
)

_TYPES = (
    f'<Types xmlns="{CONTENT_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/>'
    '<Override PartName="/xl/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
    "</Types>"
)
_ROOT_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">'
    f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">'
    f'<Relationship Id="rId1" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{RELATIONSHIPS}/theme" Target="theme/theme1.xml"/></Relationships>'
)
_WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><workbookPr/><bookViews><workbookView activeTab="0"/>'
    '</bookViews><sheets><sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = (
    f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1"/>'
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><sheetData></sheetData>'
    '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'  # printed, all columns stand on one page
)


def blank_package(file_name: str, sheet_name: str) -> Package:
    """A package with one empty worksheet.

    Raises:
        UsageError: A worksheet cannot have that name.
    """
    check_sheet_name(sheet_name, [])
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT_RELATIONS,
        "xl/workbook.xml": _WORKBOOK.format(name=quoteattr(sheet_name)),
        "xl/_rels/workbook.xml.rels": _WORKBOOK_RELATIONS,
        "xl/worksheets/sheet1.xml": _SHEET,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part, text in parts.items():
            target.writestr(zipfile.ZipInfo(part), DECLARATION + text, zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("xl/theme/theme1.xml"), read_theme(), zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("xl/styles.xml"), DECLARATION.encode() + MINIMAL_STYLES, zipfile.ZIP_DEFLATED)
    return Package(file.getvalue(), file_name)


def read_theme() -> bytes:
    """theme1.xml: colours and fonts, which Excel wants in each workbook."""
    return Path(__file__).with_name("theme.xml").read_bytes()
