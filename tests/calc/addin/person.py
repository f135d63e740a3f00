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
        self._last: Any = None

    def show(self, title: str, text: str) -> None:
        self._write("shown", title, text)

    def confirm(self, title: str, text: str) -> bool:
        self._write("confirm", title, text)
        return bool(self._next())

    def ask(self, title: str, fields: Sequence[Field], text: str = "") -> Mapping[str, str] | None:
        asked = [{"name": field.name, "value": field.value, "choices": list(field.choices)} for field in fields]
        self._write("asked", title, asked)
        given = self._next() if self._is_new(fields) else self._last
        self._last = given
        return None if given is None else {field.name: _fill(field, given) for field in fields}

    def choose(self, title: str, text: str, choices: Sequence[str]) -> str | None:
        """The first choice does it, the last one leaves it."""
        self._write("asked", title, [text, list(choices)])
        answer = self._next()
        return (choices[0] if answer else choices[-1]) if isinstance(answer, bool) else answer

    def say(self, text: str) -> None:
        """Excel's status bar."""

    def give_up(self) -> None:
        """No window waits for long."""

    def open_progress(self, title: str) -> ScriptedWindow:
        self._write("opened", title, "")
        return ScriptedWindow(self)

    def open_errors(self, title: str, groups: Sequence[Mapping[str, Any]]) -> ScriptedWindow:
        self._write("asked", title, list(groups))
        return ScriptedWindow(self)

    def next_wish(self) -> Any:
        """What is wanted of an open window; None closes it."""
        left = json.loads(self._answers.read_text(encoding="utf-8"))
        return self._next() if left else None

    def _is_new(self, fields: Sequence[Field]) -> bool:
        """Whether fields are asked for that the last answer says nothing about, or there is another answer."""
        left = json.loads(self._answers.read_text(encoding="utf-8"))
        return bool(left) or not (isinstance(self._last, dict) and {field.name for field in fields} & set(self._last))

    def _next(self) -> Any:
        left = json.loads(self._answers.read_text(encoding="utf-8"))
        _write_whole(self._answers, left[1:])
        return left[0]

    def _write(self, kind: str, title: str, what: Any) -> None:
        with self._said.open("a", encoding="utf-8") as said:
            said.write(json.dumps([kind, title, what]) + "\n")


class ScriptedWindow:
    """A window that stays open: it wants what it was told to, then it is closed."""

    def __init__(self, dialogs: ScriptedDialogs) -> None:
        self._dialogs = dialogs

    def tell(self, message: Mapping[str, Any]) -> None:
        """Nobody looks."""

    def hear(self) -> list[Any]:
        return []

    def wait(self) -> Any:
        return self._dialogs.next_wish()

    def close(self) -> None:
        """Gone."""


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
