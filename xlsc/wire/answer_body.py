"""The body of an answer, JSON or XML, as plain values; and what to say when it is neither.

Knows formats, not calls. Members are found without regard to case, elements by their local name (P §5.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from xlsc.errors import Refused, UnreadableAnswer
from xlsc.wire.malformed import MalformedXml
from xlsc.wire.names import decode_name
from xlsc.wire.xml_text import to_utf8

CHECK_HINT = "Check the API URL, the token and the rights on the process."
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_HTML = re.compile(r"\s*(<!doctype\s+html|<html\b)", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^>]*>([^<]*)</title", re.IGNORECASE)
#: Characters of an answer that go into an error.
EXCERPT = 2048
#: No count and no run number reaches it.
_COUNT_LIMIT = 2**63
_DOCTYPE = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
#: Names of one member around everything, as services of .NET put them there.
_WRAPPERS = re.compile(r"d|\w*(result|response)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Members:
    """Named values in their order: a JSON object, or an XML element with further elements in it."""

    pairs: Sequence[tuple[str, object]]

    def find(self, *names: str) -> object:
        """The first value under one of these names, which are in lower case; None where there is none."""
        found: dict[str, object] = {}
        for name, value in self.pairs:
            found.setdefault(name.lower(), value)
        return next((found[name] for name in names if found.get(name) is not None), None)

    def text(self, *names: str) -> str:
        """The same as a text, "" where there is none."""
        value = self.find(*names)
        return "" if value is None or isinstance(value, (Members, list)) else to_text(value)

    def count(self, *names: str) -> int:
        """The same as a whole number, 0 where there is none.

        Raises:
            ValueError: It is no whole number.
        """
        return to_count(self.find(*names)) or 0

    def truth(self, *names: str) -> bool:
        """The same as a truth value, false where there is none.

        Raises:
            ValueError: It is no truth value.
        """
        value = self.find(*names)
        return False if value is None or value == "" else to_truth(value)

    def items(self, *names: str) -> list[object]:
        """The same as a list, empty where there is none."""
        return to_items(self.find(*names))


def read_value(body: bytes, expected: str) -> object:
    """The answer as None, text, number, truth value, list or Members.

    Args:
        body: As it came.
        expected: What was asked for, for messages: "the list of processes".

    Raises:
        Refused: The body is blank or null, or says in the manner of ASP.NET why not.
        UnreadableAnswer: The body is HTML, or neither JSON nor XML to its end.
    """
    text = decode_body(body, expected)
    if text.strip() in ("", "null", '""'):
        raise Refused(f"The service answered with nothing instead of {expected}.", CHECK_HINT)
    if _HTML.match(text):
        title = _HTML_TITLE.search(text)
        named = f' titled "{title[1].strip()[:100]}"' if title else ""
        raise unreadable(f"The service answered with a web page{named} instead of {expected}.", text)
    value = _read_xml(body, text, expected) if text.lstrip().startswith("<") else _read_json(text, expected)
    if isinstance(value, Members) and (reason := find_refusal(value)):
        raise Refused(f"The service refused: {reason}", CHECK_HINT)
    return value


def find_refusal(value: Members) -> str:
    """Why the service refused, where the members are nothing but that, else "" (P §1.5 [?])."""
    known = {"message", "exceptionmessage", "exceptiontype", "stacktrace", "messagedetail", "error"}
    known |= {"error_description", "code", "status", "title", "detail", "type", "traceid"}
    names = {name.lower() for name, _value in value.pairs}
    if not names or not names <= known:
        return ""
    return value.text("message", "error_description", "detail", "title", "error").strip()[:500]


def decode_refusal(body: bytes) -> str:
    """The reason that the body of a refusal gives, in one line; "" where it gives none.

    >>> decode_refusal(b'{"Message": "This user may not use this process."}')
    'This user may not use this process.'
    """
    try:
        value = read_value(body, "a reason")
    except Refused as refused:
        return refused.message.partition("The service refused: ")[2]
    except UnreadableAnswer:
        return ""
    return " ".join(value.split())[:500] if isinstance(value, str) else ""


def decode_body(body: bytes, expected: str) -> str:
    """The body as text.

    Raises:
        UnreadableAnswer: Its bytes are no text.
    """
    try:
        if body.startswith((b"\xff\xfe", b"\xfe\xff")):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # the body may declare another encoding
    try:
        return to_utf8(body).decode("utf-8")
    except (MalformedXml, UnicodeDecodeError) as error:
        raise unreadable(f"The service answered with no text instead of {expected}.", body) from error


def unreadable(message: str, body: str | bytes) -> UnreadableAnswer:
    """The error for an answer that is not what the call promises, with the answer's beginning."""
    text = body[:EXCERPT].decode("utf-8", "replace") if isinstance(body, bytes) else body[:EXCERPT]
    return UnreadableAnswer(message, CHECK_HINT, text)


def to_text(value: object) -> str:
    """A plain value as the text that JSON and XML share.

    >>> to_text(True), to_text(3)
    ('true', '3')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def to_count(value: object) -> int | None:
    """A number of any JSON kind, or its text; None stays None.

    Raises:
        ValueError: It is no whole number.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = Decimal(to_text(value).strip())
    except InvalidOperation:
        raise ValueError("a number is none") from None
    if not number.is_finite() or abs(number) >= _COUNT_LIMIT or number != number.to_integral_value():
        raise ValueError("a number is not whole")
    return int(number)


def to_truth(value: object) -> bool:
    """A truth value of JSON, or its text or number.

    Raises:
        ValueError: It is none.
    """
    found = {"true": True, "1": True, "false": False, "0": False}.get(to_text(value).strip().lower())
    if found is None:
        raise ValueError("no truth value")
    return found


def to_items(value: object) -> list[object]:
    """The items of a JSON list or of an XML element; a single value is a list of one."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, Members):
        return [item for _name, item in value.pairs]
    return [value]


def _read_json(text: str, expected: str) -> object:
    try:
        # Numbers with a fraction stay the texts they are; NaN and its like are not JSON.
        return _unwrap(_from_json(json.loads(text, parse_float=str, parse_constant=_refuse_constant)))
    except (ValueError, RecursionError) as error:
        raise unreadable(f"The service answered with half or no JSON instead of {expected}.", text) from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _from_json(value: object) -> object:
    if isinstance(value, dict):
        return Members([(name, _from_json(item)) for name, item in value.items()])
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    return value


def _unwrap(value: object) -> object:
    if isinstance(value, Members) and len(value.pairs) == 1:
        name, inner = value.pairs[0]
        if isinstance(inner, (Members, list)) and _WRAPPERS.fullmatch(name):
            return inner
    return value


def _read_xml(body: bytes, text: str, expected: str) -> object:
    try:
        return _from_xml(parse_xml(body))
    except (MalformedXml, RecursionError) as error:
        raise unreadable(f"The service answered with half or no XML instead of {expected}. {error}", text) from error


def parse_xml(body: bytes) -> etree._Element:
    """The root element; nothing is expanded or fetched.

    Raises:
        MalformedXml: Not well-formed, or a DOCTYPE.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    data = to_utf8(body)
    if _DOCTYPE.match(data):
        raise MalformedXml("It holds a DOCTYPE, which is never taken.")
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedXml(f"It ends or breaks off at line {error.lineno}.") from error


def _from_xml(element: etree._Element) -> object:
    if element.get(_NIL) in ("true", "1"):
        return None
    if len(element) == 0:
        return element.text or ""
    return Members([_member(child) for child in element])


def _member(element: etree._Element) -> tuple[str, object]:
    name = decode_name(etree.QName(element).localname)
    if name == "Errors" and len(element) == 1 and etree.QName(element[0]).localname == "NewDataSet":
        # A table that was put in as elements instead of as text.
        return name, etree.tostring(element[0], encoding="unicode", with_tail=False)
    return name, _from_xml(element)
