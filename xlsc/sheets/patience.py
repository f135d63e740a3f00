"""Waiting for an Excel that is busy: calls are tried again for a while, then the person is told to finish editing.

xlwings' own loop tries for ever without a pause (xlwings.md §6); ``switch_loop_off`` turns that off.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from xlsc.errors import WorkbookError

T = TypeVar("T")

#: HRESULTs of an Excel that is busy; the last one is the inner code of one in edit mode, whose outer code is that of
#: every other failure too.
_BUSY = frozenset((-2147418111, -2147417846, -2146777998))
GIVE_UP_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0
sleep: Callable[[float], None] = time.sleep


def calmly(call: Callable[[], T]) -> T:
    """The call's value, tried again while Excel is busy.

    Raises:
        WorkbookError: Excel was busy for about ten seconds.
    """
    waited, pause = 0.0, _FIRST_PAUSE
    while True:
        try:
            return call()
        except Exception as error:
            if not is_busy(error):
                raise
            if waited >= GIVE_UP_SECONDS:
                raise WorkbookError(
                    "Excel is busy: a cell is being edited, or a dialog is open.",
                    "Finish it with Enter or Esc, then try again.",
                ) from None
        sleep(pause)
        waited += pause
        pause = min(pause * 2, _LONGEST_PAUSE)


def is_busy(error: Exception) -> bool:
    """Whether an error says that Excel is busy or in edit mode."""
    codes = list(error.args)
    codes += [part for inner in codes if isinstance(inner, tuple) for part in inner]
    return type(error).__name__ == "ExcelBusyError" or any(code in _BUSY for code in codes if isinstance(code, int))


def switch_loop_off() -> None:
    """Let xlwings try once, and leave other Excel windows alone when Python ends."""
    windows = sys.modules.get("xlwings._xlwindows")
    if windows is None:
        return
    import atexit  # noqa: PLC0415 - on Windows only

    windows.N_COM_ATTEMPTS = 1  # type: ignore[attr-defined]
    cleanup = getattr(windows, "cleanup", None)
    if cleanup is not None:
        atexit.unregister(cleanup)
