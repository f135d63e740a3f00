"""The errors that a sheet shows, grouped by message, and the windows that list them.

Taken from the marks themselves: so they are there after a workbook was opened again, and move with sorted rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import ErrorList, Field
from xlsc.addin.steps import Step, Steps, asked
from xlsc.core.addresses import format_cell, parse_cell
from xlsc.core.marks import STATUS_HEADER
from xlsc.flows.fix import Alike, find_alike, fix, read_value
from xlsc.sheets.live import LiveSheet
from xlsc.sheets.mark_colours import AUTHOR

_OWN = f"{AUTHOR}: "
#: Rows from the top in which the header of the statuses is looked for.
_SEARCHED_ROWS = 50
#: Cells that are named before all alike are changed.
_NAMED = 60


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """One message and the marked cells that carry it, in sheet order."""

    message: str
    cells: tuple[tuple[int, int], ...]

    def as_json(self) -> dict[str, Any]:
        """For the window."""
        return {"text": self.message, "cells": [format_cell(*cell) for cell in self.cells]}


@dataclass(frozen=True, slots=True)
class OpenList:
    """A window and the sheet it lists."""

    sheet: LiveSheet
    window: ErrorList

    def refresh(self) -> None:
        """Show what the sheet shows now."""
        self.window.tell({"groups": as_json(read_groups(self.sheet))})


#: The windows that are open.
LISTS: list[OpenList] = []


def read_groups(sheet: LiveSheet) -> list[ErrorGroup]:
    """The messages of the marks on a sheet, most frequent first."""
    marked = set(sheet.marked_cells())
    found: dict[str, list[tuple[int, int]]] = {}
    for look in DESK.host.read_noted(sheet.sheet) if marked else ():
        if look.cell in marked:
            for message in _words(look.note or "").split("\n"):
                found.setdefault(message, []).append(look.cell)
    groups = [ErrorGroup(message, tuple(sorted(cells))) for message, cells in found.items()]
    return sorted(groups, key=lambda group: (-len(group.cells), group.cells))


def _words(note: str) -> str:
    """Our part of a note, which may stand below what somebody wrote."""
    return note[len(_OWN) :] if note.startswith(_OWN) else note.partition(f"\n\n{_OWN}")[2]


def as_json(groups: Sequence[ErrorGroup]) -> list[dict[str, Any]]:
    """For the window."""
    return [group.as_json() for group in groups]


def refresh_lists() -> None:
    """Let every open window show what its sheet shows now."""
    for one in LISTS:
        one.refresh()


def heard(window: ErrorList) -> Steps[Mapping[str, str] | None]:
    """What the person wants next; None when the window is closed."""
    wish: Mapping[str, str] | None = yield Step(lambda _aside: window.wait(), is_window=True)
    return wish


def grant(wish: Mapping[str, str], one: OpenList) -> Steps[None]:
    """Jump to a cell, fix all alike, or list anew."""
    if "jump" in wish:
        select(one.sheet, parse_cell(wish["jump"]))
    elif "fix" in wish:
        yield from fix_alike(one.sheet, parse_cell(wish["fix"]))
    else:
        one.refresh()


def select(sheet: LiveSheet, cell: tuple[int, int]) -> str:
    """Bring a cell to the front; its note in the status bar. Returns the note."""
    # A range can be selected on the sheet in front only.
    if (DESK.book().name, DESK.sheet().name) != (sheet.sheet.book.name, sheet.name):
        sheet.sheet.activate()
    target = sheet.sheet.range(cell)
    target.select()
    note = target.note
    words = _words(note.text) if note is not None else ""
    DESK.dialogs.say(f"{format_cell(*cell)}: {words}".replace("\n", " "))
    return words


def fix_alike(sheet: LiveSheet, cell: tuple[int, int]) -> Steps[None]:
    """One value into all marked cells of a column that hold the same as this one, after showing which these are."""
    group = _find_alike(sheet, cell)
    if group is None:
        DESK.dialogs.show("Fix all like this", f"{format_cell(*cell)} is not marked any more.")
        return
    named = ", ".join(group.addresses[:_NAMED]) + (" …" if len(group.cells) > _NAMED else "")
    old = "nothing" if group.value is None else repr(group.value)
    text = f"{len(group.cells):,} marked cells of the column {group.header} hold {old}:\n\n{named}"
    given = yield from asked("Fix all like this", [Field("value", "New value for all of them")], text)
    if given is None:
        return
    # Cells may have been changed while the window was open: only those that were shown and are still alike.
    now = _find_alike(sheet, cell)
    kept = tuple(one for one in group.cells if now is not None and now.value == group.value and one in set(now.cells))
    count = fix(sheet, Alike(group.header, group.value, kept), read_value(given["value"], group.value)) if kept else 0
    left = f" {len(group.cells) - count:,} had been changed meanwhile." if count < len(group.cells) else ""
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    DESK.dialogs.show("Fix all like this", f"{cells} written.{left} Send them with Failed only.")


def _find_alike(sheet: LiveSheet, cell: tuple[int, int]) -> Alike | None:
    return next((group for group in find_alike(sheet, _header_row(sheet)) if cell in group.cells), None)


def _header_row(sheet: LiveSheet) -> int:
    used = sheet.used_area()
    if used is None:
        return 1
    block = sheet.read(used)
    for number, row in enumerate(block.rows[:_SEARCHED_ROWS], start=1):
        if any(isinstance(value, str) and value.strip().casefold() == STATUS_HEADER.casefold() for value in row):
            return number
    return 1
