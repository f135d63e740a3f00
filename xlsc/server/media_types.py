"""In which format a caller wants its answer: JSON or XML, by the Accept header (P §1.1, §2.4)."""

from __future__ import annotations

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

JSON = "application/json"
#: What can be answered, in the order that decides where a caller likes several alike; JSON where it does not mind.
OFFERED = (JSON, "text/json", "application/xml", "text/xml")


def choose_media_type(accept: str | None) -> str:
    """The media type of the answer.

    Args:
        accept: The header as it came, with or without weights; parameters such as ``charset`` count for nothing.

    >>> choose_media_type("text/xml; charset=utf-8, */*;q=0.1"), choose_media_type("image/png")
    ('text/xml', 'application/json')
    """
    wished = parse_accept_header(accept, MIMEAccept)
    bare = MIMEAccept([(name.partition(";")[0].strip(), quality) for name, quality in wished])
    return bare.best_match(OFFERED, JSON)


def is_xml(media_type: str) -> bool:
    """Whether a body of this media type is XML: by its name, or by the suffix of RFC 7303."""
    return media_type.endswith(("/xml", "+xml"))
