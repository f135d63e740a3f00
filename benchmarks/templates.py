"""How long the local checks of a filled template take, next to openpyxl and pandas on the same file.

read         all values of the data sheet, against openpyxl's read-only mode
checks       the rules of 20 columns and the balance per document, over rows that are read already, against the same
             rules written by hand in pandas over a frame that is read already
xlsc check   file to findings: open, read the sheet Columns, find the table, read, check (marks are not written),
             against pandas.read_excel and the same rules

Run with ``python -m benchmarks.templates [--rows N]``. Each figure is one turn, in a fresh process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # also as a file: python benchmarks/templates.py
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import openpyxl

from xlsc.core.addresses import Area
from xlsc.core.catalog import ColumnInfo, Process
from xlsc.core.checks import check_table
from xlsc.core.template import Template, TemplateColumn
from xlsc.flows.prepare import Prepared, prepare
from xlsc.flows.processes import ProcessColumns
from xlsc.flows.reading import ReadOptions
from xlsc.flows.rules import open_data_sheet, read_rules
from xlsc.sheets.files import open_book
from xlsc.sheets.template_writer import write_template

CHOICES = ("EA", "PK", "BX", "KG")
COLUMNS = (
    TemplateColumn("Document", key=True, length=12),
    TemplateColumn("Line", type="integer", required=True),
    TemplateColumn("Date", type="date", required=True, check="same in document"),
    TemplateColumn("Account", required=True, length=10),
    TemplateColumn("Debit", type="number", check="debit"),
    TemplateColumn("Credit", type="number", check="credit"),
    TemplateColumn("Unit", choices=CHOICES),
    TemplateColumn("Reference", length=20, check="unique"),
    *(TemplateColumn(f"Text{number}", length=30) for number in range(1, 9)),
    *(TemplateColumn(f"Number{number}", type="number") for number in range(1, 5)),
)


def make_template(path: Path, rows: int) -> None:
    """A template with invented rows; every thousandth document has something wrong in it."""
    write_template(path, Template("JOURNAL", "Journal", COLUMNS), {"xlsc.process_id": "JOURNAL"})
    chance = random.Random(20260101)
    book = open_book(path)
    book.sheet("Data").write(2, 1, [_row(number, chance) for number in range(rows)])
    book.save()


def _row(number: int, chance: random.Random) -> list[str | float | None]:
    document, line = divmod(number, 4)
    wrong = document % 1_000 == 7
    amount = float(document % 977 + 1)
    debit, credit = (amount, None) if line % 2 == 0 else (None, amount + (1 if wrong and line == 3 else 0))
    texts = [f"Text {chance.randrange(5_000)}" for _ in range(8)]
    numbers: list[str | float | None] = [chance.randrange(100_000) / 100 for _ in range(4)]
    unit = "TON" if wrong and line == 0 else CHOICES[number % 4]
    reference = f"R{number}" if number % 50_000 else "R1"
    head: list[str | float | None] = [f"JV{document:07}", line + 1, "2026-02-28", f"{6000 + number % 90}"]
    return [*head, debit, credit, unit, reference, *texts, *numbers]


def found_columns() -> ProcessColumns:
    """What a service would say of the process."""
    infos = tuple(ColumnInfo(item.column, item.key) for item in COLUMNS)
    return ProcessColumns(Process("key", "JOURNAL", "Journal"), infos, frozenset(item.column for item in COLUMNS))


def prepare_here(path: Path) -> Prepared:
    """File to findings with xlsc."""
    book = open_book(path)
    rules = read_rules(book)
    return prepare(open_data_sheet(book, None, rules), found_columns(), ReadOptions(), rules, unchecked=False)


def check_here(path: Path) -> tuple[float, int]:
    """(seconds, findings) of xlsc from the file on."""
    started = time.perf_counter()
    prepared = prepare_here(path)
    seconds = time.perf_counter() - started
    return seconds, sum(error.code.value != "document" for error in prepared.errors)


def rules_here(path: Path) -> tuple[float, int]:
    """(seconds, findings) of xlsc's checks alone."""
    rules = read_rules(open_book(path))
    table = prepare_here(path).reading.table
    started = time.perf_counter()
    found = check_table(table, rules.columns, rules.documents)
    return time.perf_counter() - started, len(found)


def read_here(path: Path) -> tuple[float, int]:
    """(seconds, rows) of xlsc's reading alone."""
    started = time.perf_counter()
    sheet = open_book(path).sheet("Data")
    used = sheet.used_area()
    assert used is not None
    count = len(sheet.read(Area(1, 1, used.last_row, used.last_column)).rows)
    return time.perf_counter() - started, count


def read_there(path: Path) -> tuple[float, int]:
    """(seconds, rows) of openpyxl's reading alone."""
    started = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(1 for _ in book["Data"].iter_rows(values_only=True))
    return time.perf_counter() - started, count


def check_there(path: Path) -> tuple[float, int]:
    """(seconds, findings) of pandas from the file on."""
    import pandas as pd

    started = time.perf_counter()
    frame = pd.read_excel(path, sheet_name="Data", dtype={"Document": str, "Account": str})
    found = _pandas_rules(frame)
    return time.perf_counter() - started, found


def rules_there(path: Path) -> tuple[float, int]:
    """(seconds, findings) of pandas' checks alone."""
    import pandas as pd

    frame = pd.read_excel(path, sheet_name="Data", dtype={"Document": str, "Account": str})
    started = time.perf_counter()
    found = _pandas_rules(frame)
    return time.perf_counter() - started, found


def _pandas_rules(frame: Any) -> int:  # noqa: ANN401 - pandas is loaded where it is measured
    """The same rules by hand; floats instead of decimals, masks instead of sentences."""
    import pandas as pd

    found = 0
    for item in COLUMNS:
        values = frame[item.column]
        if item.required or item.key:
            found += int(values.isna().sum())
        if item.length:
            found += int((values.dropna().astype(str).str.len() > item.length).sum())
        if item.choices:
            found += int((~values.dropna().isin(item.choices)).sum())
        if item.check == "unique":
            found += int(values.dropna().duplicated().sum())
        if item.type in ("number", "integer"):
            found += int(pd.to_numeric(values.dropna(), errors="coerce").isna().sum())
        if item.type == "date":
            found += int(pd.to_datetime(values.dropna(), errors="coerce").isna().sum())
    groups = frame.groupby("Document")
    sums = groups[["Debit", "Credit"]].transform("sum")
    found += int(((sums["Debit"] - sums["Credit"]).abs() > 0.005).sum())
    return found + int((groups["Date"].transform("nunique") > 1).sum())


def measure(work: Callable[[Path], tuple[float, int]], path: Path) -> tuple[float, int]:
    """A piece of work in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (path,))


def report(rows: int) -> None:
    """Measure and print, with xlsc's share of the peer's time."""
    print(f"{rows:,} rows x {len(COLUMNS)} columns, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.xlsx"
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.apply(make_template, (path, rows))
        for name, here, peer, there in (
            ("read", read_here, "openpyxl", read_there),
            ("checks", rules_here, "pandas", rules_there),
            ("xlsc check", check_here, "pandas", check_there),
        ):
            own, found = measure(here, path)
            other, found_there = measure(there, path)
            print(
                f"  {name:12} xlsc {own:7.2f} s ({found:,})   {peer:9} {other:7.2f} s ({found_there:,})"
                f"   ratio {own / other:5.2f}"
            )


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.templates", description="Local checks, with pandas.")
    parser.add_argument("--rows", type=int, default=100_000)
    report(parser.parse_args().rows)


if __name__ == "__main__":
    main()
