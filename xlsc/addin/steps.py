"""A macro as steps: what waits (network, windows) goes on off Excel's thread, what touches Excel stays on it.

A macro is a generator. ``found = yield from apart(call)`` lets ``call`` work in a thread and goes on, on Excel's
thread, with its value; what it raises is raised there. jobs.py drives the generators.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from xlsc.addin.desk import DESK
from xlsc.addin.dialogs import Field
from xlsc.errors import UsageError
from xlsc.flows.work import Control

T = TypeVar("T")

#: What stopping does to a step: the work itself ends soon; nobody waits for it any more; nothing, it must end itself.
Stopping = Literal["asks", "leaves", "waits"]


class Aside(Protocol):
    """What work in a thread may ask of the job it belongs to."""

    @property
    def control(self) -> Control:
        """Progress and the wish to stop."""
        ...

    def on_main(self, call: Callable[[], T]) -> T:
        """Let Excel's thread do something, and wait for it.

        Raises:
            WorkbookError: Excel's thread took nothing for ten minutes.
        """
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work off Excel's thread.

    Attributes:
        call: The work.
        stopping: What a wish to stop does.
        is_window: It waits for a person, not for the service: no progress is shown.
    """

    call: Callable[[Aside], Any]
    stopping: Stopping = "leaves"
    is_window: bool = False


Steps = Generator[Step, Any, T]


class Stopped(UsageError):
    """The person stopped it before anything was changed."""

    def __init__(self) -> None:
        super().__init__("Stopped.", "Nothing was changed.")


def apart(call: Callable[[], T], stopping: Stopping = "leaves") -> Steps[T]:
    """Let something work in a thread.

    Args:
        call: Reads, unless ``stopping`` says otherwise.
        stopping: ``waits`` for what must not be left alone, such as a run.

    Raises:
        Stopped: The person did not want to wait.
    """
    found: T = yield Step(lambda _aside: call(), stopping)
    return found


def working(call: Callable[[Aside], T]) -> Steps[T]:
    """Let something long work in a thread that shows progress, heeds a wish to stop, and may need Excel meanwhile."""
    found: T = yield Step(call, "asks")
    return found


def asked(title: str, fields: Sequence[Field], text: str = "") -> Steps[Mapping[str, str] | None]:
    """Ask the person for values; None when they gave up."""
    given: Mapping[str, str] | None = yield Step(lambda _aside: DESK.dialogs.ask(title, fields, text), is_window=True)
    return given


def chosen(title: str, text: str, choices: Sequence[str]) -> Steps[str | None]:
    """Ask the person for one of these; Enter takes the last one. None when they gave up."""
    given: str | None = yield Step(lambda _aside: DESK.dialogs.choose(title, text, choices), is_window=True)
    return given
