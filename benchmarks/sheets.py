"""How long a workbook file takes to be read, marked and cleared, next to openpyxl's load and save of the same file.

read     all values with their number formats, against openpyxl's read-only mode
mark     a status for every row, marks on every tenth, and saving, against openpyxl's load and save with nothing done
clear    all of that off again, and saving

Run with ``python -m benchmarks.sheets [--rows N] [--columns N]``. Each figure is one turn, in a fresh process, with the
most memory that the process took.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":  # also as a file: python benchmarks/sheets.py
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import openpyxl

from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.sheets.files import create_book, open_book


def make_book(path: Path, rows: int, columns: int) -> None:
    """An invented workbook, texts and numbers in turns."""
    book = create_book(path, "Data")
    header = [f"Column{number}" for number in range(1, columns + 1)]
    values = [
        [f"Text {row % 977} {column}" if column % 2 else row * 1.25 for column in range(columns)] for row in range(rows)
    ]
    book.sheet().write(1, 1, [header, *values])
    book.save()


def read_here(path: Path) -> None:
    """Read with xlsc."""
    sheet = open_book(path).sheet()
    used = sheet.used_area()
    assert used is not None
    sheet.read(Area(1, 1, used.last_row, used.last_column))


def read_there(path: Path) -> None:
    """Read with openpyxl, number formats too."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                _ = cell.value, cell.number_format
    book.close()


def mark_here(path: Path) -> None:
    """Mark with xlsc: every row's status, a cell of every tenth row."""
    book = open_book(path)
    used = book.sheet().used_area()
    assert used is not None
    rows = range(2, used.last_row + 1)
    statuses = [RowStatus(row, RowState.REJECTED, "Rejected: Unknown terms.") for row in rows]
    marks = [CellMark(row, 3, "Unknown terms.") for row in rows[::10]]
    book.sheet().apply(MarkPlan(1, used.last_column + 1, "sent", statuses, marks, rows))
    book.save()


def save_there(path: Path) -> None:
    """Load and save with openpyxl, to another file."""
    openpyxl.load_workbook(path).save(path.with_name("there.xlsx"))


def clear_here(path: Path) -> None:
    """Take all marks off with xlsc."""
    book = open_book(path)
    assert book.sheet().clear()
    book.save()


def measure(work: Callable[[Path], None], path: Path) -> tuple[float, float]:
    """(seconds, megabytes at most) of a piece of work in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (work, path))


def _measure(work: Callable[[Path], None], path: Path) -> tuple[float, float]:
    started = time.perf_counter()
    work(path)
    return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(rows: int, columns: int) -> None:
    """Measure and print."""
    print(f"{rows} rows x {columns} columns, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process starts with its parent's most memory
            pool.apply(make_book, (path, rows, columns))
        for name, work in (
            ("xlsc reads", read_here),
            ("openpyxl reads", read_there),
            ("openpyxl loads, saves", save_there),
            ("xlsc marks, saves", mark_here),
            ("xlsc clears, saves", clear_here),
        ):
            seconds, megabytes = measure(work, path)
            print(f"  {name:24} {seconds:8.2f} s  {megabytes:8.0f} MB")


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheets", description="Workbook files, with openpyxl.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    arguments = parser.parse_args()
    report(arguments.rows, arguments.columns)


if __name__ == "__main__":
    main()
