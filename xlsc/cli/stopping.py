"""Ctrl+C while rows are sent: once ends after the current run, twice stops waiting for its answer."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click


@contextmanager
def stop_between_runs() -> Iterator[Callable[[], bool]]:
    """A function that tells whether the person pressed Ctrl+C; as it was before when the block ends."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set  # only the main thread hears signals
        return

    def hear(number: int, frame: FrameType | None) -> None:
        del number, frame
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        click.echo("Stopping after the current run; press Ctrl+C again to stop waiting for its answer.", err=True)

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
