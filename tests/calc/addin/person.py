"""A person in front of a headless Calc: what is asked and told goes through files, as Python is another process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlsc.addin.dialogs import Field


def _write_whole(path: Path, what: Any) -> None:
    """At once, so that the other process never reads a half."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(what), encoding="utf-8")
    new.replace(path)


def _fill(field: Field, given: Mapping[str, str]) -> str:
    """What stands in a field; of a list, the one choice that holds what was typed."""
    typed = given.get(field.name, field.value)
    found = [choice for choice in field.choices if typed and typed in choice]
    return typed if typed in field.choices or len(found) != 1 else found[0]


class ScriptedDialogs:
    """The side of the add-in's Python; see xlsc.addin.dialogs.Dialogs."""

    def __init__(self, folder: Path) -> None:
        self._answers, self._said = folder / "answers.json", folder / "said.jsonl"

    def show(self, title: str, text: str) -> None:
        self._write("shown", title, text)

    def confirm(self, title: str, text: str) -> bool:
        self._write("confirm", title, text)
        return bool(self._next())

    def ask(self, title: str, fields: Sequence[Field], text: str = "") -> Mapping[str, str] | None:
        asked = [{"name": field.name, "value": field.value, "choices": list(field.choices)} for field in fields]
        self._write("asked", title, asked)
        given = self._next()
        return None if given is None else {field.name: _fill(field, given) for field in fields}

    def _next(self) -> Any:
        left = json.loads(self._answers.read_text(encoding="utf-8"))
        _write_whole(self._answers, left[1:])
        return left[0]

    def _write(self, kind: str, title: str, what: Any) -> None:
        with self._said.open("a", encoding="utf-8") as said:
            said.write(json.dumps([kind, title, what]) + "\n")


class Person:
    """The test's side."""

    def __init__(self, folder: Path) -> None:
        self._answers, self._said = folder / "answers.json", folder / "said.jsonl"
        self.will_answer()

    def will_answer(self, *answers: Any) -> None:
        _write_whole(self._answers, answers)

    def unasked(self) -> list[Any]:
        """Answers that nobody has asked for yet."""
        return list(json.loads(self._answers.read_text(encoding="utf-8")))

    def heard(self) -> list[tuple[str, str, Any]]:
        """(kind, title, what) of everything said so far."""
        if not self._said.exists():
            return []
        lines = self._said.read_text(encoding="utf-8").splitlines(keepends=True)
        return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]

    def last(self, kind: str = "shown") -> Any:
        return [what for found, _, what in self.heard() if found == kind][-1]
