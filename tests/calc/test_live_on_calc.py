"""The port over real xlwings code on LibreOffice Calc."""

import pytest

from tests.calc.engine import new_book
from tests.calc.host import CalcHost
from tests.contracts.sheet_contract import SheetContract
from xlsc.sheets.live import LiveBook

pytestmark = pytest.mark.office


class TestLiveOnCalc(SheetContract):
    @pytest.fixture(autouse=True)
    def give_engine(self, engine):
        self.engine = engine

    def book(self, tmp_path):
        return LiveBook(new_book(self.engine), CalcHost())

    def reopen(self, book, tmp_path):
        return book
