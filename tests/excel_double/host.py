"""The host of the double: its properties stand in a dictionary."""

from collections.abc import Mapping

import xlwings as xw

from xlsc.sheets.live_hosts import ExcelHost


class DoubleHost(ExcelHost):
    def _book_macros(self, book: xw.Book) -> None:
        """The double has properties and protection of its own."""

    def read_properties(self, book: xw.Book) -> dict[str, str]:
        book.app.impl.engine.touch("properties")
        return dict(book.api.properties)

    def write_properties(self, book: xw.Book, changes: Mapping[str, str | None]) -> None:
        book.app.impl.engine.touch("properties")
        for name, text in changes.items():
            book.api.properties.pop(name, None)
            if text is not None:
                book.api.properties.put(name, text)
