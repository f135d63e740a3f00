"""An open workbook file: its package, workbook part, styles and shared texts, each read once and when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from xlsc.core.addresses import Area
from xlsc.core.table import Block
from xlsc.errors import WorkbookError
from xlsc.sheets.ooxml.cell_values import BlockReader, ReadingRules, find_used_area
from xlsc.sheets.ooxml.frame import Frame, frame_of
from xlsc.sheets.ooxml.package import Package, PackedPart
from xlsc.sheets.ooxml.shared_strings import read_shared_strings
from xlsc.sheets.ooxml.sheet_text import Row, RowEditor, SheetText, edit_rows
from xlsc.sheets.ooxml.styles import MINIMAL_STYLES, Styles
from xlsc.sheets.ooxml.workbook import Workbook
from xlsc.sheets.ooxml.xml_parts import PlainTexts, parse_xml, read_xml


@dataclass(frozen=True, slots=True)
class Edited:
    """What a pass over the rows of a sheet did.

    Attributes:
        last_row: Last row that was visited; 0 when none was.
        last_column: Greatest column of the visited rows; 0 when none has a cell.
    """

    last_row: int
    last_column: int


class Document:
    """One workbook file in memory.

    Args:
        package: Its parts.

    Raises:
        WorkbookError: It is no workbook that can be read.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.workbook = Workbook(package)
        self._texts = PlainTexts(package)
        self._styles: Styles | None = None
        self._strings: list[str | None] | None = None
        self._used: dict[str, Area | None] = {}
        self._frames: dict[str, Frame] = {}

    @property
    def styles(self) -> Styles:
        """The looks of cells; ``save_styles`` puts new ones into the package."""
        if self._styles is None:
            part = self.workbook.related_part("styles")
            if part is None:
                part = self.workbook.add_styles(MINIMAL_STYLES)
            self._styles = Styles(read_xml(self.package, part))
        return self._styles

    def save_styles(self) -> None:
        """Put the styles into the package when some were added."""
        if self._styles is not None and self._styles.changed:
            part = self.workbook.related_part("styles")
            assert part is not None
            self.package.put(part, self._styles.to_bytes())

    def refuse_strict(self) -> None:
        """Refuse to write a file of the strict dialect.

        Raises:
            WorkbookError: It is one.
        """
        if self.workbook.is_strict:
            raise WorkbookError(
                f"{self.package.name} is a Strict Open XML workbook, which xlsc reads but does not write.",
                "Save it in Excel as Excel Workbook (.xlsx).",
            )

    def used_area(self, part: str) -> Area | None:
        """See port.Sheet.used_area."""
        if part not in self._used:
            self._used[part] = find_used_area(self._sheet(part))
        return self._used[part]

    def read(self, part: str, area: Area) -> Block:
        """See port.Sheet.read."""
        workbook = self.workbook
        rules = ReadingRules(
            self._shared_strings(), self.styles.number_formats(), workbook.from_1904, workbook.distrusts_zeros
        )
        return BlockReader(area, rules, self.package.damaged).read(self._sheet(part))

    def frame(self, part: str) -> Frame:
        """The sheet without its rows; ``save_frame`` puts changes into the package."""
        if part not in self._frames:
            sheet = self._sheet(part)
            sheet.skip_rows()
            self._frames[part] = self._frame_of(part, sheet)
        return self._frames[part]

    def edit(self, part: str, editor: RowEditor, change: Callable[[Frame], None] | None = None) -> Edited:
        """Change rows of a sheet in one pass, and its frame.

        Args:
            part: The worksheet's part.
            editor: What is done to which rows.
            change: What is done to the frame afterwards.

        Raises:
            WorkbookError: The editor refuses; nothing is changed.
        """
        watcher = _Watcher(editor)
        sheet = self._sheet(part)
        rows = PackedPart("".join(texts).encode() for texts in edit_rows(sheet, watcher))
        if watcher.lost_formulas:
            self.workbook.drop_calculation_chain()
        frame = self._frame_of(part, sheet)
        if watcher.last_row:
            frame.include(Area(max(watcher.first_row, 1), 1, watcher.last_row, max(watcher.last_column, 1)))
        if change is not None:
            change(frame)
        self._write(part, sheet, frame, rows)
        return Edited(watcher.last_row, watcher.last_column)

    def change_frame(self, part: str, change: Callable[[Frame], None]) -> None:
        """Change a sheet's frame, its rows left as they are."""
        self.edit(part, _NoRows(), change)

    def _write(self, part: str, sheet: SheetText, frame: Frame, rows: PackedPart) -> None:
        head, tail = frame.texts() if frame.changed else (sheet.head, sheet.tail)
        self.package.put(part, PackedPart(chain([head.encode()], rows, [tail.encode()])))
        self._texts.trust(part)
        self._used.pop(part, None)
        self._frames.pop(part, None)
        self.save_styles()

    def _frame_of(self, part: str, sheet: SheetText) -> Frame:
        return frame_of(sheet.head, sheet.tail, lambda data: parse_xml(self.package, part, data))

    def _sheet(self, part: str) -> SheetText:
        return SheetText(self._texts.open(part), self.package.damaged)

    def _shared_strings(self) -> list[str | None]:
        if self._strings is None:
            part = self.workbook.related_part("sharedStrings")
            self._strings = [] if part is None else read_shared_strings(self._texts.open(part))
        return self._strings


class _NoRows:
    """Visits no row."""

    def rows(self) -> Iterator[int]:
        return iter(())

    def wants(self, number: int, piece: str) -> bool:
        del number, piece
        return False

    def edit(self, row: Row) -> None:
        del row


class _Watcher:
    """Does what another editor does, and keeps in mind how far it went."""

    def __init__(self, editor: RowEditor) -> None:
        self._editor = editor
        self.first_row = self.last_row = self.last_column = 0
        self.lost_formulas = False
        self.rows = editor.rows
        self.wants = editor.wants

    def edit(self, row: Row) -> None:
        self._editor.edit(row)
        if row.lost_formulas:
            self.lost_formulas = True
            _refuse_shared(row)
        if not row.cells:
            return
        last = max(row.cells)
        row.include(last)
        self.first_row = self.first_row or row.number
        self.last_row = row.number
        self.last_column = max(self.last_column, last)


def _refuse_shared(row: Row) -> None:
    """A formula that other cells point to cannot go: they would lose theirs."""
    for column, text in row.lost_formulas:
        start = text.partition(">")[2]
        if "<f" in start and 'ref="' in start.partition("<f")[2].partition(">")[0]:
            raise WorkbookError(
                f"Row {row.number}, column {column} holds a formula that other cells share.",
                "Replace it in Excel, which gives the others a formula of their own.",
            )
