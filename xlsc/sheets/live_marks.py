"""Which fills and notes change when marks of a running Excel are put on or taken off; no Excel needed for that.

The same colours and the same words in notes as in files, so that either can take off what the other has put on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlsc.core.marks import MarkPlan
from xlsc.sheets.live_fills import Fill, describe_fill, read_fill, solid
from xlsc.sheets.live_looks import Cell, Change, Look
from xlsc.sheets.mark_colours import AUTHOR, MarkColours

#: Stands between what somebody wrote into a note and what is added below it; as in files.
_BETWEEN = f"\n\n{AUTHOR}: "
_OWN = f"{AUTHOR}: "


def marks_among(noted: Iterable[Look], colours: MarkColours) -> list[Cell]:
    """The marked cells, in sheet order: those with a note of ours and a mark colour."""
    return sorted(look.cell for look in noted if is_noted(look) and _is_filled(look, colours))


def cells_to_read(noted: Iterable[Look], plan: MarkPlan) -> list[Cell]:
    """Cells of a plan that have no note, so that nothing is known of them yet."""
    known = {look.cell for look in noted}
    wanted = [(mark.sheet_row, mark.sheet_column) for mark in plan.cells]
    return [cell for cell in dict.fromkeys([*wanted, (plan.header_row, plan.status_column)]) if cell not in known]


def put_on(looks: Iterable[Look], plan: MarkPlan, colours: MarkColours) -> list[Change]:
    """What a plan changes.

    Args:
        looks: All cells with notes, and those of ``cells_to_read``.
        plan: The marks.
        colours: Gets a colour for each fill that has none yet.
    """
    before = {look.cell: look for look in looks}
    cleared = frozenset(plan.cleared_rows)
    after = {cell: _bare(look, colours) if cell[0] in cleared else look for cell, look in before.items()}
    for mark in plan.cells:
        cell = mark.sheet_row, mark.sheet_column
        colour = _colour(before[cell], colours)
        fill = None if colour is None else solid(colour)
        after[cell] = replace(after[cell], fill=fill, note=_add(after[cell].note, mark.note))
    header = plan.header_row, plan.status_column
    after[header] = replace(after[header], note=_add(after[header].note, plan.summary))
    return _changes(before.values(), after)


def take_off(noted: Sequence[Look], colours: MarkColours) -> list[Change]:
    """What taking all marks off changes."""
    return _changes(noted, {look.cell: _bare(look, colours) for look in noted})


def is_noted(look: Look) -> bool:
    """Whether a cell's note has words of ours."""
    return look.note is not None and (look.note.startswith(_OWN) or _BETWEEN in look.note)


def _changes(before: Iterable[Look], after: dict[Cell, Look]) -> list[Change]:
    return sorted(
        ((look, after[look.cell]) for look in before if look != after[look.cell]), key=lambda change: change[0].cell
    )


def _is_filled(look: Look, colours: MarkColours) -> bool:
    return look.fill is not None and look.fill.rgb in colours.fills


def _bare(look: Look, colours: MarkColours) -> Look:
    """The cell without our note, and without our colour; other cells stay as they are."""
    if not is_noted(look):
        return look
    note = look.note or ""
    kept = "" if note.startswith(_OWN) else note.partition(_BETWEEN)[0]
    fill = _original(look.fill, colours) if look.fill is not None else None
    return replace(look, fill=fill, note=kept or None)


def _original(fill: Fill, colours: MarkColours) -> Fill | None:
    description = colours.fills.get(fill.rgb)
    return fill if description is None else read_fill(description)


def _colour(look: Look, colours: MarkColours) -> str | None:
    """The mark colour of a cell: the one that it has, or the one that stands for its fill."""
    if look.fill is None:
        return None
    return look.fill.rgb if look.fill.rgb in colours.fills else colours.colour_for(describe_fill(look.fill))


def _add(note: str | None, text: str) -> str:
    if note is None or note.startswith(_OWN):
        return _OWN + text
    return f"{note.partition(_BETWEEN)[0]}{_BETWEEN}{text}"
