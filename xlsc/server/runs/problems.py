"""What stops a document or a run; all are values to the engine and end as messages for the person with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

#: Findings that one message tells; more help nobody.
MAX_FINDINGS = 20
#: SQLSTATE classes of broken connections and of servers that shut down.
_GONE = ("08", "57P")


class DocumentProblem(Exception):
    """A document cannot be sent as it is.

    Args:
        messages: All findings, at least one sentence.
        by_row: Findings on single rows, by 0-based position within the document.
    """

    def __init__(self, messages: Sequence[str], by_row: Mapping[int, Sequence[str]] | None = None) -> None:
        super().__init__(join_messages(messages))
        self.messages = tuple(messages)
        self._by_row = by_row or {}
        named = {message for found in self._by_row.values() for message in found}
        self._general = [message for message in messages if message not in named]

    def text_for(self, position: int) -> str:
        """What an error table says at a row: its own findings and the document's; all where it has none of its own.

        Args:
            position: 0-based, within the document.
        """
        own = self._by_row.get(position)
        return join_messages([*own, *self._general]) if own else join_messages(self.messages)


class DocumentCancelled(Exception):
    """A task left a document out without calling it wrong."""


class RunStopped(Exception):
    """A run ends before its documents, or between them.

    Args:
        message: Why.
        failed: Whether the run is a failure; False = cancelled.
    """

    def __init__(self, message: str, *, failed: bool) -> None:
        super().__init__(message)
        self.message = message
        self.failed = failed


class ConnectionLost(Exception):
    """A database cannot be reached, or not any more; the message is for the person with the rows."""


class CommitLost(ConnectionLost):
    """The connection broke while a transaction was being committed: nobody can tell here whether it was."""


def join_messages(messages: Iterable[str]) -> str:
    r"""Findings as one text, one a line, each once.

    >>> join_messages(["No name.", "No city.", "No name."])
    'No name.\nNo city.'
    """
    distinct = list(dict.fromkeys(messages))
    if len(distinct) > MAX_FINDINGS:
        left = len(distinct) - MAX_FINDINGS
        distinct = [*distinct[:MAX_FINDINGS], f"And {left} more."]
    return "\n".join(distinct)


def is_lost(error: SQLAlchemyError) -> bool:
    """Whether a database error means that the connection is gone."""
    if not isinstance(error, DBAPIError):
        return False
    # A driver may hear why the server goes before it sees that the line is dead.
    state = getattr(error.orig, "sqlstate", "")
    if state is None:  # PostgreSQL's driver itself complains: the server did not get to say anything
        return error.connection_invalidated or isinstance(error, OperationalError)
    return error.connection_invalidated or str(state).startswith(_GONE)


def database_message(error: SQLAlchemyError) -> str:
    """What a database says about a statement, without the statement: it is the process's, not the person's."""
    original = getattr(error, "orig", None)
    lines = str(original if original is not None else type(error).__name__).strip().splitlines()
    kept = [" ".join(line.split()) for line in lines if line.strip() and not line.startswith(("LINE ", "HINT:"))]
    return "The database refused it: " + "; ".join(kept[:2]).rstrip(".")[:400] + "."
