"""Makes the pictures of the manual: runs the demo, renders a page in LibreOffice, cuts it to what matters.

Needs LibreOffice, poppler-utils and ImageMagick. Usage: python docs/pictures/build.py [DIR]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from template_pictures import build_template_pictures  # noqa: E402 - a script beside this one

PICTURE = "marked-customers.png"
#: Rows and columns of the sheet that are shown.
PRINTED = "A1:L30"


def build(folder: Path) -> Path:
    """The picture of a marked workbook."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        _call([sys.executable, "-m", "xlsc", "demo", "--out", str(place), "--json"], place)
        _set_up_page(place / "customers-before.xlsx", place / "page.xlsx")
        profile = f"-env:UserInstallation=file://{place}/profile"
        _call(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name, "page.xlsx"], place)
        _call(["pdftoppm", "-r", "130", "-png", "-f", "1", "-l", "1", "-singlefile", "page.pdf", "page"], place)
        target = folder / PICTURE
        options = ["-trim", "+repage", "-bordercolor", "white", "-border", "6", "+dither", "-colors", "48", "-strip"]
        _call(["convert", "page.png", *options, "-define", "png:exclude-chunks=date,time", str(target)], place)
    return target


def _set_up_page(source: Path, target: Path) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    sheet.print_options.gridLines = sheet.print_options.headings = True
    sheet.print_area = PRINTED
    sheet.column_dimensions["L"].width = 70  # the longest status; in the workbook it runs on to the right
    sheet.oddFooter.center.text = sheet.oddHeader.center.text = ""
    book.save(target)


def _call(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE
    for made in (build(target), *build_template_pictures(target)):
        print(made)
