"""The only place that speaks to a person inside Excel: Excel's message boxes, and small windows with fields.

A window is a process of its own: it gets its question on standard input and answers on standard output, both JSON.
A password travels that way only, never in an argument or a file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import xlwings as xw

from xlsc.errors import UsageError

#: Excel cuts the text of a message box at about this length.
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in; ``is_secret`` shows dots, ``choices`` a searchable list."""

    name: str
    label: str
    value: str = ""
    is_secret: bool = False
    choices: tuple[str, ...] = ()


class Dialogs(Protocol):
    """What macros may ask a person."""

    def show(self, title: str, text: str) -> None:
        """Tell something."""
        ...

    def confirm(self, title: str, text: str) -> bool:
        """Ask yes or no."""
        ...

    def ask(self, title: str, fields: Sequence[Field]) -> Mapping[str, str] | None:
        """Ask for values by the fields' names; None when the person gave up."""
        ...


class ExcelDialogs:
    """Message boxes of the running Excel, windows made with tkinter."""

    def show(self, title: str, text: str) -> None:
        """Tell something."""
        _app().alert(text[:MAX_TEXT], title=title, buttons="ok")

    def confirm(self, title: str, text: str) -> bool:
        """Ask yes or no."""
        return bool(_app().alert(text[:MAX_TEXT], title=title, buttons="yes_no") == "yes")

    def ask(self, title: str, fields: Sequence[Field]) -> Mapping[str, str] | None:
        """Ask in a window of its own."""
        question = {"title": title, "fields": [_as_json(field) for field in fields]}
        done = subprocess.run(
            [sys.executable, "-m", "xlsc.addin.window"],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else None
        return None if answer is None else {str(name): str(text) for name, text in answer.items()}


def _as_json(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "value": field.value,
        "secret": field.is_secret,
        "choices": list(field.choices),
    }


def _app() -> xw.App:
    app = xw.apps.active
    if app is None:
        raise UsageError("Excel is not running.", "Start it, then try again.")
    return app
