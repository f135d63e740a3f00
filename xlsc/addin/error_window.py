"""The errors of a sheet, grouped by message, most frequent first; stays open while cells are corrected.

A process of its own. Reads lines of JSON with ``groups`` (text, cells), writes what the person wants: ``jump`` to a
cell, ``fix`` all cells like this one, ``refresh``. Arrows move and open groups, Enter jumps, F2 fixes all alike, F5
reads the sheet again, Esc closes.
"""

from __future__ import annotations

import json
import sys
import tkinter as tk
from collections.abc import Mapping, Sequence
from tkinter import ttk
from typing import Any

from xlsc.addin.progress_window import Lines

_HELP = "Arrows: move, open a group · Enter: jump · F2: fix all like this · F5: read the sheet again · Esc: close"


class ErrorWindow:
    """The window.

    Args:
        question: ``title`` and ``groups``.
    """

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.root = tk.Tk()
        self.root.title(str(question["title"]))
        self.root.attributes("-topmost", True)
        frame = ttk.Frame(self.root)
        frame.pack(fill="both", expand=True, padx=8, pady=8)
        self.tree = ttk.Treeview(frame, columns=("count",), height=16, selectmode="browse")
        self.tree.heading("#0", text="Message, cells", anchor="w")
        self.tree.heading("count", text="Cells", anchor="e")
        self.tree.column("#0", width=620)
        self.tree.column("count", width=70, anchor="e", stretch=False)
        scroll = ttk.Scrollbar(frame, command=self.tree.yview)
        self.tree.configure(yscrollcommand=scroll.set)
        self.tree.pack(side="left", fill="both", expand=True)
        scroll.pack(side="right", fill="y")
        self._add_buttons()
        self.cells: dict[str, str] = {}
        self.fill(question["groups"])
        Lines(self.root, lambda message: self.fill(message["groups"]))

    def _add_buttons(self) -> None:
        frame = ttk.Frame(self.root)
        frame.pack(fill="x", padx=8, pady=4)
        commands = {"Jump": "jump", "Fix all like this…": "fix", "Refresh": "refresh"}
        for text, word in commands.items():
            ttk.Button(frame, text=text, command=lambda word=word: self.say(word)).pack(side="left", padx=4)  # type: ignore[misc]
        ttk.Button(frame, text="Close", command=self.root.destroy).pack(side="right", padx=4)
        ttk.Label(self.root, text=_HELP).pack(anchor="w", padx=12, pady=4)
        for key, word in {"<Return>": "jump", "<Double-1>": "jump", "<F2>": "fix"}.items():
            self.tree.bind(key, lambda _event, word=word: self.say(word))  # type: ignore[misc]
        self.root.bind("<F5>", lambda _event: self.say("refresh"))
        self.root.bind("<Escape>", lambda _event: self.root.destroy())

    def fill(self, groups: Sequence[Mapping[str, Any]]) -> None:
        """Show these; the place in the list stays where it is."""
        chosen = self._place()
        self.tree.delete(*self.tree.get_children())
        self.cells.clear()
        for group in groups:
            cells = [str(cell) for cell in group["cells"]]
            parent = self.tree.insert("", "end", text=str(group["text"]).replace("\n", " "), values=(len(cells),))
            self.cells[parent] = cells[0]
            for cell in cells:
                self.cells[self.tree.insert(parent, "end", text=cell)] = cell
        items = self.tree.get_children()
        if items:
            item = items[min(chosen, len(items) - 1)]
            self.tree.selection_set(item)
            self.tree.focus(item)
            self.tree.focus_force()

    def _place(self) -> int:
        item = self.tree.focus()
        if not item:
            return 0
        return int(self.tree.index(self.tree.parent(item) or item))

    def say(self, word: str) -> None:
        """Tell the add-in what is wanted of the cell that is chosen."""
        cell = self.cells.get(self.tree.focus(), "")
        if cell or word == "refresh":
            print(json.dumps({word: cell}), flush=True)  # noqa: T201 - the answer


def main() -> None:
    """Show, until the person closes it or the input ends."""
    window = ErrorWindow(json.loads(sys.stdin.readline()))
    window.root.mainloop()


if __name__ == "__main__":
    main()
