"""What is raised when text that came over the wire cannot be read; each role says it in its own way.

The client turns it into UnreadableAnswer, the service into a refusal with status 400.
"""

from __future__ import annotations


class MalformedText(ValueError):
    """Text from the other side that is not what the protocol says; the message is one sentence without its content."""


class MalformedXml(MalformedText):
    """XML that is not well-formed, holds what is never expanded (DOCTYPE, entities), or is no table."""
