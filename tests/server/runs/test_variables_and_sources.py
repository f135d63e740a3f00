"""Sources of a process's own, and variables that are bound, never pasted."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from xlsc.errors import UsageError

LINES = """
[[columns]]
name = "Code"
key = true
[[columns]]
name = "Days"
type = "integer"
[[lines]]
name = "Note"
table = "notes"
[lines.map]
note = { calculation = "Code & ':' & Days" }
"""
QUERY = """
[source]
kind = "query"
connection = "erp"
sql = "SELECT code AS \\"Code\\", days AS \\"Days\\" FROM terms WHERE code = 'GBL_CODE' ORDER BY code"
"""


def test_a_query_with_a_default_and_a_given_variable(firm):
    firm.write(QUERY + LINES + '[variables]\nGBL_CODE = "NET30"\n')
    assert firm.read() == (["Code", "Days"], [("NET30", "30")])
    assert firm.read(gbl_code="NET60") == (["Code", "Days"], [("NET60", "60")])
    assert firm.run(GBL_CODE="NET60").result.record_count == 1
    assert firm.sql("SELECT note FROM notes") == [("NET60:60",)]


@pytest.mark.parametrize("evil", ["' OR '1'='1", "x'; DROP TABLE terms; --", "NET30' --", "%", ":xlsc_0"])
def test_sql_in_a_variable_is_only_text(firm, evil):
    firm.write(QUERY + LINES + '[variables]\nGBL_CODE = "NET30"\n')
    assert list(firm.read(GBL_CODE=evil)[1]) == []
    assert firm.sql("SELECT count(*) FROM terms") == [(2,)]


def test_a_variable_without_value_stops_the_run(small_firm):
    small_firm.write(QUERY + LINES + "[variables]\nGBL_CODE = { required = true }\n")
    result = small_firm.run().result
    assert (result.succeeded, result.record_count) == (False, 0)
    assert "GBL_CODE" in result.error_message
    with pytest.raises(UsageError, match="GBL_CODE"):
        small_firm.read()


def test_system_variables_in_a_line(small_firm):
    body = LINES.replace("Code & ':' & Days", "GlobalMapID & ' ' & GlobalRunNumber & ' ' & GlobalUserID")
    small_firm.write(body)
    small_firm.run(("Code",), [("A",)])
    assert small_firm.sql("SELECT note FROM notes") == [("TEST 1 ann@example.com",)]


def test_rows_of_a_csv_file(small_firm):
    (small_firm.folder / "files" / "in.csv").write_text("Code;Days\nA;1\nB;x\n\nC\n", encoding="utf-8-sig")
    small_firm.write(
        '[source]\nkind = "csv"\nfile = "GBL_FILE"\ndelimiter = ";"\n[variables]\nGBL_FILE = "in.csv"\n' + LINES
    )
    result = small_firm.run().result
    assert (result.record_count, list(result.errors.messages)) == (3, ["Days: 'x' is not a whole number."]) or list(
        result.errors.messages
    ) == ["Days: 'x' is not a number."]
    assert small_firm.sql("SELECT note FROM notes") == [("A:1",), ("C:",)]
    missing = small_firm.run(GBL_FILE="../../secret.csv").result
    assert (missing.succeeded, "outside" in missing.error_message) == (False, True)


def test_rows_of_an_excel_file(small_firm):
    book = Workbook()
    book.active.append(["Code", None, "Days"])
    book.active.append(["A", "left out", 1.0])
    book.active.append([None, None, None])
    book.active.append(["B", None, 2])
    book.save(small_firm.folder / "files" / "in.xlsx")
    book.close()
    small_firm.write('[source]\nkind = "excel"\nfile = "in.xlsx"\n' + LINES)
    assert small_firm.run().result.record_count == 2
    assert small_firm.sql("SELECT note FROM notes") == [("A:1",), ("B:2",)]


def test_a_process_for_rows_of_callers_has_no_source_of_its_own(small_firm):
    small_firm.write(LINES)
    result = small_firm.run().result
    assert (result.succeeded, "send rows" in result.error_message) == (False, True)
