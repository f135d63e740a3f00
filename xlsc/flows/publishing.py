"""What a template must not carry when it leaves its author: secrets, paths of a machine, names of people and firms."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsc.errors import WorkbookError
from xlsc.sheets.binding import Binding
from xlsc.sheets.header_looks import HEADER_AUTHOR
from xlsc.sheets.mark_colours import AUTHOR
from xlsc.sheets.package_texts import Found, read_texts
from xlsc.sheets.port import Book

_SUSPECTS = (
    ("a token in an address", re.compile(r"[?&;]token=[^&\"'<\s]+", re.IGNORECASE)),
    ("a password", re.compile(r"\b(?:password|passwd|pwd|kennwort)\s*[=:]\s*[^\s<>;]+", re.IGNORECASE)),
    ("a secret", re.compile(r"\b(?:api[_ -]?key|client[_ -]?secret|secret|token)\s*[=:]\s*\S{6,}", re.IGNORECASE)),
    ("a secret", re.compile(r"\bBearer\s+[A-Za-z0-9._~+/-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a name and password in an address", re.compile(r"\b[a-z]+://[^\s/:@\"<]+:[^\s/@\"<]+@")),
    ("a path of a Windows machine", re.compile(r"(?<![A-Za-z])[A-Za-z]:(?:\\|%5C|/)(?![/\\])[^\s<\"]+")),
    ("a path of a server", re.compile(r"(?<![\\\w])\\\\[\w.-]+\\[^\s<\"]+")),
    ("a path of a Mac or Linux machine", re.compile(r"(?<![\w.%-])/(?:Users|home|root|Volumes|mnt|tmp|var)/[^<\"\s]+")),
    ("an address of a file", re.compile(r"file:/+[^<\"\s]+", re.IGNORECASE)),
)
_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
#: Hosts that are set aside for examples.
_EXAMPLE = re.compile(r"(?:.*\.)?example(?:\.(?:com|org|net))?|.*\.(?:invalid|test)")
#: Who writes templates; nobody.
_NOBODY = frozenset(("", "xlsc", HEADER_AUTHOR, AUTHOR, "openpyxl", "none", "author"))


@dataclass(frozen=True, slots=True)
class Published:
    """The hash of a file, and what was found in it: each a place and what is there, never the secret itself."""

    sha256: str
    findings: tuple[str, ...]


def strip_company(book: Book) -> None:
    """Let the workbook forget service and company; who fills it in signs in to their own."""
    names = ("service_url", "company_id", "company_name", "process_key")
    book.write_properties({f"xlsc.{name}": None for name in names})


def inspect(path: Path, former: Binding | None = None) -> Published:
    """Look at every part of a workbook file for what must not leave.

    Args:
        path: The file.
        former: What the workbook was bound to; its service and company must not stand elsewhere in it either.

    Raises:
        WorkbookError: The file cannot be read.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WorkbookError(f"{path} cannot be read.", "Save it in Excel as Excel Workbook (.xlsx).") from error
    known = [text for text in (former.company_name, former.company_id, former.service_url) if text] if former else []
    found = dict.fromkeys(finding for text in read_texts(path) for finding in _judge(text, known))
    return Published(digest, tuple(found))


def _judge(found: Found, known: Sequence[str]) -> Iterator[str]:
    if found.is_person:
        if found.text.strip().casefold() not in _NOBODY:
            yield f"{found.place} names {found.text.strip()}"
        return
    yield from _judge_text(found)
    folded = found.text.casefold()
    if any(text.casefold() in folded for text in known):
        yield f"{found.place} names the service or company that was taken out"


def _judge_text(found: Found) -> Iterator[str]:
    for what, pattern in _SUSPECTS:
        if pattern.search(found.text):
            yield f"{found.place} holds {what}"
    for match in _MAIL.finditer(found.text):
        if not _EXAMPLE.fullmatch(match[1].casefold()):
            yield f"{found.place} holds the e-mail address {match[0]}"
