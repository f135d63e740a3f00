"""Calc with the add-in's VBA in a workbook, its Python in a process, and the embedded service, for one test each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.calc.addin.book import build_macro_book
from tests.calc.addin.excel import CalcExcel
from tests.calc.office import Office
from xlsc.server.options import ServiceOptions
from xlsc.server.service import Service, start_service

Start = Callable[..., CalcExcel]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with start_service(ServiceOptions(data=tmp_path_factory.mktemp("s"), host="127.0.0.1", port=0)) as running:
        yield running


@pytest.fixture
def start_excel(office: Office, tmp_path: Path) -> Iterator[Start]:
    """Opens a workbook with the add-in: cells from A1 on, the macro of a button, variables for Python."""
    if not office.is_alive():
        office.start()
    started: list[CalcExcel] = []

    def start(rows=(), button="", variables=None) -> CalcExcel:
        folder = tmp_path / f"excel{len(started)}"
        folder.mkdir()
        book = build_macro_book(folder / "book.xlsm", rows, button)
        started.append(CalcExcel(office, folder, book, variables))
        return started[-1]

    yield start
    for excel in started:
        if office.is_alive():
            excel.close()


@pytest.fixture
def excel(start_excel: Start) -> CalcExcel:
    return start_excel(button="[0]!XlscSendSheet")


@pytest.fixture
def signed_in(excel: CalcExcel, service: Service) -> CalcExcel:
    excel.sign_in(service.api_url)
    return excel


@pytest.fixture
def journal(signed_in: CalcExcel) -> CalcExcel:
    """A sheet of three journals of two rows each, the second with an account that is not there."""
    signed_in.click("pick_process", {"process": "GL JOURNAL"}, until=lambda: signed_in.properties("xlsc."))
    signed_in.click("insert_mapped_headers", until=lambda: signed_in.cell("F1").String == "Credit")
    signed_in.fill_journals()
    return signed_in
