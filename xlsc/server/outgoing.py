"""What goes out: content types around wire/answers.py, and refusals as this service or the original gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from xlsc.wire import answers
from xlsc.wire.calls import Answer

JSON_TYPE = "application/json; charset=utf-8"
XML_TYPE = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes and what they are."""

    body: bytes
    content_type: str


def as_json(value: object) -> Reply:
    """A document of the service's own as JSON."""
    return Reply(json.dumps(value, ensure_ascii=False).encode("utf-8"), JSON_TYPE)


def encode_reply(answer: Answer, value: object, *, wants_xml: bool) -> Reply:
    """A handler's answer in the caller's format."""
    return Reply(answers.encode(answer, value, wants_xml), XML_TYPE if wants_xml else JSON_TYPE)


def encode_refusal(status: int, reason: str, *, wants_xml: bool, blank: bool) -> tuple[int, str, bytes]:
    """Status, content type and body of a refusal.

    Args:
        status: HTTP status.
        reason: One short sentence.
        wants_xml: Whether the caller asked for XML.
        blank: Answer 200 with nothing, as the original does (P §1.5 [S4]); failures of the service stay 5xx.
    """
    content_type = XML_TYPE if wants_xml else JSON_TYPE
    if blank and status < 500:
        return 200, content_type, b""
    return status, content_type, answers.encode_refusal(reason, wants_xml)
