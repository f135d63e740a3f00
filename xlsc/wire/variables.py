r"""GBL_ variables, in the three forms the wire knows (P §2.2, §2.3); values are always texts (P §5).

A     ``[{"Key": "GBL_DEPT", "Value": "SALES"}]``, JSON
B     ``{"Variables": "[ { Key: \"GBL_DEPT\", Value: \"SALES\" } ]", "Xml": ""}``, JSON that holds a text that is
      nearly JSON: keys without quotes, single quotes and a comma at the end are taken
XML   ``ArrayOfVariableOfstringstring``, inside a RequestData; read and written with the rows in ``datatable``
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from xlsc.errors import UsageError
from xlsc.wire.malformed import MalformedText

#: Every variable that a caller may set begins with it (P §5 [doc]).
PREFIX = "GBL_"
#: More variables than any process has.
MAX_VARIABLES = 1000

_NAME = re.compile(r"GBL_\w+", re.IGNORECASE)
#: One step of nearly-JSON: a text in either quotes, a bare word, or a comma that nothing follows.
_STEP = re.compile(
    r"""(?P<double>"(?:[^"\\]|\\.)*+")|(?P<single>'(?:[^'\\]|\\.)*+')|(?P<word>[A-Za-z_$][\w$]*+)|(?P<comma>,(?=\s*[\]}]))""",
    re.DOTALL,
)
_LITERALS = frozenset({"true", "false", "null"})


def check_variable_name(name: str) -> str:
    """The name, when it is one that a caller may set.

    Raises:
        UsageError: It does not begin with GBL_, or holds other characters than letters, digits and underscores.

    >>> check_variable_name("GBL_STATE")
    'GBL_STATE'
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not the name of a variable.", f"Names begin with {PREFIX}, for example {PREFIX}STATE."
        )
    return name


def encode_variables(variables: Mapping[str, str]) -> bytes:
    """The JSON body with variables, form A.

    Raises:
        UsageError: A name is none of a variable.

    >>> encode_variables({"GBL_STATE": "WA"})
    b'[{"Key": "GBL_STATE", "Value": "WA"}]'
    """
    return json.dumps(_to_pairs(variables)).encode("ascii")


def encode_request_data(variables: Mapping[str, str]) -> bytes:
    """The JSON body with variables, form B; the text inside is strict JSON, which every tolerant reader takes.

    Raises:
        UsageError: A name is none of a variable.
    """
    return json.dumps({"Variables": json.dumps(_to_pairs(variables)), "Xml": ""}).encode("ascii")


def decode_variables(body: bytes | str) -> dict[str, str]:
    r"""The variables of a JSON body of form A or B; a blank body has none.

    Also taken: an object of names and values; Key and Value in any case; numbers, booleans and null as values.

    Raises:
        MalformedText: The body is none of it, a name does not begin with GBL_, or one stands twice.

    >>> decode_variables('{ "Variables": "[ { Key: \\"GBL_STATE\\", Value: \\"WA\\" } ]", "Xml": "" }')
    {'GBL_STATE': 'WA'}
    """
    value = _read_json(_to_text(body))
    fields = {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else {}
    if "variables" in fields:
        value = fields["variables"]
        if isinstance(value, str):
            value = _read_json(value)
    return _read_pairs(value)


def check_decoded(variables: Mapping[str, str]) -> dict[str, str]:
    """Variables that were read from XML, when their names are those of variables.

    Raises:
        MalformedText: A name is not, or there are too many.
    """
    if len(variables) > MAX_VARIABLES:
        raise MalformedText(f"There are more than {MAX_VARIABLES:,} variables.")
    for name in variables:
        if not _NAME.fullmatch(name):
            raise MalformedText(f"{name[:100]!r} is not the name of a variable; names begin with {PREFIX}.")
    return dict(variables)


def _to_pairs(variables: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": check_variable_name(name), "Value": value} for name, value in variables.items()]


def _to_text(body: bytes | str) -> str:
    """JSON as text; in bytes the first characters show whether it is UTF-8, UTF-16 or UTF-32 (RFC 4627 §3)."""
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    encoding = json.detect_encoding(body)
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise MalformedText(f"The body is not {name}, from byte {error.start + 1} on.") from error


def _read_json(text: str) -> object:
    """The value of strict or nearly strict JSON, an empty list where there is nothing."""
    if not text.strip():
        return []
    for make in (str, _make_strict):
        try:
            value: object = json.loads(make(text), parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            continue
        return value
    raise MalformedText('The variables are not JSON of the form [{"Key": "GBL_NAME", "Value": "text"}].')


def _make_strict(text: str) -> str:
    return _STEP.sub(_to_strict, text)


def _to_strict(match: re.Match[str]) -> str:
    if match["single"]:
        inner = re.sub(r'\\(.)|"', _requote, match["single"][1:-1], flags=re.DOTALL)
        return f'"{inner}"'
    if match["word"]:
        return match["word"] if match["word"] in _LITERALS else json.dumps(match["word"])
    return match["double"] or ""


def _requote(match: re.Match[str]) -> str:
    if match[1] is None:
        return '\\"'
    return "'" if match[1] == "'" else match[0]


def _read_pairs(value: object) -> dict[str, str]:
    if value is None or value == "":
        return {}
    if isinstance(value, dict):
        lowered = {name.lower() for name in value}
        value = [value] if "key" in lowered else [{"Key": name, "Value": item} for name, item in value.items()]
    if not isinstance(value, list) or len(value) > MAX_VARIABLES:
        raise MalformedText("The variables must be a list of objects with Key and Value.")
    variables: dict[str, str] = {}
    for item in value:
        name, text = _read_pair(item)
        if name in variables:
            raise MalformedText(f"The variable {name!r} is there twice.")
        variables[name] = text
    return check_decoded(variables)


def _read_pair(item: object) -> tuple[str, str]:
    fields = {name.lower(): value for name, value in item.items()} if isinstance(item, dict) else {}
    name = fields.get("key", fields.get("name"))
    if not isinstance(name, str):
        raise MalformedText("A variable has no Key.")
    value = fields.get("value")
    if isinstance(value, bool):
        return name, "true" if value else "false"
    if value is None or isinstance(value, str):
        return name, value or ""
    raise MalformedText(f"The value of the variable {name[:100]!r} is not a text.")
