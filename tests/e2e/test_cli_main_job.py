"""The main job by hand: login, headers, fill, check, send, correct, send again, clear; read with openpyxl."""

import datetime as dt
import itertools
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill

KEYS = itertools.count(1)


def make_book(cli, path, rows, process="CUSTOMERS"):
    """Headers by xlsc, rows and some looks by openpyxl, as a person would with Excel."""
    answer = cli("headers", path, "--process", process, "--sheet", "Data")
    assert answer.code == 0, answer.err
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    names = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            sheet.cell(number, names.index(name) + 1, value)
    sheet["B3"].fill = PatternFill("solid", fgColor="FFFFEE00")
    sheet["B3"].font = Font(italic=True)
    book.save(path)


def customer(**changed):
    number = f"T{next(KEYS):05d}"
    row = {"CustomerNumber": number, "CustomerName": f"Customer {number}", "TermsCode": "NET30", "State": "WA"}
    return row | changed


def statuses(path):
    sheet = openpyxl.load_workbook(path)["Data"]
    column = [cell.value for cell in sheet[1]].index("SmartConnect") + 1
    return [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)]


def fills(path):
    sheet = openpyxl.load_workbook(path)["Data"]
    return {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.fill.patternType
    }


def test_wrong_rows_are_marked_where_they_stand_and_go_again_alone(signed_in, tmp_path):
    path = tmp_path / "customers.xlsx"
    rows = [customer(), customer(TermsCode="NET77"), customer(CreditLimit=-1), customer(CustomerNumber=None)]
    make_book(signed_in, path, rows)
    before = fills(path)
    answer = signed_in("send", path, "--json")
    assert answer.code == 1
    report = answer.json
    assert (report["read"], report["accepted"], report["rejected"], report["skipped"], report["unknown"]) == (
        4,
        1,
        3,
        0,
        0,
    )
    assert report["green"] is False
    marked = {cell for cell in fills(path) if fills(path)[cell] != before.get(cell)}
    names = [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]]
    terms, limit = (openpyxl.utils.get_column_letter(names.index(name) + 1) for name in ("TermsCode", "CreditLimit"))
    assert marked == {f"{terms}3", f"{limit}4", "A5"}
    assert "NET77" in statuses(path)[1]
    assert statuses(path)[0].startswith("Accepted, run ")
    book = openpyxl.load_workbook(path)
    assert "NET77" in book["Data"][f"{terms}3"].comment.text
    book["Data"][f"{terms}3"] = "NET30"
    book["Data"][f"{limit}4"] = 100
    book["Data"]["A5"] = "T99999"
    book.save(path)
    again = signed_in("send", path, "--failed-only", "--json")
    assert again.code == 0
    assert (again.json["accepted"], again.json["skipped"], again.json["read"]) == (3, 1, 4)
    assert fills(path) == before
    assert all(text.startswith("Accepted, run ") for text in statuses(path))


def test_a_second_click_sends_nothing(signed_in, tmp_path):
    path = tmp_path / "twice.xlsx"
    make_book(signed_in, path, [customer(), customer()])
    assert signed_in("send", path, "--json").json["accepted"] == 2
    again = signed_in("send", path, "--json")
    assert (again.code, again.json["accepted"], again.json["skipped"], again.json["runs"]) == (0, 0, 2, [])


def test_a_copy_of_the_workbook_is_not_posted_again_unasked(signed_in, tmp_path):
    path, copy, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "out.xlsx"
    make_book(signed_in, path, [customer(), customer()])
    copy.write_bytes(path.read_bytes())
    assert signed_in("send", path).code == 0
    before = copy.read_bytes()
    refused = signed_in("send", copy, "-o", out)
    assert refused.code == 2
    assert "accepted before" in refused.err
    assert "demo@example.com" in refused.err
    assert "--again" in refused.err
    assert copy.read_bytes() == before
    assert not out.exists()
    assert signed_in("send", copy, "-o", out, "--again", "--json").json["accepted"] == 2
    assert signed_in("send", copy, "-o", out, "--new-only", "--json").json["skip_reasons"] == {"accepted before": 2}


def test_one_bad_line_fails_its_whole_journal_and_no_other(signed_in, tmp_path):
    path = tmp_path / "journal.xlsx"
    day = dt.datetime(2026, 3, 2)
    number = next(KEYS)

    def line(document, account, debit, credit):
        text = f"J{number}-{document}"
        return {"PostingDate": day, "DocumentNo": text, "AccountNo": account, "Debit": debit, "Credit": credit}

    rows = [
        line(1, "6100", 50, None),
        line(2, "9999", 10, None),
        line(1, "1000", None, 50),
        line(2, "1000", None, 10),
        line(3, "6100", 7, None),
        line(3, "1000", None, 8),
    ]
    make_book(signed_in, path, rows, "GL JOURNAL")
    report = signed_in("send", path, "--json").json
    assert {item["row"]: item["state"] for item in report["rows"]} == {
        2: "accepted",
        3: "rejected",
        4: "accepted",
        5: "rejected",
        6: "rejected",
        7: "rejected",
    }
    assert report["runs"][0]["documents"] == 3
    messages = {cause["message"] for cause in report["causes"]}
    assert "Account '9999' does not exist." in messages
    assert any("not balanced" in message for message in messages)


def test_a_selection_is_widened_to_whole_documents(signed_in, tmp_path):
    path = tmp_path / "range.xlsx"
    number = next(KEYS)
    rows = [
        {"PostingDate": "2026-03-02", "DocumentNo": f"R{number}-{doc}", "AccountNo": "1000", side: 5}
        for doc in (1, 2)
        for side in ("Debit", "Credit")
    ]
    make_book(signed_in, path, rows, "GL JOURNAL")
    report = signed_in("send", path, "--range", "A2:F2", "--json").json
    assert (report["read"], report["accepted"]) == (2, 2)
    assert statuses(path)[2:] == [None, None]


def test_a_dry_run_changes_nothing_and_shows_the_request(signed_in, tmp_path):
    path, body = tmp_path / "dry.xlsx", tmp_path / "request.xml"
    make_book(signed_in, path, [customer(City="Øster & Søn <ApS>")])
    before = path.read_bytes()
    answer = signed_in("send", path, "--dry-run", "--save-request", body, "--json")
    assert answer.code == 0
    assert answer.json["accepted"] == 0
    assert path.read_bytes() == before
    text = body.read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).findtext("Table/City") == "Øster & Søn <ApS>"
    assert "token" not in text.lower()


def test_check_marks_without_sending_and_clear_takes_all_off(signed_in, tmp_path):
    path = tmp_path / "check.xlsx"
    make_book(signed_in, path, [customer(), customer(CustomerNumber=None)])
    before = fills(path)
    parts = zipfile.ZipFile(path).namelist()
    answer = signed_in("check", path, "--json")
    assert (answer.code, answer.json["rejected"], answer.json["runs"]) == (1, 1, [])
    assert set(fills(path)) - set(before) == {"A3"}
    assert signed_in("clear", path).code == 0
    assert fills(path) == before
    assert "SmartConnect" not in [cell.value for cell in openpyxl.load_workbook(path)["Data"][1]]
    assert sorted(zipfile.ZipFile(path).namelist()) == sorted({*parts, "docProps/custom.xml"})


def test_texts_of_the_service_never_become_formulas(signed_in, tmp_path):
    path = tmp_path / "formula.xlsx"
    make_book(signed_in, path, [customer(TermsCode="=1+1"), customer(TermsCode="@SUM(A1)")])
    # A formula in a cell is read as its value; a text that looks like one is written as a text by openpyxl's reader.
    answer = signed_in("send", path, "--json")
    assert answer.code == 1
    sheet = openpyxl.load_workbook(path)["Data"]
    column = [cell.value for cell in sheet[1]].index("SmartConnect") + 1
    assert {sheet.cell(row, column).data_type for row in (2, 3)} == {"s"}


def test_output_goes_into_another_file_and_leaves_the_first_alone(signed_in, tmp_path):
    path, out = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    make_book(signed_in, path, [customer()])
    before = path.read_bytes()
    assert signed_in("send", path, "-o", out).code == 0
    assert path.read_bytes() == before
    assert statuses(out)[0].startswith("Accepted")


def test_a_book_that_is_open_elsewhere_is_refused_before_anything_is_sent(signed_in, tmp_path):
    path = tmp_path / "open.xlsx"
    make_book(signed_in, path, [customer()])
    (tmp_path / "~$open.xlsx").write_bytes(b"\x03Ann" + b" " * 51 + b"\x03\x00A\x00n\x00n\x00")
    refused = signed_in("send", path)
    assert refused.code == 4
    assert "open in Excel" in refused.err
    assert "by Ann" in refused.err
    assert signed_in("outbox", "--json").json == []


def test_other_peoples_columns_and_sheets_stay_and_are_never_sent(signed_in, tmp_path):
    path, body = tmp_path / "private.xlsx", tmp_path / "request.xml"
    make_book(signed_in, path, [customer()])
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    sheet.cell(1, sheet.max_column + 1, "My notes")
    sheet.cell(2, sheet.max_column, "call them")
    book.create_sheet("Mine")["A1"] = "mine"
    book.save(path)
    assert signed_in("send", path, "--sheet", "data", "--save-request", body).code == 0
    assert "call them" not in body.read_text()
    book = openpyxl.load_workbook(path)
    assert book["Mine"]["A1"].value == "mine"
    assert "call them" in [cell.value for cell in book["Data"][2]]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("send", "{path}", "--process", "CUSTOMRES"), 3, "CUSTOMERS"),
        (("send", "{path}", "--sheet", "Nowhere"), 2, "Data"),
        (("send", "{path}", "--range", "nonsense"), 2, "nonsense"),
        (("send", "{path}", "--failed-only", "--new-only"), 2, "exclude"),
        (("columns", "NOPE"), 3, "CUSTOMERS"),
        (("send", "{path}", "--var", "STATE"), 2, "GBL_"),
    ],
)
def test_bad_input_names_itself_and_the_next_step(signed_in, tmp_path, arguments, code, words):
    path = tmp_path / "bad.xlsx"
    make_book(signed_in, path, [customer()])
    before = path.read_bytes()
    answer = signed_in(*(argument.format(path=path) for argument in arguments))
    assert answer.code == code
    assert words in answer.err
    assert path.read_bytes() == before


def test_data_comes_into_a_sheet_and_a_file(signed_in, tmp_path):
    book, table = tmp_path / "data.xlsx", tmp_path / "data.csv"
    assert signed_in("data", "CUSTOMERS BY STATE", "--var", "STATE=ID", "-o", book).code == 0
    sheet = openpyxl.load_workbook(book)["Data"]
    assert [cell.value for cell in sheet[2]][:3] == ["EAGLE05", "Eagle Office Systems", "Boise"]
    assert signed_in("data", "customers by state", "--var", "GBL_STATE=ID", "-o", table).code == 0
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].startswith("EAGLE05,Eagle")
    assert signed_in("data", "CUSTOMERS BY STATE", "--json").json["rows"][0][3] == "WA"


def test_a_run_makes_a_file_that_can_be_fetched(signed_in, tmp_path):
    answer = signed_in("run", "CUSTOMERS BY STATE", "--var", "GBL_STATE=CA", "--json")
    assert answer.code == 0, answer.out
    assert answer.json["documents"] >= 1
    found = signed_in("outputs", "CUSTOMERS BY STATE", "--save", tmp_path, "--json").json
    archive = zipfile.ZipFile(found[0]["saved"])
    assert b"Delta Marine Parts" in archive.read(archive.namelist()[0])


def test_the_log_of_runs_is_kept_and_proves_itself(signed_in, tmp_path, home):
    path = tmp_path / "log.xlsx"
    make_book(signed_in, path, [customer()])
    assert signed_in("send", path).code == 0
    lines = signed_in("log", "show", "--json").json
    assert (lines[-1]["rows_read"], lines[-1]["accepted"], lines[-1]["process"]) == (1, 1, "CUSTOMERS")
    assert signed_in("log", "verify").code == 0
    log = next(home.glob("*.jsonl"))
    log.write_text(log.read_text().replace('"accepted":1', '"accepted":2'))
    assert signed_in("log", "verify").code == 1


def test_kept_errors_become_a_workbook_that_is_corrected_and_sent(signed_in, tmp_path):
    path, errors = tmp_path / "sent.xlsx", tmp_path / "errors.xlsx"
    make_book(signed_in, path, [customer(TermsCode="NET77"), customer()])
    run = signed_in("send", path, "--json").json["runs"][0]["run_number"]
    made = signed_in("errors", "CUSTOMERS", run, "-o", errors, "--json").json
    assert (made["rows"], made["marked"]) == (1, 1)
    assert signed_in("errors", "CUSTOMERS", run, "-o", errors).code == 2
    book = openpyxl.load_workbook(errors)
    sheet = book["Errors"]
    names = [cell.value for cell in sheet[1]]
    terms = sheet.cell(2, names.index("TermsCode") + 1)
    assert "NET77" in terms.comment.text
    terms.value = "NET30"
    book.save(errors)
    assert signed_in("send", errors, "--failed-only", "--json").json["accepted"] == 1


def test_data_are_replaced_on_demand_only(signed_in, tmp_path):
    path = tmp_path / "data.xlsx"
    assert signed_in("data", "CUSTOMERS BY STATE", "--var", "STATE=WA", "-o", path).code == 0
    assert signed_in("data", "CUSTOMERS BY STATE", "--var", "STATE=ID", "-o", path).code == 2
    assert signed_in("data", "CUSTOMERS BY STATE", "--var", "STATE=ID", "-o", path, "--refresh").code == 0
    sheet = openpyxl.load_workbook(path)["Data"]
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["CustomerNumber", "EAGLE05", None]
    sheet.parent.save(path)
    make_book(signed_in, tmp_path / "other.xlsx", [customer()])
    refused = signed_in("data", "CUSTOMERS BY STATE", "-o", tmp_path / "other.xlsx", "--refresh")
    assert "other data" in refused.err or refused.code == 2
