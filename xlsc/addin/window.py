"""One small window: fields, Enter accepts, Esc gives up, lists are searched by typing. Run as a process of its own.

Reads its question as JSON from standard input, writes the answer as JSON to standard output: names and values, or null.
"""

from __future__ import annotations

import json
import sys
import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Any


class Window:
    """The window of one question.

    Args:
        question: ``title`` and ``fields`` with name, label, value, secret, choices.
    """

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.root = tk.Tk()
        self.root.title(str(question["title"]))
        self.root.attributes("-topmost", True)
        self.answer: dict[str, str] | None = None
        self.entries: dict[str, ttk.Entry] = {}
        for row, field in enumerate(question["fields"]):
            ttk.Label(self.root, text=field["label"]).grid(row=row, column=0, sticky="w", padx=8, pady=4)
            self.entries[field["name"]] = self._entry(field, row)
        buttons = ttk.Frame(self.root)
        buttons.grid(row=len(self.entries), column=0, columnspan=2, sticky="e", padx=8, pady=8)
        ttk.Button(buttons, text="OK", command=self.accept).pack(side="left", padx=4)
        ttk.Button(buttons, text="Cancel", command=self.root.destroy).pack(side="left")
        self.root.bind("<Return>", lambda _event: self.accept())
        self.root.bind("<Escape>", lambda _event: self.root.destroy())
        next(iter(self.entries.values())).focus_force()

    def _entry(self, field: Mapping[str, Any], row: int) -> ttk.Entry:
        if field["choices"]:
            box = ttk.Combobox(self.root, values=field["choices"], width=48)
            box.bind("<KeyRelease>", lambda _event: self._search(box, field["choices"]))
            box.set(field["value"])
            entry: ttk.Entry = box
        else:
            entry = ttk.Entry(self.root, width=50, show="•" if field["secret"] else "")
            entry.insert(0, field["value"])
        entry.grid(row=row, column=1, padx=8, pady=4)
        return entry

    @staticmethod
    def _search(box: ttk.Combobox, choices: list[str]) -> None:
        """Show the choices that hold what was typed."""
        typed = box.get().casefold()
        box["values"] = [choice for choice in choices if typed in choice.casefold()]

    def accept(self) -> None:
        """Take what was filled in."""
        self.answer = {name: entry.get() for name, entry in self.entries.items()}
        self.root.destroy()


def main() -> None:
    """Ask, answer."""
    window = Window(json.load(sys.stdin))
    window.root.mainloop()
    json.dump(window.answer, sys.stdout)


if __name__ == "__main__":
    main()
