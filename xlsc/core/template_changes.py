"""What has changed between a template's columns and the process's: added, gone, renamed by similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Names at least this alike are taken for one that was renamed; a person sees it before anything is done.
ALIKE = 0.72


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference.

    Attributes:
        added: Names the process has and the template has not.
        removed: Names the template has and the process has not.
        renamed: Pairs (name in the template, name in the process).
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        """Whether the template is up to date."""
        return not (self.added or self.removed or self.renamed)


def compare(template: Sequence[str], process: Sequence[str]) -> Changes:
    """The difference between two lists of column names; case does not count.

    >>> compare(["No", "Zip"], ["No", "ZipCode", "City"])
    Changes(added=('City',), removed=(), renamed=(('Zip', 'ZipCode'),))
    """
    there = {name.casefold() for name in process}
    known = {name.casefold() for name in template}
    gone = [name for name in template if name.casefold() not in there]
    new = [name for name in process if name.casefold() not in known]
    pairs = sorted(
        ((likeness(old, other), place, old, other) for place, old in enumerate(gone) for other in new), reverse=True
    )
    renamed: dict[str, str] = {}
    for alike, _, old, other in pairs:
        if alike >= ALIKE and old not in renamed and other not in renamed.values():
            renamed[old] = other
    return Changes(
        tuple(name for name in new if name not in renamed.values()),
        tuple(name for name in gone if name not in renamed),
        tuple((name, renamed[name]) for name in gone if name in renamed),
    )


def moved(template: Sequence[str], process: Sequence[str]) -> tuple[str, ...]:
    """The fewest names that one would have to move to bring a template into the order of its process.

    >>> moved(["No", "Name", "City"], ["City", "No", "Name", "Zip"])
    ('City',)
    """
    order = {name.casefold(): place for place, name in enumerate(process)}
    common = [name for name in template if name.casefold() in order]
    runs: list[list[str]] = []  # the longest run in the process's order that ends with each name
    stays: list[str] = []
    for name in common:
        longest: list[str] = []
        for run in runs:
            if len(run) > len(longest) and order[run[-1].casefold()] < order[name.casefold()]:
                longest = run
        runs.append([*longest, name])
        stays = max(stays, runs[-1], key=len)
    return tuple(name for name in common if name not in stays)


def likeness(one: str, other: str) -> float:
    """From 0 to 1, in any script; a name that begins or ends the other counts as very alike.

    >>> likeness("Zip", "ZipCode"), likeness("Имя", "Город") < ALIKE, likeness("-", "*")
    (0.9, True, 0.0)
    """
    a, b = ("".join(filter(str.isalnum, name.casefold())) for name in (one, other))
    if not a or not b:
        return 0.0
    if min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a)):
        return 0.9
    return SequenceMatcher(None, a, b).ratio()
