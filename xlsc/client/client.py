"""One short typed method per call of the web service; their names are those of wire/calls.py.

Statuses become errors here, once: a refused call did nothing; a run whose answer cannot be read has an unknown outcome.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from xlsc.client.redaction import redact
from xlsc.client.transport import LOOK_UP, Reply, Request, Transport
from xlsc.core.catalog import (
    ColumnInfo,
    Company,
    Connection,
    ConnectionProcess,
    DataSource,
    HistoryRun,
    OutputFile,
    Process,
    RunErrors,
    SourceProcess,
)
from xlsc.core.results import RunResult
from xlsc.errors import OutcomeUnknown, Refused, ServiceError, UnknownProcess, UnreadableAnswer
from xlsc.wire import answers, variables
from xlsc.wire.calls import BY_NAME, Body, Call, Effect
from xlsc.wire.sign_in import SignedInUser, decode_user, encode_sign_in

T = TypeVar("T")
Rows = tuple[list[str], list[tuple[str | None, ...]]]

_CONTENT_TYPES = {
    Body.NONE: None,
    Body.SIGN_IN: "application/json",
    Body.VARIABLES: "application/json",
    Body.ROWS: "text/xml; charset=utf-8",
    Body.XML: "text/xml; charset=utf-8",
    Body.ERRORS: "text/xml; charset=utf-8",
}
#: Statuses with which a request was turned away before it was looked at, so that a run cannot have begun.
_UNAUTHORISED = 401
#: 408: the server gave up waiting; what it did with what it had is not known.
_TIMED_OUT = 408


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """The result of a run, and the hexadecimal SHA-256 of the bytes that told it."""

    result: RunResult
    sha256: str


class Client:
    """Calls one service for one user and company.

    Args:
        transport: Where the service stands and how to reach it.
        token: Of GetToken; "" for the calls that sign in.
        renew: Gives a new token when the service says the old one is no longer good; None = ask the person to sign in.
    """

    def __init__(self, transport: Transport, token: str = "", renew: Callable[[], str] | None = None) -> None:
        self._transport = transport
        self._token = token
        self._renew = renew
        self._secrets: set[str] = {token} if token else set()

    def __repr__(self) -> str:
        return f"Client({self.service!r})"

    @property
    def service(self) -> str:
        """The API's base URL, without a token."""
        return self._transport.address.api_url

    def close(self) -> None:
        """Close kept connections."""
        self._transport.close()

    def public_key(self) -> str:
        """The service's RSA key as .NET's XML (P §1.1)."""
        return self._read("public_key", answers.decode_public_key)

    def user(self, email: str, password: str) -> SignedInUser:
        """A user with companies, by the older sign-in (P §1.3); ``password`` in a form of wire/passwords.py."""
        self._secrets.add(password)
        return self._read("user", decode_user, {}, encode_sign_in(email, password))

    def company_list(self, email: str, password: str) -> tuple[Company, ...]:
        """The companies of a user (P §1.3); ``password`` in a form of wire/passwords.py."""
        self._secrets.add(password)
        return self._read("company_list", answers.decode_companies, {"email": email, "password": password})

    def get_token(self, email: str, password: str, company_id: str) -> str:
        """A token for a user and a company, good for three months (P §1.4)."""
        self._secrets.add(password)
        given = {"email": email, "password": password, "companyId": company_id}
        return self._read("get_token", answers.decode_token, given)

    def validate(self) -> bool:
        """Whether the token is good (P §1.3)."""
        return self._read("validate", answers.decode_boolean)

    def connections(self) -> tuple[Connection, ...]:
        """The company's connections (P §2.1)."""
        return self._read("connections", answers.decode_connections)

    def data_sources(self) -> tuple[DataSource, ...]:
        """The company's data sources (P §2.1)."""
        return self._read("data_sources", answers.decode_data_sources)

    def map_list(self) -> tuple[Process, ...]:
        """The processes that this user may run (P §2.1)."""
        return self._read("map_list", answers.decode_maps)

    def processes_by_connection(self, connection_id: str) -> tuple[ConnectionProcess, ...]:
        """The processes of a connection, with their tenants (P §2.1)."""
        given = {"connectionId": connection_id}
        return self._read("processes_by_connection", answers.decode_connection_processes, given)

    def processes_for_datasource(self, data_source_id: str) -> tuple[SourceProcess, ...]:
        """The processes of a data source (P §2.1)."""
        given = {"dataSourceId": data_source_id}
        return self._read("processes_for_datasource", answers.decode_source_processes, given)

    def map_columns(self, map_key: str) -> tuple[ColumnInfo, ...]:
        """All columns of a process's source (P §2.1)."""
        return self._read("map_columns", answers.decode_columns, {"mapKey": map_key})

    def mapped_map_columns(self, map_key: str) -> tuple[ColumnInfo, ...]:
        """The source columns that the process maps to its target (P §2.1)."""
        return self._read("mapped_map_columns", answers.decode_columns, {"mapKey": map_key})

    def all_data(self, map_key: str) -> Rows:
        """Columns and rows of a process's source (P §2.2)."""
        return self._read("all_data", answers.decode_data, {"mapKey": map_key}, accept="application/xml")

    def all_data_with_variables(self, map_key: str, given: Mapping[str, str]) -> Rows:
        """Columns and rows of a process's source, filtered by GBL_ variables (P §2.2)."""
        body = variables.encode_variables(given)
        return self._read(
            "all_data_with_variables", answers.decode_data, {"mapKey": map_key}, body, accept="application/xml"
        )

    def run_map(self, map_key: str) -> RunResult:
        """Run a process on its own source (P §2.3)."""
        return self.run("run_map", map_key).result

    def run_map_with_variables(self, map_key: str, given: Mapping[str, str]) -> RunResult:
        """Run a process with GBL_ variables (P §2.3)."""
        return self.run("run_map_with_variables", map_key, variables.encode_variables(given)).result

    def run_map_data_table(self, map_key: str, body: bytes) -> RunResult:
        """Run a process with rows, a body of ``encode_rows`` (P §2.3)."""
        return self.run("run_map_data_table", map_key, body).result

    def run_map_data_table_with_errors(self, map_key: str, body: bytes) -> RunResult:
        """Run a process with rows; what validation tasks reject comes back too (P §2.3)."""
        return self.run("run_map_data_table_with_errors", map_key, body).result

    def run_map_xml(self, map_key: str, body: bytes) -> RunResult:
        """Run a process with an escaped XML document (P §2.3)."""
        return self.run("run_map_xml", map_key, body).result

    def run(self, call_name: str, map_key: str, body: bytes = b"") -> RunAnswer:
        """Make a run call and give its answer, read and as it came.

        Args:
            call_name: Name of a run call in wire/calls.py.
            map_key: GUID of the process.
            body: As the call asks for it.

        Raises:
            OutcomeUnknown: The run may or may not have been made.
            Refused, UnknownProcess, ServiceError: The service turned the call away; nothing was run.
            NoAnswer: Nothing was sent.
        """
        call = BY_NAME[call_name]
        reply = self._send(call, {"mapKey": map_key}, body)
        try:
            return RunAnswer(answers.decode_run(reply.body), hashlib.sha256(reply.body).hexdigest())
        except UnreadableAnswer as error:
            raise OutcomeUnknown(
                redact(f"The run was sent, but its answer cannot be read. {error.message}", self._secrets),
                "Look up the process's history (xlsc outbox) before you send these rows again.",
                in_excel=LOOK_UP,
            ) from None

    def save_process_errors(self, map_key: str, tenant: tuple[str, str], run_number: int, body: bytes = b"") -> bool:
        """Keep a run's error rows on the service (P §2.7).

        Args:
            map_key: GUID of the process.
            tenant: Server name and technical name, as GetProcessesByConnection gives them.
            run_number: The run whose errors these are.
            body: Error rows as a data table; empty = those the service knows.
        """
        given = {
            "mapKey": map_key,
            "tenantServer": tenant[0],
            "tenantTechnicalName": tenant[1],
            "runNumber": str(run_number),
        }
        return self._read("save_process_errors", answers.decode_boolean, given, body)

    def history_for_process(self, map_key: str) -> tuple[HistoryRun, ...]:
        """The last ten runs of a process, newest first (P §2.7)."""
        return self._read("history_for_process", answers.decode_history, {"processId": map_key})

    def errors_for_process_run(self, map_key: str, run_number: int) -> RunErrors:
        """The first thousand kept error rows of a run (P §2.7)."""
        given = {"processId": map_key, "runNumber": str(run_number)}
        return self._read("errors_for_process_run", answers.decode_run_errors, given)

    def outputs_for_process(self, map_key: str, run_number: int | None = None) -> tuple[OutputFile, ...]:
        """The output files of a process, or of one of its runs (P §2.7)."""
        given = {"processId": map_key} | ({} if run_number is None else {"runNumber": str(run_number)})
        return self._read("outputs_for_process", answers.decode_outputs, given)

    def get_file(self, key: str) -> bytes:
        """One output file, a zip archive; ``key`` is that of its address (P §2.7)."""
        return self._send(BY_NAME["get_file"], {"key": key}, b"", accept="*/*").body

    def _read(
        self,
        name: str,
        decode: Callable[[bytes], T],
        given: Mapping[str, str] | None = None,
        body: bytes = b"",
        accept: str = "application/json",
    ) -> T:
        """Send a call that is no run and read its answer."""
        reply = self._send(BY_NAME[name], given or {}, body, accept)
        try:
            return decode(reply.body)
        except UnreadableAnswer as error:
            shown = redact(error.body, self._secrets)
            raise UnreadableAnswer(
                redact(error.message, self._secrets), error.hint, shown, in_excel=error.in_excel
            ) from None
        except Refused as error:
            raise Refused(redact(error.message, self._secrets), error.hint, in_excel=error.in_excel) from None

    def _send(self, call: Call, given: Mapping[str, str], body: bytes, accept: str = "application/json") -> Reply:
        reply = self._transport.send(call, self._request(call, given, body, accept))
        if reply.status == _UNAUTHORISED and self._renew is not None and _takes_token(call):
            self._token = self._renew()
            self._secrets.add(self._token)
            # A request with a bad token was turned away, so even a run may go out once more.
            reply = self._transport.send(call, self._request(call, given, body, accept))
        if reply.status >= 300:
            self._fail(call, reply)
        return reply

    def _request(self, call: Call, given: Mapping[str, str], body: bytes, accept: str) -> Request:
        params = ({"token": self._token} if _takes_token(call) else {}) | dict(given)
        content_type = _CONTENT_TYPES[call.body] if body else None
        return Request(params, body, content_type, accept)

    def _fail(self, call: Call, reply: Reply) -> NoReturn:
        reason = redact(answers.decode_refusal(reply.body), self._secrets)
        said = f": {reason}" if reason else f" (HTTP {reply.status})."
        if call.effect is Effect.RUN and (reply.status >= 500 or reply.status == _TIMED_OUT):
            raise OutcomeUnknown(
                f"The service broke off the run (HTTP {reply.status}); it may have been made. {reason}".strip(),
                "Look up the process's history (xlsc outbox) before you send these rows again.",
                in_excel=LOOK_UP,
            )
        nothing = " Nothing was run." if call.effect is Effect.RUN else ""
        raise _error_of(reply.status, f"{call.path} was refused{said}{nothing}")


def _takes_token(call: Call) -> bool:
    return any(param.name == "token" for param in call.params)


def _error_of(status: int, message: str) -> ServiceError:
    if status == _UNAUTHORISED:
        return Refused(message, "Sign in again: xlsc login.", in_excel="Press Sign in on the SmartConnect tab.")
    if status == 403:
        return Refused(message, "Ask an administrator of this company for the rights, or sign in as another user.")
    if status == 404:
        return UnknownProcess(
            message,
            "List what there is with: xlsc processes, its runs with: xlsc history PROCESS. Check the service URL too.",
            in_excel="See what there is with Pick process. Check the service's address too.",
        )
    if status == 429:
        return Refused(message, "The service is busy or signing in was tried too often. Wait a minute, then try again.")
    if status < 400:  # a redirect is never followed: the token stands in the URL
        return ServiceError(message, "The service's address has moved: correct the URL. Redirects are not followed.")
    return ServiceError(message, "Correct what the message names, then try again.")
