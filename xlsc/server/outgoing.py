"""What goes out: answers and refusals as JSON or XML. Handlers answer in the wire's own names (P §1.3, §2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from xlsc.wire.calls import Answer
from xlsc.wire.xml_text import escape, replace_forbidden

JSON_TYPE = "application/json; charset=utf-8"
XML_TYPE = "application/xml; charset=utf-8"
#: Namespace of texts and truth values that .NET's DataContract writes without a class (P §2.2 [obs]).
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"

#: Root element, and the element of an item where the answer is a list. The names of the original are not known
#: (P §7.1); clients go by local names and by the names of the members.
XML_NAMES: dict[Answer, tuple[str, str]] = {
    Answer.USER: ("User", ""),
    Answer.COMPANIES: ("ArrayOfCompany", "Company"),
    Answer.CONNECTIONS: ("ArrayOfConnection", "Connection"),
    Answer.DATA_SOURCES: ("ArrayOfDataSource", "DataSource"),
    Answer.MAPS: ("ArrayOfMapListItem", "MapListItem"),
    Answer.CONNECTION_PROCESSES: ("ProcessList", ""),
    Answer.SOURCE_PROCESSES: ("ArrayOfProcess", "Process"),
    Answer.COLUMNS: ("ArrayOfMapColumn", "MapColumn"),
    Answer.HISTORY: ("ArrayOfMapRun", "MapRun"),
    Answer.RUN_ERRORS: ("ProcessRunErrors", ""),
    Answer.OUTPUTS: ("ArrayOfOutput", "Output"),
}
#: Elements of the items of lists within answers.
ITEM_NAMES = {
    "Items": "Process",
    "lines": "line",
    "tenants": "tenant",
    "runTenants": "runTenant",
    "dataRows": "dataRow",
    "columnList": "column",
    "Products": "Product",
    "Instances": "Instance",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes and what they are."""

    body: bytes
    content_type: str


def as_json(value: Any) -> Reply:  # noqa: ANN401 - whatever JSON can hold
    """A value as JSON, members in the order they have."""
    return Reply(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), JSON_TYPE)


def encode_reply(answer: Answer, value: Any, *, wants_xml: bool) -> Reply:  # noqa: ANN401 - see as_json
    """A handler's answer in the caller's format."""
    if not wants_xml:
        return as_json(value)
    if isinstance(value, bool):
        return _xml(f'<boolean xmlns="{SERIALIZATION}">{str(value).lower()}</boolean>')
    if isinstance(value, str):
        return _xml(f'<string xmlns="{SERIALIZATION}">{_text(value)}</string>')
    root, item = XML_NAMES[answer]
    return _xml(_element(root, value, item))


def encode_refusal(status: int, reason: str, *, wants_xml: bool, blank: bool) -> tuple[int, str, bytes]:
    """Status, content type and body of a refusal.

    Args:
        status: HTTP status.
        reason: One short sentence.
        wants_xml: Whether the caller asked for XML.
        blank: Answer 200 with nothing, as the original does (P §1.5 [S4]); failures of the service stay 5xx.
    """
    if blank and status < 500:
        return 200, XML_TYPE if wants_xml else JSON_TYPE, b""
    if wants_xml:
        return status, XML_TYPE, _xml(f"<Error><Message>{_text(reason)}</Message></Error>").body
    return status, JSON_TYPE, as_json({"Message": reason}).body


def _xml(text: str) -> Reply:
    return Reply(text.encode("utf-8", "replace"), XML_TYPE)


def _element(name: str, value: Any, item: str = "") -> str:  # noqa: ANN401 - see as_json
    if value is None:
        return f"<{name}/>"
    if isinstance(value, dict):
        return f"<{name}>{''.join(_member(key, part) for key, part in value.items())}</{name}>"
    if isinstance(value, list):
        inner = "".join(_element(item, part) for part in value)
        return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
    if isinstance(value, bool):
        return f"<{name}>{str(value).lower()}</{name}>"
    return f"<{name}>{_text(str(value))}</{name}>"


def _member(name: str, value: Any) -> str:  # noqa: ANN401 - see as_json
    return _element(name, value, ITEM_NAMES.get(name, "item"))


def _text(text: str) -> str:
    return escape(replace_forbidden(text))
