"""What goes out: content types around wire/answers.py, and refusals as this service or the original gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from xlsc.server.media_types import JSON, is_xml
from xlsc.wire import answers
from xlsc.wire.calls import Answer


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes and what they are."""

    body: bytes
    content_type: str


def as_json(value: object) -> Reply:
    """A document of the service's own as JSON."""
    return Reply(json.dumps(value, ensure_ascii=False).encode("utf-8"), _content_type(JSON))


def encode_reply(answer: Answer, value: object, media_type: str) -> Reply:
    """A handler's answer in the caller's format."""
    return Reply(answers.encode(answer, value, is_xml(media_type)), _content_type(media_type))


def encode_refusal(status: int, reason: str, media_type: str, *, blank: bool) -> tuple[int, str, bytes]:
    """Status, content type and body of a refusal.

    Args:
        status: HTTP status.
        reason: One short sentence.
        media_type: What the caller asked for.
        blank: Answer 200 with nothing, as the original does (P §1.5 [S4]); failures of the service stay 5xx.
    """
    if blank and status < 500:
        return 200, _content_type(media_type), b""
    return status, _content_type(media_type), answers.encode_refusal(reason, is_xml(media_type))


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8"
