"""A person at LibreOffice Calc: opens a workbook, types into cells as from a keyboard, does what people do, saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.calc.office import Office, load_uno, prop, struct

#: What a cell without a fill of its own has for its colour.
NO_COLOUR = -1


class Workbook:
    """A workbook that is open on the screen."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._controller = document.CurrentController

    def sheet(self, name: str) -> Any:
        return self.document.Sheets.getByName(name)

    def cell(self, sheet: str, cell: str) -> Any:
        return self.sheet(sheet).getCellRangeByName(cell)

    def type(self, sheet: str, cells: Mapping[str, str]) -> None:
        """Type texts into cells; "" is the delete key."""
        self.go_to(sheet)
        for cell, text in cells.items():
            self.do("GoToCell", ToPoint=cell)
            if text:
                self.do("EnterString", StringName=text)
            else:
                self.do("ClearContents")

    def go_to(self, sheet: str) -> None:
        self._controller.setActiveSheet(self.sheet(sheet))

    def do(self, command: str, **arguments: Any) -> None:
        """A command of the menus."""
        address = struct("util.URL")
        address.Complete = address.Main = f".uno:{command}"
        address.Protocol, address.Path = ".uno:", command
        dispatch = self._controller.Frame.queryDispatch(address, "", 0)
        dispatch.dispatch(address, tuple(prop(name, value) for name, value in arguments.items()))

    def on(self, sheet: str, area: str, command: str, **arguments: Any) -> None:
        """Select cells, then a command of the menus."""
        self.go_to(sheet)
        self.do("GoToCell", ToPoint=area)
        self.do(command, **arguments)

    def colour(self, sheet: str, cell: str) -> int:
        return int(self.cell(sheet, cell).CellBackColor)

    def note(self, sheet: str, cell: str) -> str:
        found = self.cell(sheet, cell).getAnnotation()
        return str(found.getString()) if found is not None else ""

    def unlock(self, sheet: str, password: str) -> bool:
        """Take a sheet's protection off; whether that was the right password."""
        refused = load_uno().getClass("com.sun.star.lang.IllegalArgumentException")
        try:
            self.sheet(sheet).unprotect(password)
        except refused:
            return False
        return not self.sheet(sheet).isProtected()

    def validation(self, sheet: str, cell: str) -> tuple[str, bool, str]:
        """(kind, whether wrong values are refused, message on entering) of a cell's validation."""
        found = self.cell(sheet, cell).Validation
        return found.Type.value, bool(found.ShowErrorMessage), str(found.InputMessage)


@contextmanager
def at_calc(office: Office, path: Path, *, save: bool = True) -> Iterator[Workbook]:
    """A workbook on the screen of Calc, saved in its own format when the person leaves."""
    if not office.is_alive():
        office.start()
    assert load_uno()
    document = office.desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, ())
    assert document is not None, f"Calc could not open {path.name}"
    try:
        yield Workbook(document)
        if save:
            document.store()
    finally:
        document.close(True)
