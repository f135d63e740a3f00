"""What commands work with: settings, tokens, session, outbox, workbook. The only place that puts them together."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

import click

from xlsc.client.tokens import TokenStore, open_token_store
from xlsc.errors import UsageError
from xlsc.flows.connect import Session, open_session
from xlsc.flows.work import Control, Work
from xlsc.outbox import Outbox
from xlsc.settings import Settings, home, resolve
from xlsc.sheets.binding import read_binding
from xlsc.sheets.files import open_book

#: The variable that a password may come in; never an argument, which every process list shows.
PASSWORD_VARIABLE = "XLSC_PASSWORD"  # noqa: S105 - the name of a variable


def tokens() -> TokenStore:
    """Where tokens are kept."""
    return open_token_store(home())


def read_password(variable: str = PASSWORD_VARIABLE) -> str:
    """The password from a variable, from standard input where that is no terminal, else from a prompt.

    Raises:
        UsageError: It is empty.
    """
    password = os.environ.get(variable, "")
    if not password:
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("No password was given.", f"Type it at the prompt, pipe it in, or set {variable}.")
    return password


def current_session(settings: Settings, *, may_ask: bool = True) -> Session:
    """A session; a new token is fetched by itself only when XLSC_PASSWORD holds the password.

    Args:
        settings: Name service, e-mail address and company.
        may_ask: Whether the service is the person's own choice; a workbook's choice never gets a password.
    """
    given = may_ask and os.environ.get(PASSWORD_VARIABLE)
    ask: Callable[[], str] | None = read_password if given else None
    return open_session(settings, tokens(), ask)


@contextmanager
def session(arguments: Mapping[str, object] | None = None) -> Iterator[Session]:
    """The session of commands that need no workbook."""
    with current_session(resolve(arguments)) as opened:
        yield opened


@contextmanager
def open_outbox(settings: Settings) -> Iterator[Outbox]:
    """The outbox that the settings name."""
    with Outbox.open(settings.outbox_path(), settings.outbox_journal) as outbox:
        yield outbox


@dataclass(frozen=True, slots=True)
class Desk:
    """A workbook on the desk: the work, and what the workbook remembers.

    Attributes:
        work: For the flows.
        process: The process that the workbook is bound to; "" when it is to none.
        target: The file that changes go into.
    """

    work: Work
    process: str
    target: Path


@contextmanager
def open_desk(
    path: Path, output: Path | None, arguments: Mapping[str, object], on_behalf_of: Path | None = None
) -> Iterator[Desk]:
    """A workbook with everything around it.

    Args:
        path: The workbook.
        output: Where changes go; None = into the workbook itself.
        arguments: Settings from the command line.
        on_behalf_of: The workbook that ``path`` is a copy of; the outbox knows the send by it, and nothing is saved.

    Raises:
        XlscError: The workbook cannot be opened, or nobody is signed in.
    """
    book = open_book(path)
    try:
        binding = read_binding(book)
        settings = resolve(arguments, binding.as_settings() if binding else None)
        target = output or path
        own = resolve(arguments).service_url == settings.service_url
        with current_session(settings, may_ask=own) as opened, open_outbox(settings) as outbox:
            work = Work(
                book, str(target.resolve()), opened, outbox, lambda: book.save(target), lambda: book.check_save(target)
            )
            if on_behalf_of is not None:
                work = Work(book, str(on_behalf_of.resolve()), opened, outbox, _nothing, _nothing)
            yield Desk(work, (binding.process_key or binding.process_id) if binding else "", target)
    finally:
        book.close()


def _nothing() -> None:
    """For a copy that nobody will look at."""


def screen_control(*, quiet: bool) -> Control:
    """Progress on standard error, so that standard output holds the report alone."""
    if quiet:
        return Control()
    return Control(progress=lambda text: click.echo(f"{text} …", err=True))
