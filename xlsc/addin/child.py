"""A small window of the add-in: a process of its own, with which lines of JSON are exchanged.

Excel's thread never waits for it. It is started with ``-P``: Excel's current folder is that of the workbook opened
last, and nothing in there may become a module of ours. Secrets travel in these lines only, never in an argument.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

#: On Windows: no console beside the window.
_NO_CONSOLE = 0x08000000


def python_command(*arguments: str) -> list[str]:
    """This very Python, with nothing from the current folder on its path."""
    return [sys.executable, "-P", *arguments]


def creation_flags() -> int:
    """What a child process is started with."""
    return _NO_CONSOLE if sys.platform == "win32" else 0


class Child:
    """One window.

    Args:
        module: Its module, which has a ``main``.
        question: The first line it gets.
    """

    def __init__(self, module: str, question: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            python_command("-m", module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            creationflags=creation_flags(),
        )
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.tell(question)

    @property
    def is_open(self) -> bool:
        """Whether it is there still."""
        return self._process.poll() is None

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a line; a window that is gone hears nothing."""
        stream = self._process.stdin
        if stream is not None and not stream.closed:
            with contextlib.suppress(OSError):
                stream.write(json.dumps(message) + "\n")
                stream.flush()

    def hear(self) -> list[Any]:
        """What it said since the last time; never waits."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._heard.get_nowait())
        return [message for message in found if message is not None]

    def wait(self) -> Any:  # noqa: ANN401 - whatever the window says
        """What it says next; None when it was closed instead. For threads that may wait."""
        return self._heard.get()

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._listener.join()
        stream = self._process.stdin
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream:
            for line in stream:
                with contextlib.suppress(ValueError):
                    self._heard.put(json.loads(line))
        self._heard.put(None)
