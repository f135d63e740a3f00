"""What every macro works with: the workbook in front, who is signed in, the outbox; and words back to the ribbon."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import xlwings as xw

from xlsc.addin.dialogs import Dialogs, ExcelDialogs
from xlsc.client.tokens import TokenStore, open_token_store
from xlsc.errors import UsageError, XlscError
from xlsc.flows.connect import Session, open_session
from xlsc.outbox import Outbox
from xlsc.settings import Settings, home, resolve
from xlsc.sheets.binding import Binding, read_binding
from xlsc.sheets.live import LiveBook, LiveSheet
from xlsc.sheets.live_hosts import ExcelHost, Host
from xlsc.sheets.patience import switch_loop_off

logger = logging.getLogger(__name__)
_ADDIN = "xlsc.xlam"


def _book_in_front() -> xw.Book:
    app = xw.apps.active
    book = app.books.active if app is not None else None
    if book is None:
        raise UsageError("No workbook is open.", "Open one, or make a new one.")
    return book


@dataclass(slots=True)
class Desk:
    """The add-in's surroundings; tests put others in their place.

    Attributes:
        dialogs: Speaks to the person.
        host: What xlwings has not.
        find_book: Gives the workbook in front.
    """

    dialogs: Dialogs = field(default_factory=ExcelDialogs)
    host: Host = field(default_factory=ExcelHost)
    find_book: Callable[[], xw.Book] = _book_in_front

    def book(self) -> LiveBook:
        """The workbook in front."""
        return LiveBook(self.find_book(), self.host)

    def sheet(self) -> LiveSheet:
        """The sheet in front."""
        found = self.book().sheet()
        assert isinstance(found, LiveSheet)
        return found

    def settings(self, book: LiveBook | None = None) -> Settings:
        """The settings that hold for a workbook."""
        binding = read_binding(book) if book is not None else None
        return resolve(None, binding.as_settings() if binding else None)

    def tokens(self) -> TokenStore:
        """Where tokens are kept."""
        return open_token_store(home())

    @contextmanager
    def session(self, book: LiveBook | None = None) -> Iterator[Session]:
        """The session of a workbook, or of the user."""
        with open_session(self.settings(book), self.tokens()) as opened:
            yield opened

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        """The user's outbox."""
        settings = resolve()
        with Outbox.open(settings.outbox_path(), settings.outbox_journal) as box:
            yield box

    def binding(self) -> Binding:
        """What the workbook in front remembers.

        Raises:
            UsageError: It remembers no process.
        """
        found = read_binding(self.book())
        if found is None or not (found.process_key or found.process_id):
            raise UsageError("This workbook is for no process yet.", "Choose one with Pick process.")
        return found

    def tell_ribbon(self, macro: str, *arguments: Any) -> None:  # noqa: ANN401 - whatever VBA takes
        """Call a VBA procedure of the add-in; without the add-in there is no ribbon to tell."""
        try:
            self.find_book().app.macro(f"'{_ADDIN}'!{macro}")(*arguments)
        except Exception as error:  # noqa: BLE001 - a ribbon that is not there must not stop the work
            logger.info("The ribbon was not told (%s).", type(error).__name__)


DESK = Desk()


def guarded(title: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a macro end in a message box where it cannot go on: what is wrong, and the next step."""

    def wrap(macro: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            switch_loop_off()
            try:
                macro()
            except XlscError as error:
                DESK.dialogs.show(title, f"{error.message}\n\n{error.hint}")

        run.__name__, run.__doc__, run.__module__ = macro.__name__, macro.__doc__, macro.__module__
        return run

    return wrap
