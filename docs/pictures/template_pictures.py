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
Cell = str | float | date | None
_DAY = date(2026, 2, 2)
#: Width of the status column in the pictures, in characters.
_STATUS_WIDTH = 78


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
                ["001003", "Cobalt Bikes", None, "Boston", "MA", "02108", "cobalt at example", None, "NET99", None, None],
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
        for picture in PICTURES:
            shown = [(label, pages[book]) for book, label in books if book.name.startswith(f"{picture.name}-")]
            made.append(_join(place, shown, folder / f"template-{picture.name}.png"))
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
    for path, _ in made:
        _set_up_page(path, next(item for item in PICTURES if path.name.startswith(f"{item.name}-")))
    return made


def _xlsc(words: Sequence[str], place: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "xlsc", *words], cwd=place, env=dict(environ), capture_output=True, text=True, check=False
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


def _set_up_page(path: Path, picture: Picture) -> None:
    """Only the data sheets, only their first rows, with the letters and numbers of a screen."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        rows = picture.rows.get(sheet.title)
        if rows is None:
            sheet.sheet_state = "hidden"
            continue
        last = max(cell.column for cell in sheet[1] if cell.value)
        letter = openpyxl.utils.get_column_letter(last)
        sheet.column_dimensions[letter].width = _STATUS_WIDTH
        sheet.print_area = f"A1:{letter}{len(rows) + 2}"
        sheet.print_options.headings = True
        _without_footer(sheet)
    book.save(path)


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
        _call(["pdftoppm", "-r", "120", "-png", str(book.with_suffix(".pdf")), str(book.with_suffix(""))], place)
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
    loaded["Data"].sheet_state = "hidden"
    loaded.active = loaded.sheetnames.index("Guide")
    for name in ("Guide", "Columns"):
        _without_footer(loaded[name])
    loaded.move_sheet("Guide", -1)
    loaded.save(book)
    pages = _render(place, [book])[book]
    return _join(place, [("Guide", pages[:1]), ("Columns", pages[1:])], target)


def _save(place: Path, parts: Sequence[str], target: Path) -> None:
    options = ["-trim", "+repage", "-bordercolor", "white", "-border", "8", "+dither", "-colors", "48", "-strip"]
    png = ["-define", "png:exclude-chunks=date,time", "-define", "png:compression-level=9"]
    _call(["convert", *parts, *options, *png, str(target)], place)


def _call(command: Sequence[str], folder: Path) -> None:
    subprocess.run(list(command), cwd=folder, check=True, capture_output=True)
