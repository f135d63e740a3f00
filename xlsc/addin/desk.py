"""What every macro works with: the workbook in front, who is signed in, the outbox; and words back to the ribbon."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import xlwings as xw

from xlsc.addin.dialogs import Dialogs, ExcelDialogs
from xlsc.client.tokens import TokenKey, TokenStore, open_token_store
from xlsc.errors import UsageError, XlscError
from xlsc.flows.connect import Session, open_session
from xlsc.outbox import Outbox
from xlsc.settings import Settings, home, resolve
from xlsc.sheets.binding import Binding, read_binding
from xlsc.sheets.live import LiveBook, LiveSheet
from xlsc.sheets.live_hosts import ExcelHost, Host

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
        polls: Whether Excel calls for the work's progress; else a macro returns when its work is done (the Mac).
        has_told: Whether the ribbon knows if somebody is signed in.
    """

    dialogs: Dialogs = field(default_factory=ExcelDialogs)
    host: Host = field(default_factory=ExcelHost)
    find_book: Callable[[], xw.Book] = _book_in_front
    polls: bool = sys.platform != "darwin"
    has_told: bool = False

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

    def session(self, settings: Settings) -> Session:
        """The session of the settings' user and company; a context manager, for threads too."""
        return open_session(settings, self.tokens())

    def outbox(self, settings: Settings) -> Outbox:
        """The user's outbox; a context manager, which belongs to the thread that opens it."""
        return Outbox.open(settings.outbox_path(), settings.outbox_journal)

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

    def tell_state(self) -> None:
        """Tell the ribbon once whether somebody is signed in: Excel starts without knowing."""
        if self.has_told:
            return
        self.has_told = True
        try:
            settings = resolve()
            key = TokenKey(settings.service_url, settings.company_id, settings.email)
            known = bool(all(key_part for key_part in (key.service, key.company_id, key.email)))
            self.tell_ribbon("XlscSetSignedIn", known and self.tokens().read(key) is not None)
        except XlscError as error:
            logger.info("The ribbon was not told (%s).", type(error).__name__)


DESK = Desk()
