"""What a template must not carry when it leaves its author: secrets, paths of a machine, names of people."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from xlsc.errors import WorkbookError
from xlsc.sheets.port import Book

#: (what it is, pattern) that is looked for in every part of the file.
_SUSPECTS = (
    ("a token in an address", re.compile(rb"[?&]token=[^&\"'<\s]+", re.IGNORECASE)),
    ("a password", re.compile(rb"password\s*[=:]\s*[^\s<&\"']+", re.IGNORECASE)),
    ("a path of a Windows machine", re.compile(rb"[A-Za-z]:\\\\?Users\\\\?[^\\<\"]+")),
    ("a path of a Mac or Linux machine", re.compile(rb"(?:file://)?/(?:Users|home)/[^/<\"\s]+")),
)
_PEOPLE = re.compile(rb"<(?:\w+:)?(creator|lastModifiedBy)\b[^>]*>([^<]+)<")


@dataclass(frozen=True, slots=True)
class Published:
    """The hash of a file, and what was found in it."""

    sha256: str
    findings: tuple[str, ...]


def strip_company(book: Book) -> None:
    """Let the workbook forget service and company; who fills it in signs in to their own."""
    names = ("service_url", "company_id", "company_name", "process_key")
    book.write_properties({f"xlsc.{name}": None for name in names})


def inspect(path: Path) -> Published:
    """Look at every part of a workbook file for what must not leave.

    Raises:
        WorkbookError: The file cannot be read.
    """
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise WorkbookError(f"{path} cannot be read.", "Save it in Excel as Excel Workbook (.xlsx).") from error
    found = [
        f"{name} holds {what}" for name, content in parts.items() for what, rule in _SUSPECTS if rule.search(content)
    ]
    people = _PEOPLE.findall(parts.get("docProps/core.xml", b""))
    found += [f"the document properties name {who.decode('utf-8', 'replace')}" for _, who in people if who != b"xlsc"]
    return Published(hashlib.sha256(data).hexdigest(), tuple(found))
