"""Where things stand on a sheet: header row, the process's columns under their headers, data rows, status column.

Columns that are not the process's belong to the person: they are left alone and never sent. Captions may stand in
place of column names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlsc.core.addresses import MAX_COLUMN, Area, format_cell, format_column
from xlsc.core.catalog import ColumnInfo
from xlsc.core.marks import STATUS_HEADER, MarkLayout
from xlsc.core.table import Block, Column
from xlsc.errors import UsageError
from xlsc.flows.table_edges import Headers, folded, header_texts, take_in
from xlsc.sheets.port import ListObject, Sheet

#: Rows from the top in which a header row is looked for.
SEARCHED_ROWS = 50

#: How somebody in Excel gets headers.
INSERT_HEADERS = "Write the headers first: Mapped columns or All columns on the SmartConnect tab."


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Where the columns of a process stand on a sheet.

    Attributes:
        sheet_name: As its tab shows it.
        header_row: 1-based.
        area: The data below the headers, from the leftmost to the rightmost column that matters; None when empty.
        columns: The process's columns that were found, from left to right.
        status_column: 1-based; where the status texts stand, or shall stand.
        missing: Names of the process's columns that are not on the sheet.
        private: Headers of other columns.
        texts: What the headers of ``columns`` say, in their order; captions may stand in place of names.
    """

    sheet_name: str
    header_row: int
    area: Area | None
    columns: tuple[Column, ...]
    status_column: int
    missing: tuple[str, ...]
    private: tuple[str, ...]
    texts: tuple[str, ...] = ()

    @property
    def marks(self) -> MarkLayout:
        """Where marks go."""
        return MarkLayout(self.header_row, self.status_column)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for on a sheet.

    Attributes:
        columns: The process's.
        selection: What the person named or selected; None = the whole sheet.
        captions: Header texts in place of column names, by column name.
        skip_marker: Cell text that counts as an empty cell in any column; "" = there is none.
        skip_markers: Further ones, by column name.
        defaults: What an empty cell of a row that is not blank stands for, by column name.
    """

    columns: Sequence[ColumnInfo]
    selection: Area | None = None
    captions: Mapping[str, str] = field(default_factory=dict)
    skip_marker: str = ""
    skip_markers: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> dict[str, ColumnInfo]:
        """Columns by the texts their headers may have, folded; a caption wins over another's name.

        The author wrote the captions, and a process may get a column of any name later.
        """
        found = {folded(self.captions.get(info.name)): info for info in self.columns if self.captions.get(info.name)}
        return {folded(info.name): info for info in self.columns} | found


def find_layout(sheet: Sheet, wanted: Wanted) -> SheetLayout:
    """Where the process's columns stand.

    Raises:
        UsageError: No header row, a key column missing, a header twice, several tables, or merged cells in the data.
    """
    names = wanted.names()
    headers = _find_headers(sheet, wanted, names)
    columns = _place_columns(sheet.name, headers, names)
    _need_keys(sheet.name, headers, wanted, columns)
    used = sheet.used_area()
    status = _status_column(sheet, headers, used)
    places = [column.sheet_column for column in columns if column.sheet_column is not None]
    area = None
    if headers.last_row > headers.row:
        area = Area(headers.row + 1, min(*places, status), headers.last_row, max(*places, status))
        _refuse_merged(sheet, area)
    found = {column.name for column in columns}
    known = set(places) | {status}
    return SheetLayout(
        sheet_name=sheet.name,
        header_row=headers.row,
        area=area,
        columns=columns,
        status_column=status,
        missing=tuple(info.name for info in wanted.columns if info.name not in found),
        private=tuple(text for column, text in sorted(headers.texts.items()) if column not in known),
        texts=tuple(headers.texts[place] for place in places),
    )


def refuse_second_header(block: Block, layout: SheetLayout) -> None:
    """Refuse a second table below the first: its header row would be sent as data.

    Raises:
        UsageError: A data row repeats the headers.
    """
    if len(layout.columns) < 2:
        return
    offsets = [
        (column.sheet_column - block.area.first_column, folded(text))
        for column, text in zip(layout.columns, layout.texts, strict=True)
        if column.sheet_column is not None
    ]
    first, name = offsets[0]
    for number, row in enumerate(block.rows, start=block.area.first_row):
        if folded(row[first]) == name and all(folded(row[offset]) == text for offset, text in offsets):
            raise UsageError(
                f"Sheet {layout.sheet_name}: row {number} repeats the headers of row {layout.header_row}; "
                "there is a second table below the first.",
                "Move it to a sheet of its own, or name the rows to send with --range.",
                in_excel="Move it to a sheet of its own, or select the rows to send and press Send selection.",
            )


def _find_headers(sheet: Sheet, wanted: Wanted, names: Mapping[str, ColumnInfo]) -> Headers:
    tables = [item for item in sheet.list_objects() if item.has_header]
    fitting = [(item, headers) for item in tables if _fit(headers := _table_headers(sheet, item), names)]
    if wanted.selection is not None and len(fitting) > 1:
        fitting = [(item, headers) for item, headers in fitting if item.area.intersect(wanted.selection)]
    if len(fitting) > 1:
        listed = ", ".join(f"{item.name} ({item.area})" for item, _ in fitting)
        raise UsageError(
            f"Sheet {sheet.name} holds several tables with columns of the process: {listed}.",
            "Select the one to send, or name its cells with --range.",
            in_excel="Select the cells of the one to send, then press Send selection.",
        )
    if not fitting:
        return _plain_headers(sheet, wanted, names)
    known = {text: info.name for text, info in names.items()}
    return take_in(sheet, *fitting[0], known, wanted.selection)


def _table_headers(sheet: Sheet, item: ListObject) -> Headers:
    top = item.area.first_row
    row = sheet.read(Area(top, item.area.first_column, top, item.area.last_column)).rows[0]
    return Headers(top, header_texts(row, item.area.first_column), item.area.last_row)


def _fit(headers: Headers, names: Mapping[str, ColumnInfo]) -> int:
    """How many columns of the process a row names."""
    return len({names[folded(text)].name for text in headers.texts.values() if folded(text) in names})


def _plain_headers(sheet: Sheet, wanted: Wanted, names: Mapping[str, ColumnInfo]) -> Headers:
    used = sheet.used_area()
    if used is None:
        raise UsageError(
            f"Sheet {sheet.name} is empty.",
            "Write the headers first: xlsc headers BOOK --process P.",
            in_excel=INSERT_HEADERS,
        )
    last = min(used.last_row, SEARCHED_ROWS)
    if wanted.selection is not None:
        last = min(last, max(wanted.selection.first_row, 1))
    block = sheet.read(Area(1, 1, last, used.last_column))
    rows = [Headers(number, header_texts(row, 1), used.last_row) for number, row in enumerate(block.rows, start=1)]
    best = max(rows, key=lambda row: (_fit(row, names), -row.row))
    if not _fit(best, names):
        examples = ", ".join(info.name for info in list(wanted.columns)[:4])
        raise UsageError(
            f"Sheet {sheet.name} has no header row with columns of the process, such as {examples}.",
            "Write the headers with: xlsc headers BOOK --process P, or choose another sheet with --sheet.",
            in_excel=f"Go to the sheet with the rows. {INSERT_HEADERS}",
        )
    return best


def _place_columns(sheet_name: str, headers: Headers, names: Mapping[str, ColumnInfo]) -> tuple[Column, ...]:
    columns: list[Column] = []
    first: dict[str, int] = {}
    for sheet_column, text in sorted(headers.texts.items()):
        info = names.get(folded(text))
        if info is None:
            continue
        if info.name in first:
            cells = f"{format_cell(headers.row, first[info.name])} and {format_cell(headers.row, sheet_column)}"
            raise UsageError(
                f"Sheet {sheet_name}: the column {info.name} stands twice, in {cells}.",
                "Rename or delete one of the two headers.",
            )
        first[info.name] = sheet_column
        columns.append(Column(info.name, info.is_required, sheet_column))
    return tuple(columns)


def _need_keys(sheet_name: str, headers: Headers, wanted: Wanted, columns: Sequence[Column]) -> None:
    found = {column.name for column in columns}
    lost = [info.name for info in wanted.columns if info.is_required and info.name not in found]
    if lost:
        raise UsageError(
            f"Sheet {sheet_name}: row {headers.row} lacks the key column{'s' if len(lost) > 1 else ''} "
            f"{', '.join(lost)}.",
            "Correct the header, or restore the headers with: xlsc headers BOOK --process P.",
            in_excel="Correct the header, or press Restore headers (in a template) or Mapped columns.",
        )


def _status_column(sheet: Sheet, headers: Headers, used: Area | None) -> int:
    """The column headed SmartConnect, else the first free one to the right of the headers."""
    wanted = folded(STATUS_HEADER)
    for column, text in sorted(headers.texts.items()):
        if folded(text) == wanted:
            return column
    beside = max(headers.texts) + 1
    if used is None or beside > used.last_column:
        return _on_sheet(beside)
    below = sheet.read(Area(headers.row, beside, min(headers.last_row, used.last_row), beside))
    if folded(below.rows[0][0]) == wanted or all(row[0] is None for row in below.rows):
        return beside
    return _on_sheet(used.last_column + 1)


def _on_sheet(column: int) -> int:
    if column > MAX_COLUMN:
        raise UsageError(
            f"There is no free column for the status texts: the sheet is used up to {format_column(MAX_COLUMN)}.",
            f"Free a column and write {STATUS_HEADER} as its header.",
        )
    return column


def _refuse_merged(sheet: Sheet, area: Area) -> None:
    for merged in sheet.merged_areas():
        if merged.intersect(area):
            raise UsageError(
                f"Sheet {sheet.name}: the cells {merged} are merged; it is not clear what belongs to which row.",
                "Unmerge them and fill in every row.",
            )
