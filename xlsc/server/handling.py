"""What every handler is given: the request in the service's own words, and which process it is about."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request

from xlsc.server.accounts import Role
from xlsc.server.backend import Backend
from xlsc.server.incoming import Parameters
from xlsc.server.processes import Definition
from xlsc.server.refusals import forbidden, not_found
from xlsc.server.tokens import Caller
from xlsc.wire.calls import Call


@dataclass(frozen=True, slots=True)
class Context:
    """One request.

    Attributes:
        signed_in: Who calls; None for the calls that need no token.
        base_url: The address the caller reached, without a slash at the end.
    """

    backend: Backend
    call: Call
    parameters: Parameters
    request: Request
    signed_in: Caller | None
    base_url: str

    @property
    def caller(self) -> Caller:
        """The caller of a call that needs a token."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.remote_addr or ""

    def definitions(self) -> list[Definition]:
        """The processes of the caller's company that the caller may use, real-time ones too."""
        every = self.backend.processes.of_company(self.caller.company.id)
        return [definition for definition in every if may_use(self.caller, definition)]

    def definition(self) -> Definition:
        """The process that mapKey or processId names.

        Raises:
            Refusal: 404, the caller's company has no such process; 403, the caller may not use it.
        """
        key = self.parameters.text("mapKey") or self.parameters.text("processId")
        found = self.backend.processes.find(self.caller.company.id, key)
        if found is None:
            raise not_found("This company has no such process.", security=True)
        if not may_use(self.caller, found):
            raise forbidden("This user may not use this process.")
        return found


def may_use(caller: Caller, definition: Definition) -> bool:
    """Whether role, grant or the process itself lets the caller in (P §5)."""
    if caller.role is Role.ADMINISTRATOR or definition.open_to_all:
        return True
    return str(definition.map_key).lower() in caller.grants
