"""An xlwings engine over LibreOffice Calc: what xlsc asks of a spreadsheet, and nothing more.

Real xlwings code runs above it. What it has not is left unimplemented, so that it shows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.calc.office import Attached, Office, load_uno, prop, struct
from tests.calc.ranges import Note, Range, Union

#: Macros run without a question: the files are our own.
ALWAYS_RUN = 4
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class Engine:
    name = "calc"
    type = "desktop"

    def __init__(self, office: Office | Attached) -> None:
        self.office = office
        self.apps = Apps(self)
        #: What crossed into Calc: macros called, blocks of values read or written.
        self.calls: Counter[str] = Counter()

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        def clean(value: Any) -> Any:
            if value is None:
                return empty_as
            return number_builder(value) if number_builder and isinstance(value, float) else value

        return [[clean(value) for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self, engine: Engine) -> None:
        self.apps = [App(engine)]

    def __iter__(self) -> Iterator[App]:
        return iter(self.apps)

    def __len__(self) -> int:
        return len(self.apps)

    def __getitem__(self, pid: int) -> App:
        return self.apps[0]

    def keys(self) -> list[int]:
        return [app.pid for app in self.apps]


class App(base.App):
    engine = None
    books = None
    screen_updating = True
    calculation = "automatic"
    enable_events = True
    display_alerts = True
    visible = True
    api = True

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = Books(self)

    @property
    def pid(self) -> int:
        return int(self.engine.office.pid)

    @property
    def selection(self) -> Range | None:
        book = self.books.active
        found = book.api.CurrentSelection
        if not hasattr(found, "RangeAddress"):
            return None
        area = found.RangeAddress
        sheet = Sheet(book, book.api.Sheets.getByIndex(area.Sheet))
        rows, columns = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
        return Range(sheet, area.StartRow + 1, area.StartColumn + 1, rows, columns)

    def activate(self, steal_focus: bool = False) -> None:
        """One office, always in front."""

    def run(self, macro: str, args: Any) -> Any:
        """A procedure of the add-in's modules, with or without module and file in front of it."""
        self.engine.calls["macro"] += 1
        document, name = self._project(), macro.rpartition("!")[2]
        where = name if "." in name else f"{find_module(document, name)}.{name}"
        address = f"vnd.sun.star.script:xlsc.{where}?language=Basic&location=document"
        script = document.getScriptProvider().getScript(address)
        return load_uno().invoke(script, "invoke", (tuple(map(_argument, args)), (), ()))[0]

    def _project(self) -> Any:
        """The document that carries the add-in's modules: in Calc that is one of the workbooks."""
        for book in self.books:
            if book.api.BasicLibraries.hasByName("xlsc"):
                return book.api
        raise LookupError("No workbook has the add-in's modules.")


def _argument(value: Any) -> Any:
    """Whole numbers as VBA's Long; UNO for Python would take the smallest type that holds one."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return load_uno().Any("long", value) if is_number else value


def find_module(document: Any, procedure: str) -> str:
    """The module in which a procedure stands."""
    library = document.BasicLibraries.getByName("xlsc")
    head = re.compile(rf"^Public (Sub|Function) {procedure}\b", re.MULTILINE)
    for name in library.ElementNames:
        if head.search(library.getByName(name)):
            return str(name)
    raise LookupError(f"The modules have no {procedure}.")


class Books(base.Books):
    app = None

    def __init__(self, app: App) -> None:
        self.app = app
        self.books: list[Book] = []

    def __call__(self, name_or_index: Any) -> Book:
        for place, book in enumerate(self.books, start=1):
            if name_or_index in (place, book.name):
                return book
        raise KeyError(name_or_index)

    def __iter__(self) -> Iterator[Book]:
        return iter(self.books)

    def __len__(self) -> int:
        return len(self.books)

    @property
    def active(self) -> Book:
        return self.books[0]

    def add(self) -> Book:
        return self._load("private:factory/scalc", f"Book{len(self.books) + 1}")

    def open(self, fullname: str, *_others: Any) -> Book:
        path = Path(fullname).resolve()
        return self._load(path.as_uri(), path.name)

    def _load(self, address: str, name: str) -> Book:
        options = (prop("Hidden", True), prop("MacroExecutionMode", ALWAYS_RUN))
        document = self.app.engine.office.desktop.loadComponentFromURL(address, "_blank", 0, options)
        if document is None:
            raise FileNotFoundError(f"LibreOffice did not open {address}")
        self.books.insert(0, Book(self.app, document, name))
        return self.books[0]


class Book(base.Book):
    app = api = sheets = None
    name = ""

    def __init__(self, app: App, document: Any, name: str) -> None:
        self.app, self.api, self.name = app, document, name
        self.sheets = Sheets(self)

    @property
    def fullname(self) -> str:
        return self.name

    def save(self, path: str | None = None, password: str | None = None) -> None:
        assert path is not None
        target = Path(path).resolve()
        self.api.storeAsURL(target.as_uri(), (prop("FilterName", FILTERS[target.suffix]),))
        self.name = target.name

    def close(self) -> None:
        if self in self.app.books.books:
            self.app.books.books.remove(self)
            self.api.close(True)

    def activate(self) -> None:
        self.app.books.books.remove(self)
        self.app.books.books.insert(0, self)


class Sheets(base.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, self.book.api.Sheets.getByIndex(place)) for place in range(len(self))])

    def __len__(self) -> int:
        return int(self.book.api.Sheets.Count)

    def __call__(self, name_or_index: Any) -> Sheet:
        for place, sheet in enumerate(self, start=1):
            if name_or_index in (place, sheet.name):
                return sheet
        raise KeyError(name_or_index)

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.api.CurrentController.ActiveSheet)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        place = after.index if after else before.index - 1 if before else 0
        name = name or f"Sheet{len(self) + 1}"
        self.book.api.Sheets.insertNewByName(name, place)
        return Sheet(self.book, self.book.api.Sheets.getByName(name))


class Sheet(base.Sheet):
    book = api = None

    def __init__(self, book: Book, api: Any) -> None:
        self.book, self.api = book, api

    @property
    def name(self) -> str:
        return str(self.api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.api.Name = value

    @property
    def index(self) -> int:
        return int(self.api.RangeAddress.Sheet) + 1

    @property
    def visible(self) -> bool:
        return bool(self.api.IsVisible)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, Range):
            last = arg2 or arg1
            rows, columns = last.row - arg1.row + last.shape[0], last.column - arg1.column + last.shape[1]
            return Range(self, arg1.row, arg1.column, rows, columns)
        if isinstance(arg1, str) and "," in arg1:
            return Union(self, arg1)
        if isinstance(arg1, str):
            area = self.api.getCellRangeByName(arg1).RangeAddress
            arg1, arg2 = (area.StartRow + 1, area.StartColumn + 1), (area.EndRow + 1, area.EndColumn + 1)
        if len(arg1) == 4:
            return Range(self, *arg1)
        last = arg2 or arg1
        return Range(self, arg1[0], arg1[1], last[0] - arg1[0] + 1, last[1] - arg1[1] + 1)

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, 1_048_576, 1_024)

    @property
    def used_range(self) -> Range:
        cursor = self.api.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        area = cursor.RangeAddress
        rows, columns = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
        return Range(self, area.StartRow + 1, area.StartColumn + 1, rows, columns)

    def note_texts(self) -> list[tuple[tuple[int, int], str]]:
        """((row, column), text) of all notes."""
        notes = self.api.Annotations
        found = [notes.getByIndex(place) for place in range(notes.Count)]
        return [((note.Position.Row + 1, note.Position.Column + 1), str(note.String)) for note in found]

    @property
    def notes(self) -> list[Note]:
        return [Note(self, cell) for cell, _ in self.note_texts()]

    def hidden_rows(self, first: int, last: int) -> list[int]:
        visible = self.api.getCellRangeByPosition(0, first - 1, 0, last - 1).queryVisibleCells().RangeAddresses
        shown = {row + 1 for area in visible for row in range(area.StartRow, area.EndRow + 1)}
        return [row for row in range(first, last + 1) if row not in shown]

    @property
    def freeze_panes(self) -> FreezePanes:
        return FreezePanes(self)

    @property
    def tables(self) -> list[Any]:
        return list(Tables(self))

    def activate(self) -> None:
        self.book.api.CurrentController.setActiveSheet(self.api)

    def protect(self) -> None:
        self.api.protect("")


class FreezePanes:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        controller = self.sheet.book.api.CurrentController
        # A document that was never shown has no panes to freeze.
        controller.Frame.ContainerWindow.setVisible(True)
        before = controller.ActiveSheet
        controller.setActiveSheet(self.sheet.api)
        controller.freezeAtPosition(0, int(frozen_range.rpartition(":")[2]))
        controller.setActiveSheet(before)


class Tables:
    """Calc's database ranges, which an Excel file's tables become."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __iter__(self) -> Iterator[Table]:
        ranges = self.sheet.book.api.DatabaseRanges
        for name in ranges.ElementNames:
            table = Table(self.sheet, ranges.getByName(name))
            if table.area.Sheet == self.sheet.index - 1:
                yield table

    def add(self, name: str, first: tuple[int, int], last: tuple[int, int]) -> None:
        corners = (first[1] - 1, first[0] - 1, last[1] - 1, last[0] - 1)
        area = struct("table.CellRangeAddress", self.sheet.index - 1, *corners)
        self.sheet.book.api.DatabaseRanges.addNewByName(name, area)


class Table(base.Table):
    def __init__(self, sheet: Sheet, api: Any) -> None:
        self.sheet, self.found = sheet, api

    @property
    def area(self) -> Any:
        return self.found.DataArea

    @property
    def name(self) -> str:
        return str(self.found.Name)

    @property
    def range(self) -> Range:
        area = self.area
        rows, columns = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
        return Range(self.sheet, area.StartRow + 1, area.StartColumn + 1, rows, columns)

    @property
    def show_headers(self) -> bool:
        return bool(self.found.ContainsHeader)

    @property
    def show_totals(self) -> bool:
        return bool(self.found.TotalsRow)


def new_book(engine: Engine, name: str = "Data") -> xw.Book:
    """A workbook with one empty sheet of that name."""
    book = engine.apps.apps[0].books.add()
    book.sheets(1).name = name
    return xw.Book(impl=book)


def open_book(engine: Engine, path: Path) -> xw.Book:
    """A workbook file."""
    return xw.Book(impl=engine.apps.apps[0].books.open(str(path)))
