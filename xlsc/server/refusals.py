"""Why a request is refused: one exception, made by few words, turned into an answer by app.py alone."""

from __future__ import annotations


class Refusal(Exception):
    """The service does not do what was asked.

    Args:
        status: HTTP status, 4xx, or 503 for a service that is busy.
        reason: One short sentence for the caller, without secrets.
        security: Whether it belongs into the security log.
    """

    def __init__(self, status: int, reason: str, *, security: bool = False) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.security = security


def bad_request(reason: str) -> Refusal:
    """400: the request itself is wrong."""
    return Refusal(400, reason)


def not_signed_in(reason: str) -> Refusal:
    """401: password or token."""
    return Refusal(401, reason, security=True)


def forbidden(reason: str) -> Refusal:
    """403: known, but without the right."""
    return Refusal(403, reason, security=True)


def not_found(reason: str, *, security: bool = False) -> Refusal:
    """404: no such call, process or file for this company."""
    return Refusal(404, reason, security=security)
