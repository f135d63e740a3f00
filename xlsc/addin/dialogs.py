"""The only place that speaks to a person inside Excel: Excel's message boxes and status bar, and small windows.

``ask`` and ``choose`` wait for the person, so they are called off Excel's thread; the others on it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import xlwings as xw

from xlsc.addin.child import Child
from xlsc.errors import UsageError

#: Excel cuts the text of a message box at about this length.
MAX_TEXT = 1_000
#: The same of its status bar.
MAX_BAR_TEXT = 250
_WINDOW, _PROGRESS, _ERRORS = (f"xlsc.addin.{name}" for name in ("window", "progress_window", "error_window"))


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in; ``is_secret`` shows dots, ``choices`` a searchable list."""

    name: str
    label: str
    value: str = ""
    is_secret: bool = False
    choices: tuple[str, ...] = ()


class Progress(Protocol):
    """A window that shows how far long work has come."""

    def tell(self, message: Mapping[str, Any]) -> None:
        """Show ``text``; ``can_stop`` says whether its button works."""
        ...

    def hear(self) -> list[Any]:
        """Something when the person pressed the button since the last time."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class ErrorList(Protocol):
    """The window that lists the errors of a sheet."""

    def tell(self, message: Mapping[str, Any]) -> None:
        """Show other ``groups``."""
        ...

    def wait(self) -> Any:  # noqa: ANN401 - JSON
        """What the person wants next; None when the window is closed. Waits."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


class Dialogs(Protocol):
    """What macros may say to a person and ask."""

    def show(self, title: str, text: str) -> None:
        """Tell something."""
        ...

    def say(self, text: str) -> None:
        """Tell something in passing; "" gives the place back to Excel."""
        ...

    def ask(self, title: str, fields: Sequence[Field], text: str = "") -> Mapping[str, str] | None:
        """Ask for values by the fields' names; None when the person gave up. Waits."""
        ...

    def choose(self, title: str, text: str, choices: Sequence[str]) -> str | None:
        """Ask for one of these; None when the person gave up. Enter takes the last one. Waits."""
        ...

    def give_up(self) -> None:
        """Take windows away that wait for an answer."""
        ...

    def open_progress(self, title: str) -> Progress:
        """A window for long work."""
        ...

    def open_errors(self, title: str, groups: Sequence[Mapping[str, Any]]) -> ErrorList:
        """A window with errors."""
        ...


class ExcelDialogs:
    """Message boxes of the running Excel, windows made with tkinter."""

    def __init__(self) -> None:
        self._asking: list[Child] = []

    def show(self, title: str, text: str) -> None:
        """Tell something."""
        _app().alert(text[:MAX_TEXT], title=title, buttons="ok")

    def say(self, text: str) -> None:
        """Excel's status bar; an Excel that is busy does not show it."""
        with contextlib.suppress(Exception):
            _app().status_bar = text[:MAX_BAR_TEXT] or False

    def ask(self, title: str, fields: Sequence[Field], text: str = "") -> Mapping[str, str] | None:
        """Ask in a window of its own."""
        answer = self._ask({"title": title, "text": text, "fields": [asdict(field) for field in fields]})
        return None if answer is None else {str(name): str(value) for name, value in answer.items()}

    def choose(self, title: str, text: str, choices: Sequence[str]) -> str | None:
        """Ask in a window of its own, with a button for each choice."""
        answer = self._ask({"title": title, "text": text, "fields": [], "buttons": list(choices)})
        return None if answer is None else str(answer["button"])

    def give_up(self) -> None:
        """Take windows away that wait for an answer."""
        for window in list(self._asking):
            window.close()

    def open_progress(self, title: str) -> Progress:
        """A window for long work."""
        return Child(_PROGRESS, {"title": title})

    def open_errors(self, title: str, groups: Sequence[Mapping[str, Any]]) -> ErrorList:
        """A window with errors."""
        return Child(_ERRORS, {"title": title, "groups": list(groups)})

    def _ask(self, question: Mapping[str, Any]) -> Mapping[str, Any] | None:
        window = Child(_WINDOW, question)
        self._asking.append(window)
        try:
            answer: Mapping[str, Any] | None = window.wait()
        finally:
            self._asking.remove(window)
            window.close()
        return answer


def _app() -> xw.App:
    app = xw.apps.active
    if app is None:
        raise UsageError("Excel is not running.", "Start it, then try again.")
    return app
