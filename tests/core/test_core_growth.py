"""Work grows with the rows and not faster: counted operations on two sizes, and 200,000 rows that come out right."""

import doctest
import importlib
import pkgutil
import sys
from collections import Counter
from datetime import datetime
from typing import ClassVar

import pytest

import xlsc.core
from xlsc.core.addresses import Area
from xlsc.core.checks import ColumnRule, DocumentRule, check_table, spread
from xlsc.core.documents import fingerprints, group_documents, split_documents, widen
from xlsc.core.marks import MarkLayout, plan_marks
from xlsc.core.matching import locate
from xlsc.core.results import ErrorTable, RowState
from xlsc.core.table import Block, Column, Row, Table
from xlsc.core.values import encode_block

COLUMNS = tuple(
    Column(name, is_key=name == "DocumentNo", sheet_column=place)
    for place, name in enumerate(("DocumentNo", "PostingDate", "AccountNo", "Amount"), 1)
)


class Counted(str):
    """A text that counts how often it is hashed or compared: what a hidden loop over a list would do most."""

    __slots__ = ()
    operations: ClassVar[Counter] = Counter()

    def __hash__(self):
        Counted.operations["hash"] += 1
        return super().__hash__()

    def __eq__(self, other):
        Counted.operations["compare"] += 1
        return super().__eq__(other)

    def __lt__(self, other):
        Counted.operations["compare"] += 1
        return super().__lt__(other)


def table(count, rows_per_document=4, text=Counted):
    return Table(
        COLUMNS,
        [
            Row(
                number + 2,
                (
                    text(f"JV{number // rows_per_document:07}"),
                    text("2026-01-31"),
                    text(str(number % 97)),
                    text(f"{number}"),
                ),
            )
            for number in range(count)
        ],
    )


def work(function, made):
    """Calls that the interpreter makes, and operations on texts, while the function runs."""
    calls = Counter()
    Counted.operations.clear()
    sys.setprofile(lambda _frame, event, _argument: calls.update((event,)))
    try:
        function(made)
    finally:
        sys.setprofile(None)
    return calls.total() + Counted.operations.total()


def echo(made, change):
    return ErrorTable(
        made.names, [change(row.values) for row in made.rows][::-1], ["Account 5 is locked"] * len(made.rows)
    )


def american(values):
    return (values[0], "1/31/2026 12:00:00 AM", *values[2:])


def recalculated(values):
    return (*values[:3], "0.01")


def reconstructed(values):
    return (values[0], "?", "?", "?")


def one_document(made):
    rows = [Row(row.sheet_row, (Counted("JV"), *row.values[1:])) for row in made.rows]
    return made.with_rows(rows)


JOBS = {
    "group": group_documents,
    "fingerprints": lambda made: fingerprints(made, group_documents(made)),
    "widen": lambda made: widen(made, {made.rows[-1].sheet_row}),
    "split": lambda made: split_documents(group_documents(made), 3),
    "check": lambda made: check_table(
        made,
        [ColumnRule("AccountNo", kind="integer", unique=True, choices=("1",)), ColumnRule("Amount", minimum=5)],
        [DocumentRule("balance", ("Amount",)), DocumentRule("same_value", ("Amount",))],
    ),
    "spread": lambda made: spread(check_table(made, [ColumnRule("Amount", maximum=5)]), made),
    "locate equal": lambda made: locate(echo(made, lambda values: values), made),
    "locate reformatted": lambda made: locate(echo(made, american), made),
    "locate changed": lambda made: locate(echo(made, recalculated), made),
    "locate unlike": lambda made: locate(echo(made, reconstructed), made),
    "locate twice": lambda made: locate(echo(made.with_rows([*made.rows, *made.rows]), american), made),
    "locate in one document": lambda made: locate(echo(one_document(made), recalculated), one_document(made)),
    "locate all alike": lambda made: locate(
        echo(made, lambda _: ("JV0000000", "2026-01-31", "0", "0")), made.with_rows([made.rows[0]] * len(made.rows))
    ),
    "locate lost": lambda made: locate(echo(made, lambda values: ("X" + values[0], *values[1:])), made),
    "locate without keys": lambda made: locate(
        echo(made, recalculated), Table(tuple(Column(name) for name in made.names), made.rows)
    ),
    "plan": lambda made: plan_marks(
        made,
        {row.sheet_row: RowState.REJECTED for row in made.rows},
        check_table(made, [ColumnRule("Amount", maximum=5)]),
        MarkLayout(1, 9),
        "done",
    ),
}


@pytest.mark.parametrize("job", JOBS)
def test_twice_the_rows_are_twice_the_work(job):
    small, large = work(JOBS[job], table(600)), work(JOBS[job], table(2_400))
    assert small > 0
    assert large < small * 4 * 1.25, (small, large)


def test_two_hundred_thousand_rows_from_cells_to_marks():
    count = 200_000
    cells = [
        [f"JV{number // 5:06}", datetime(2026, 1, 31), float(number % 97), number - 0.5] for number in range(count)
    ]
    made, wrong = encode_block(Block(Area(2, 1, count + 1, 4), cells, ("General", "m/d/yyyy", "0000", "0.00")), COLUMNS)
    assert wrong == []
    assert made.rows[-1] == Row(count + 1, ("JV039999", "2026-01-31", f"{(count - 1) % 97:04}", f"{count - 1.5}"))
    documents = group_documents(made)
    assert len(documents) == len(set(fingerprints(made, documents))) == count // 5
    bad = documents[::100]
    rows = [made.rows[index] for document in bad for index in document.indexes]
    came = ErrorTable(
        made.names,
        [(row.values[0], "1/31/2026 12:00:00 AM", row.values[2].lstrip("0"), f"{row.values[3]}000") for row in rows][
            ::-1
        ],
        ["The document is locked."] * len(rows),
    )
    found = locate(came, made)
    assert [error.sheet_row for error in found] == [row.sheet_row for row in rows]
    states = {row.sheet_row: RowState.ACCEPTED for row in made.rows} | {
        row.sheet_row: RowState.REJECTED for row in rows
    }
    plan = plan_marks(made, states, found, MarkLayout(1, 5), "done")
    assert len(plan.statuses) == len(plan.cleared_rows) == count
    assert len(plan.cells) == len(rows)


def test_the_examples_in_the_docstrings_are_true():
    tried = 0
    for module in pkgutil.iter_modules(xlsc.core.__path__, "xlsc.core."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name
        tried += result.attempted
    assert tried >= 25
