"""Makes the pictures of the add-in at work: LibreOffice Calc and the add-in's windows, on a virtual screen.

The sheet is sent and marked by the add-in's own VBA and Python; the error list shows what stands on it. Screens are
not byte for byte the same on each machine, since fonts and LibreOffice's version show; a test makes them anew.
Needs LibreOffice, Xvfb, xdotool and ImageMagick. Usage, from the repository's root:
python -m docs.pictures.screens [DIR]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.calc.addin.book import build_macro_book
from tests.calc.addin.excel import CalcExcel
from tests.calc.office import Office
from xlsc.addin.child import Child
from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service

FOLDER = Path(__file__).resolve().parent / "addin"
WIDTH, HEIGHT = 1120, 430
SHEET, SIGN_IN, ERRORS = "calc-marked.png", "window-sign-in.png", "window-errors.png"
ROWS = (
    ("C1001", "Maple Street Books", "12 Maple Street", "Olympia", "WA", "NET30", 5000.0),
    ("C1002", "Northside Bakery", "8 Harbour Road", "Tacoma", "WA", "NET77", 2500.0),
    ("C1003", "Cedar Point Supply", "400 Cedar Way", "Spokane", "WA", "NET30", 15000.0),
    ("", "Lakeview Cycles", "77 Lake Avenue", "Boise", "ID", "NET15", 1200.0),
    ("C1005", "Harbour Lights Cafe", "3 Pier Lane", "Astoria", "OR", "NET77", 800.0),
    ("C1006", "Elm Street Gardens", "19 Elm Street", "Salem", "OR", "NET30", 3100.0),
    ("C1007", "Foundry Works", "210 Foundry Road", "Portland", "OR", "NET99", 9000.0),
    ("C1008", "Summit Outfitters", "1 Summit Drive", "Bend", "OR", "NET30", 4400.0),
)
COLUMNS = ("CustomerNumber", "CustomerName", "Address", "City", "State", "TermsCode", "CreditLimit")
#: Columns that the picture shows, and how wide, in hundredths of a millimetre.
WIDTHS = {"CustomerNumber": 4000, "CustomerName": 4300, "TermsCode": 2800, "CreditLimit": 2800, "SmartConnect": 12500}


def build(folder: Path) -> list[Path]:
    """All pictures, into a folder that is there."""
    with _screen() as display, tempfile.TemporaryDirectory() as name:
        place = Path(name)
        os.environ["DISPLAY"] = display
        groups = _show_sheet(place, display, folder / SHEET)
        sign_in = [("service_url", "Address of the service", "https://connect.example.com/API")]
        sign_in += [("email", "E-mail", "ann@example.com"), ("password", "Password", "invented")]
        fields = [
            {"name": name, "label": label, "value": value, "is_secret": name == "password", "choices": []}
            for name, label, value in sign_in
        ]
        _show_window("window", {"title": "Sign in to SmartConnect", "text": "", "fields": fields}, folder / SIGN_IN)
        _show_window("error_window", {"title": "Errors of Data", "groups": groups}, folder / ERRORS)
    return [folder / SHEET, folder / SIGN_IN, folder / ERRORS]


@contextmanager
def _screen() -> Iterator[str]:
    read, write = os.pipe()
    # The server itself looks for a free number and tells it.
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def _show_sheet(place: Path, display: str, target: Path) -> list[Mapping[str, Any]]:
    """Fill in customers, send them with the button's macro, take the picture; the groups of errors."""
    office = Office(display)
    office.start()
    try:
        with start_service(ServiceOptions(data=place / "service", host="127.0.0.1", port=0)) as service:
            excel = CalcExcel(office, place, build_macro_book(place / "customers.xlsm"))
            excel.sign_in(service.api_url)
            excel.click("pick_process", {"process": "CUSTOMERS"}, until=lambda: excel.properties("xlsc."))
            excel.click("insert_mapped_headers", until=lambda: excel.cell("A1").String)
            _fill(excel)
            excel.send("send_sheet")
            excel.click("list_errors", until=lambda: excel.person.last("asked"))
            groups: list[Mapping[str, Any]] = excel.person.last("asked")
            _arrange(excel)
            _take("root", target)
            excel.close()
            return groups
    finally:
        office.stop()


def _fill(excel: CalcExcel) -> None:
    headers = list(excel.block("A1:Z1")[0])
    for number, row in enumerate(ROWS, start=1):
        for name, value in zip(COLUMNS, row, strict=True):
            cell = excel.sheet.getCellByPosition(headers.index(name), number)
            if isinstance(value, float):
                cell.Value = value
            elif value:
                cell.String = value


def _arrange(excel: CalcExcel) -> None:
    """Columns that hold something, wide enough; the window over the whole screen."""
    headers = list(excel.block("A1:Z1")[0])
    for place, name in enumerate(headers):
        column = excel.sheet.Columns.getByIndex(place)
        if name in WIDTHS:
            column.Width = WIDTHS[name]
        column.IsVisible = name in WIDTHS or not name
    excel.document.CurrentController.Frame.ContainerWindow.setPosSize(0, 0, WIDTH, HEIGHT, 15)
    excel.select("A11")
    time.sleep(2)


def _show_window(module: str, question: Mapping[str, Any], target: Path) -> None:
    window = Child(f"xlsc.addin.{module}", question)
    try:
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", str(question["title"])]
        found = subprocess.run(find, check=True, capture_output=True, timeout=60).stdout.split()[0].decode()
        time.sleep(1)
        _take(found, target)
    finally:
        window.close()


def _take(window: str, target: Path) -> None:
    options = ["+dither", "-colors", "32", "-strip", "-define", "png:exclude-chunks=date,time"]
    subprocess.run(["import", "-window", window, *options, str(target)], check=True, capture_output=True, timeout=60)


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER):
        print(path)
