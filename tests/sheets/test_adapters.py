"""The contract of sheet adapters, for memory and files."""

from tests.contracts.sheet_contract import SheetContract
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.memory import MemoryBook


class TestMemory(SheetContract):
    def book(self, tmp_path):
        return MemoryBook(sheet_name="Data")

    def reopen(self, book, tmp_path):
        return book


class TestFiles(SheetContract):
    def book(self, tmp_path):
        return create_book(tmp_path / "book.xlsx", "Data")

    def reopen(self, book, tmp_path):
        book.save()
        return open_book(tmp_path / "book.xlsx")
