"""Every control of the ribbon at least once through VBA in Calc, each with what it must change."""

import ast
import itertools
import json
from pathlib import Path

import openpyxl
import pytest

from tests.calc.addin.excel import MACROS
from tests.faults.bench import Ledger

pytestmark = pytest.mark.office


def posted(service, names):
    return dict(Ledger(service.backend.options.data / "contoso.sqlite").posted(names))


def settings_of(excel):
    return (excel.home / "settings.toml").read_text(encoding="utf-8")


def tokens_of(excel):
    return json.loads((excel.home / "tokens.json").read_text(encoding="utf-8"))


def heard(excel, words):
    return lambda: any(words in str(what) for _, _, what in excel.person.heard())


def test_every_control_is_clicked_in_these_files():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    clicked = {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in ("click", "send")
        and isinstance(node.args[0], ast.Constant)
    }
    assert set(MACROS) - clicked == set()


def test_signing_in_another_company_and_out(signed_in, service):
    assert 'email = "demo@example.com"' in settings_of(signed_in)
    assert len(tokens_of(signed_in)) == 1
    signed_in.click("show_status")
    assert "Signed in: demo@example.com" in signed_in.person.last()
    assert signed_in.call("XlscState.XlscIsEnabled", "signed_in") is True

    signed_in.click("pick_company", {"password": "demo"}, {"company": "Fabrikam Inc"}, until=lambda: True)
    signed_in.wait_for(lambda: "Fabrikam Inc" in settings_of(signed_in))
    assert "Contoso Ltd" in signed_in.person.last("asked")[0]["choices"]
    signed_in.cell("A1").setFormula("=SC_COMPANY()")
    assert signed_in.cell("A1").String == "Fabrikam Inc"

    signed_in.click("sign_out")
    assert len(tokens_of(signed_in)) == 1
    assert not any("5b0a3d60-9c41-4f0e-8d53-1f2f6a7c0002" in name for name in tokens_of(signed_in))
    assert signed_in.call("XlscState.XlscIsEnabled", "signed_in") is False
    signed_in.click("pick_process", until=heard(signed_in, "not signed in"))


def test_settings_help_updates_and_the_log(start_excel, service, tmp_path):
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {shown}.new && mv {shown}.new {shown}\n')
    browser.chmod(0o700)
    excel = start_excel(variables={"BROWSER": str(browser)})
    excel.click("edit_settings", {"dates": "us", "max_rows": "500"}, until=lambda: (excel.home / "settings.toml").exists())
    excel.wait_for(lambda: 'dates = "us"' in settings_of(excel) and "max_rows = 500" in settings_of(excel))
    excel.click("edit_settings", {"max_rows": "many"}, until=heard(excel, "no number of rows"))
    assert "max_rows = 500" in settings_of(excel)
    excel.click("open_help", until=shown.exists)
    page = Path(shown.read_text().strip().removeprefix("file://"))
    assert "Excel add-in" in page.read_text(encoding="utf-8")
    excel.click("check_updates")
    assert "xlsc" in excel.person.last()
    excel.click("run_log")
    assert "as it was written" in excel.person.last()


def test_processes_and_headers(signed_in):
    signed_in.click("pick_process", {"process": "GL JOURNAL"}, until=lambda: signed_in.properties("xlsc."))
    assert "GL JOURNAL" in signed_in.properties("xlsc.").values()
    assert signed_in.call("XlscState.XlscIsEnabled", "bound") is True
    signed_in.click("describe_process")
    assert "DocumentNo (key)" in signed_in.person.last()
    signed_in.click("refresh_processes", until=lambda: True)
    signed_in.click("about_template")
    assert "GL JOURNAL" in signed_in.person.last()
    signed_in.click("insert_all_headers", until=lambda: signed_in.cell("F1").String)
    headers = [text for text in signed_in.block("A1:J1")[0] if text]
    assert headers[:3] == ["PostingDate", "DocumentNo", "AccountNo"]
    assert signed_in.cell("B1").CharWeight == 150.0
    assert signed_in.cell("B1").CellBackColor != -1
    assert signed_in.note("B1")


def test_jumping_listing_and_keeping_errors(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    journal.cell("C6").setString("9998")
    journal.send("send_sheet")
    marked = [cell for cell in itertools.product(range(2, 8), range(1, 7)) if journal.sheet.getCellByPosition(cell[1] - 1, cell[0] - 1).CellBackColor != -1]
    assert {(4, 3), (6, 3)} <= set(marked)
    journal.select("A1")
    journal.click("next_error")
    assert journal.selected == marked[0]
    assert "9999" in journal.person.last()
    journal.click("next_error")
    assert journal.selected == marked[1]
    journal.click("previous_error")
    assert journal.selected == marked[0]
    journal.click("list_errors", {"cause": "9998"}, until=lambda: journal.selected == (6, 3))
    journal.click("clear_marks")
    assert journal.texts("G1:G7") == [""] * 7
    assert journal.call("XlscState.XlscIsEnabled", "marked") is False


def test_errors_are_kept_for_others_when_asked(signed_in, service):
    definition = next(service.backend.options.process_folder.rglob("contoso/customers.toml"))
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("log_error_rows = true", "log_error_rows = false"), encoding="utf-8")
    signed_in.click("pick_process", {"process": "CUSTOMERS"}, until=lambda: signed_in.properties("xlsc."))
    signed_in.click("insert_mapped_headers", until=lambda: signed_in.cell("A1").String)
    headers = [text for text in signed_in.block("A1:Z1")[0] if text]
    values = {"CustomerNumber": "E2E", "CustomerName": "Elm Street Gardens", "TermsCode": "NET99"}
    for name, value in values.items():
        signed_in.sheet.getCellByPosition(headers.index(name), 1).String = value
    signed_in.send("send_sheet")
    kept = signed_in.cell("A10:B12")
    kept.setArrayFormula('=SC_ERRORS("CUSTOMERS")')
    assert "NET99" not in str(kept.getDataArray())
    signed_in.click("save_errors", until=heard(signed_in, "keeps them"))
    signed_in.click("refresh_processes", until=lambda: True)
    signed_in.document.calculateAll()
    assert "NET99" in str(kept.getDataArray())


def test_a_send_in_the_background_shows_at_the_next_look(journal, service):
    names = [journal.cell(f"B{row}").String for row in (2, 4, 6)]
    journal.click("send_in_background", until=heard(journal, "no saved file"))
    journal.document.store()
    journal.click("send_in_background", until=heard(journal, "in the background"))
    journal.wait_for(lambda: list((journal.home / "background").glob("*.json")), 60)
    (report,) = (journal.home / "background").glob("*.json")
    journal.wait_for(lambda: report.read_text(encoding="utf-8").strip().endswith("}"), 60)
    assert journal.cell("G2").String == ""
    journal.click("open_entries")
    assert [text.split(",")[0].split(":")[0] for text in journal.texts("G2:G7")] == [
        *("Accepted", "Accepted", "Rejected", "Rejected", "Accepted", "Accepted")
    ]
    assert posted(service, names) == {names[0]: 1, names[2]: 1}


def test_data_and_runs_of_their_own(signed_in, service):
    bound = lambda: signed_in.properties("xlsc.")  # noqa: E731
    signed_in.click("pick_process", {"process": "CUSTOMERS BY STATE"}, until=bound)
    signed_in.click("get_data", until=lambda: signed_in.cell("A2").String)
    assert signed_in.block("A1:D1") == [["CustomerNumber", "CustomerName", "City", "State"]]
    assert {row[3] for row in signed_in.block("A2:D3")} == {"WA"}
    signed_in.cell("A1:E50").clearContents(1023)
    signed_in.click("get_data_with_variables", {"pairs": "STATE=ID"}, until=lambda: signed_in.cell("D2").String == "ID")
    assert signed_in.texts("A2:A3") == ["EAGLE05", ""]
    signed_in.cell("A2").setString("old")
    signed_in.click("refresh_data", until=lambda: signed_in.cell("A2").String == "EAGLE05")
    signed_in.click("run_with_variables", {"pairs": "STATE=ID"}, True, until=heard(signed_in, "1 documents, 0 rejected"))
    before = len(signed_in.person.heard())
    signed_in.click("run_process", False, until=lambda: True)
    assert [kind for kind, _, _ in signed_in.person.heard()[before:]] == ["confirm"]
    signed_in.click("run_process", True, until=heard(signed_in, "Run 3"))


def test_templates_are_made_updated_and_mended(signed_in, service, tmp_path):
    path = tmp_path / "template.xlsx"
    signed_in.click("new_template", {"process": "ITEMS", "file": str(path)}, until=path.exists)
    signed_in.wait_for(heard(signed_in, "is a template for ITEMS"))
    book = openpyxl.load_workbook(path)
    sheet = book[book.sheetnames[0]]
    assert [cell.value for cell in sheet[1]][:1] == ["ItemNo"]
    template = signed_in.open(path)
    header = template.Sheets.getByIndex(0).getCellRangeByName("A1")
    signed_in.click("update_template", until=heard(signed_in, "up to date"))
    header.String = "Broken"
    signed_in.click("restore_headers", until=lambda: header.String == "ItemNo")
    definition = next(service.backend.options.process_folder.rglob("items.toml"))
    text = definition.read_text(encoding="utf-8")
    text = text.replace("[[checks]]", '[[columns]]\nname = "Colour"\n\n[[checks]]', 1)
    definition.write_text(text.replace("coalesce(Unit, ", "coalesce(Unit, Colour, "), encoding="utf-8")
    signed_in.click("update_template", True, until=heard(signed_in, "new: Colour"))
    row = lambda: template.Sheets.getByIndex(0).getCellRangeByName("A1:J1").getDataArray()[0]  # noqa: E731
    signed_in.wait_for(lambda: "Colour" in row())
    template.close(True)
