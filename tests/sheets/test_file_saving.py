"""A workbook file on its disk: refused, replaced whole, and with all that is none of xlsc's business still in it."""

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.protection import SheetProtection

from tests.sheets.foreign_parts import MAIN, declare, part_names, read_part, relate, replace_parts, sheet_xml
from xlsc.addin.build import build_workbook
from xlsc.addin.build.package import PlainSheet
from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.errors import UsageError, WorkbookError
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.port import CellWrite

NO_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def plan(*cells, column=5, note="wrong"):
    rows = sorted({row for row, _ in cells})
    statuses = [RowStatus(row, RowState.REJECTED, "Rejected: wrong") for row in rows]
    return MarkPlan(1, column, "sent", statuses, [CellMark(*cell, note) for cell in cells], rows)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "book.xlsx"
    book = create_book(path, "Data")
    book.sheet().write(1, 1, [["No", "Name"], ["1", "Ann"], ["2", "Bob"]])
    book.save()
    return path


@pytest.mark.parametrize(
    ("lock", "content", "words"),
    [
        ("~$book.xlsx", bytes([3]) + b"Ann".ljust(54) + bytes([3, 0]) + "Ann".encode("utf-16-le"), "Excel by Ann"),
        ("~$book.xlsx", b"", "Excel"),
        (".~lock.book.xlsx#", b",bob,host,24.11.2026 04:00,file:///x;", "LibreOffice by bob"),
        (".~lock.book.xlsx#", b"Bob Berg,bob,host,24.11.2026 04:00,file:///x;", "LibreOffice by Bob Berg"),
    ],
)
def test_a_file_that_is_open_elsewhere_is_not_overwritten(path, lock, content, words):
    before = path.read_bytes()
    (path.parent / lock).write_bytes(content)
    book = open_book(path)
    book.sheet().write_cells([CellWrite(2, 2, "changed")])
    for attempt in (book.check_save, book.save):
        with pytest.raises(WorkbookError, match=words) as caught:
            attempt()
        assert "-o" in caught.value.hint
    assert path.read_bytes() == before
    book.save(path.with_name("copy.xlsx"))
    assert open_book(path.with_name("copy.xlsx")).sheet().read(Area(2, 2, 2, 2)).rows[0][0] == "changed"


def test_the_mode_of_a_file_is_kept(path):
    path.chmod(0o640)
    book = open_book(path)
    book.sheet().write_cells([CellWrite(2, 2, "changed")])
    book.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [item.name for item in path.parent.iterdir()] == ["book.xlsx"]


def test_a_file_that_is_marked_read_only_stays_as_it_is(path):
    path.chmod(0o444)
    before = path.read_bytes()
    book = open_book(path)
    book.sheet().write_cells([CellWrite(2, 2, "changed")])
    with pytest.raises(WorkbookError, match="read-only"):
        book.save()
    assert path.read_bytes() == before
    book.save(path.with_name("copy.xlsx"))


def test_a_link_goes_on_to_be_one(path, tmp_path):
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    book = open_book(link)
    book.sheet().write_cells([CellWrite(2, 2, "changed")])
    book.save()
    assert link.is_symlink()
    assert open_book(path).sheet().read(Area(2, 2, 2, 2)).rows[0][0] == "changed"


@contextlib.contextmanager
def somebody_else():
    """Root may write everywhere; as nobody it may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="folders have other rights on Windows")
def test_a_folder_without_leave_to_write_is_named_before_a_send(path):
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "book.xlsx"
        copy.write_bytes(path.read_bytes())
        book = open_book(copy)
        Path(folder).chmod(0o555)
        try:
            with (
                somebody_else(),
                pytest.raises(WorkbookError, match=r"book\.xlsx cannot be written: Permission denied"),
            ):
                book.check_save()
        finally:
            Path(folder).chmod(0o700)


def test_a_disk_that_is_full_leaves_the_old_file(path):
    """A limit on file sizes makes the operating system itself refuse the write, half way."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from xlsc.sheets.files import open_book; from xlsc.errors import WorkbookError\n"
        "book = open_book(Path(sys.argv[1]))\n"
        "book.sheet().write(1, 1, [[f'{row * 7919 % 10007} {row}'] for row in range(20_000)])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n    book.save()\nexcept WorkbookError as error:\n    print(error)\n"
    )
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-B", "-c", code, path], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == ["book.xlsx"]


def test_new_workbooks_have_no_macros_and_existing_ones_keep_theirs(tmp_path):
    with pytest.raises(UsageError, match=r"\.xlsx"):
        create_book(tmp_path / "new.xlsm", "Data")
    path = build_workbook(tmp_path / "book.xlsm", "xlsm", sheets=[PlainSheet("Data", [["No", 1.0], ["1", 2.0]])])
    with zipfile.ZipFile(path) as package:
        before = {name: package.read(name) for name in package.namelist()}
    book = open_book(path)
    book.sheet("Data").apply(plan((2, 1)))
    book.append_log(["When"], ["now"])
    book.save()
    for name in before:
        if "vbaProject" in name or "customUI" in name:
            assert read_part(path, name) == before[name]
    assert "macroEnabled.main+xml" in read_part(path, "[Content_Types].xml").decode()
    audit = Path(sys.executable).with_name("openxml-audit")
    done = subprocess.run([audit, path], capture_output=True, text=True, check=False)
    assert (done.returncode, "Errors: 0" in done.stdout) == (0, True), done.stdout


def test_charts_and_their_parts_are_kept_byte_for_byte(tmp_path):
    path = tmp_path / "chart.xlsx"
    source = openpyxl.Workbook()
    source.active.title = "Data"
    for row in (["No", "Amount"], ["1", 5], ["2", 7]):
        source.active.append(row)
    chart = BarChart()
    chart.add_data(Reference(source.active, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    source.active.add_chart(chart, "D2")
    source.save(path)
    kept = ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels")
    before = [read_part(path, name) for name in kept]
    book = open_book(path)
    book.sheet().apply(plan((2, 2), (3, 1)))
    book.save()
    assert [read_part(path, name) for name in kept] == before
    sheet = read_part(path, "xl/worksheets/sheet1.xml").decode()
    assert sheet.index("<drawing ") < sheet.index("<legacyDrawing ")


def threaded(path):
    """A workbook whose cell A2 has a thread of replies, with the note that older programs show instead."""
    note = (
        f'<comments xmlns="{MAIN}"><authors><author>tc={{11111111-2222-4333-8444-555555555555}}</author></authors>'
        '<commentList><comment ref="A2" authorId="0"><text><t>[Threaded comment] Why?</t></text></comment>'
        "</commentList></comments>"
    )
    thread = (
        f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="A2" dT="2026-01-31T10:00:00.00" '
        'personId="{99999999-2222-4333-8444-555555555555}" id="{11111111-2222-4333-8444-555555555555}">'
        "<text>Why?</text></threadedComment></ThreadedComments>"
    )
    relations = relate("comments", "../comments1.xml")(NO_RELATIONS).replace(
        "</Relationships>",
        '<Relationship Id="rId8" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        'Target="../threadedComments/threadedComment1.xml"/></Relationships>',
    )
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
    return replace_parts(
        path,
        {
            "xl/comments1.xml": note,
            "xl/threadedComments/threadedComment1.xml": thread,
            "xl/worksheets/_rels/sheet1.xml.rels": relations,
            "[Content_Types].xml": declare("xl/comments1.xml", types),
        },
    )


def test_threads_of_replies_are_left_alone(path):
    threaded(path)
    thread = read_part(path, "xl/threadedComments/threadedComment1.xml")
    book = open_book(path)
    book.sheet().apply(plan((2, 1), (2, 2)))
    book.save()
    assert read_part(path, "xl/threadedComments/threadedComment1.xml") == thread
    notes = read_part(path, "xl/comments1.xml").decode()
    assert "[Threaded comment] Why?</t>" in notes
    assert list(open_book(path).sheet().marked_cells()) == [(2, 1), (2, 2)]
    book = open_book(path)
    assert book.sheet().clear() == 2
    book.save()
    assert b"[Threaded comment] Why?</" in read_part(path, "xl/comments1.xml")
    assert read_part(path, "xl/threadedComments/threadedComment1.xml") == thread


def protected(path, *, unlocked):
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    sheet.protection = SheetProtection(sheet=True)
    for row in sheet.iter_rows(1, 5, 1, 6):
        for cell in row:
            cell.protection = Protection(locked=not unlocked)
    book.save(path)


def test_a_protected_sheet_is_refused_before_a_send_and_stays_as_it_is(path):
    protected(path, unlocked=False)
    sheet = open_book(path).sheet()
    for attempt in (
        lambda: sheet.check_marks(5, [2, 3]),
        lambda: sheet.apply(plan((2, 1))),
        lambda: sheet.write(2, 1, [["x"]]),
        lambda: sheet.write_cells([CellWrite(2, 1, "x")]),
    ):
        with pytest.raises(WorkbookError, match="protected") as caught:
            attempt()
        assert "Unprotect" in caught.value.hint
    assert sheet.read(Area(2, 1, 2, 5)).rows[0] == ["1", "Ann", None, None, None]


def test_cells_that_protection_leaves_open_can_be_marked(path):
    protected(path, unlocked=True)
    book = open_book(path)
    book.sheet().check_marks(5, [2, 3])
    book.sheet().apply(plan((2, 1)))
    book.save()
    assert openpyxl.load_workbook(path)["Data"].protection.sheet
    assert list(open_book(path).sheet().marked_cells()) == [(2, 1)]


def test_a_formula_that_others_share_is_not_cut_off(made):
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    sheet = open_book(made(sheet_xml(rows))).sheet()
    with pytest.raises(WorkbookError, match="share"):
        sheet.write_cells([CellWrite(1, 1, "x")])
    sheet.write_cells([CellWrite(2, 1, "x")])
    assert [row[0] for row in sheet.read(Area(1, 1, 2, 1)).rows] == [2.0, "x"]


def test_marks_keep_formulas_and_the_rest_of_their_cells(made):
    rows = '<row r="2" spans="1:1" ht="30"><c r="A2" cm="1"><f t="array" ref="A2">SUM(B1:B9)</f><v>4</v></c></row>'
    path = made(sheet_xml(rows))
    book = open_book(path)
    book.sheet().apply(plan((2, 1)))
    book.sheet().clear()
    book.save()
    text = read_part(path, "xl/worksheets/sheet1.xml").decode()
    assert '<f t="array" ref="A2">SUM(B1:B9)</f><v>4</v></c></row>' in text
    assert 'cm="1"' in text


def test_thousands_of_marks_add_one_style_and_thousands_of_notes_that_others_read(tmp_path):
    path = tmp_path / "many.xlsx"
    book = create_book(path, "Data")
    book.sheet().write(1, 1, [["No", "Name"], *([str(row), "Ann"] for row in range(2, 2502))])
    book.save()
    styles = read_part(path, "xl/styles.xml").decode().count("<xf ")
    book.sheet().apply(plan(*((row, 1) for row in range(2, 2502)), note="=1+1 <&> _x0041_\r\nsecond line"))
    book.save()
    assert read_part(path, "xl/styles.xml").decode().count("<xf ") <= styles + 2
    found = openpyxl.load_workbook(path)["Data"]
    assert {found.cell(row, 1).comment.text.partition("\n")[2] for row in range(2, 2502)} == {"second line"}
    audit = Path(sys.executable).with_name("openxml-audit")
    done = subprocess.run([audit, path], capture_output=True, text=True, check=False)
    assert (done.returncode, "Errors: 0" in done.stdout) == (0, True), done.stdout
    assert book.sheet().clear() == 2500
    book.save()
    assert not [name for name in part_names(path) if "comments" in name or "vml" in name]


def test_hundreds_of_fills_are_told_apart(tmp_path):
    """Every fill below a mark has a mark colour of its own; six hundred fills come back, each where it was."""
    path = tmp_path / "rainbow.xlsx"
    source = openpyxl.Workbook()
    sheet = source.active
    for row in range(2, 602):
        sheet.cell(row, 1, row).fill = PatternFill("solid", fgColor=f"FF{row:06X}")
    source.save(path)
    book = open_book(path)
    book.sheet().apply(plan(*((row, 1) for row in range(2, 602))))
    book.save()
    book = open_book(path)
    assert book.sheet().clear() == 600
    book.save()
    after = openpyxl.load_workbook(path).active
    assert all(after.cell(row, 1).fill.fgColor.rgb == f"FF{row:06X}" for row in range(2, 602))


def test_the_log_is_never_the_active_sheet_and_its_headers_are_bold(path):
    for moment in (date(2026, 1, 30), date(2026, 1, 31)):
        book = open_book(path)
        book.append_log(["When", "Rows"], [moment, 3])
        book.save()
    found = openpyxl.load_workbook(path)
    assert (found.sheetnames, found.active.title) == (["Data", "SmartConnect log"], "Data")
    log = found["SmartConnect log"]
    assert (log["A1"].font.bold, log["A2"].font.bold, log.sheet_state) == (True, False, "visible")
    assert [row[1].value for row in log.iter_rows()] == ["Rows", 3, 3]
    assert log["A3"].is_date
