"""The local checks that a workbook's author wrote into its Columns sheet; a workbook without one has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsc.core.addresses import Area, format_cell
from xlsc.core.markers import BLANK_MARKER, SKIP_MARKER
from xlsc.core.template import (
    HEADERS,
    TemplateColumn,
    column_rules,
    data_sheets,
    document_rules,
    in_order,
    read_row,
)
from xlsc.errors import UsageError
from xlsc.flows.data_sheet import find_data_sheet
from xlsc.flows.named_ranges import COLUMNS_SHEET, VARIABLE_LABEL, read_lists
from xlsc.flows.work import Rules
from xlsc.sheets.binding import read_binding
from xlsc.sheets.joined import JoinedSheet
from xlsc.sheets.port import Book, Sheet

BLANK_LABEL, SKIP_LABEL = "Blank marker", "Skip marker"
_MARKERS = {BLANK_LABEL: BLANK_MARKER, SKIP_LABEL: SKIP_MARKER}


def read_rules(book: Book) -> Rules:
    """The rules of a workbook.

    Raises:
        UsageError: The Columns sheet cannot be read; names its row.
    """
    found, markers = _read_columns_sheet(book)
    columns = [item for item, _ in found]
    if not columns:
        return Rules()
    captions = {item.column: item.caption for item in columns if item.caption}
    sheets = data_sheets(columns)
    keys = tuple(item.header for item in columns if item.key)
    return Rules(
        columns=column_rules(columns, read_lists(book, columns)),
        documents=document_rules(columns),
        captions=captions,
        blank_marker=markers[BLANK_LABEL],
        skip_marker=markers[SKIP_LABEL],
        sheets=sheets if len(sheets) > 1 else (),
        keys=keys,
        template=tuple(columns),
        cells={item.column: cell for item, cell in found},
        skip_markers={item.column: item.skip_marker for item in columns if item.skip_marker},
        defaults={item.column: item.default for item in columns if item.default},
    )


def open_data_sheet(book: Book, name: str | None, rules: Rules) -> Sheet:
    """The sheet whose rows are meant: the named one, header and lines joined, or the active one.

    Raises:
        UsageError: There is no such sheet, or header and lines do not fit.
    """
    if len(rules.sheets) == 2 and (name is None or name.casefold() in (part.casefold() for part in rules.sheets)):
        header, lines = rules.sheets
        return JoinedSheet(book.sheet(header), book.sheet(lines), rules.keys)
    return find_data_sheet(book, rules.headers) if name is None and rules.headers else book.sheet(name)


def _read_columns_sheet(book: Book) -> tuple[list[tuple[TemplateColumn, str]], dict[str, str]]:
    """The columns of the Columns sheet, hidden or not, each with its cell, and the markers; none without it.

    Raises:
        UsageError: A cell says something unknown, a column stands twice, or the sheet of a template is gone.
    """
    sheet = _columns_sheet(book)
    used = sheet.used_area() if sheet is not None else None
    if sheet is None or used is None:
        return [], {}
    rows = sheet.read(Area(1, 1, used.last_row, used.last_column)).rows
    headers = {str(value).strip().casefold(): place for place, value in enumerate(rows[0]) if value is not None}
    lost = [text for text in ("Column", "Caption", "Type") if text.casefold() not in headers]
    if lost and not is_template(book):
        return [], {}
    if lost:
        raise UsageError(
            f"Sheet {sheet.name}: row 1 lacks the header {lost[0]}.", f"Its headers are {', '.join(HEADERS)}."
        )
    places = {field: headers.get(text.casefold()) for text, field in HEADERS.items()}
    found: dict[int, TemplateColumn] = {}
    markers = dict(_MARKERS)
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: row[place] for field, place in places.items() if place is not None}
        name = str(cells.get("column") or "").strip()
        label = next((label for label in _MARKERS if _names(name, label)), None)
        if label is not None:
            markers[label] = str(cells.get("caption") or "").strip() or _MARKERS[label]
            _refuse_alike(markers, _Place(sheet.name, number, places)("caption"))
        elif name and not _names(name, VARIABLE_LABEL):
            found[number] = read_row(cells, _Place(sheet.name, number, places))
        elif not name and any(value not in (None, "") for value in cells.values()):
            cell = _Place(sheet.name, number, places)("column")
            raise UsageError(f"{cell}: the row names no column.", "Write the column's name, or clear the row.")
    _refuse_doubles(sheet.name, found, places)
    listed = [(item, _Place(sheet.name, number, places)("column")) for number, item in found.items()]
    order = {item.column: place for place, item in enumerate(in_order(list(found.values())))}
    return sorted(listed, key=lambda pair: order[pair[0].column]), markers


def _names(text: str, label: str) -> bool:
    return text.rstrip(":").rstrip().casefold() == label.casefold()


def _refuse_alike(markers: Mapping[str, str], cell: str) -> None:
    texts = [text.casefold() for text in markers.values()]
    if len(set(texts)) < len(texts):
        raise UsageError(f"{cell}: both markers are {texts[0]!r}.", "Let them differ, or leave one empty.")


def _columns_sheet(book: Book) -> Sheet | None:
    """The sheet Columns; authors hide it.

    Raises:
        UsageError: The workbook says that it was made as a template, and has none.
    """
    try:
        return book.sheet(COLUMNS_SHEET)
    except UsageError:
        if is_template(book):
            raise UsageError(
                f"{book.name} is a template whose sheet {COLUMNS_SHEET} is gone; without it nothing is checked.",
                f"Name it {COLUMNS_SHEET} again, or copy it from the template that you were given.",
            ) from None
        return None


def is_template(book: Book) -> bool:
    """Whether the workbook says that it was made as a template."""
    binding = read_binding(book)
    return binding is not None and bool(binding.template_version)


@dataclass(frozen=True, slots=True)
class _Place:
    """Names the cells of a row of the Columns sheet, for messages."""

    sheet: str
    row: int
    places: Mapping[str, int | None]

    def __call__(self, field: str) -> str:
        place = self.places.get(field)
        where = f"row {self.row}" if place is None else f"cell {format_cell(self.row, place + 1)}"
        return f"Sheet {self.sheet}, {where}"


def _refuse_doubles(sheet: str, columns: Mapping[int, TemplateColumn], places: Mapping[str, int | None]) -> None:
    for field, attribute in (("column", "column"), ("caption", "header")):
        first: dict[str, int] = {}
        for number, item in columns.items():
            value = getattr(item, attribute)
            above = first.setdefault(value.casefold(), number)
            if above != number:
                raise UsageError(
                    f"{_Place(sheet, number, places)(field)}: the {field} {value!r} stands in row {above} already.",
                    "Rename or delete one of the two rows.",
                )
