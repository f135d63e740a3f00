"""Calc with the add-in's own VBA in a workbook, as a person meets Excel with the add-in: clicks, cells, dialogs."""

from __future__ import annotations

import itertools
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.calc.addin.person import Person
from tests.calc.engine import ALWAYS_RUN
from tests.calc.office import Office, prop
from xlsc.addin.registry import ACTIONS

ROOT = Path(__file__).resolve().parents[3]
MACROS = {action.target.split(":")[1]: f"XlscMacros.{action.macro}" for action in ACTIONS}
_numbers = itertools.count(1)
_WRAPPER = """#!/bin/sh
# The Python of the add-in's settings; comes back as soon as it listens.
for name in $(env | cut -d= -f1 | grep ^XLSC_); do unset "$name"; done
export {settings}
{python} "$@" </dev/null >{folder}/python.log 2>&1 &
while [ ! -e {folder}/ready ] && kill -0 $! 2>/dev/null; do sleep 0.02; done
"""


class CalcExcel:
    """One workbook with the add-in, its Python, and a person.

    Args:
        office: A running office.
        folder: For the settings, the home of xlsc and the person's words; empty.
        path: The workbook.
        variables: Of the environment of the add-in's Python.
    """

    def __init__(self, office: Office, folder: Path, path: Path, variables: dict[str, str] | None = None) -> None:
        self.office, self.folder, self.path = office, folder, path
        self.home = folder / "home"
        self.person = Person(folder)
        self._write_settings(variables or {})
        self.document = self.open(path)

    def _write_settings(self, variables: dict[str, str]) -> None:
        pipe = f"xlscpy{os.getpid()}n{next(_numbers)}"
        settings = {"XLSC_HOME": str(self.home), "XLSC_TOKEN_STORE": "file", "PYTHONPATH": str(ROOT)} | variables
        settings |= {"XLSC_CALC_FOLDER": str(self.folder), "XLSC_CALC_PIPE": pipe}
        settings |= {"XLSC_CALC_OFFICE": self.office.address}
        text = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
        wrapper = self.folder / "python"
        wrapper.write_text(_WRAPPER.format(settings=text, python=shlex.quote(sys.executable), folder=self.folder))
        wrapper.chmod(0o700)
        conf = f'"INTERPRETER_WIN","{wrapper}"\n"PIPE","{pipe}"\n'
        (self.office.home / "xlsc.conf").write_text(conf, encoding="utf-8")

    def open(self, path: Path) -> Any:
        """A workbook file, shown as far as a headless office shows anything."""
        options = (prop("MacroExecutionMode", ALWAYS_RUN),)
        document = self.office.desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, options)
        assert document is not None, path
        return document

    def close(self) -> None:
        self.call("XlscPython.XlscStopPython")
        self.document.close(True)

    def call(self, macro: str, *arguments: Any) -> Any:
        """A procedure of the VBA modules: Module.Procedure."""
        address = f"vnd.sun.star.script:xlsc.{macro}?language=Basic&location=document"
        return self.document.getScriptProvider().getScript(address).invoke(tuple(arguments), (), ())[0]

    def click(self, action: str, *answers: Any, until: Callable[[], Any] | None = None) -> None:
        """A control of the ribbon, by its Python function.

        Args:
            action: The name in xlsc.addin.macros*.
            answers: To the dialogs, in their order; all are asked for.
            until: What is to have happened; the next word to the person unless said otherwise.
        """
        heard = len(self.person.heard())
        self.person.will_answer(*answers)
        self.call(MACROS[action])
        error = self.call("XlscPython.CalcLastError")
        assert not error, error
        self.wait_for(lambda: not self.person.unasked())
        self.wait_for(until or (lambda: len(self.person.heard()) > heard + len(answers)))

    def sign_in(self, address: str) -> None:
        answer = {"service_url": address, "email": "demo@example.com", "password": "demo", "company": "Contoso Ltd"}
        self.click("sign_in", answer)
        assert "Signed in as demo@example.com" in self.person.last()

    def fill_journals(self) -> list[str]:
        """Three journals from row 2 on; returns their numbers, the second's account is not there."""
        names = [f"M{time.time_ns() % 10**10}{number}" for number in range(3)]
        rows = []
        for name, account in zip(names, ("6100", "9999", "6200"), strict=True):
            rows += [("2026-03-02", name, account, "macro", 5.0, ""), ("2026-03-02", name, "1000", "macro", "", 5.0)]
        self.cell("A2:F7").setDataArray(tuple(rows))
        return names

    def press(self, number: int = 0) -> None:
        """A button on the sheet in front, as a screen reader presses it."""
        form = self.document.CurrentController.ActiveSheet.DrawPage.Forms.getByIndex(0)
        control = self.document.CurrentController.getControl(form.getByIndex(number))
        control.AccessibleContext.doAccessibleAction(0)

    def wait_for(self, happened: Callable[[], Any], seconds: float = 30) -> Any:
        """Until it has; what it gave."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = happened()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"It did not happen in {seconds} s; heard: {self.person.heard()}")

    def report(self, since: int = 0) -> str:
        """The next report that Excel's timer brings; of what was heard before, ``since`` words do not count."""
        shown = lambda: [what for kind, _, what in self.person.heard()[since:] if kind == "shown" and "rows read" in what]
        return str(self.wait_for(shown)[-1])

    def send(self, action: str, *answers: Any) -> str:
        """Click a control that sends or checks, wait for its report."""
        since = len(self.person.heard())
        self.click(action, *answers, until=lambda: True)
        return self.report(since)

    def properties(self, start: str) -> dict[str, str]:
        """What the workbook remembers under names that begin so."""
        found = self.document.DocumentProperties.UserDefinedProperties.PropertyValues
        return {item.Name: str(item.Value) for item in found if item.Name.startswith(start)}

    @property
    def selected(self) -> tuple[int, int]:
        """Row and column of the selection's first cell."""
        address = self.document.CurrentSelection.RangeAddress
        return address.StartRow + 1, address.StartColumn + 1

    @property
    def sheet(self) -> Any:
        return self.document.Sheets.getByIndex(0)

    def cell(self, address: str) -> Any:
        return self.sheet.getCellRangeByName(address)

    def block(self, address: str) -> list[list[Any]]:
        return [list(row) for row in self.cell(address).getDataArray()]

    def texts(self, address: str) -> list[str]:
        """The cells of one column as they are shown."""
        area = self.cell(address)
        return [area.getCellByPosition(0, row).String for row in range(area.Rows.Count)]

    def note(self, address: str) -> str:
        return str(self.cell(address).getAnnotation().String)

    def select(self, address: str) -> None:
        self.document.CurrentController.select(self.cell(address))

    def looks(self, address: str) -> list[list[tuple[Any, ...]]]:
        """Fill, number format, bold, italic, note and protection of each cell."""
        area = self.cell(address)
        cells = [
            [area.getCellByPosition(column, row) for column in range(area.Columns.Count)]
            for row in range(area.Rows.Count)
        ]
        return [[_look(cell) for cell in row] for row in cells]


def _look(cell: Any) -> tuple[Any, ...]:
    weight, posture = cell.CharWeight, cell.CharPosture.value
    return cell.CellBackColor, cell.NumberFormat, weight, posture, cell.getAnnotation().String, cell.String
