"""CSV files: what a service sent is text in Excel, and comes back as it was."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from xlsc.frames import csv_bytes, read_csv

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
STARTS = st.sampled_from(["=1+1", "+49 30", "@SUM(A1)", "-2+3", "\t=1", "'=1", "''", "-5", "+1.5E3", "-", "=", "'"])


def test_texts_that_excel_would_take_for_formulas_are_guarded_and_numbers_are_not():
    data = csv_bytes(["=A", "B"], [("=cmd|'/c calc'!A0", "-5"), ("@x", "+1.5"), ("-2+3", "plain"), (None, "'")])
    fields = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert fields == [
        ["'=A", "B"],
        ["'=cmd|'/c calc'!A0", "-5"],
        ["'@x", "+1.5"],
        ["'-2+3", "plain"],
        ["", "'"],
    ]


@given(st.lists(st.tuples(TEXTS | STARTS, TEXTS | STARTS), max_size=5))
def test_a_csv_file_comes_back_as_it_was(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_bytes(csv_bytes(["No", "Name"], [("x", "y"), *rows]))
    names, found = read_csv(path)
    assert names == ["No", "Name"]
    kept = [row for row in found if any(row)]
    assert kept == [("x", "y"), *(row for row in rows if any(row))]
