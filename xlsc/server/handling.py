"""What every handler is given: the request in the service's own words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request

from xlsc.server.backend import Backend
from xlsc.server.incoming import Parameters
from xlsc.server.refusals import forbidden, not_found
from xlsc.server.tokens import Caller
from xlsc.server.processes import Definition
from xlsc.wire.calls import Call


@dataclass(frozen=True, slots=True)
class Context:
    """One request.

    Attributes:
        caller: Who calls; None for the calls that need no token.
        base_url: The address the caller reached, without a slash at the end.
    """

    backend: Backend
    call: Call
    parameters: Parameters
    request: Request
    caller: Caller | None
    base_url: str

    @property
    def known_caller(self) -> Caller:
        """The caller of a call that needs a token."""
        assert self.caller is not None
        return self.caller

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.remote_addr or ""
