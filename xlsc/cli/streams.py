"""Standard output and error as they come: a code page that lacks a character must not stop a report half way."""

from __future__ import annotations

import io
import json
import sys
from typing import Any


def accept_all_characters() -> None:
    r"""Show what the screen's code page lacks as ``\u65e5``; a report on rows that were sent has to come out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _is_utf8(stream):
            stream.reconfigure(errors="backslashreplace")


def json_text(value: Any, indent: int | None = None) -> str:  # noqa: ANN401 - any JSON value
    """One JSON document; in ASCII where standard output is not UTF-8."""
    return json.dumps(value, ensure_ascii=not _is_utf8(sys.stdout), indent=indent, default=str)


def _is_utf8(stream: Any) -> bool:  # noqa: ANN401 - a text stream, or what a test put in its place
    return (getattr(stream, "encoding", "") or "").casefold().replace("-", "") == "utf8"
