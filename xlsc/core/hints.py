"""What experience with a process lets one guess about its columns, each guess with how sure it is. Nothing is refused.

How sure: (n + 1) / (n + 2) after n cases that agree and none that does not, the rule of succession.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from xlsc.core.experience import Experience
from xlsc.core.template import TemplateColumn

HintKind = Literal["type", "required", "length", "choices", "refused"]
#: Accepted values from which on something is guessed.
FEWEST = 3
#: Values per different one from which on a column is taken for one of choices.
_PER_CHOICE = 4
#: How sure a guess must be to show in a template.
SHOWN = 0.8
_PRECEDENCE = ("boolean", "date", "integer", "number")


@dataclass(frozen=True, slots=True)
class Hint:
    """A guess about a column.

    Attributes:
        column: Technical name.
        kind: What it is about.
        text: What is guessed: a type, "yes", a number of characters, values with ``;`` between them.
        confidence: From 0 to 1.
        because: Why, in words.
    """

    column: str
    kind: HintKind
    text: str
    confidence: float
    because: str


def guess(experience: Mapping[str, Experience]) -> list[Hint]:
    """All guesses, by column."""
    return [
        hint
        for name, known in experience.items()
        for hint in (
            _type(name, known),
            _required(name, known),
            _length(name, known),
            _choices(name, known),
            _refused(name, known),
        )
        if hint is not None
    ]


def apply_hints(columns: Sequence[TemplateColumn], hints: Sequence[Hint]) -> tuple[TemplateColumn, ...]:
    """Columns of a template with sure guesses in place of those from names; each is marked as a guess."""
    return tuple(_with_hints(item, [hint for hint in hints if hint.column == item.column]) for item in columns)


def _with_hints(column: TemplateColumn, hints: Sequence[Hint]) -> TemplateColumn:
    sure = {hint.kind: hint.text for hint in hints if hint.confidence >= SHOWN}
    if "type" in sure:
        column = replace(column, type="text" if sure["type"] == "text" else f"{sure['type']}?")
    taken = {"required": column.required or column.key, "length": bool(column.length), "choices": bool(column.choices)}
    guesses = tuple((kind, sure[kind]) for kind, is_said in taken.items() if kind in sure and not is_said)
    return replace(column, guesses=guesses)


def _sure(cases: int) -> float:
    return (cases + 1) / (cases + 2)


def _type(name: str, known: Experience) -> Hint | None:
    said = max(known.said_types, key=lambda kind: known.said_types[kind], default="")
    if said:
        times = known.said_types[said]
        fits = known.fits.get(said, 0)
        if fits == known.filled:
            return Hint(name, "type", said, _sure(fits + times), f"the service said so {_times(times)}")
    if known.filled < FEWEST:
        return None
    because = f"all {known.filled:,} accepted values read so"
    for kind in _PRECEDENCE:
        if known.fits.get(kind, 0) == known.filled:
            return Hint(name, "type", kind, _sure(known.filled), because)
    if known.fits.get("code"):
        return Hint(name, "type", "text", _sure(known.fits["code"]), "accepted values have zeros in front")
    if not any(known.fits.values()):
        return Hint(name, "type", "text", _sure(known.filled), because)
    return None


def _required(name: str, known: Experience) -> Hint | None:
    if known.rows > known.filled:
        return None  # a row without a value was accepted
    if known.said_required:
        sure = _sure(known.filled + known.said_required)
        return Hint(name, "required", "yes", sure, f"the service missed it {_times(known.said_required)}")
    if known.rows < FEWEST:
        return None
    return Hint(name, "required", "yes", _sure(known.rows) / 2, f"all {known.rows:,} accepted rows have a value")


def _length(name: str, known: Experience) -> Hint | None:
    if known.said_limit is not None and known.longest <= known.said_limit:
        return Hint(name, "length", str(known.said_limit), _sure(known.filled + 1), "the service named the limit")
    return None


def _choices(name: str, known: Experience) -> Hint | None:
    values = known.values
    if not values or known.filled < _PER_CHOICE * len(values):
        return None
    sure = 1 - len(values) / (known.filled + 1)
    because = f"{known.filled:,} accepted values are among these {len(values)}"
    return Hint(name, "choices", "; ".join(sorted(values)), sure, because)


def _refused(name: str, known: Experience) -> Hint | None:
    values = known.refused - (known.values or frozenset())
    if not values:
        return None
    return Hint(name, "refused", "; ".join(sorted(values)), _sure(1), "the service called them unknown")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
