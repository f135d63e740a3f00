"""Rows of the demo: plausible customers and journals, some wrong in different ways, and what puts them right.

All names are invented; addresses end in example.com.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from xlsc.core.table import CellError, CellValue

CUSTOMER_COLUMNS = (
    "CustomerNumber",
    "CustomerName",
    "Address",
    "City",
    "State",
    "ZipCode",
    "Email",
    "Phone",
    "TermsCode",
    "CreditLimit",
    "CustomerSince",
)
JOURNAL_COLUMNS = ("PostingDate", "DocumentNo", "AccountNo", "Description", "Debit", "Credit")

_FIRST = ("Alder", "Birch", "Cobalt", "Dune", "Ember", "Flint", "Garnet", "Harbor", "Indigo", "Juniper")
_SECOND = ("Bakery", "Hardware", "Logistics", "Dental Care", "Print Shop", "Bicycles")
_PLACES = (
    ("Seattle", "WA", 98101.0),
    ("Portland", "OR", 97201.0),
    ("Boston", "MA", 2108.0),
    ("Denver", "CO", 80202.0),
    ("Newark", "NJ", 7102.0),
    ("Austin", "TX", 78701.0),
)
_TERMS = ("NET30", "NET45", "NET60", "COD", "NET10")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A cell that is wrong at first.

    Attributes:
        row: 0-based index of the data row.
        column: Name of the column.
        wrong: What stands there at first.
        right: What a person puts there after reading the mark.
    """

    row: int
    column: str
    wrong: CellValue
    right: CellValue


#: How the columns show their numbers and dates; a ZIP code is a number that keeps its zeros.
CUSTOMER_FORMATS = {"ZipCode": "00000", "CreditLimit": "#,##0.00_)", "CustomerSince": "yyyy-mm-dd"}
JOURNAL_FORMATS = {"PostingDate": "yyyy-mm-dd", "Debit": "#,##0.00_)", "Credit": "#,##0.00_)"}
#: Cells that somebody has set off before, by (0-based data row, column): their look comes back with the last mark.
CUSTOMER_OWN_FILLS = {(7, "TermsCode"): "FFF2CC", (11, "CreditLimit"): "E2EFDA", (14, "CreditLimit"): "E2EFDA"}


def customers() -> list[list[CellValue]]:
    """Sixty sound rows, in the order of CUSTOMER_COLUMNS; customer numbers are texts, ZIP codes are numbers."""
    return [_customer(number) for number in range(60)]


def _customer(number: int) -> list[CellValue]:
    first, second = _FIRST[number % 10], _SECOND[number // 10]
    city, state, zip_code = _PLACES[number % 6]
    word = first.lower()
    return [
        f"{1001 + number:06d}",
        f"{first} {second}",
        f"{10 + 3 * number} {_SECOND[(number + 3) % 6].split()[0]} Street",
        city,
        state,
        zip_code,
        f"office.{word}{number}@example.com",
        f"555-01{number:02d}",
        _TERMS[number % 5],
        float(1000 + 250 * (number % 17)),
        datetime(2018, 1, 15) + timedelta(days=31 * number),  # noqa: DTZ001 - a sheet's dates have no zone
    ]


#: A dozen ways to be wrong; what the local checks find and what only the service knows.
CUSTOMER_MISTAKES = (
    Mistake(3, "CustomerNumber", None, "001004"),
    Mistake(7, "TermsCode", "NET99", "NET30"),
    Mistake(11, "CreditLimit", -500.0, 500.0),
    Mistake(15, "Email", "office.ember15(at)example.com", "office.ember15@example.com"),
    Mistake(20, "CustomerNumber", "001020", "001021"),
    Mistake(24, "State", "QQ", "NJ"),
    Mistake(28, "CreditLimit", CellError("#N/A"), 2000.0),
    Mistake(33, "CreditLimit", "twelve hundred", 1200.0),
    Mistake(38, "CustomerName", None, "Indigo Dental Care"),
    Mistake(42, "CustomerSince", "soon", datetime(2021, 7, 9)),  # noqa: DTZ001
    Mistake(47, "ZipCode", "78701-0000-12", 78701.0),
    Mistake(51, "TermsCode", None, "NET45"),
    Mistake(55, "CustomerSince", datetime(2062, 9, 1), datetime(2022, 9, 1)),  # noqa: DTZ001
)


def journals(now: datetime) -> list[list[CellValue]]:
    """Eight journals of 22 rows, in the order of JOURNAL_COLUMNS, dated on the first of the month.

    Their numbers carry the moment: a ledger takes a journal once only, and the demo may run again.
    """
    posted = datetime(now.year, now.month, 1)  # noqa: DTZ001
    parts = (
        (("6100", "Rent", 1800.0), ("1000", "Cash", -1800.0)),
        (("6000", "Wages", 9200.5), ("2100", "Accrued wages", -9200.5)),
        (
            ("6200", "Electricity", 310.2),
            ("6200", "Water", 89.8),
            ("2000", "Power company", -310.2),
            ("2000", "Water company", -89.8),
        ),
        (("1200", "Goods received", 5400.0), ("2000", "Supplier", -5400.0)),
        (("6300", "Train", 120.0), ("6300", "Hotel", 260.0), ("1000", "Cash", -380.0)),
        (("1100", "Invoice 4711", 2140.0), ("4000", "Sales", -2000.0), ("2200", "Sales tax", -140.0)),
        (("6400", "Paper and toner", 215.75), ("2000", "Supplier", -215.75)),
        (
            ("5000", "Cost of goods", 990.0),
            ("1200", "Inventory", -990.0),
            ("6400", "Boxes", 12.0),
            ("1000", "Cash", -12.0),
        ),
    )
    rows: list[list[CellValue]] = []
    for number, lines in enumerate(parts, start=1):
        for account, text, amount in lines:
            debit, credit = (amount, None) if amount > 0 else (None, -amount)
            rows.append([posted, f"JV-{now:%y%m%d-%H%M%S}-{number}", account, text, debit, credit])
    return rows


#: One line each; the whole document fails with it.
JOURNAL_MISTAKES = (
    Mistake(4, "Debit", 301.2, 310.2),
    Mistake(13, "AccountNo", "4711", "4000"),
)


def with_mistakes(
    rows: Sequence[Sequence[CellValue]], columns: Sequence[str], mistakes: Sequence[Mistake]
) -> list[list[CellValue]]:
    """The rows as they are before anyone corrects them."""
    found = [list(row) for row in rows]
    for mistake in mistakes:
        found[mistake.row][columns.index(mistake.column)] = mistake.wrong
    return found
