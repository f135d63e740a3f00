"""Options that several commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import click

from xlsc.cli.places import Desk
from xlsc.core.addresses import parse_area
from xlsc.core.values import TextOptions
from xlsc.errors import UsageError
from xlsc.flows.data import parse_variables
from xlsc.flows.reading import ReadOptions, Which
from xlsc.flows.rules import read_rules
from xlsc.flows.send import SendOptions
from xlsc.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

book_argument = click.argument("book", type=click.Path(exists=True, dir_okay=False, path_type=Path))
output_option = click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the marks into this file instead."
)


@dataclass(frozen=True, slots=True)
class ReadChoices:
    """What a person chose about reading; the settings fill in what is None."""

    process: str | None
    sheet: str | None
    area: str | None
    failed_only: bool
    new_only: bool
    again: bool
    hidden_rows: str | None
    read: str | None
    dates: str | None
    no_checks: bool

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> ReadChoices:
        """From the values of the options below."""
        return cls(**{item.name: chosen[item.name] for item in fields(cls)})

    def settings(self) -> dict[str, object]:
        """Those that are settings."""
        return {"hidden_rows": self.hidden_rows, "read": self.read, "dates": self.dates}

    def which(self) -> Which:
        """Which rows are meant.

        Raises:
            UsageError: Two options that exclude each other.
        """
        chosen = {Which.FAILED: self.failed_only, Which.NEW: self.new_only, Which.ALL: self.again}
        picked = [which for which, is_on in chosen.items() if is_on]
        if len(picked) > 1:
            raise UsageError("--failed-only, --new-only and --again exclude each other.", "Give one of them.")
        return picked[0] if picked else Which.UNFINISHED


def read_options(command: Command) -> Command:
    """The options that say which rows are meant and how they are read."""
    for option in reversed(_READ_OPTIONS):
        command = option(command)
    return command


_READ_OPTIONS = (
    click.option("--process", "-p", help="Process; the workbook's own when none is named."),
    click.option("--sheet", "-s", help="Worksheet; the active one when none is named."),
    click.option("--range", "-r", "area", help="Only these cells, such as A5:F40; widened to whole documents."),
    click.option("--failed-only", is_flag=True, help="Only rows that were rejected."),
    click.option("--new-only", is_flag=True, help="Only rows that were never sent."),
    click.option("--again", is_flag=True, help="Also rows that were accepted before: they are posted once more."),
    click.option("--hidden-rows", type=click.Choice(["skip", "include"]), help="What to do with hidden rows."),
    click.option("--read", type=click.Choice(["stored", "displayed"]), help="Cell values as stored or as displayed."),
    click.option("--dates", type=click.Choice(["iso", "us"]), help="Dates as 2026-02-28 or as 2/28/2026."),
    click.option("--no-checks", is_flag=True, help="Leave the checks of the workbook's author out."),
)


def to_send_options(
    choices: ReadChoices, desk: Desk, *, dry_run: bool, sending: Mapping[str, Any] | None = None
) -> SendOptions:
    """What the flows take.

    Args:
        choices: What the person chose about reading.
        desk: The open workbook.
        dry_run: Change nothing.
        sending: Further choices of ``xlsc send``.

    Raises:
        UsageError: No process, an area that is none, or unchecked sending where a policy forbids it.
    """
    settings = desk.work.session.settings
    if choices.no_checks and not settings.allow_unchecked:
        origin = settings.origins.get("allow_unchecked")
        raise UsageError(
            f"Sending without checks is not allowed here{f' (set by {origin})' if origin else ''}.",
            "Leave --no-checks out, or set allow_unchecked=true where no policy locks it.",
        )
    more = dict(sending or {})
    return SendOptions(
        process=choices.process or desk.process,
        sheet=choices.sheet,
        read=_read_options(choices, settings),
        rules=read_rules(desk.work.book),
        unchecked=choices.no_checks,
        all_or_nothing=more.get("all_or_nothing", False),
        documents_per_run=more.get("documents_per_run"),
        stop_at_first_error=more.get("stop_at_first_error", False),
        variables=parse_variables(more.get("variables", ())),
        dry_run=dry_run,
        bisect=more.get("bisect", False),
        mark=more.get("on_behalf_of") is None,
    )


def _read_options(choices: ReadChoices, settings: Settings) -> ReadOptions:
    text = TextOptions(
        dates=cast(Literal["iso", "us"], settings.dates), read=cast(Literal["stored", "displayed"], settings.read)
    )
    return ReadOptions(
        selection=parse_area(choices.area) if choices.area else None,
        which=choices.which(),
        hidden=cast(Literal["skip", "include"], settings.hidden_rows),
        text=text,
        max_rows=settings.max_rows,
    )
