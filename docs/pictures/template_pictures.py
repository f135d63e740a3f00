"""Makes a picture of each shipped template: empty, filled, and after a send with its wrong cells marked.

Real workbooks, filled by a program, sent to a real service by the command line, rendered by LibreOffice.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STATES = ("Empty", "Filled", "Sent: wrong cells are filled, their notes and the last column say why")
FILLED_BY_COMMAND = {
    "process_data": "Filled: xlsc refresh process_data.xlsx",
    "process_errors": "Filled and marked: xlsc errors CUSTOMERS 1 --template process_errors.xlsx -o FILE",
    "run_log": "Filled: xlsc log export run_log.xlsx",
}
#: Paper that is wide enough for every template at one scale, in percent.
_A3, _SCALE = 8, 62
Cell = str | float | date | None
_DAY = date(2026, 2, 2)
#: Rows that are shown of an empty template.
_EMPTY_ROWS = 3
#: Width of the status column in the pictures, in characters.
_STATUS_WIDTH = 70


@dataclass(frozen=True)
class Picture:
    """Rows of a template by sheet, from its first column on; what is wrong in them is marked in the picture."""

    name: str
    rows: Mapping[str, Sequence[Sequence[Cell]]]


PICTURES = (
    Picture(
        "customers",
        {
            "Data": [
                ["001001", "Alder Bakery", "10 Mill Street", "Seattle", "WA", "98101", "office@alder.example.com",
                 "206-555-0101", "NET30", 5000, date(2026, 1, 31)],
                ["001002", "Birch Tools", "2 Quay", "Portland", "QQ", "97201", "birch@example.com", None, "COD", 250.5,
                 date(2025, 11, 3)],
                ["001003", "Cobalt Bikes", None, "Boston", "MA", "02108", "cobalt at example", None, "NET60"],
                ["001004", None, None, "Denver", "CO", "80202", None, None, "NET45", -10, None],
                ["001005", "Ember Print", None, "Austin", "TX", "{blank}", None, "{blank}", "PREPAID", None, None],
            ]
        },
    ),
    Picture(
        "items",
        {
            "Data": [
                ["LAMP-07", "Desk lamp, brass", "EA", 39.9, "furnishing"],
                ["PAPER-A3", "Paper, A3, 500 sheets", "PK", -1, "consumable"],
                ["TONER-9", "Toner, black", "CASE", 88, "electronic"],
                ["CHAIR-2", "Chair, oak", "EA", None, "{blank}"],
            ]
        },
    ),
    Picture(
        "gl_journal",
        {
            "Data": [
                [_DAY, "JV-2602-001", "6100", "Rent, February", 1800, None],
                [_DAY, "JV-2602-001", "1000", "Rent, February", None, 1800],
                [_DAY, "JV-2602-002", "6100", "Fees", 25, None],
                [_DAY, "JV-2602-002", "1000", "Fees", None, 24],
                [_DAY, "JV-2602-003", "9999", "Repairs", 70, None],
                [_DAY, "JV-2602-003", "1000", "Repairs", None, 70],
            ]
        },
    ),
    Picture(
        "sales_orders",
        {
            "Data": [
                ["SO-26-0001", _DAY, "AARON01", 1, "LAMP-01", 2, None],
                ["SO-26-0001", _DAY, "AARON01", 2, "TONER-7", 1, 9.5],
                ["SO-26-0002", _DAY, "BAKER02", 1, "NO-ITEM", 1, None],
                ["SO-26-0002", _DAY, "BAKER02", 2, "LAMP-01", 4, None],
                ["SO-26-0003", _DAY, "BAKER02", 1.5, "PAPER-A4", 10, 4.2],
            ]
        },
    ),
    Picture(
        "sales_orders_lines",
        {
            "Orders": [["SO-26-0011", _DAY, "AARON01"], ["SO-26-0012", _DAY, "NOBODY9"]],
            "Lines": [
                ["SO-26-0011", 1, "LAMP-01", 2, None],
                ["SO-26-0011", 2, "TONER-7", 1, 9.5],
                ["SO-26-0012", 1, "PAPER-A4", 5, None],
                ["SO-26-0012", 2, "LAMP-01", 1, None],
            ],
        },
    ),
    Picture(
        "purchase_journal",
        {
            "Data": [
                [date(2026, 1, 31), "PJ-JAN", "PI-20801", "ACME-V", "6400", "Office supplies", 184.5],
                [date(2026, 1, 31), "PJ-JAN", "PI-20801", "ACME-V", "6100", "Freight", 20],
                [date(2026, 1, 31), "PJ-JAN", "PI-20802", "NOBODY", "6400", "Paper", 5],
                [date(2026, 1, 31), None, "PI-20803", "ACME-V", "6400", "Toner", 75],
            ]
        },
    ),
)  # fmt: skip


def build_template_pictures(folder: Path) -> list[Path]:
    """The pictures of all templates, and one of a guide; the same bytes each time."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        books = _make_books(place)
        pages = _render(place, [book for book, _ in books])
        made = []
        for template in [*(picture.name for picture in PICTURES), *FILLED_BY_COMMAND]:
            shown = [(label, pages[book]) for book, label in books if book.stem[:-2] == template]
            made.append(_join(place, shown, folder / f"template-{template}.png"))
        return [*made, _join_guide(place, folder / "template-guide.png")]


def _make_books(place: Path) -> list[tuple[Path, str]]:
    """The workbooks to render, each with what stands above it in the picture."""
    environ = os.environ | {"XLSC_HOME": str(place / "home"), "XLSC_TOKEN_STORE": "file", "XLSC_PASSWORD": "demo"}
    made: list[tuple[Path, str]] = []
    with start_service(ServiceOptions(data=place / "service", host="127.0.0.1", port=0)) as service:
        sign_in = ["login", service.api_url, "--email", "demo@example.com", "--company", "Contoso Ltd"]
        _xlsc(sign_in, place, environ)
        for picture in PICTURES:
            for number, label in enumerate(STATES):
                path = place / f"{picture.name}-{number}.xlsx"
                shutil.copy(TEMPLATES / f"{picture.name}.xlsx", path)
                if number:
                    _fill(path, picture)
                if number == len(STATES) - 1:
                    _xlsc(["send", str(path), "--json"], place, environ)
                made.append((path, label))
        made += _filled_by_command(place, environ)
    for path, _ in made:
        _set_up_page(path)
    return made


def _filled_by_command(place: Path, environ: Mapping[str, str]) -> list[tuple[Path, str]]:
    """Templates that nobody types into: empty, and as their command fills them."""
    made: list[tuple[Path, str]] = []
    for name, label in FILLED_BY_COMMAND.items():
        empty, filled = place / f"{name}-0.xlsx", place / f"{name}-1.xlsx"
        for path in (empty, filled):
            shutil.copy(TEMPLATES / f"{name}.xlsx", path)
        made += [(empty, STATES[0]), (filled, label)]
    _xlsc(["refresh", str(place / "process_data-1.xlsx")], place, environ)
    errors = place / "process_errors-1.xlsx"
    errors.unlink()
    _xlsc(["errors", "CUSTOMERS", "1", "-o", str(errors), "--template", str(TEMPLATES / errors.name.replace("-1", ""))],
          place, environ)  # fmt: skip
    _fill_log(place / "run_log-1.xlsx")
    return made


def _fill_log(path: Path) -> None:
    """Invented runs: real ones would have other times each time."""
    book = openpyxl.load_workbook(path)
    sheet = book["Runs"]
    names = [cell.value for cell in sheet[1]]
    for day in range(1, 13):
        rejected = day % 4
        row = {
            "When (UTC)": f"2026-02-{day:02}T09:30:00+00:00", "By": "ann@example.com", "Company": "Contoso Ltd",
            "Process": "CUSTOMERS", "Run": day, "Documents": 20 + day, "Read": 20 + day,
            "Accepted": 20 + day - rejected, "Rejected": rejected, "Skipped": 0, "Unknown": 0,
            "Seconds": round(0.4 + day % 5 / 20, 2),
        }  # fmt: skip
        for name, value in row.items():
            if name in names:
                sheet.cell(day + 1, names.index(name) + 1).value = value
    book.save(path)


def _xlsc(words: Sequence[str], place: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xlsc", *words],
        cwd=place,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)


def _fill(path: Path, picture: Picture) -> None:
    book = openpyxl.load_workbook(path)
    for sheet, rows in picture.rows.items():
        for number, row in enumerate(rows, start=2):
            for place, value in enumerate(row, start=1):
                book[sheet].cell(number, place).value = value
    book.save(path)


def _set_up_page(path: Path) -> None:
    """Only the sheets with tables, only their first rows, with the letters and numbers of a screen."""
    book = openpyxl.load_workbook(path)
    shown = [sheet for sheet in book.worksheets if sheet.tables]
    book.active = book.worksheets.index(shown[0])
    for sheet in book.worksheets:
        if sheet not in shown:
            if sheet.title == "Charts":
                _without_footer(sheet)
            else:
                sheet.sheet_state = "hidden"
            continue
        header = int(next(iter(sheet.tables.values())).ref.split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        last = max(cell.column for cell in sheet[header] if cell.value)
        letter = openpyxl.utils.get_column_letter(last)
        if sheet.cell(header, last).value == "SmartConnect":
            sheet.column_dimensions[letter].width = _STATUS_WIDTH
        sheet.print_area = f"A1:{letter}{max(_last_row(sheet, last), header + _EMPTY_ROWS) + 1}"
        sheet.print_options.headings = True
        sheet.sheet_properties.pageSetUpPr.fitToPage = False
        sheet.page_setup.paperSize, sheet.page_setup.scale = _A3, _SCALE
        _without_footer(sheet)
    book.save(path)


def _last_row(sheet: Worksheet, last_column: int) -> int:
    """The last row that a person or a command filled: formulas that come with a template do not count."""
    rows = sheet.iter_rows(max_col=last_column)
    return max(cell.row for row in rows for cell in row if cell.value is not None and cell.data_type != "f")


def _without_footer(sheet: Worksheet) -> None:
    footer = sheet.oddFooter
    assert footer is not None
    footer.center.text = ""


def _render(place: Path, books: Sequence[Path]) -> dict[Path, list[Path]]:
    """The pages of each workbook as pictures; one start of LibreOffice for all of them."""
    profile = f"-env:UserInstallation=file://{place}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(place)]
    _call([*command, *map(str, books)], place)
    pages: dict[Path, list[Path]] = {}
    for book in books:
        _call(["pdftoppm", "-r", "124", "-png", str(book.with_suffix(".pdf")), str(book.with_suffix(""))], place)
        pages[book] = sorted(place.glob(f"{book.stem}-*.png"))
    return pages


def _join(place: Path, shown: Sequence[tuple[str, Sequence[Path]]], target: Path) -> Path:
    """One below the other, each state with a line above it."""
    parts: list[str] = []
    for label, pages in shown:
        text = ["-background", "white", "-fill", "#404040", "-font", "DejaVu-Sans-Bold", "-pointsize", "15"]
        parts += ["(", *text, f"label:{label}", "-bordercolor", "white", "-border", "0x4", ")"]
        for page in pages:
            parts += ["(", str(page), "-trim", "+repage", "-bordercolor", "white", "-border", "0x6", ")"]
    _save(place, [*parts, "-background", "white", "-gravity", "west", "-append"], target)
    return target


def _join_guide(place: Path, target: Path) -> Path:
    """The Guide and the Columns of a template as they are printed."""
    book = place / "guide.xlsx"
    loaded = openpyxl.load_workbook(TEMPLATES / "customers.xlsx")
    shown = ("Guide", "Columns")
    for sheet in loaded.worksheets:
        if sheet.title not in shown:
            sheet.sheet_state = "hidden"
    for name in reversed(shown):
        _without_footer(loaded[name])
        loaded.move_sheet(name, -loaded.sheetnames.index(name))
    loaded.active = 0
    loaded.save(book)
    pages = _render(place, [book])[book]
    return _join(place, [("Guide", pages[:1]), ("Columns", pages[1:])], target)


def _save(place: Path, parts: Sequence[str], target: Path) -> None:
    options = ["-trim", "+repage", "-bordercolor", "white", "-border", "8", "+dither", "-colors", "32", "-strip"]
    png = ["-define", "png:exclude-chunks=date,time", "-define", "png:compression-level=9"]
    _call(["convert", *parts, *options, *png, f"png8:{target}"], place)


def _call(command: Sequence[str], folder: Path) -> None:
    subprocess.run(list(command), cwd=folder, check=True, capture_output=True)
