"""Every worksheet function as a formula in a cell: VBA's wrapper, the bridge, Python, the service, the value."""

import contextlib
import socket
from collections import Counter

import pytest

from tests.faults.proxy import Fault, running_proxy
from xlsc.addin.registry import FUNCTIONS

pytestmark = pytest.mark.office
#: Formula, an area that it fills, and what stands there: of each row only what is told.
ASKED = {
    "SC_PROCESSES": ('=SC_PROCESSES("journal")', "A1:B3", [("Process", "Description"), ("GL JOURNAL",), ("PURCHASE JOURNAL",)]),
    "SC_COLUMNS": ('=SC_COLUMNS("ITEMS")', "A1:C6", [("Column", "Key", "Mapped"), ("ItemNo", 1.0, 1.0), ("Description", 0.0)]),
    "SC_MAPPED_COLUMNS": ('=SC_MAPPED_COLUMNS("ITEMS")', "A1:B3", [("Column", "Key"), ("ItemNo", 1.0), ("Description", 0.0)]),
    "SC_DATA": ('=SC_DATA("CUSTOMERS BY STATE";"STATE";"ID")', "A1:E2", [("CustomerNumber",), ("EAGLE05",)]),
    "SC_HISTORY": ('=SC_HISTORY("PURCHASE JOURNAL";2)', "A1:F3", [("Process", "Run"), ("PURCHASE JOURNAL", 3.0), ("PURCHASE JOURNAL", 2.0)]),
    "SC_ERRORS": ('=SC_ERRORS("PURCHASE JOURNAL";2)', "A1:E2", [("Message",), ("Vendor 'OLD-V' is on hold.",)]),
    "SC_OUTPUTS": ('=SC_OUTPUTS("CUSTOMERS BY STATE")', "A1:D2", [("Run", "Created", "File"), (1.0,)]),
    "SC_CHECK": ('=SC_CHECK("ITEMS";J1:M3)', "A1:C2", [("Row", "Column", "Finding"), (3.0, "ItemNo")]),
    "SC_STATUS": ("=SC_STATUS()", "A1:A1", [("Signed in: demo@example.com, Contoso Ltd, ",)]),
    "SC_COMPANY": ("=SC_COMPANY()", "A1:A1", [("Contoso Ltd",)]),
    "SC_LAST_RUN": ('=SC_LAST_RUN("PURCHASE JOURNAL")', "A1:E1", [(3.0,)]),
}  # fmt: skip


def matches(found, wanted):
    if isinstance(wanted, str):
        return str(found).startswith(wanted)
    return found == wanted


def test_each_function_gives_its_value_in_a_cell(signed_in):
    assert set(ASKED) == {function.name for function in FUNCTIONS}
    rows = (("ItemNo", "Description", "Unit", "UnitPrice"), ("E1", "Lamp", "EA", 5.0), ("", "Desk", "EA", 7.0))
    signed_in.cell("J1:M3").setDataArray(rows)
    wrong = {}
    for name, (formula, area, wanted) in ASKED.items():
        signed_in.cell("A1:H9").clearContents(1023)
        signed_in.cell(area).setArrayFormula(formula)
        found = signed_in.block(area)
        right = all(matches(*pair) for row, line in zip(wanted, found, strict=False) for pair in zip(line, row, strict=False))
        if len(found) < len(wanted) or not right:
            wrong[name] = found
    assert wrong == {}


def test_arguments_come_from_cells_and_changes_are_calculated_anew(signed_in):
    signed_in.cell("A1").setString("ITEMS")
    signed_in.cell("A2").setFormula("=INDEX(SC_COLUMNS(A1);2;1)")
    assert signed_in.cell("A2").String == "ItemNo"
    signed_in.cell("A1").setString("GL JOURNAL")
    assert signed_in.cell("A2").String == "PostingDate"
    signed_in.cell("B1").setFormula('=SC_CHECK("ITEMS";E1:F1048576)')
    signed_in.cell("E1:F2").setDataArray((("ItemNo", "Description"), ("E1", "")))
    signed_in.document.calculateAll()
    assert signed_in.cell("B1").String == "Row"


def test_what_a_person_can_mend_is_a_readable_text(excel, service):
    cell = excel.cell("A1")
    cell.setFormula('=SC_COLUMNS("ITEMS")')
    assert cell.String.startswith("#XLSC Not signed in")
    excel.cell("A2").setFormula("=SC_STATUS()")
    assert excel.cell("A2").String == "Not signed in"
    excel.sign_in(service.api_url)
    excel.document.calculateAll()
    assert cell.String == "Column"
    cell.setFormula('=SC_COLUMNS("NOTHING")')
    assert cell.String.startswith("#XLSC ")
    assert "NOTHING" in cell.String
    cell.setFormula("=SC_CHECK(1;2)")
    assert cell.String.startswith("#XLSC SC_CHECK needs a block")


def test_an_error_value_is_told_from_a_text(signed_in):
    """Calc shows the error value that VBA gives as a text; IFERROR itself works."""
    cell = signed_in.cell("A1")
    cell.setFormula('=SC_HISTORY("ITEMS";"many")')
    assert cell.String == "Error 2015"
    cell.setFormula('=IFERROR(SC_COMPANY();"-")')
    assert cell.String == "Contoso Ltd"
    cell.setFormula('=IFERROR(SC_COMPANY()+1;"-")')
    assert cell.String == "-"


@contextlib.contextmanager
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


def test_a_service_that_does_not_answer_in_time(start_excel, service):
    excel = start_excel(variables={"XLSC_READ_TIMEOUT_SECONDS": "1", "XLSC_CONNECT_TIMEOUT_SECONDS": "1"})
    excel.sign_in(service.api_url)
    settings = excel.home / "settings.toml"
    tokens = excel.home / "tokens.json"
    with silent_server() as port:
        for path in (settings, tokens):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(f":{service.port}/", f":{port}/"), encoding="utf-8")
        excel.cell("A1").setFormula('=SC_COLUMNS("ITEMS")')
        assert excel.cell("A1").String.startswith("#XLSC ")
        assert "answer" in excel.cell("A1").String


def test_ten_thousand_formulas_ask_once_for_each_question(start_excel, service):
    questions = ["ITEMS", "GL JOURNAL", "CUSTOMERS", "NOTHING"]
    with running_proxy(service.port) as proxy:
        excel = start_excel()
        excel.sign_in(proxy.url)
        asked: list[bytes] = []
        proxy.next_fault = lambda request: asked.append(request.split(b" HTTP/", 1)[0]) or Fault()
        excel.cell("A1:A4").setDataArray(tuple((name,) for name in questions))
        excel.document.enableAutomaticCalculation(False)
        rows = tuple(tuple(f"=SC_COLUMNS($A${row % 4 + 1})" for _ in range(20)) for row in range(500))
        excel.cell("C1:V500").setFormulaArray(rows)
        excel.document.calculate()
        shown = Counter(text for row in excel.block("C1:V500") for text in row)
        assert sum(shown.values()) == 10_000
        assert shown["Column"] == 7_500
        (other,) = set(shown) - {"Column"}
        assert other.startswith("#XLSC ")
        assert [request for request, count in Counter(asked).items() if count > 1] == []
        assert len(asked) >= len(questions)
        # Nor does one that is calculated later ask again.
        once = len(asked)
        excel.cell("A6").setFormula("=SC_COLUMNS(A1)")
        excel.document.calculate()
        assert (excel.cell("A6").String, len(asked)) == ("Column", once)
