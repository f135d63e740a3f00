"""SQL whose variables and columns are bound as parameters: no value ever becomes a part of the SQL's text.

``GBL_STATE`` stands for a variable wherever it is written: bare, in quotes as the original wants it, within a longer
text in quotes, and as ``:GBL_STATE``. ``:DocumentNo`` and ``:[Posting Date]`` stand for columns of the row.
Source: P §5 (query sources substitute GBL_ text at run time) [doc S8].
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from xlsc.server.expressions import Names, Value, to_text

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<text>'(?:[^']|'')*+')
    | (?P<quoted>"(?:[^"]|"")*+")
    | (?P<cast>::)
    | (?P<named>:(?:[^\W\d]\w*|\[[^\[\]]+\]))
    | (?P<variable>\bGBL_\w+)
    | (?P<word>[^\W\d]\w*)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_VARIABLE = re.compile(r"GBL_\w+", re.IGNORECASE)
#: Nobody writes so much SQL into a process.
MAX_SQL = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """What is bound: a column by its 0-based index, or a variable by its name in lower case."""

    column: int | None
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: one place keeps its kind of value, several parts are joined to a text."""

    name: str
    parts: tuple[str | Place, ...]

    def value(self, read: Callable[[Place], Value]) -> Value:
        """The value to bind."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Place):
            return read(self.parts[0])
        return "".join(part if isinstance(part, str) else to_text(read(part)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class BoundSql:
    """SQL for SQLAlchemy's ``text``, and what to bind.

    Attributes:
        text: With parameters ``:xlsc_0`` and so on; other colons are escaped.
        written: As it stands in the process file.
    """

    written: str
    text: str
    parameters: tuple[Parameter, ...]

    @property
    def uses_columns(self) -> bool:
        """Whether it needs a row."""
        return any(isinstance(part, Place) and part.column is not None for p in self.parameters for part in p.parts)


class SqlError(ValueError):
    """SQL that cannot be used; the message says why."""


def bind_sql(sql: str, names: Names) -> BoundSql:
    """Find the places of an SQL text.

    Args:
        sql: One statement.
        names: Columns and variables that may be used.

    Raises:
        SqlError: It is empty, names what does not exist, or holds several statements.

    >>> bind_sql("select * from c where s = 'GBL_STATE'", Names([], ["GBL_STATE"])).text
    'select * from c where s = :xlsc_0'
    """
    if len(sql) > MAX_SQL:
        raise SqlError(f"The SQL is longer than {MAX_SQL:,} characters")
    binder = _Binder(names)
    pieces = [binder.piece(match) for match in _TOKEN.finditer(sql.strip().rstrip(";").rstrip())]
    text = "".join(pieces)
    if not text.strip():
        raise SqlError("The SQL is empty")
    return BoundSql(sql, text, tuple(binder.parameters))


class _Binder:
    def __init__(self, names: Names) -> None:
        self._names = names
        self.parameters: list[Parameter] = []

    def piece(self, match: re.Match[str]) -> str:
        kind, found = str(match.lastgroup), match[0]
        if kind == "variable":
            return self._bind((self._variable(found),))
        if kind == "named":
            return self._bind((self._named(found[1:]),))
        if kind == "text" and _VARIABLE.search(found):
            return self._bind(self._split(found[1:-1].replace("''", "'")))
        if kind == "other" and found == ";":
            raise SqlError("Write one statement; a task of its own for each further one")
        if kind == "other" and found == "'":
            raise SqlError("A text in the SQL has no closing quote")
        return found.replace(":", r"\:")

    def _bind(self, parts: tuple[str | Place, ...]) -> str:
        name = f"xlsc_{len(self.parameters)}"
        self.parameters.append(Parameter(name, parts))
        return f":{name}"

    def _named(self, name: str) -> Place:
        name = name[1:-1].strip() if name.startswith("[") else name
        index = self._names.column(name)
        return Place(index) if index is not None else self._variable(name)

    def _variable(self, name: str) -> Place:
        if not self._names.is_variable(name):
            kind = "variable" if _VARIABLE.fullmatch(name) else "column or variable"
            hint = "; declare it in [variables]" if kind == "variable" else self._names.suggest(name)
            raise SqlError(f"There is no {kind} '{name}'{hint}")
        return Place(None, name.lower())

    def _split(self, text: str) -> tuple[str | Place, ...]:
        """The parts of a text in quotes that holds variables."""
        parts: list[str | Place] = []
        place = 0
        for match in _VARIABLE.finditer(text):
            if match.start() > place:
                parts.append(text[place : match.start()])
            parts.append(self._variable(match[0]))
            place = match.end()
        if place < len(text):
            parts.append(text[place:])
        return tuple(parts)


def fill_text(text: str, read: Callable[[str], str]) -> str:
    """A text with each GBL_ name replaced by its value, for names of files and values of variables; never for SQL."""
    return _VARIABLE.sub(lambda match: read(match[0].lower()), text)
