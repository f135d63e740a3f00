"""An xlwings engine that imitates what bites in Excel; real xlwings code runs above it.

All numbers are floats; texts are typed as Excel types them (``001`` becomes 1, ``=…`` a formula) unless the cell is
formatted as text or the text begins with an apostrophe; errors come back as negative numbers; every access that would
cross into Excel is counted; a busy Excel refuses. What it does not imitate is left unimplemented, so that it shows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.excel_double.ranges import Note, Range, Union
from tests.excel_double.typing_in import ERRORS

_TEXT_OF = {number: text for text, number in ERRORS.items()}


class Busy(Exception):
    """What COM raises while a cell is being edited."""

    def __init__(self) -> None:
        super().__init__(-2147418111, "Call was rejected by callee.")


class Engine:
    name = "double"
    type = "desktop"

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.busy_calls = 0
        self._refusals: tuple[int, int] = (0, 0)
        self.apps = Apps(self)

    def touch(self, what: str) -> None:
        """One crossing into Excel; refused while busy."""
        self.calls[what] += 1
        wait, refusals = self._refusals
        if wait:
            self._refusals = (wait - 1, refusals)
        elif refusals:
            self._refusals, self.busy_calls = (0, 0), refusals
        if self.busy_calls:
            self.busy_calls -= 1
            raise Busy

    def refuse_from(self, call: int, times: int) -> None:
        """Be busy for some calls, from the one of this number on (0 = the next)."""
        self._refusals = (call, times)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, (bool, float, int, str, dt.datetime)):
            return value
        raise TypeError(f"COM takes no {type(value).__name__}")

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, int) and not isinstance(value, bool) and value in _TEXT_OF:
                return _TEXT_OF[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class Apps(base.Apps):
    def __init__(self, engine: Engine) -> None:
        self.apps = [App(engine)]

    def __iter__(self):
        return iter(self.apps)

    def __len__(self):
        return len(self.apps)

    def __getitem__(self, pid):
        return self.apps[0]

    def keys(self):
        return [app.pid for app in self.apps]


class App(base.App):
    pid = 4711
    engine = None
    books = None
    display_alerts = True
    visible = True
    api = True

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = Books(self)
        self.settings: dict[str, Any] = {"screen_updating": True, "calculation": "automatic", "enable_events": True}
        self.alerts: list[str] = []
        self.macros_run: list[tuple[Any, ...]] = []
        #: Stands in for the add-in's VBA; None = it is not loaded.
        self.addin: Any = None
        self.selected: Any = None

    def activate(self, steal_focus=False):
        return None

    def run(self, macro, args):
        self.macros_run.append((macro, *args))
        if self.addin is None:
            return None
        self.engine.touch("macro")
        name = macro.rpartition(".")[2]
        return getattr(self.addin, name)(*args) if hasattr(self.addin, name) else None

    @property
    def selection(self):
        return self.selected


def _setting(name: str) -> property:
    """An application setting that is asked and given across the border."""

    def read(app: App) -> Any:
        app.engine.touch("setting")
        return app.settings[name]

    def write(app: App, value: Any) -> None:
        app.engine.touch("setting")
        app.settings[name] = value

    return property(read, write)


for _name in ("screen_updating", "calculation", "enable_events"):
    setattr(App, _name, _setting(_name))


class Books(base.Books):
    app = None

    def __init__(self, app: App) -> None:
        self.app = app
        self.books: list[Book] = []

    def __call__(self, name_or_index):
        for place, book in enumerate(self.books, start=1):
            if name_or_index in (place, book.name):
                return book
        raise KeyError(name_or_index)

    def __iter__(self):
        return iter(self.books)

    def __len__(self):
        return len(self.books)

    @property
    def active(self):
        return self.books[0]

    def add(self):
        self.books.insert(0, Book(self.app, f"Book{len(self.books) + 1}"))
        return self.books[0]


class Properties(dict):
    """CustomDocumentProperties: values of at most 255 characters."""

    def put(self, name, value):
        assert len(value) <= 255, name
        self[name] = value


class BookApi:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.properties = Properties()

    @property
    def FullName(self):  # noqa: N802 - Excel's own name
        return self.book.path or self.book.name

    @property
    def Saved(self):  # noqa: N802 - Excel's own name
        return bool(self.book.path)


class Book(base.Book):
    app = None
    name = ""
    sheets = None
    api = None

    def __init__(self, app: App, name: str) -> None:
        self.app, self.name, self.path = app, name, ""
        self.api = BookApi(self)
        self.sheets = Sheets(self)
        self.saved = 0

    @property
    def fullname(self):
        return self.name

    def save(self, path=None, password=None):
        self.saved += 1

    def close(self):
        self.app.books.books.remove(self)

    def activate(self):
        return None


class Sheets(base.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book
        self.sheets = [Sheet(book, "Sheet1")]

    def __call__(self, name_or_index):
        for place, sheet in enumerate(self.sheets, start=1):
            if name_or_index in (place, sheet.name):
                return sheet
        raise KeyError(name_or_index)

    def __iter__(self):
        return iter(self.sheets)

    def __len__(self):
        return len(self.sheets)

    @property
    def active(self):
        return self.sheets[0]

    def add(self, before=None, after=None, name=None):
        sheet = Sheet(self.book, name or f"Sheet{len(self.sheets) + 1}")
        self.sheets.insert(self.sheets.index(after) + 1 if after else 0, sheet)
        return sheet


class SheetApi:
    """What live.py asks of Excel beyond xlwings' public interface."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @property
    def ProtectContents(self):  # noqa: N802 - Excel's own name
        self.sheet.touch("protect")
        return self.sheet.is_protected


class Sheet(base.Sheet):
    book = None
    name = ""
    visible = True
    tables = freeze_panes = api = None

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name
        self.values: dict[tuple[int, int], Any] = {}
        self.formats: dict[tuple[int, int], str] = {}
        self.colors: dict[tuple[int, int], Any] = {}
        #: Fills that are more than a colour: (pattern, colour, pattern's colour) in the words of XlscMarks.
        self.patterns: dict[tuple[int, int], tuple[int, str, str]] = {}
        self.note_texts: dict[tuple[int, int], Note] = {}
        self.widths: dict[int, float] = {}
        self.hidden_rows: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.is_protected = False
        self.tables = Tables()
        self.freeze_panes = FreezePanes()
        self.api = SheetApi(self)

    def touch(self, what: str) -> None:
        self.book.app.engine.touch(what)

    @property
    def index(self):
        return self.book.sheets.sheets.index(self) + 1

    @property
    def notes(self):
        self.touch("notes")
        return list(self.note_texts.values())

    def range(self, arg1, arg2=None):
        if isinstance(arg1, Range):
            first, last = (arg1.row, arg1.column), (arg2.row, arg2.column)
            return Range(self, *first, last[0] - first[0] + arg2.shape[0], last[1] - first[1] + arg2.shape[1])
        if isinstance(arg1, str):
            return Union(self, arg1)
        if len(arg1) == 4:
            return Range(self, *arg1)
        last = arg2 or arg1
        return Range(self, arg1[0], arg1[1], last[0] - arg1[0] + 1, last[1] - arg1[1] + 1)

    @property
    def cells(self):
        return Range(self, 1, 1, 1_048_576, 16_384)

    @property
    def used_range(self):
        self.touch("used_range")
        cells = [*self.values, *self.formats, *self.colors]
        if not cells:
            return Range(self, 1, 1, 1, 1)
        rows, columns = zip(*cells, strict=True)
        return Range(self, min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)

    def activate(self):
        return None


class FreezePanes:
    rows = 0

    def freeze_at(self, frozen_range):
        self.rows = frozen_range


class Tables(list):
    def __call__(self, key):
        return self[key - 1]


def new_book(name: str = "Data") -> tuple[xw.Book, Engine]:
    """A workbook with one empty sheet of that name, in an Excel of its own."""
    engine = Engine()
    book = engine.apps.apps[0].books.add()
    book.sheets.sheets[0].name = name
    return xw.Book(impl=book), engine
