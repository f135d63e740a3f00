"""Template workbooks in tests: shipped ones copied, filled by openpyxl as a person would, read back."""

import itertools
import shutil
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = itertools.count(1)


def fill(path, rows, sheet="Data"):
    book = openpyxl.load_workbook(path)
    data = book[sheet]
    names = [cell.value for cell in data[1]]
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            data.cell(number, names.index(name) + 1, value)
    book.save(path)


def column(path, name, sheet="Data"):
    data = openpyxl.load_workbook(path)[sheet]
    place = [cell.value for cell in data[1]].index(name) + 1
    return [data.cell(row, place).value for row in range(2, data.max_row + 1)]


def copied(name, tmp_path):
    return Path(shutil.copy(ROOT / "templates" / f"{name}.xlsx", tmp_path / f"{name}.xlsx"))
