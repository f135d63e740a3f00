"""On which line of a TOML file a key stands: tomllib says it for broken syntax only, a person wants it for every key.

The text is known to be good TOML, so this reads just enough of it: headers of tables, keys at the begin of a line, and
where values go on over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Names of tables and keys, and 0-based numbers of tables in arrays, from the top of the file.
Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)\s*({_KEY})\s*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_KEY})\s*=")
_PARTS = re.compile(_PART)
#: What changes whether a line still belongs to the value before: texts, comments, brackets.
_INSIDE = re.compile(
    r'''"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[\]{}]|\n''',
)


class Lines:
    r"""The lines of a TOML text by path.

    Args:
        text: Good TOML.

    >>> Lines("[a]\nb = 1\n[[c]]\nd = 2\n").find(("c", 0, "d"))
    4
    """

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {(): 1}
        for path, line in _scan(text):
            self._found.setdefault(path, line)

    def find(self, path: Path) -> int:
        """The 1-based line of a key; of the closest thing around it when it has no line of its own."""
        while path not in self._found:
            path = path[:-1]
        return self._found[path]


def _scan(text: str) -> Iterator[tuple[Path, int]]:
    counts: dict[Path, int] = {}
    table: Path = ()
    for start, line in _statements(text):
        if header := _HEADER.match(text, start):
            table = _table_path(_names(header[2]), counts, is_array=header[1] == "[[")
            yield table, line
        elif assignment := _ASSIGNMENT.match(text, start):
            names = _names(assignment[1])
            for length in range(1, len(names) + 1):
                yield (*table, *names[:length]), line


def _table_path(names: list[str], counts: dict[Path, int], *, is_array: bool) -> Path:
    """A header's path with the numbers of the arrays that it stands in."""
    path: Path = ()
    for index, name in enumerate(names):
        path = (*path, name)
        last = index == len(names) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _names(key: str) -> list[str]:
    return [part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(key)]


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Where each statement begins: (character, 1-based line)."""
    depth, line, place, begin = 0, 1, 0, 0
    first = 1
    while match := _INSIDE.search(text, place):
        found, place = match[0], match.end()
        if found in ('"""', "'''"):
            end = text.find(found, place)
            line += text.count("\n", place, end)
            place = end + 3
        elif found == "\n":
            line += 1
            if depth == 0:
                yield begin, first
                begin, first = place, line
        else:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found, 0)
    yield begin, first
