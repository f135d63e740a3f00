"""Every call of the web service, once; the client's methods and the server's routes both read this list.

Source: protocol.md §1.1, §2.0 (dialect G2). Parameters travel in the query string even on POST, and method and
parameter names are case-insensitive [inf].
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Body(Enum):
    """What a call's body carries."""

    NONE = "none"
    SIGN_IN = "sign_in"  # JSON with Email, Password, ClientName, IpAddress
    VARIABLES = "variables"  # JSON, forms A and B of P §2.2
    ROWS = "rows"  # XML, RequestData with rows, P §2.3
    XML = "xml"  # XML, RequestData with an escaped document, P §2.3
    ERRORS = "errors"  # optional XML data table of error rows, P §2.7 [?]


class Answer(Enum):
    """What a call answers."""

    PUBLIC_KEY = "public_key"
    USER = "user"
    COMPANIES = "companies"
    TOKEN = "token"  # noqa: S105 - the name of an answer form, no secret
    BOOLEAN = "boolean"
    CONNECTIONS = "connections"
    DATA_SOURCES = "data_sources"
    MAPS = "maps"
    CONNECTION_PROCESSES = "connection_processes"
    SOURCE_PROCESSES = "source_processes"
    COLUMNS = "columns"
    DATA = "data"
    RUN = "run"
    HISTORY = "history"
    RUN_ERRORS = "run_errors"
    OUTPUTS = "outputs"
    FILE = "file"


class Effect(Enum):
    """What repeating a call would do; decides on retries (peers.md §8.1)."""

    READ = "read"  # repeatable at will
    SIGN_IN = "sign_in"  # repeatable, but few times: accounts lock
    SAVE = "save"  # repeating doubles error rows
    RUN = "run"  # never repeated once a byte was sent


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter; ``name`` in its documented spelling, matched without case."""

    name: str
    text: str
    required: bool = True
    kind: str = "string"  # "string" | "uuid" | "integer"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: ``verbs`` are accepted, the first one is sent."""

    name: str
    verbs: tuple[str, ...]
    path: str
    params: tuple[Param, ...]
    body: Body
    answer: Answer
    effect: Effect
    text: str
    source: str

    @property
    def verb(self) -> str:
        """The verb a client sends."""
        return self.verbs[0]

    @property
    def at_root(self) -> bool:
        """Whether the path stands at the host's root instead of below the API base path."""
        return self.path.startswith("v1/")


TOKEN = Param("token", "Token of GetToken, one per user and company")
MAP_KEY = Param("mapKey", "GUID of the process", kind="uuid")
PROCESS_ID = Param("processId", "GUID of the process, the same value as mapKey", kind="uuid")
RUN_NUMBER = Param("runNumber", "Run number, counted per process from 1", kind="integer")
EMAIL = Param("email", "User name")
PASSWORD = Param("password", "Password: plain, HMAC or RSA form, URL-encoded")

_READ, _RUN, _SIGN = Effect.READ, Effect.RUN, Effect.SIGN_IN
_POST, _GET = ("POST",), ("GET",)

CALLS: tuple[Call, ...] = (
    Call(
        "public_key", _POST, "v1/public-key", (), Body.NONE, Answer.PUBLIC_KEY, _SIGN, "RSA key for passwords", "P §1.1"
    ),
    Call(
        "user", _POST, "v1/companies", (), Body.SIGN_IN, Answer.USER, _SIGN, "User with products, older form", "P §1.3"
    ),
    Call(
        "company_list",
        _POST,
        "GetCompanyList",
        (EMAIL, PASSWORD),
        Body.NONE,
        Answer.COMPANIES,
        _SIGN,
        "Companies of a user",
        "P §1.3",
    ),
    Call(
        "get_token",
        _POST,
        "GetToken",
        (EMAIL, PASSWORD, Param("companyId", "GUID of the company", kind="uuid")),
        Body.NONE,
        Answer.TOKEN,
        _SIGN,
        "Token for a user and a company, valid three months",
        "P §1.4",
    ),
    Call(
        "validate", _POST, "validate", (TOKEN,), Body.NONE, Answer.BOOLEAN, _READ, "Whether a token is valid", "P §1.3"
    ),
    Call(
        "connections", _GET, "GetConnections", (TOKEN,), Body.NONE, Answer.CONNECTIONS, _READ, "Connections", "P §2.1"
    ),
    Call(
        "data_sources",
        _GET,
        "GetDataSources",
        (TOKEN,),
        Body.NONE,
        Answer.DATA_SOURCES,
        _READ,
        "Data sources",
        "P §2.1",
    ),
    Call(
        "map_list", _POST, "GetMapList", (TOKEN,), Body.NONE, Answer.MAPS, _READ, "Processes that can be run", "P §2.1"
    ),
    Call(
        "processes_by_connection",
        _GET,
        "GetProcessesByConnection",
        (TOKEN, Param("connectionId", "GUID of the connection", kind="uuid")),
        Body.NONE,
        Answer.CONNECTION_PROCESSES,
        _READ,
        "Processes of a connection, with tenants",
        "P §2.1",
    ),
    Call(
        "processes_for_datasource",
        _GET,
        "GetProcessesForDatasource",
        (TOKEN, Param("dataSourceId", "GUID of the data source", kind="uuid")),
        Body.NONE,
        Answer.SOURCE_PROCESSES,
        _READ,
        "Processes of a data source",
        "P §2.1",
    ),
    Call(
        "map_columns",
        _POST,
        "GetMapColumns",
        (TOKEN, MAP_KEY),
        Body.NONE,
        Answer.COLUMNS,
        _READ,
        "All columns of a process's source",
        "P §2.1",
    ),
    Call(
        "mapped_map_columns",
        _POST,
        "GetMappedMapColumns",
        (TOKEN, MAP_KEY),
        Body.NONE,
        Answer.COLUMNS,
        _READ,
        "Source columns that are mapped to the target",
        "P §2.1",
    ),
    Call(
        "all_data",
        _POST,
        "GetAllData",
        (TOKEN, MAP_KEY),
        Body.VARIABLES,
        Answer.DATA,
        _READ,
        "The rows of a process's source; a body with variables is accepted",
        "P §2.2",
    ),
    Call(
        "all_data_with_variables",
        _POST,
        "GetAllDataWithVariables",
        (TOKEN, MAP_KEY),
        Body.VARIABLES,
        Answer.DATA,
        _READ,
        "The rows of a process's source, filtered by variables",
        "P §2.2",
    ),
    Call(
        "run_map",
        _POST,
        "runmap",
        (TOKEN, MAP_KEY),
        Body.NONE,
        Answer.RUN,
        _RUN,
        "Run a process on its own source",
        "P §2.3",
    ),
    Call(
        "run_map_with_variables",
        _POST,
        "RunMapWithVariables",
        (TOKEN, MAP_KEY),
        Body.VARIABLES,
        Answer.RUN,
        _RUN,
        "Run a process with variables",
        "P §2.3",
    ),
    Call(
        "run_map_data_table",
        _POST,
        "runmapdatatable",
        (TOKEN, MAP_KEY),
        Body.ROWS,
        Answer.RUN,
        _RUN,
        "Run a process with rows",
        "P §2.3",
    ),
    Call(
        "run_map_data_table_with_errors",
        _POST,
        "RunMapDataTableWithErrors",
        (TOKEN, MAP_KEY),
        Body.ROWS,
        Answer.RUN,
        _RUN,
        "Run a process with rows; validation errors come back too",
        "P §2.3",
    ),
    Call(
        "run_map_xml",
        _POST,
        "runmapxml",
        (TOKEN, MAP_KEY),
        Body.XML,
        Answer.RUN,
        _RUN,
        "Run a process with an escaped XML document",
        "P §2.3",
    ),
    Call(
        "save_process_errors",
        ("POST", "GET"),
        "SaveProcessErrors",
        (
            TOKEN,
            MAP_KEY,
            Param("tenantServer", "Tenant's server name"),
            Param("tenantTechnicalName", "Tenant's technical name"),
            RUN_NUMBER,
        ),
        Body.ERRORS,
        Answer.BOOLEAN,
        Effect.SAVE,
        "Keep a run's error rows on the service",
        "P §2.7",
    ),
    Call(
        "history_for_process",
        _GET,
        "GetHistoryForProcess",
        (TOKEN, PROCESS_ID),
        Body.NONE,
        Answer.HISTORY,
        _READ,
        "The last ten runs of a process",
        "P §2.7",
    ),
    Call(
        "errors_for_process_run",
        _GET,
        "GetErrorsForProcessRun",
        (TOKEN, PROCESS_ID, RUN_NUMBER),
        Body.NONE,
        Answer.RUN_ERRORS,
        _READ,
        "The first thousand error rows of a run",
        "P §2.7",
    ),
    Call(
        "outputs_for_process",
        _GET,
        "GetOutputsForProcess",
        (TOKEN, PROCESS_ID, Param("runNumber", "Run number", required=False, kind="integer")),
        Body.NONE,
        Answer.OUTPUTS,
        _READ,
        "Output files of a process",
        "P §2.7",
    ),
    Call(
        "get_file",
        _GET,
        "getfile",
        (TOKEN, Param("key", "Key of the output file")),
        Body.NONE,
        Answer.FILE,
        _READ,
        "One output file",
        "P §2.7",
    ),
)

BY_NAME: dict[str, Call] = {call.name: call for call in CALLS}
