"""A TOML file read key by key: wrong types, missing and unknown keys become complaints with file, line and key.

All complaints of a file are collected, so that a person corrects them in one go. A key that is wrong reads as a
harmless value, and the file is refused in the end.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from xlsc.errors import UsageError
from xlsc.server.expressions import Expression, ExpressionError, Names, Template, compile_expression, compile_template
from xlsc.server.expressions.compiling import did_you_mean
from xlsc.server.processes.bound_sql import BoundSql, SqlError, bind_sql
from xlsc.server.processes.toml_lines import Lines
from xlsc.server.processes.toml_lines import Path as KeyPath

Choice = TypeVar("Choice", bound=StrEnum)
#: A process file is written by a person.
MAX_FILE_BYTES = 1024 * 1024
_EMPTY = Names([])
#: What no name, message or statement holds; TOML can write it as an escape.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEY_OF_LINE = re.compile(r"\s*([\w.\"' -]+?)\s*=")


class DefinitionError(UsageError):
    """A file that cannot be used.

    Args:
        problems: One line each: ``customers.toml:12: lines[0].action: …``.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems), "Correct the file; `xlsc process check FILE` reads it again.")
        self.problems = tuple(problems)


class Document:
    """A TOML file and what is wrong with it.

    Args:
        path: Where it is.

    Raises:
        DefinitionError: It cannot be read, or is no TOML.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        text = _read_text(path)
        try:
            self.values: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DefinitionError([_syntax_problem(path, text, error)]) from error
        except RecursionError as error:
            raise DefinitionError([f"{path.name}: The values are nested too deep."]) from error
        self._lines = Lines(text)

    @property
    def top(self) -> Section:
        """The file's outermost table."""
        return Section(self, (), self.values)

    def complain(self, path: KeyPath, message: str) -> None:
        """Note what is wrong with a key."""
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        where = f"{self.path.name}:{self._lines.find(path)}"
        sentence = message if message.endswith("?") else f"{message}."
        self.problems.append(f"{where}: {name}: {sentence}" if name else f"{where}: {sentence}")

    def finish(self) -> None:
        """Raises: DefinitionError, when there was a complaint."""
        if self.problems:
            raise DefinitionError(self.problems)


class Section:
    """A table of the file. Every key that is asked for is known; ``finish`` refuses the others.

    Args:
        document: The file.
        path: Of this table.
        values: What it holds.
    """

    def __init__(self, document: Document, path: KeyPath, values: Mapping[str, Any]) -> None:
        self._document = document
        self._path = path
        self._values = values
        self._asked: list[str] = []

    @property
    def keys(self) -> list[str]:
        """All keys, where a person chooses them."""
        self._asked.extend(self._values)
        return list(self._values)

    def __contains__(self, key: str) -> bool:
        self._asked.append(key)
        return key in self._values

    def complain(self, key: str, message: str) -> None:
        """Note what is wrong with a key; "" means the table itself."""
        self._document.complain((*self._path, key) if key else self._path, message)

    def finish(self, known: Sequence[str] = ()) -> None:
        """Refuse keys that nobody asked for; ``known`` ones would have been asked for, had the others been right."""
        for key in self._values:
            if key not in self._asked and key not in known:
                self.complain(key, f"There is no such key{did_you_mean(key, self._asked)}")

    def _get(self, key: str, kind: type | tuple[type, ...], words: str, *, required: bool) -> Any:  # noqa: ANN401
        self._asked.append(key)
        value = self._values.get(key)
        if value is None:
            if required:
                self.complain(key if not self._path else "", f"The key '{key}' is missing")
            return None
        wanted = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in wanted):
            self.complain(key, f"This has to be {words}")
            return None
        return value

    def text(self, key: str, default: str | None = None, *, limit: int = 500) -> str:
        """A text; without a default it has to be there and not be blank."""
        value = self._get(key, str, "a text in quotes", required=default is None)
        if value is None:
            return default or ""
        if default is None and not value.strip():
            self.complain(key, "This must not be blank")
        if len(value) > limit:
            self.complain(key, f"This is longer than {limit:,} characters")
        if _CONTROL.search(value):
            self.complain(key, "This holds a control character")
        return str(value)

    def file(self, key: str) -> str:
        """The name of a file below the folder of files; GBL_ names in it are filled in when it is used."""
        name = self.text(key)
        if name.startswith(("/", "\\")) or PureWindowsPath(name).drive or ".." in PureWindowsPath(name).parts:
            self.complain(key, "A file lies in the folder 'files' beside the process files: name it from there")
        return name

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._get(key, bool, "true or false", required=False)
        return default if value is None else bool(value)

    def number(self, key: str, default: int | None, low: int, high: int) -> int | None:
        """A whole number within bounds."""
        value = self._get(key, int, "a whole number", required=False)
        if value is None:
            return default
        if not low <= value <= high:
            self.complain(key, f"This has to be from {low} to {high}")
            return default
        return int(value)

    def choice(self, key: str, kind: type[Choice], default: Choice | None) -> Choice:
        """One of some words, in any case."""
        words = [item.value for item in kind]
        value = self._get(key, str, f"one of {', '.join(words)}", required=default is None)
        fallback = default if default is not None else next(iter(kind))
        if value is None:
            return fallback
        for item in kind:
            if item.value == " ".join(value.lower().replace("_", " ").split()) or item.value == value.lower():
                return item
        self.complain(key, f"'{value}' is not one of {', '.join(words)}{did_you_mean(value, words)}")
        return fallback

    def texts(self, key: str) -> list[str]:
        """A list of texts, empty when the key is missing; a single text is a list of one."""
        value = self._get(key, (list, str), "a list of texts", required=False)
        if value is None:
            return []
        found = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in found):
            self.complain(key, "This has to be a list of texts")
            return []
        return found

    def section(self, key: str, *, required: bool = False) -> Section:
        """A table; an empty one when it is missing."""
        value = self._get(key, dict, f"a table: [{key}]", required=required)
        return Section(self._document, (*self._path, key), value or {})

    def sections(self, key: str) -> list[Section]:
        """The tables of an array of tables."""
        value = self._get(key, list, f"an array of tables: [[{key}]]", required=False) or []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Section(self._document, (*self._path, key, index), item))
            else:
                self.complain(key, f"This has to be an array of tables: [[{key}]]")
                return []
        return found

    def raw(self, key: str) -> Any:  # noqa: ANN401
        """Whatever TOML gave."""
        self._asked.append(key)
        return self._values.get(key)

    def expression(self, key: str, names: Names, *, required: bool = False) -> Expression | None:
        """A compiled expression; None when there is none, or a wrong one."""
        if not required and key not in self:
            return None
        text = self.text(key, limit=10_000)
        if not text.strip():
            return None
        try:
            return compile_expression(text, names)
        except ExpressionError as error:
            self.complain(key, str(error))
            return None

    def template(self, key: str, names: Names, default: str = "") -> Template:
        """A compiled message."""
        text = self.text(key, default, limit=10_000)
        try:
            return compile_template(text, names)
        except ExpressionError as error:
            self.complain(key, str(error))
            return compile_template("", _EMPTY)

    def sql(self, key: str, names: Names) -> BoundSql | None:
        """SQL with its places; None when it is wrong."""
        text = self.text(key, limit=60_000)
        if not text.strip():
            return None
        try:
            return bind_sql(text, names)
        except SqlError as error:
            self.complain(key, str(error))
            return None


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DefinitionError([f"{path.name}: The file is larger than {MAX_FILE_BYTES // 1024} KiB."])
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DefinitionError([f"{path.name}: The file is not in UTF-8."]) from error
    except OSError as error:
        raise DefinitionError([f"{path.name}: The file cannot be read: {error.strerror}."]) from error


def _syntax_problem(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    """Python puts the place at its message's end: ``(at line 3, column 5)`` or ``(at end of document)``."""
    message, _, place = str(error).rpartition(" (at ")
    words = place.removesuffix(")").replace(",", "").split()
    line = words[1] if words[:1] == ["line"] else str(text.count("\n") + 1)
    column = f" (column {words[3]})" if len(words) > 3 and words[0] == "line" else ""
    lines = text.splitlines()
    key = _KEY_OF_LINE.match(lines[int(line) - 1]) if int(line) <= len(lines) else None
    where = f"{path.name}:{line}: {key[1]}: " if key else f"{path.name}:{line}: "
    return f"{where}This is not TOML: {message or error}{column}."
