"""Every template as people use it: filled in LibreOffice, sent, its errors corrected there, sent again."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.calc.office import Office
from tests.e2e.conftest import Cli
from tests.templates.person import NO_COLOUR, at_calc
from xlsc.core.addresses import format_cell
from xlsc.sheets.binding import read_binding
from xlsc.sheets.files import open_book

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
Cells = Mapping[str, str]
NUMBERS = itertools.count(1)
COUNTS = ("read", "accepted", "rejected", "skipped", "unknown")


@dataclass(frozen=True)
class Use:
    """What a person types.

    Attributes:
        typed: Texts by sheet and cell; ``{n}`` is a number that no other test uses.
        marked: The cells that have to be marked after the first send, by sheet.
        corrected: What is typed into them.
        rows: Rows that the process gets in the end.
        rejected: Rows that are rejected in the first send.
        process: Of a template made from a process; "" for a shipped one.
    """

    typed: Mapping[str, Cells]
    marked: Mapping[str, str]
    corrected: Mapping[str, Cells]
    rows: int
    rejected: int
    process: str = ""
    validated: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


def rows(columns: str, *lines: str, first: int = 2) -> dict[str, str]:
    """Cells of lines whose values have ``|`` between them; an empty value is not typed."""
    return {
        f"{column}{number}": text.strip()
        for number, line in enumerate(lines, start=first)
        for column, text in zip(columns, line.split("|"), strict=True)
        if text.strip()
    }


USES = {
    "customers": Use(
        {
            "Data": rows(
                "ABEGIJK",
                "00{n}1|Alder Bakery|WA|alder@example.com|NET30|5000|2026-01-31",
                "00{n}2|Birch Tools|QQ|birch@example.com|COD|250.50|1/31/2026",
                "00{n}3|Cobalt Bikes|OR|cobalt at example|NET30||",
                "00{n}4||OR||NET99|much|soon",
                "00{n}5|Dune Print|||PREPAID||",
            )
        },
        {"Data": "E3 G4 B5 I5 J5 K5"},
        {"Data": {"E3": "WA", "G4": "cobalt@example.com", "B5": "Ember", "I5": "NET10", "J5": "7", "K5": "2026-02-01"}},
        rows=5,
        rejected=3,
        validated={"I2": ("LIST", True), "J2": ("CUSTOM", True), "K2": ("CUSTOM", True), "A2": ("TEXT_LEN", True)},
    ),
    "items": Use(
        {
            "Data": rows(
                "ABCDE",
                "IT-{n}-1|Desk lamp|EA|39.90|furnishing",
                "IT-{n}-2|Paper|PK|-1|consumable",
                "IT-{n}-3|Toner|CASE|12|",
                "IT-{n}-1|Lamp again|EA|1|",
                "IT-{n}-5|Chair|EA||furnishing",
            )
        },
        {"Data": "D3 C4 A5 D6"},
        {"Data": {"D3": "1", "C4": "BX", "A5": "IT-{n}-4", "D6": "120"}},
        rows=5,
        rejected=5,
        validated={"C2": ("LIST", True), "D2": ("DECIMAL", True)},
    ),
    "gl_journal": Use(
        {
            "Data": rows(
                "ABCDEF",
                "2026-03-02|JV-{n}-1|6100|Rent|1800|",
                "2026-03-02|JV-{n}-1|1000|Rent||1800",
                "2026-03-02|JV-{n}-2|6100|Fees|5|",
                "2026-03-02|JV-{n}-2|1000|Fees||4",
                "2026-03-02|JV-{n}-3|NOPE|Wrong|7|",
                "2026-03-02|JV-{n}-3|1000|Wrong||7",
            )
        },
        {"Data": "E4 F5 C6 B7"},
        {"Data": {"F5": "5", "C6": "6100"}},
        rows=6,
        rejected=4,
        validated={"A2": ("DATE", True), "E2": ("CUSTOM", True)},
    ),
    "sales_orders": Use(
        {
            "Data": rows(
                "ABCDEFG",
                "SO-{n}-1|2026-02-02|AARON01|1|LAMP-01|2|",
                "SO-{n}-1|2026-02-02|AARON01|2|TONER-7|1|9.50",
                "SO-{n}-2|2026-02-02|BAKER02|1|NO-ITEM|1|",
                "SO-{n}-2|2026-02-02|BAKER02|2|LAMP-01|1|",
                "SO-{n}-3|2026-02-02|BAKER02|1.5|LAMP-01|1|",
            )
        },
        {"Data": "E4 A5 D6"},
        {"Data": {"E4": "PAPER-A4", "D6": "1"}},
        rows=5,
        rejected=3,
        validated={"D2": ("WHOLE", True), "F2": ("DECIMAL", True)},
    ),
    "sales_orders_lines": Use(
        {
            "Orders": rows(
                "ABC", "SO-{n}-1|2026-02-02|AARON01", "SO-{n}-2|2026-02-02|BAKER02", "SO-{n}-3|2026-02-02|NOBODY9"
            ),
            "Lines": rows(
                "ABCDE",
                "SO-{n}-1|1|LAMP-01|2|",
                "SO-{n}-2|1|PAPER-A4|5|1.25",
                "SO-{n}-1|2|TONER-7|1|",
                "SO-{n}-2|2|LAMP-01||",
                "SO-{n}-3|1|LAMP-01|1|",
            ),
        },
        {"Orders": "C4", "Lines": "D5"},
        {"Orders": {"C4": "BAKER02"}, "Lines": {"D5": "3"}},
        rows=5,
        rejected=3,
    ),
    "purchase_journal": Use(
        {
            "Data": rows(
                "ABCDEFG",
                "2026-01-31|PJ-JAN|PI-{n}-1|ACME-V|6400|Office supplies|184.50",
                "2026-01-31|PJ-JAN|PI-{n}-1|ACME-V|6100||20",
                "2026-01-31|PJ-JAN|PI-{n}-2|NOBODY|6400||5",
                "2026-01-31||PI-{n}-3|ACME-V|6400||5",
            )
        },
        {"Data": "D4 B5"},
        {"Data": {"D4": "ACME-V", "B5": "PJ-JAN"}},
        rows=4,
        rejected=2,
    ),
    "new": Use(
        {
            "Data": rows(
                "ABCDEFG",
                "SO-{n}-1|2026-02-02|AARON01|1|LAMP-01|2|",
                "SO-{n}-2|2026-02-02|BAKER02|1|NO-ITEM|1|",
                "SO-{n}-3|soon|BAKER02|1|LAMP-01|1|",
            )
        },
        {"Data": "E3 B4"},
        {"Data": {"E3": "PAPER-A4", "B4": "2026-02-03"}},
        rows=3,
        rejected=2,
        process="SALES ORDERS",
        validated={"B2": ("ANY", False), "F2": ("ANY", False)},
    ),
}


class Story:
    """One workbook through one use."""

    def __init__(self, use: Use, path: Path, cli: Cli, office: Office) -> None:
        self.use, self.path, self.cli, self.office = use, path, cli, office
        self.stamp = f"{os.getpid()}{next(NUMBERS)}"
        self.binding = read_binding(open_book(path))
        assert self.binding is not None

    def cells(self, by_sheet: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        return ((sheet, cell) for sheet, cells in by_sheet.items() for cell in cells.split())

    def types(self, texts: Mapping[str, Cells]) -> None:
        with at_calc(self.office, self.path) as workbook:
            for sheet, cells in texts.items():
                workbook.type(sheet, {cell: text.replace("{n}", self.stamp) for cell, text in cells.items()})
        assert read_binding(open_book(self.path)) == self.binding

    def sees(self, *, marks: bool) -> None:
        """Fills and notes, or none of them, in the cells that were to be marked."""
        with at_calc(self.office, self.path, save=False) as workbook:
            for sheet, cell in self.cells(self.use.marked):
                filled, noted = workbook.colour(sheet, cell) != NO_COLOUR, bool(workbook.note(sheet, cell))
                assert (filled, noted) == (marks, marks), f"{sheet}!{cell}"

    def sends(self, *options: str) -> tuple[int, dict[str, int], Any]:
        answer = self.cli("send", self.path, *options, "--json")
        assert answer.code in (0, 1), answer.err
        counts = {name: answer.json[name] for name in COUNTS if answer.json[name]}
        return answer.code, counts, answer.json

    def marked(self) -> set[tuple[str, str]]:
        book = open_book(self.path)
        found = ((sheet, book.sheet(sheet).marked_cells()) for sheet in self.use.marked)
        return {(sheet, format_cell(*cell)) for sheet, cells in found for cell in cells}


@pytest.fixture
def story(request, signed_in, office, tmp_path) -> Story:
    use, path = USES[request.param], tmp_path / f"{request.param}.xlsx"
    if use.process:
        assert signed_in("template", "new", use.process, "-o", path).code == 0
    else:
        shutil.copy(TEMPLATES / path.name, path)
    return Story(use, path, signed_in, office)


def test_every_shipped_template_is_used():
    # Those that commands fill have tests of their own, in Calc too: test_data_templates.py.
    filled_by_commands = {"process_data", "process_errors", "run_log"}
    assert {path.stem for path in TEMPLATES.glob("*.xlsx")} <= {*USES} | filled_by_commands


@pytest.mark.office
@pytest.mark.parametrize("story", USES, indirect=True)
def test_a_person_fills_sends_corrects_and_sends_again(story):
    use = story.use
    story.types(use.typed)
    sound = use.rows - use.rejected
    counts = {"read": use.rows, "rejected": use.rejected} | ({"accepted": sound} if sound else {})
    assert story.sends()[:2] == (1, counts)
    assert story.marked() == set(story.cells(use.marked))
    story.sees(marks=True)
    story.types(use.corrected)
    code, counts, _ = story.sends("--failed-only")
    assert (code, counts["accepted"], counts.get("rejected")) == (0, use.rejected, None)
    assert story.marked() == set()
    story.sees(marks=False)
    _, counts, report = story.sends()
    assert (counts, report["runs"]) == ({"read": use.rows, "skipped": use.rows}, [])
    assert report["skip_reasons"] == {"accepted before": use.rows}


@pytest.mark.office
@pytest.mark.parametrize("story", [name for name, use in USES.items() if use.validated], indirect=True)
def test_calc_knows_what_cells_take(story):
    with at_calc(story.office, story.path, save=False) as workbook:
        found = {cell: workbook.validation("Data", cell)[:2] for cell in story.use.validated}
    assert found == story.use.validated
