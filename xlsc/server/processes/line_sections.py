"""[[lines]] of a process file: where rows go, which of them, and how target columns get their values."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from xlsc.core.catalog import ProcessLine
from xlsc.server.expressions import Names, Value
from xlsc.server.expressions.values import as_moment
from xlsc.server.processes.connection_file import NAMESPACE, fill_environment
from xlsc.server.processes.definition import Action, Line, LineKind
from xlsc.server.processes.mapping import (
    Calculation,
    Constant,
    DateCalculation,
    Edge,
    Field,
    FromColumn,
    Grouping,
    NoMatch,
    Origin,
    Rolling,
    Translation,
)
from xlsc.server.processes.reading import Section

_TABLE = re.compile(r"[^\W\d]\w{0,62}(?:\.[^\W\d]\w{0,62})?")
_COLUMN = re.compile(r"[^\W\d]\w{0,62}")
#: A header's name (RFC 9110 §5.1).
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: The keys of a field that say where its value comes from.
_ORIGINS = ("column", "constant", "calculation", "date", "translate", "rolling")
#: All its other keys.
_DETAILS = (
    *("group", "required", "add_days", "add_months", "move_to", "table", "no_match", "default"),
    *("prefix", "width", "start"),
)


@dataclass(frozen=True, slots=True)
class LineContext:
    """What lines may refer to.

    Attributes:
        map_key: Of the process; identifiers of lines are made from it.
        names: Columns and variables.
        columns: Names of the source columns in order.
        translations: Tables by name.
    """

    map_key: str
    names: Names
    columns: Sequence[str]
    translations: Mapping[str, Mapping[str, str]]


def read_line(section: Section, context: LineContext) -> Line:
    """One [[lines]] table."""
    name = section.text("name")
    kind = section.choice("kind", LineKind, LineKind.SQL)
    restriction = section.expression("only_if", context.names)
    group_by = _read_group_by(section, context)
    fields = _read_fields(section.section("map", required=True), kind, context)
    technical = section.text("technical_name", name.upper().replace(" ", "_"))
    line_id = str(uuid.uuid5(NAMESPACE, f"{context.map_key} line {name}"))
    common: dict[str, Any] = {"fields": fields, "restriction": restriction, "group_by": group_by}
    if kind is LineKind.SQL:
        line = _read_sql_line(section, context, ProcessLine(line_id, name, technical), common)
    else:
        info = ProcessLine(line_id, name, technical, kind.value)
        line = Line(info, kind, **common, **(_read_webhook(section) if kind is LineKind.WEBHOOK else {}))
    _check_grouping(section, line)
    section.finish()
    return line


def _read_group_by(section: Section, context: LineContext) -> tuple[int, ...] | None:
    if "group_by" not in section:
        return None
    found = []
    for name in section.texts("group_by"):
        index = context.names.column(name)
        if index is None:
            section.complain("group_by", f"There is no column '{name}'{context.names.suggest(name)}")
        else:
            found.append(index)
    return tuple(found)


def _read_sql_line(section: Section, context: LineContext, info: ProcessLine, common: dict[str, Any]) -> Line:
    table = section.text("table")
    if table and not _TABLE.fullmatch(table):
        section.complain("table", f"'{table}' is not the name of a table")
    action = section.choice("action", Action, Action.INSERT)
    keys = tuple(section.texts("keys"))
    targets = {field.target for field in common["fields"]}
    for key in keys:
        if key not in targets:
            section.complain("keys", f"'{key}' is not among the columns of [lines.map]")
    if action is not Action.INSERT and not keys:
        section.complain("action", f"To {action.value}, 'keys' has to name the columns that find the row")
    duplicate = section.template("duplicate", context.names) if "duplicate" in section else None
    return Line(
        ProcessLine(info.line_id, info.description, info.technical_name, table),
        LineKind.SQL,
        **common,
        table=table,
        action=action,
        keys=keys,
        update_blank=section.flag("update_blank", True),
        duplicate=duplicate,
    )


def _read_webhook(section: Section) -> dict[str, Any]:
    url, headers, seconds = read_request(section)
    return {"url": url, "headers": headers, "timeout_seconds": seconds}


def read_request(section: Section) -> tuple[str, Mapping[str, str], int]:
    """URL, headers and time-out in seconds of a webhook; ``${NAME}`` comes from the environment."""
    written = section.text("url", limit=2_000)
    url = fill_environment(written, lambda message: section.complain("url", message))
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        usable = False
    if url and not usable:
        section.complain("url", "This has to be an address such as https://example.com/hook, without a password")
    table = section.section("headers")
    headers = {
        name: fill_environment(table.text(name, limit=4_000), lambda message: section.complain("headers", message))
        for name in table.keys
    }
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or "\n" in value or "\r" in value:
            section.complain("headers", f"'{name}' cannot be a header: its name or value holds what headers do not")
    return url, headers, section.number("timeout_seconds", 30, 1, 600) or 30


def _read_fields(section: Section, kind: LineKind, context: LineContext) -> tuple[Field, ...]:
    fields = []
    for target in section.keys:
        if kind is LineKind.SQL and not _COLUMN.fullmatch(target):
            section.complain(target, f"'{target}' is not the name of a column")
        elif isinstance(section.raw(target), dict):
            fields.append(_read_field(section.section(target), target, context))
        else:
            fields.append(_read_short_field(section, target, context))
    if not fields:
        section.complain("", "A line sends at least one column")
    return tuple(fields)


def _read_short_field(section: Section, target: str, context: LineContext) -> Field:
    """``city = "City"``: the value of a source column."""
    if not isinstance(section.raw(target), str):
        section.complain(target, "This has to be a column in quotes, or a table such as { constant = 5 }")
        return Field(target, Constant(None))
    return Field(target, FromColumn(_column(section, target, context)))


def _column(section: Section, key: str, context: LineContext) -> int:
    name = section.text(key)
    index = context.names.column(name)
    if index is None and name:
        section.complain(key, f"There is no column '{name}'{context.names.suggest(name)}")
    return index or 0


def _read_field(section: Section, target: str, context: LineContext) -> Field:
    given = [key for key in _ORIGINS if key in section]
    if len(given) != 1:
        section.complain("", f"A field has exactly one of {', '.join(_ORIGINS)}")
        section.finish(known=_DETAILS)
        return Field(target, Constant(None))
    origin = _READERS[given[0]](section, context)
    grouping = section.choice("group", Grouping, Grouping.FIRST)
    field = Field(target, origin, grouping, section.flag("required", False))
    section.finish()
    return field


def _read_column(section: Section, context: LineContext) -> Origin:
    return FromColumn(_column(section, "column", context))


def _read_constant(section: Section, _context: LineContext) -> Origin:
    return Constant(_constant(section, "constant"))


def _constant(section: Section, key: str) -> Value:
    value = section.raw(key)
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return as_moment(value)
    section.complain(key, "This has to be a text, a number, a date, true or false")
    return None


def _read_calculation(section: Section, context: LineContext) -> Origin:
    expression = section.expression("calculation", context.names, required=True)
    return Constant(None) if expression is None else Calculation(expression)


def _read_date(section: Section, context: LineContext) -> Origin:
    base = section.expression("date", context.names, required=True)
    days = section.number("add_days", 0, -100_000, 100_000) or 0
    months = section.number("add_months", 0, -12_000, 12_000) or 0
    edge = section.choice("move_to", Edge, Edge.NONE)
    return Constant(None) if base is None else DateCalculation(base, days, months, edge)


def _read_translation(section: Section, context: LineContext) -> Origin:
    source = section.expression("translate", context.names, required=True)
    name = section.text("table")
    table = context.translations.get(name)
    if table is None and name:
        section.complain("table", f"There is no table [translations.{name}]")
    no_match = section.choice("no_match", NoMatch, NoMatch.ERROR)
    default = section.text("default", "")
    if no_match is NoMatch.DEFAULT and "default" not in section:
        section.complain("no_match", "The key 'default' says which value is taken then; it is missing")
    if source is None:
        return Constant(None)
    return Translation(source, name, table or {}, no_match, default)


def _read_rolling(section: Section, _context: LineContext) -> Origin:
    counter = section.text("rolling", limit=100)
    prefix = section.text("prefix", "", limit=50)
    width = section.number("width", 0, 0, 18) or 0
    start = section.number("start", 1, 0, 10**15)
    return Rolling(counter, prefix, width, 1 if start is None else start)


_READERS = {
    "column": _read_column,
    "constant": _read_constant,
    "calculation": _read_calculation,
    "date": _read_date,
    "translate": _read_translation,
    "rolling": _read_rolling,
}


def _check_grouping(section: Section, line: Line) -> None:
    if line.group_by is not None:
        return
    if any(field.grouping is not Grouping.FIRST for field in line.fields):
        section.complain("map", "'group' needs 'group_by' of the line")


def read_translations(section: Section) -> Mapping[str, Mapping[str, str]]:
    """[translations.NAME]: texts and what becomes of them; texts are compared without case and blanks around."""
    found = {}
    for name in section.keys:
        table = section.section(name)
        found[name] = {key.strip().lower(): table.text(key, "") for key in table.keys}
    return found
