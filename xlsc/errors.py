"""Every exception a person can meet, in one tree grouped by what the reader can do.

XlscError(message, hint)            hint = the next step for the person, never empty
├ UsageError                        selection, settings, template, process definition       exit 2
│ └ SentBefore                      documents were accepted before; the person may want them sent once more
├ ServiceError                      the service did not do what was asked                   exit 3
│ ├ NoAnswer                        nothing was sent or no connection could be made
│ ├ Refused                         401, 403, or the blank body the original is known for
│ ├ UnknownProcess                  no such process for this company
│ └ UnreadableAnswer                answered, but not with what the call promises (keeps its first 2 KB)
├ WorkbookError                     protected sheet, Excel busy, workbook open elsewhere     exit 4
└ OutcomeUnknown                    a run was sent and not answered                          exit 5

A wrong row is not an exception but a value: xlsc.core.results.RowError. A run whose report holds rejected rows
ends the command line with EXIT_REJECTED (1).
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

EXIT_OK = 0
#: The run was made, and its report holds rejected rows.
EXIT_REJECTED = 1

__all__ = [
    "EXIT_OK",
    "EXIT_REJECTED",
    "NoAnswer",
    "OutcomeUnknown",
    "Refused",
    "SentBefore",
    "ServiceError",
    "UnknownProcess",
    "UnreadableAnswer",
    "UsageError",
    "WorkbookError",
    "XlscError",
    "next_step",
]


class XlscError(Exception):
    """Something a person can act on: what is wrong, and the next step.

    Args:
        message: What is wrong; names the cell, file or setting. Never holds a secret.
        hint: The next step for the person; never empty.
        in_excel: The same step in the words of the ribbon, where ``hint`` names a command or an option.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str, *, in_excel: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.in_excel = in_excel or hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


class UsageError(XlscError):
    """A selection, a setting, a template or a definition cannot be used as it is."""

    exit_code = 2


class SentBefore(UsageError):
    """Documents with the same content were accepted before; nothing was sent.

    Args:
        message: Names the first of them.
        hint: The next step.
        in_excel: The same in the words of the ribbon.
        documents: Each document's fingerprint, and when, by whom and in which run it was accepted.
    """

    def __init__(self, message: str, hint: str, *, in_excel: str, documents: Mapping[str, str]) -> None:
        super().__init__(message, hint, in_excel=in_excel)
        self.documents = dict(documents)


class ServiceError(XlscError):
    """The service did not do what was asked."""

    exit_code = 3


class NoAnswer(ServiceError):
    """No answer came, and nothing that matters can have happened on the other side."""


class Refused(ServiceError):
    """The service refused: wrong password, token, company or rights."""


class UnknownProcess(ServiceError):
    """No process of that name or key is there for this company."""


class UnreadableAnswer(ServiceError):
    """The answer is not what the call promises.

    Args:
        message: What was expected and what came.
        hint: The next step.
        body: The answer's first 2,048 characters, with secrets taken out.
    """

    def __init__(self, message: str, hint: str, body: str = "", *, in_excel: str = "") -> None:
        super().__init__(message, hint, in_excel=in_excel)
        self.body = body[:2048]


class WorkbookError(XlscError):
    """The workbook cannot be read or written: protected, busy, open elsewhere, damaged."""

    exit_code = 4


class OutcomeUnknown(XlscError):
    """A run was sent and its answer did not come: it may or may not have happened."""

    exit_code = 5


_NEXT_STEPS = {
    errno.ENOENT: "Check the name, and make its folder first.",
    errno.ENOTDIR: "Check the name: a part of it is a file, no folder.",
    errno.EISDIR: "Name a file; this is a folder.",
    errno.ENOSPC: "Free space on that disk, or choose another one.",
    errno.EDQUOT: "Free space on that disk, or choose another one.",
    errno.EFBIG: "Choose another disk; this one takes no file of that size.",
    errno.EROFS: "That disk can only be read; choose another one.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def next_step(error: OSError) -> str:
    """What a person can do about a file that the system does not let us use; the hint of an XlscError."""
    return _NEXT_STEPS.get(
        error.errno or 0, "Close it elsewhere, check that you may write there, or choose another file or folder."
    )
