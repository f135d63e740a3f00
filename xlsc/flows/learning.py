"""Experience with a process: taken from every send, and told as guesses. Nothing is ever refused for a guess."""

from __future__ import annotations

import logging

from xlsc.core.experience import observe
from xlsc.core.hints import Hint, guess
from xlsc.core.results import RowState
from xlsc.errors import UsageError
from xlsc.flows.connect import Session
from xlsc.flows.report import SendReport
from xlsc.flows.work import Work
from xlsc.outbox import Outbox

logger = logging.getLogger(__name__)


def learn(work: Work, report: SendReport, blank_marker: str) -> None:
    """Add what a send has shown; a send never fails for it."""
    settings = work.session.settings
    if not settings.learn or not report.runs:
        return
    accepted = [row for row, state in report.states.items() if state is RowState.ACCEPTED]
    new = observe(report.table, accepted, report.errors, blank_marker)
    try:
        work.outbox.experiences.add(work.session.service, settings.company_id, report.process.map_key, new)
    except UsageError as error:
        logger.warning("Nothing was learned from this send: %s", error.message)


def read_hints(session: Session, outbox: Outbox, map_key: str) -> list[Hint]:
    """What is guessed about a process's columns."""
    return guess(outbox.experiences.read(session.service, session.settings.company_id, map_key))
