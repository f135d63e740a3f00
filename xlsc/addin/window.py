"""One small window: a text, fields, buttons. Enter accepts, Esc gives up, lists are searched by typing.

Run as a process of its own: reads its question as a line of JSON, writes the answer as one. Where there are fields, OK
answers with names and values; where there are none, each button answers with its own words, and Enter takes the last.
"""

from __future__ import annotations

import json
import sys
import tkinter as tk
from collections.abc import Mapping, Sequence
from tkinter import ttk
from typing import Any

#: Characters in a line of a text, and lines that are seen without scrolling.
_WIDTH, _LINES = 78, 14


class Window:
    """The window of one question.

    Args:
        question: ``title``, ``text``, ``fields`` with name, label, value, is_secret, choices; ``buttons`` in place of
            OK and Cancel.
    """

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.root = tk.Tk()
        self.root.title(str(question["title"]))
        self.root.attributes("-topmost", True)
        self.answer: dict[str, str] | None = None
        self.entries: dict[str, ttk.Entry] = {}
        if question.get("text"):
            add_text(self.root, str(question["text"]))
        grid = ttk.Frame(self.root)
        grid.pack(fill="x")
        for row, field in enumerate(question["fields"]):
            ttk.Label(grid, text=field["label"], wraplength=260).grid(row=row, column=0, sticky="w", padx=8, pady=4)
            self.entries[field["name"]] = self._entry(grid, field, row)
        self._add_buttons(question.get("buttons") or ())
        self.root.bind("<Escape>", lambda _event: self.root.destroy())
        for entry in list(self.entries.values())[:1]:
            entry.focus_force()

    def _entry(self, grid: ttk.Frame, field: Mapping[str, Any], row: int) -> ttk.Entry:
        if field["choices"]:
            box = ttk.Combobox(grid, values=field["choices"], width=48)
            box.bind("<KeyRelease>", lambda _event: self._search(box, field["choices"]))
            box.set(field["value"])
            entry: ttk.Entry = box
        else:
            entry = ttk.Entry(grid, width=50, show="•" if field["is_secret"] else "")
            entry.insert(0, field["value"])
        entry.grid(row=row, column=1, padx=8, pady=4)
        return entry

    def _add_buttons(self, buttons: Sequence[str]) -> None:
        frame = ttk.Frame(self.root)
        frame.pack(anchor="e", padx=8, pady=8)
        if not buttons:
            ttk.Button(frame, text="OK", command=self.accept).pack(side="left", padx=4)
            ttk.Button(frame, text="Cancel", command=self.root.destroy).pack(side="left")
            self.root.bind("<Return>", lambda _event: self.accept())
        for text in buttons:
            button = ttk.Button(frame, text=text, command=lambda text=text: self._choose(text))  # type: ignore[misc]
            button.bind("<Return>", lambda _event, text=text: self._choose(text))  # type: ignore[misc]
            button.pack(side="left", padx=4)
            if text == buttons[-1]:
                button.focus_force()

    @staticmethod
    def _search(box: ttk.Combobox, choices: list[str]) -> None:
        """Show the choices that hold what was typed."""
        typed = box.get().casefold()
        box["values"] = [choice for choice in choices if typed in choice.casefold()]

    def accept(self) -> None:
        """Take what was filled in; of a list, the only choice that holds what was typed."""
        self.answer = {name: _complete(entry) for name, entry in self.entries.items()}
        self.root.destroy()

    def _choose(self, text: str) -> None:
        self.answer = {"button": text}
        self.root.destroy()


def _complete(entry: ttk.Entry) -> str:
    text = entry.get()
    if isinstance(entry, ttk.Combobox) and text.strip() and text not in entry["values"] and len(entry["values"]) == 1:
        return str(entry["values"][0])
    return text


def add_text(parent: tk.Misc, text: str) -> None:
    """A text that is read, scrolled and copied, not changed."""
    lines = sum(1 + len(line) // _WIDTH for line in text.split("\n"))
    box = tk.Text(parent, width=_WIDTH, height=min(lines, _LINES), wrap="word", takefocus=lines > _LINES, padx=8)
    box.insert("1.0", text)
    box.configure(state="disabled")
    box.pack(fill="both", expand=True, padx=8, pady=8)


def main() -> None:
    """Ask, answer."""
    window = Window(json.loads(sys.stdin.readline()))
    window.root.mainloop()
    if window.answer is not None:
        print(json.dumps(window.answer), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
