"""A small window that says how far long work has come; Esc or its button stops the work. A process of its own.

Reads lines of JSON: ``title`` once, then ``text`` and ``can_stop``; writes ``{"stop": true}`` when the person wants
to stop. Ends when nobody writes to it any more.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Any

LOOK_MILLISECONDS = 100


class Lines:
    """Lines of JSON from standard input, read in a thread and looked at from a window's own loop.

    Args:
        root: The window; it ends with the input.
        take: Is given each message.
    """

    def __init__(self, root: tk.Tk, take: Any) -> None:  # noqa: ANN401 - a function of one message
        self._root, self._take = root, take
        self._read: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        root.after(LOOK_MILLISECONDS, self._look)

    def _listen(self) -> None:
        for line in sys.stdin:
            self._read.put(json.loads(line))
        self._read.put(None)

    def _look(self) -> None:
        while not self._read.empty():
            message = self._read.get()
            if message is None:
                self._root.destroy()
                return
            self._take(message)
        self._root.after(LOOK_MILLISECONDS, self._look)


class ProgressWindow:
    """The window; ``title`` stands above what is going on."""

    def __init__(self, title: str) -> None:
        self.root = tk.Tk()
        self.root.title(title)
        self.root.attributes("-topmost", True)
        self.text = tk.StringVar(value="…")
        ttk.Label(self.root, textvariable=self.text, width=64, wraplength=460).pack(padx=12, pady=8)
        self.bar = ttk.Progressbar(self.root, mode="indeterminate", length=460)
        self.bar.pack(padx=12)
        self.bar.start(30)
        self.button = ttk.Button(self.root, text="Stop", command=self.stop)
        self.button.pack(pady=8)
        self.button.focus_force()
        self.button.bind("<Return>", lambda _event: self.stop())
        self.root.bind("<Escape>", lambda _event: self.stop())
        # Closing the window is no wish to stop: the work goes on, and Excel's status bar tells of it.
        self.is_stopping = False
        Lines(self.root, self.take)

    def take(self, message: Mapping[str, Any]) -> None:
        """Show how far it has come."""
        can_stop = bool(message.get("can_stop", True)) and not self.is_stopping
        self.button.configure(state="normal" if can_stop else "disabled")
        self.text.set(("Stopping after this: " if self.is_stopping else "") + str(message.get("text", "")))

    def stop(self) -> None:
        """Say so once."""
        if str(self.button["state"]) == "disabled":
            return
        self.is_stopping = True
        self.button.configure(state="disabled")
        self.text.set("Stopping after this: " + self.text.get())
        print(json.dumps({"stop": True}), flush=True)  # noqa: T201 - the answer


def main() -> None:
    """Show, until the input ends."""
    window = ProgressWindow(str(json.loads(sys.stdin.readline())["title"]))
    window.root.mainloop()


if __name__ == "__main__":
    main()
