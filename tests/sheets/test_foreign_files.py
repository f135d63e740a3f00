"""Worksheets as other programs write them: all forms of cells that the standard allows, and what contradicts itself."""

from datetime import datetime, time, timedelta

import pytest

from tests.sheets.foreign_parts import MAIN, OFFICE, TYPES, declare, relate, replace_parts, sheet_xml
from xlsc.core.addresses import Area
from xlsc.core.table import CellError
from xlsc.errors import WorkbookError
from xlsc.sheets.files import open_book
from xlsc.sheets.port import CellWrite

STRINGS = (
    f'<sst xmlns="{MAIN}" count="4"><si><t>plain</t></si>'
    '<si><r><t>Ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r><rPh sb="0" eb="1"><t>kana</t></rPh></si>'
    "<si><t>a_x000D_b &amp; &#8364; _x005F_x0041_</t></si><si/></sst>"
)
FORMATS = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts>'
)
XFS = "".join(f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for number in (164, 14, 20, 165))


def styled(text):
    """Styles 1 to 4: 00000, a date, a clock time, a duration."""
    text = text.replace("<fonts", f"{FORMATS}<fonts", 1)
    return text.replace("</cellXfs>", f"{XFS}</cellXfs>")


def read(path, area="A1:F3"):
    sheet = open_book(path).sheet()
    first, last = area.split(":")
    block = sheet.read(Area(int(first[1:]), ord(first[0]) - 64, int(last[1:]), ord(last[0]) - 64))
    return [list(row) for row in block.rows]


def test_shared_texts_are_joined_and_unescaped(made):
    cells = "".join(f'<c r="{"ABCD"[index]}1" t="s"><v>{index}</v></c>' for index in range(4))
    path = made(sheet_xml(f'<row r="1">{cells}</row>'), strings=STRINGS)
    assert read(path, "A1:D1") == [["plain", "Rich ", "a\rb & € _x0041_", None]]


def test_cells_and_rows_may_leave_out_where_they_stand(made):
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>"
    path = made(sheet_xml(rows))
    assert read(path, "A1:B2") == [[1.0, 2.0], [None, 3.0]]
    assert open_book(path).sheet().used_area() == Area(1, 1, 2, 2)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1" t="inlineStr"><is><t>a &lt; b</t></is></c>', "a < b"),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c t="inlineStr" r="A1"><is><t xml:space="preserve"> x </t></is></c>', " x "),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', None),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1" t="e"><v>#SPILL!</v></c>', CellError("#SPILL!")),
        ('<c r="A1" t="n"><v>1.5E-3</v></c>', 0.0015),
        ('<c r="A1" t="str"><f>B1</f><v>00042</v></c>', "00042"),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', None),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="A1" cm="1"><f t="array" ref="A1:A2">X1:X2</f><v>3</v></c>', 3.0),
        ("<c r='A1'><v>7</v></c>", 7.0),
        ('<c r="A1" ><v >8</v ></c >', 8.0),
        ('<c r="a1"><v>9</v></c>', 9.0),
        ('<c r="A1" t="d"><v>2026-01-31T10:00:00</v></c>', datetime(2026, 1, 31, 10)),
        ('<c r="A1" s="2"><v>46053</v></c>', datetime(2026, 1, 31)),
        ('<c r="A1" s="2"><v>60</v></c>', 60.0),
        ('<c r="A1" s="3"><v>0.5</v></c>', time(12)),
        ('<c r="A1" s="4"><v>1.25</v></c>', timedelta(hours=30)),
        ('<c r="A1" s="1"><v>42</v></c>', 42.0),
        ('<c r="A1"><v>12345678901234567890</v></c>', 12345678901234567890.0),
    ],
)
def test_each_form_of_a_cell_is_read(made, cell, value):
    path = made(sheet_xml(f'<row r="1">{cell}</row>'), {"xl/styles.xml": styled})
    found = read(path, "A1:A1")[0][0]
    assert (type(found), found) == (type(value), value)
    assert open_book(path).sheet().used_area() == Area(1, 1, 1, 1) or value is None


def test_number_formats_come_with_the_values(made):
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" s="{1 if row != 3 else 0}"><v>{row}</v></c></row>' for row in range(1, 6)
    )
    path = made(sheet_xml(rows), {"xl/styles.xml": styled})
    block = open_book(path).sheet().read(Area(1, 1, 5, 1))
    assert [block.number_format(row, 1) for row in range(1, 6)] == ["00000", "00000", "General", "00000", "00000"]


def test_a_formula_without_a_value_is_an_error_that_says_what_to_do(made):
    path = made(sheet_xml('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>2</f><v/></c></row>'))
    for value in read(path, "A1:B1")[0]:
        assert isinstance(value, CellError)
        assert "open the workbook in Excel and save it" in value.text


def test_days_count_from_1904_where_the_workbook_says_so(made):
    path = made(
        sheet_xml('<row r="1"><c r="A1" s="2"><v>0</v></c></row>'),
        {
            "xl/styles.xml": styled,
            "xl/workbook.xml": lambda text: text.replace("<workbookPr", '<workbookPr date1904="1"', 1),
        },
    )
    assert read(path, "A1:A1") == [[datetime(1904, 1, 1)]]
    book = open_book(path)
    book.sheet().write_cells([CellWrite(1, 1, datetime(2026, 1, 31))])
    book.save()
    assert read(path, "A1:A1") == [[datetime(2026, 1, 31)]]


@pytest.mark.parametrize(
    "text",
    [
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>",
        sheet_xml('<!-- <row r="1"> --><row r="2"><?pi?><c r="B2"><v><![CDATA[7]]></v></c></row>'),
        ('<?xml version="1.0" encoding="UTF-16"?>' + sheet_xml('<row r="2"><c r="B2"><v>7</v></c></row>')[21:]).encode(
            "utf-16"
        ),
    ],
    ids=["prefix", "comments", "utf-16"],
)
def test_any_spelling_of_the_xml_is_read_and_can_be_written(made, text):
    path = made(text)
    assert read(path, "B2:B2") == [[7.0]]
    book = open_book(path)
    book.sheet().write_cells([CellWrite(3, 2, "new")])
    book.save()
    assert read(path, "B2:B3") == [[7.0], ["new"]]


def test_rows_are_hidden_by_a_mark_or_by_a_height_of_nothing(made):
    rows = '<row r="1"/><row r="2" hidden="1"/><row r="3" ht="0" customHeight="1"/><row r="4" ht="0.75" hidden="0"/>'
    assert open_book(made(sheet_xml(rows))).sheet().read(Area(1, 1, 4, 1)).hidden_rows == {2, 3}


def test_looks_alone_make_no_used_area(made):
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="Z1" s="1"/></row><row r="900"><c r="A900" s="1"/></row>'
    path = made(sheet_xml(rows), {"xl/styles.xml": styled})
    assert open_book(path).sheet().used_area() == Area(1, 1, 1, 1)


@pytest.mark.parametrize("text", [sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>"), sheet_xml("")])
def test_a_sheet_without_rows_can_be_read_and_written(made, text):
    path = made(text)
    book = open_book(path)
    assert book.sheet().used_area() is None
    book.sheet().write(2, 2, [["x"]])
    book.save()
    assert read(path, "A1:B2") == [[None, None], [None, "x"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "row 1"),
        (sheet_xml('<row r="4"><c r="A4"><v>abc</v></c></row>'), "row 4"),
        (sheet_xml('<row r="1"><c r="A1"><v>NaN</v></c></row>'), "row 1"),
        (sheet_xml('<row r="1"><c r="A1"><v>1e999</v></c></row>'), "row 1"),
        (sheet_xml('<row r="1"><c r="A1" s="999"><v>1</v></c></row>'), "row 1"),
        (f'<worksheet xmlns="{MAIN}"/>', "no rows"),
        (sheet_xml('<row r="1"><c r="A1"></row>'), "not well-formed"),
        (sheet_xml("")[:-20], "not well-formed"),
    ],
)
def test_what_contradicts_itself_is_an_error_and_no_value(made, text, words):
    with pytest.raises(WorkbookError, match=words) as caught:
        read(made(text), "A1:A9")
    assert "made.xlsx" in str(caught.value)
    assert caught.value.hint


def test_rows_out_of_order_are_not_written_over(made):
    path = made(sheet_xml('<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'))
    before = path.read_bytes()
    with pytest.raises(WorkbookError, match="out of order"):
        open_book(path).sheet().write_cells([CellWrite(3, 1, "x")])
    assert path.read_bytes() == before


def table(reference, **attributes):
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    columns = '<tableColumns count="2"><tableColumn id="1" name="No"/><tableColumn id="2" name="Name"/></tableColumns>'
    return f'<table xmlns="{MAIN}" id="1" name="T" displayName="Orders" ref="{reference}"{more}>{columns}</table>'


@pytest.mark.parametrize(
    ("attributes", "area", "has_header", "has_totals"),
    [
        ({}, "B2:C5", True, False),
        ({"totalsRowCount": 1}, "B2:C4", True, True),
        ({"headerRowCount": 0}, "B2:C5", False, False),
    ],
)
def test_tables_are_found_without_their_totals(made, attributes, area, has_header, has_totals):
    around = '<tableParts count="1"><tablePart r:id="rId9"/></tableParts>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    path = made(
        sheet_xml('<row r="2"><c r="B2" t="inlineStr"><is><t>No</t></is></c></row>', around),
        {
            "xl/tables/table1.xml": table("B2:C5", **attributes),
            "xl/worksheets/_rels/sheet1.xml.rels": relate("table", "../tables/table1.xml")(relations),
            "[Content_Types].xml": declare("xl/tables/table1.xml", f"{TYPES}.table+xml"),
        },
    )
    (found,) = open_book(path).sheet().list_objects()
    assert (found.name, str(found.area), found.has_header, found.has_totals) == ("Orders", area, has_header, has_totals)


def test_merged_cells_and_the_selection_are_found(made):
    view = (
        '<sheetViews><sheetView workbookViewId="0"><selection activeCell="B2" sqref="B2:D9"/></sheetView></sheetViews>'
    )
    text = sheet_xml("", '<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>')
    sheet = open_book(made(text.replace("<sheetData>", f"{view}<sheetData>"))).sheet()
    assert [str(area) for area in sheet.merged_areas()] == ["A1:C1"]
    assert str(sheet.selection()) == "B2:D9"


def test_hidden_sheets_are_not_offered_but_can_be_named(made):
    path = made()
    book = open_book(path)
    book.add_sheet("Aside")
    book.save()
    replace_parts(
        path, {"xl/workbook.xml": lambda text: text.replace('name="Aside"', 'name="Aside" state="veryHidden"')}
    )
    book = open_book(path)
    assert list(book.sheet_names()) == ["Data"]
    assert book.sheet("aside").name == "Aside"


def test_a_strict_workbook_is_read_and_never_written(made):
    def strict(text):
        return text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )

    parts = ("xl/workbook.xml", "xl/styles.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels")
    path = made(strict(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')), dict.fromkeys(parts, strict))
    assert read(path, "A1:A1") == [[1.0]]
    book = open_book(path)
    with pytest.raises(WorkbookError, match="Strict"):
        book.check_save()
    with pytest.raises(WorkbookError, match="Strict"):
        book.sheet().write(1, 1, [["x"]])
