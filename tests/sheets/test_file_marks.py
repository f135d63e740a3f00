"""Marks on real files: other programs read them, and undoing gives back every cell's look, on the file's own XML."""

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.core.table import CellError
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.port import CellWrite, HeaderCell

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RED, YELLOW = PatternFill("solid", fgColor="FFFF0000"), PatternFill("solid", fgColor="FFFFC7CE")


def dressed(path):
    """A workbook with looks of all kinds, among them Excel's own light red, which marks must not be taken for."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(["No", "Name", "Day", "Amount"])
    for number in range(2, 12):
        sheet.append([f"{number:03d}", f"Name {number}", date(2026, 1, number), number * 1.5])
    sheet["A2"].fill, sheet["B3"].fill, sheet["B4"].fill = RED, YELLOW, RED
    sheet["B3"].font = Font(bold=True, color="FF00FF00")
    sheet["C4"].border = Border(left=Side("thick"), bottom=Side("double"))
    sheet["D5"].number_format = "0.000%"
    sheet["D6"] = "=SUM(D2:D5)"
    sheet["B4"].comment = Comment("mine", "Ann")
    sheet["D9"].comment = Comment("also mine", "Ann")
    sheet.add_data_validation(DataValidation("list", formula1='"a,b"', sqref="B2:B9"))
    sheet.conditional_formatting.add("D2:D9", CellIsRule("greaterThan", ["5"], fill=RED))
    book.create_sheet("Other")["A1"] = "=Data!D6"
    book.save(path)


def looks(path, part="xl/worksheets/sheet1.xml"):
    """Every cell's resolved look and content, from the file's own XML."""
    with zipfile.ZipFile(path) as package:
        sheet = etree.fromstring(package.read(part))
        styles = etree.fromstring(package.read("xl/styles.xml"))
    pools = {name: styles.find(f"{MAIN}{name}") for name in ("fonts", "fills", "borders", "cellXfs")}
    formats = {item.get("numFmtId"): item.get("formatCode") for item in styles.iter(f"{MAIN}numFmt")}

    def resolve(style):
        xf = pools["cellXfs"][int(style)]
        parts = [
            etree.tostring(pools[f"{name}s"][int(xf.get(f"{name}Id", "0"))], method="c14n")
            for name in ("font", "fill", "border")
        ]
        number = xf.get("numFmtId", "0")
        return (*parts, formats.get(number, number), xf.get("quotePrefix"), [etree.tostring(item) for item in xf])

    found = {}
    for cell in sheet.iter(f"{MAIN}c"):
        content = b"".join(etree.tostring(item, method="c14n") for item in cell)
        found[cell.get("r")] = (resolve(cell.get("s", "0")), cell.get("t"), content)
    return found


def texts_of_notes(path):
    sheet = openpyxl.load_workbook(path)["Data"]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def marked(path, cells, statuses=()):
    book = open_book(path)
    plan = MarkPlan(
        1,
        5,
        "sent",
        [RowStatus(row, RowState.REJECTED, f"Rejected: {row}") for row, _ in cells] + list(statuses),
        [CellMark(row, column, f"=wrong {row}") for row, column in cells],
        sorted({row for row, _ in cells}),
    )
    book.sheet("Data").apply(plan)
    book.save()


CELLS = [(2, 1), (2, 2), (3, 2), (4, 2), (4, 3), (5, 4), (6, 4), (12, 1)]


@pytest.fixture
def path(tmp_path):
    dressed(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_undoing_gives_back_every_look_and_value(path):
    before, notes = looks(path), texts_of_notes(path)
    marked(path, CELLS)
    during = looks(path)
    for row, column in CELLS:
        cell = openpyxl.utils.get_column_letter(column) + str(row)
        assert during[cell] != before.get(cell)
        if cell in before:
            assert during[cell][2] == before[cell][2]
    book = open_book(path)
    assert book.sheet("Data").clear() == len(CELLS)
    book.save()
    assert looks(path) == before
    assert texts_of_notes(path) == notes


def test_nothing_else_in_the_file_changes(path):
    with zipfile.ZipFile(path) as package:
        before = {name: package.read(name) for name in package.namelist()}
    marked(path, CELLS)
    with zipfile.ZipFile(path) as package:
        after = {name: package.read(name) for name in package.namelist()}
    touched = {name for name in before if before[name] != after.get(name)}
    assert touched <= {
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    sheet = openpyxl.load_workbook(path)["Data"]
    assert len(sheet.data_validations.dataValidation) == 1
    assert len(sheet.conditional_formatting) == 1
    assert sheet["D6"].value == "=SUM(D2:D5)"


def test_a_cell_of_the_marks_own_colour_is_not_taken_for_a_mark(path):
    marked(path, [(2, 2)])
    assert list(open_book(path).sheet("Data").marked_cells()) == [(2, 2)]


def test_a_note_of_somebody_else_stays_below_ours(path):
    marked(path, [(4, 2)])
    assert texts_of_notes(path)["B4"] == "mine\n\nSmartConnect: =wrong 4"
    assert texts_of_notes(path)["D9"] == "also mine"


def test_marks_go_with_their_row_when_it_is_moved(path):
    before = looks(path)
    marked(path, [(4, 2), (5, 1)])
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    sheet.move_range("A4:E4", rows=20)
    book.save(path)
    found = open_book(path)
    assert (24, 2) in found.sheet("Data").marked_cells()
    found.sheet("Data").clear()
    found.save()
    assert looks(path)["B24"][0][1] == before["B4"][0][1]


def test_status_texts_never_become_formulas(path):
    book = open_book(path)
    status = RowStatus(2, RowState.REJECTED, '=HYPERLINK("https://example.com")')
    book.sheet("Data").apply(MarkPlan(1, 5, "sent", [status], [], [2]))
    book.save()
    cell = openpyxl.load_workbook(path)["Data"]["E2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_open_xml_audit_finds_nothing(tmp_path):
    path = tmp_path / "own.xlsx"
    book = create_book(path, "Data")
    sheet = book.sheet()
    sheet.write_headers(1, [HeaderCell(1, "No", True, "A key."), HeaderCell(2, "Day", False)])
    sheet.write(2, 1, [["=1", date(2026, 1, 31)], [True, CellError("#N/A")]])
    book.append_log(["When"], ["now"])
    book.write_properties({"xlsc.process_id": "CUSTOMERS"})
    book.save()
    marked(path, [(2, 1), (3, 2), (4, 2)])
    audit = Path(sys.executable).with_name("openxml-audit")
    done = subprocess.run([audit, path], capture_output=True, text=True, check=False)
    assert (done.returncode, "Errors: 0" in done.stdout) == (0, True), done.stdout


def test_a_table_keeps_its_status_header_and_grows_no_wider(tmp_path):
    path = tmp_path / "table.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in (["No", "Name", "SmartConnect"], ["1", "Ann", None], ["2", "Bob", None]):
        sheet.append(row)
    sheet.add_table(Table(displayName="T", ref="A1:C3"))
    book.save(path)
    opened = open_book(path)
    plan = MarkPlan(1, 3, "sent", [RowStatus(2, RowState.ACCEPTED, "Accepted, run 1")], [], [2])
    opened.sheet("Data").apply(plan)
    assert str(opened.sheet("Data").list_objects()[0].area) == "A1:C3"
    opened.sheet("Data").clear()
    opened.save()
    assert [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]] == ["No", "Name", "SmartConnect"]


def test_a_header_of_a_table_names_its_column(tmp_path):
    path = tmp_path / "table.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["No", "Name"])
    book.active.append(["1", "Ann"])
    book.active.add_table(Table(displayName="T", ref="A1:B2"))
    book.save(path)
    opened = open_book(path)
    opened.sheet().write_cells([CellWrite(1, 2, "Customer & Name")])
    opened.save()
    table = openpyxl.load_workbook(path).active.tables["T"]
    assert [column.name for column in table.tableColumns] == ["No", "Customer & Name"]


def test_a_formula_that_was_never_calculated_is_no_value(tmp_path):
    path = tmp_path / "f.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(path)
    value = open_book(path).sheet().read(Area(1, 1, 1, 1)).rows[0][0]
    assert "never calculated" in str(value)


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.xlsx", b"", WorkbookError, "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04rubbish", WorkbookError, "damaged"),
        ("a.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, WorkbookError, "97-2003"),
        (
            "a.xlsx",
            bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"),
            WorkbookError,
            "password",
        ),
        ("a.ods", b"PK", UsageError, "xlsx"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path, name, content, error, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        open_book(tmp_path / name)
    assert name in str(caught.value)


def test_a_doctype_is_refused(path):
    copy = path.with_name("doctype.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for item in source.namelist():
            data = source.read(item)
            if item == "xl/workbook.xml":
                data = b'<!DOCTYPE workbook [<!ENTITY a "b">]>' + data[data.index(b"<workbook") :]
            target.writestr(item, data)
    with pytest.raises(WorkbookError, match="DOCTYPE"):
        open_book(copy).sheet_names()


def test_a_file_changed_by_somebody_else_is_not_overwritten(path):
    book = open_book(path)
    dressed(path)
    os.utime(path, (1, 1))
    before = path.read_bytes()
    book.sheet("Data").write(20, 1, [["x"]])
    path.write_bytes(before + b"\0")
    with pytest.raises(WorkbookError, match="changed by another program"):
        book.save()
    assert path.read_bytes() == before + b"\0"


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    book = create_book(tmp_path / "gone" / "book.xlsx", "Data")
    with pytest.raises(WorkbookError, match="cannot be written"):
        book.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.office
def test_marks_survive_libreoffice_and_can_be_undone_there_after(path):
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("LibreOffice is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("LibreOffice is not installed")
    before = {cell: (openpyxl.load_workbook(path)["Data"][cell].fill.fgColor.rgb) for cell in ("A2", "B3", "B4", "C4")}
    marked(path, CELLS)
    out = path.parent / "out"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [
        soffice,
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    book = open_book(out / "book.xlsx")
    assert set(book.sheet("Data").marked_cells()) == set(CELLS)
    book.sheet("Data").clear()
    book.save()
    sheet = openpyxl.load_workbook(out / "book.xlsx")["Data"]
    assert {cell: sheet[cell].fill.fgColor.rgb for cell in before} == before | {"C4": sheet["C4"].fill.fgColor.rgb}
    assert sheet["C4"].fill.patternType is None
    assert sheet["B4"].comment.text == "mine"
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["B4", "D9"]
    assert sheet["D9"].comment.text == "also mine"
