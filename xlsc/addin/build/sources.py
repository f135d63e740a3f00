"""VBA source text to modules: headers in Excel's order, line ends, and what VBA itself would refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from xlsc.errors import UsageError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}\Z")
_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = (.*)\Z")
#: Limits of the VBA editor: characters in a line, continuations of a statement.
_LINE, _CONTINUATIONS = 1000, 24
_CLASS_BASE = '"0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"'
_WORKBOOK_BASE = '"0{00020819-0000-0000-C000-000000000046}"'
_SHEET_BASE = '"0{00020820-0000-0000-C000-000000000046}"'


class Kind(Enum):
    """What a module is to Excel; the value is its word in the PROJECT stream."""

    MODULE = "Module"
    CLASS = "Class"
    WORKBOOK = "Workbook"
    SHEET = "Sheet"

    @property
    def is_document(self) -> bool:
        """Whether it stands behind the workbook or a sheet."""
        return self in (Kind.WORKBOOK, Kind.SHEET)


@dataclass(frozen=True, slots=True)
class Module:
    """One VBA module; ``text`` is complete, with attributes and CRLF line ends."""

    name: str
    kind: Kind
    text: str


def read_module(source: str, kind: Kind) -> Module:
    r"""A module from the text of a .bas or .cls file.

    Args:
        source: Text with an ``Attribute VB_Name`` line; any line ends, ASCII only.
        kind: What it is to become.

    Raises:
        UsageError: No or a wrong name, text that is not ASCII, a line that VBA would not read.

    >>> read_module('Attribute VB_Name = "A"\nSub B()\nEnd Sub', Kind.MODULE).text.splitlines()[0]
    'Attribute VB_Name = "A"'
    """
    lines = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    attributes, body = _split_header(_drop_class_head(lines))
    name = attributes.get("VB_Name", "").strip('"')
    if not _NAME.match(name):
        raise UsageError(f"'{name}' cannot name a VBA module.", "Give it an 'Attribute VB_Name' of up to 31 letters.")
    header = _write_header(name, kind, attributes)
    _check_lines(name, body)
    return Module(name, kind, "\r\n".join([*header, *body]) + "\r\n")


def _drop_class_head(lines: list[str]) -> list[str]:
    if not lines[0].startswith("VERSION "):
        return lines
    return lines[lines.index("END") + 1 :]


def _split_header(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The leading attributes, and the lines after them."""
    attributes: dict[str, str] = {}
    for number, line in enumerate(lines):
        found = _ATTRIBUTE.match(line)
        if found is None:
            return attributes, lines[number:]
        attributes[found[1]] = found[2]
    return attributes, []


def _write_header(name: str, kind: Kind, attributes: Mapping[str, str]) -> list[str]:
    header = {"VB_Name": f'"{name}"'}
    if kind.is_document:
        header["VB_Base"] = _WORKBOOK_BASE if kind is Kind.WORKBOOK else _SHEET_BASE
        header |= _class_flags(predeclared="True", exposed="True", customizable="True")
    elif kind is Kind.CLASS:
        header["VB_Base"] = _CLASS_BASE
        header |= _class_flags(predeclared="False", exposed=attributes.get("VB_Exposed", "False"), customizable="False")
    if "VB_Description" in attributes:
        header["VB_Description"] = attributes["VB_Description"]
    return [f"Attribute {key} = {value}" for key, value in header.items()]


def _class_flags(*, predeclared: str, exposed: str, customizable: str) -> dict[str, str]:
    """The attributes of a class in the order in which Excel writes them."""
    return {
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": predeclared,
        "VB_Exposed": exposed,
        "VB_TemplateDerived": "False",
        "VB_Customizable": customizable,
    }


def _check_lines(name: str, lines: list[str]) -> None:
    continued = 0
    for number, line in enumerate(lines, start=1):
        continued = continued + 1 if line.endswith(" _") else 0
        if problem := _find_problem(line, continued):
            raise UsageError(f"Line {number} of VBA module {name} {problem}.", "Change its source and build again.")


def _find_problem(line: str, continued: int) -> str:
    if not line.isascii():
        return "is not ASCII (Excel reads it in the system's code page)"
    if "\t" in line or "\0" in line:
        return "holds a tab or a NUL"
    if len(line) > _LINE:
        return f"is longer than {_LINE} characters"
    return f"has more than {_CONTINUATIONS} continuations" if continued > _CONTINUATIONS else ""
