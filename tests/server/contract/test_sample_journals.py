"""The sample ledger takes journals of any year but of the periods that it names as closed."""

import itertools
from datetime import datetime

import pytest

from xlsc.cli.demo_rows import JOURNAL_COLUMNS, journals

NUMBERS = itertools.count(1)


def body(*dates):
    rows = "".join(
        f"<Table><PostingDate>{day}</PostingDate><DocumentNo>{document}</DocumentNo><AccountNo>{account}</AccountNo>"
        f"<{side}>50</{side}></Table>"
        for day in dates
        for document in [f"Y{next(NUMBERS):05}"]
        for account, side in (("6100", "Debit"), ("2100", "Credit"))
    )
    return f"<RequestData>{rows}</RequestData>"


@pytest.mark.parametrize("date", ["1999-12-31", "2024-01-31", "9/16/2018", "2025-12-15", "2038-02-01"])
def test_periods_that_nobody_closed_are_open(demo, date):
    result = demo.post("RunMapDataTableWithErrors", body(date), mapKey=demo.key("GL JOURNAL")).json()
    assert (result["RecordCount"], result["ErrorCount"], result["Errors"]) == (1, 0, "")


def test_a_closed_period_refuses_its_journals_and_no_other(demo):
    sent = body("2019-12-31", "2020-01-01")
    result = demo.post("RunMapDataTableWithErrors", sent, mapKey=demo.key("GL JOURNAL")).json()
    assert (result["RecordCount"], result["ErrorCount"]) == (2, 1)
    assert "The period of PostingDate '2019-12-31' is closed." in result["Errors"]


@pytest.mark.parametrize("year", [2023, 2025, 2027, 2040])
def test_the_rows_of_the_demo_are_sound_whatever_the_year(demo, year):
    rows = journals(datetime(year, 12, 31, 23, 59, 59))
    text = "".join(
        "<Table>"
        + "".join(
            f"<{name}>{value:%Y-%m-%d}</{name}>" if isinstance(value, datetime) else f"<{name}>{value}</{name}>"
            for name, value in zip(JOURNAL_COLUMNS, row, strict=True)
            if value is not None
        )
        + "</Table>"
        for row in rows
    )
    result = demo.post(
        "RunMapDataTableWithErrors", f"<RequestData>{text}</RequestData>", mapKey=demo.key("GL JOURNAL")
    ).json()
    assert (result["RecordCount"], result["ErrorCount"], result["Errors"]) == (8, 0, "")
