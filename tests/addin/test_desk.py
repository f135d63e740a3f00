"""Which workbook a macro works with, when several Excels run."""

import pytest
import xlwings as xw

from tests.excel_double.engine import new_book
from xlsc.addin.desk import Desk
from xlsc.errors import UsageError


@pytest.fixture
def two_excels(monkeypatch):
    calling, other = new_book("Calling")[0], new_book("Other")[0]
    monkeypatch.setattr(xw.Book, "_mock_caller", calling, raising=False)
    monkeypatch.setattr(type(xw.apps), "active", property(lambda _apps: other.app))
    return calling, other


def test_a_macro_works_in_the_excel_that_called_it(two_excels):
    assert Desk().sheet().name == "Calling"


def test_a_workbook_that_was_closed_since_is_none(two_excels, monkeypatch):
    def gone(_book):
        raise RuntimeError("The object invoked has disconnected from its clients.")

    monkeypatch.setattr(xw.Book, "_mock_caller", type("Gone", (), {"impl": property(gone)})(), raising=False)
    assert Desk().sheet().name == "Other"


def test_no_workbook_at_all_is_said(monkeypatch):
    monkeypatch.setattr(type(xw.apps), "active", None)
    with pytest.raises(UsageError, match="No workbook is open"):
        Desk().book()
