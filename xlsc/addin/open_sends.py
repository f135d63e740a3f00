"""Sends whose outcome is not known: the service is asked first, then the person may say what they found out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlsc.addin.acts import Front, look_at_front, open_work, show_earlier
from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.addin.steps import Aside, Steps, asked, working
from xlsc.errors import UsageError, XlscError
from xlsc.flows.connect import Session
from xlsc.flows.settle import settle_by_hand, settle_unknown
from xlsc.outbox import DocumentState, Entry, Outbox, Phase
from xlsc.settings import Settings, resolve

_STATES = {
    "accepted": DocumentState.ACCEPTED,
    "rejected": DocumentState.REJECTED,
    "not sent": DocumentState.NOT_SENT,
}
_HOW = "Look these up in the ERP. What you say here is kept, and shown in the sheet."


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look gave: sentences, and the entries a person may settle by their labels."""

    words: tuple[str, ...]
    unknown: dict[str, int]


def settle() -> Steps[None]:
    """Ask the service, show what it knows, and let the person settle the rest, one entry after the other."""
    front, settings = _front(), resolve()
    seen = yield from working(lambda aside: _look(aside, front, settings, None))
    while seen.unknown:
        labels = tuple(seen.unknown)
        fields = [
            Field("entry", "Send", labels[0], choices=labels),
            Field("state", "It was", choices=tuple(_STATES)),
        ]
        given = yield from asked("Open entries", fields, "\n".join([*seen.words, "", _HOW]))
        if given is None:
            return
        decided = _read_decision(given["entry"], given["state"], seen.unknown)
        seen = yield from working(lambda aside, decided=decided: _look(aside, front, settings, decided))  # type: ignore[misc]
    DESK.dialogs.show("Open entries", "\n".join(seen.words) or "Every run's outcome is known.")


def _front() -> Front | None:
    """The sheet in front, where it is one of ours: what it lacks is shown in it."""
    try:
        return look_at_front()
    except UsageError:
        return None


def _read_decision(entry: str, state: str, unknown: dict[str, int]) -> tuple[int, DocumentState]:
    if entry not in unknown or state not in _STATES:
        raise UsageError("Nothing was settled.", f"Choose a send of the list, and one of: {', '.join(_STATES)}.")
    return unknown[entry], _STATES[state]


def _look(aside: Aside, front: Front | None, settings: Settings, decided: tuple[int, DocumentState] | None) -> _Seen:
    """Settle what is decided or what the service knows, show it, and list what is left; in a thread."""
    words: list[str] = []
    with DESK.outbox(settings) as outbox:
        outbox.recover()
        if decided is not None:
            done = settle_by_hand(outbox, *decided)
            words.append(f"{_describe(outbox, done.entry)}: {done.text}")
        try:
            with DESK.session(front.settings if front else settings) as session:
                if decided is None:
                    words += [f"{_describe(outbox, one.entry)}: {one.text}" for one in settle_unknown(session, outbox)]
                words += _show(aside, front, session, outbox)
        except XlscError as error:
            words.append(f"{error.message} {error.in_excel}")
        entries = outbox.open_entries()
        busy = [entry for entry in entries if entry.phase is not Phase.UNKNOWN]
        words += [f"{_describe(outbox, entry)}: being sent." for entry in busy]
        unknown = {_describe(outbox, entry): entry.entry_id for entry in entries if entry.phase is Phase.UNKNOWN}
    return _Seen(tuple(words), unknown)


def _show(aside: Aside, front: Front | None, session: Session, outbox: Outbox) -> list[str]:
    if front is None:
        return []
    count = show_earlier(open_work(front, aside, session, outbox), front)
    return [f"{count} rows of this sheet show their state now."] if count else []


def _describe(outbox: Outbox, entry: Entry) -> str:
    count = len(outbox.documents(entry.entry_id))
    documents = "1 document" if count == 1 else f"{count:,} documents"
    when = f"{entry.begun_utc.astimezone():%Y-%m-%d %H:%M}"
    return f"{entry.entry_id}: {entry.process_id}, {documents}, {Path(entry.workbook).name}, {when}"
