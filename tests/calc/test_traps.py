"""Traps of a driven LibreOffice, each shown to be there and stepped over."""

import sys
from pathlib import Path

import openpyxl
import pytest

from tests.calc.engine import new_book, open_book
from tests.calc.office import Office, prop

pytestmark = pytest.mark.office


def test_a_block_of_values_takes_notes_away_but_not_through_the_engine(engine):
    sheet = new_book(engine).sheets[0]
    for row in (2, 4):
        sheet.range((row, 2)).add_note("kept")
    sheet.impl.api.getCellRangeByName("A2:B2").setDataArray(((1.0, 2.0),))
    assert sheet.range((2, 2)).note is None
    sheet.range((4, 1)).value = [[1, 2]]
    assert sheet.range((4, 2)).note.text == "kept"


def test_a_hidden_document_has_no_panes_to_freeze_until_the_engine_shows_it(engine):
    book = new_book(engine)
    controller = book.api.CurrentController
    controller.freezeAtPosition(0, 1)
    assert not controller.hasFrozenPanes()
    book.sheets[0].freeze_panes.freeze_at("1:1")
    assert controller.hasFrozenPanes()


def test_the_lock_of_a_killed_office_keeps_nobody_out(engine, tmp_path):
    path = tmp_path / "locked.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "here"
    book.save(path)
    (tmp_path / ".~lock.locked.xlsx#").write_text(",gone,gone,01.01.2026 00:00,file:///gone;")
    opened = open_book(engine, path)
    assert opened.sheets[0].range((1, 1)).value == "here"
    opened.save(tmp_path / "locked.xlsx")


def test_an_activated_environment_does_not_reach_the_office_s_own_python(engine, monkeypatch, tmp_path):
    """Its Python would die of another's library; so the office is started without any trace of it."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    office = Office()
    office.start()
    try:
        given = Path(f"/proc/{office.pid}/environ").read_bytes().split(b"\0")
        assert not [name for name in given if name.startswith((b"PYTHON", b"VIRTUAL_ENV"))]
        loaded = office.create("com.sun.star.loader.Python")
        assert loaded is not None
        assert "com.sun.star.loader.Python" in loaded.getSupportedServiceNames()
        assert office.is_alive()
    finally:
        office.stop()


def test_each_office_has_a_profile_and_a_door_of_its_own(engine, office):
    other = Office()
    other.start()
    try:
        assert (other.home, other.address) != (office.home, office.address)
        options = (prop("Hidden", True),)
        document = other.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, options)
        assert [book for book in engine.apps.apps[0].books if book.api == document] == []
        document.close(True)
    finally:
        other.stop()
    assert office.is_alive()
