"""Headers of a template that somebody damaged: found by likeness and by their neighbours, named, written anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsc.core.addresses import Area, format_cell
from xlsc.core.marks import STATUS_HEADER
from xlsc.core.template import TemplateColumn
from xlsc.core.template_changes import ALIKE, likeness
from xlsc.errors import UsageError
from xlsc.flows.table_edges import folded, header_texts
from xlsc.sheets.port import CellWrite, Sheet

#: How the header of a column ends that an update took out of the template; the person's own from then on.
REMOVED = " (removed)"
#: Rows from the top in which the header row of a sheet without a table is looked for.
_SEARCHED_ROWS = 50


@dataclass(frozen=True, slots=True)
class Damage:
    """A header that is not what the template says.

    Attributes:
        sheet_row: Row of the headers.
        sheet_column: Column that it stands above.
        there: What the cell says; "" for an empty one.
        header: What the template says.
    """

    sheet_row: int
    sheet_column: int
    there: str
    header: str


@dataclass(frozen=True, slots=True)
class _HeaderRow:
    """A header row: all its texts, and from where to where the table (or the row) reaches; places are 1-based."""

    row: int
    first: int
    last: int
    texts: Mapping[int, str]


def find_damage(sheet: Sheet, columns: Sequence[TemplateColumn]) -> tuple[Damage, ...]:
    """The template's headers that are missing on a sheet, where it is clear above which columns they belong.

    A column that somebody deleted is no damage: between its neighbours nothing stands.
    """
    found = _header_row(sheet, columns)
    if found is None:
        return ()
    by_text = {folded(text): item.column for item in columns for text in (item.header, item.column)}
    present = {
        by_text[folded(text)]: place
        for place, text in sorted(found.texts.items(), reverse=True)
        if folded(text) in by_text
    }
    free = {
        place: found.texts.get(place, "")
        for place in range(found.first, found.last + 1)
        if folded(found.texts.get(place)) not in {*by_text, folded(STATUS_HEADER)}
    }
    missing = [item for item in columns if item.column not in present]
    places = _by_likeness(missing, free)
    for item, place in places.items():
        present[item] = place
        free.pop(place)
    places |= _by_neighbours(columns, present, free, found)
    headers = {item.column: item.header for item in columns}
    return tuple(
        Damage(found.row, place, found.texts.get(place, ""), headers[name])
        for name, place in sorted(places.items(), key=lambda pair: pair[1])
    )


def refuse_damage(sheet: Sheet, columns: Sequence[TemplateColumn]) -> None:
    """Refuse a sheet with damaged headers: the values below them would be left out in silence.

    Raises:
        UsageError: A header is damaged; names its cell and what it should say.
    """
    for item in find_damage(sheet, columns):
        cell = format_cell(item.sheet_row, item.sheet_column)
        says = f"says {item.there!r}" if item.there else "is empty"
        raise UsageError(
            f"Sheet {sheet.name}: {cell} {says} where the template has the header {item.header!r}.",
            f"Write {item.header} into {cell}, or restore all headers with: xlsc template update FILE. If the column "
            "is your own, delete the template's row on the sheet Columns.",
            in_excel=f"Write {item.header} into {cell}, or press Restore headers. If the column is your own, delete "
            "the template's row on the sheet Columns.",
        )


def restore(sheet: Sheet, damage: Sequence[Damage]) -> None:
    """Write damaged headers anew."""
    sheet.write_cells([CellWrite(item.sheet_row, item.sheet_column, item.header) for item in damage])


def _header_row(sheet: Sheet, columns: Sequence[TemplateColumn]) -> _HeaderRow | None:
    """The row with most of the template's headers; that of a table before any other."""
    used = sheet.used_area()
    if used is None:
        return None
    wanted = {folded(text) for item in columns for text in (item.header, item.column)}
    areas = [item.area for item in sheet.list_objects() if item.has_header]
    rows = [
        _HeaderRow(area.first_row, area.first_column, area.last_column, _texts(sheet, area, areas, used.last_column))
        for area in areas
    ]
    if not any(_fit(row, wanted) for row in rows):
        block = sheet.read(Area(1, 1, min(used.last_row, _SEARCHED_ROWS), used.last_column))
        texts = (header_texts(row, 1) for row in block.rows)
        rows = [_HeaderRow(number, 1, max(row), row) for number, row in enumerate(texts, start=1) if row]
    best = max(rows, key=lambda row: (_fit(row, wanted), -row.row), default=None)
    return best if best is not None and _fit(best, wanted) else None


def _texts(sheet: Sheet, area: Area, areas: Sequence[Area], last_column: int) -> dict[int, str]:
    """The texts in a table's header row, also beside the table, but not those of another table."""
    row = area.first_row
    texts = header_texts(sheet.read(Area(row, 1, row, last_column)).rows[0], 1)
    others = [other for other in areas if other != area and other.first_row <= row <= other.last_row]
    return {
        place: text
        for place, text in texts.items()
        if not any(other.first_column <= place <= other.last_column for other in others)
    }


def _fit(row: _HeaderRow, wanted: set[str]) -> int:
    return sum(folded(text) in wanted for text in row.texts.values())


def _end(found: _HeaderRow) -> int:
    """The first column right of the template's: the status column, or what lies behind the headers."""
    status = [place for place, text in found.texts.items() if folded(text) == folded(STATUS_HEADER)]
    return min(status, default=found.last + 1)


def _by_likeness(missing: Sequence[TemplateColumn], free: Mapping[int, str]) -> dict[str, int]:
    """Places of missing columns whose headers are like what stands somewhere; the likest first."""
    pairs = sorted(
        (
            (max(likeness(text, item.header), likeness(text, item.column)), -place, item.column)
            for item in missing
            for place, text in free.items()
            if text
        ),
        reverse=True,
    )
    found: dict[str, int] = {}
    for alike, place, name in pairs:
        if alike >= ALIKE and name not in found and -place not in found.values():
            found[name] = -place
    return found


def _by_neighbours(
    columns: Sequence[TemplateColumn], present: Mapping[str, int], free: Mapping[int, str], found: _HeaderRow
) -> dict[str, int]:
    """Places of missing columns between two that are there, when just as many columns stand between these."""
    start, end = found.first - 1, _end(found)
    places: dict[str, int] = {}
    for left, names, right in _gaps([item.column for item in columns], present, start, end):
        between = [place for place in range(left + 1, right) if place in free]
        if len(between) == len(names) == right - left - 1:
            places |= dict(zip(names, between, strict=True))
    return places


def _gaps(
    names: Sequence[str], present: Mapping[str, int], start: int, end: int
) -> Iterator[tuple[int, list[str], int]]:
    """(column to the left, names of missing columns, column to the right), for each run of missing ones."""
    left, lost = start, list[str]()
    for name in names:
        place = present.get(name)
        if place is None:
            lost.append(name)
            continue
        if lost:
            yield left, lost, place
        left, lost = place, []
    if lost:
        yield left, lost, end
