"""What Python tells the ribbon, and what the ribbon makes of it: names and arguments in VBA, and its rules in Calc."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.addin.building.test_calc import HERE, SYSTEM_PATH, ask_calc
from xlsc.addin.build import build_workbook, list_modules
from xlsc.addin.build.package import PlainSheet
from xlsc.addin.registry import ACTIONS

ROOT = Path(__file__).parents[3] / "xlsc"
_HEAD = re.compile(r"^Public (?:Sub|Function) (\w+)\(([^)]*)\)", re.MULTILINE)
PROCEDURES = {name: given for module in list_modules() for name, given in _HEAD.findall(module.text)}

#: Group of the issue: its controls.
WANTED = {
    "connectionGroup": "signIn signOut pickCompany showStatus",
    "processGroup": "pickProcess refreshProcesses describeProcess",
    "headersGroup": "insertMappedHeaders insertAllHeaders restoreHeaders",
    "sendGroup": "checkSheet sendSelection sendSheet sendFailed sendUnsent sendUntilError sendInBackground stopWork",
    "errorsGroup": "listErrors nextError previousError clearMarks saveErrors",
    "dataGroup": "getData getDataWithVariables refreshData",
    "runGroup": "runProcess runWithVariables",
    "templateGroup": "newTemplate updateTemplate aboutTemplate",
    "outboxGroup": "openEntries runLog",
    "moreGroup": "editSettings openHelp checkUpdates",
}


def calls(path):
    """(procedure, how many arguments) of every call into the add-in's VBA."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        if node.func.attr == "tell_ribbon" and isinstance(first, ast.Constant):
            yield first.value, len(node.args) - 1
        if path.name == "live_macros.py" and node.func.attr == "_call" and isinstance(first, ast.Constant):
            # Book and sheet come as one starred tuple.
            yield first.value, len(node.args) - 1 + sum(isinstance(item, ast.Starred) for item in node.args)


CALLS = [call for path in sorted(ROOT.rglob("*.py")) for call in calls(path)]


def test_python_calls_vba_that_is_there_with_as_many_arguments():
    assert {"XlscSetWorking", "XlscPollIn", "XlscWriteLooks", "XlscCanMark"} <= {name for name, _ in CALLS}
    counts = {name: len([part for part in given.split(",") if part.strip()]) for name, given in PROCEDURES.items()}
    assert [(name, count) for name, count in CALLS if counts.get(name) != count] == []


def test_the_groups_hold_what_they_are_to_hold():
    text = (ROOT / "addin" / "office" / "ribbon.xml").read_text(encoding="utf-8")
    groups = re.findall(r'<group id="(\w+)".*?</group>', text, re.DOTALL)
    bodies = re.findall(r"<group id=.*?</group>", text, re.DOTALL)
    found = {name: set(re.findall(r'<button id="(\w+)"', body)) for name, body in zip(groups, bodies, strict=True)}
    assert found == {name: set(ids.split()) for name, ids in WANTED.items()}
    assert {action.id for action in ACTIONS} == {name for ids in WANTED.values() for name in ids.split()}


# Whether a workbook is bound is left out: Calc gives a hidden document's properties to no macro.
PROBE = """Attribute VB_Name = "StateProbe"
Private Sub Tell(row As Integer)
    Dim i As Integer, rules As Variant
    rules = Array("always", "signed_out", "signed_in", "sheet", "working", "marked")
    For i = 0 To IIf(row < 6, 4, 5)
        ThisWorkbook.Worksheets(1).Cells(row, i + 1).Value = IIf(XlscIsEnabled(CStr(rules(i))), "yes", "no")
    Next i
End Sub
Public Sub ProbeStates()
    Tell 1
    XlscSetSignedIn True
    Tell 2
    XlscSetWorking True
    Tell 3
    XlscSetWorking False
    XlscSetSignedIn False
    Tell 4
    XlscForgetSignedIn
    Tell 5
    XlscSetMarked ActiveWorkbook.Name, ActiveSheet.Name, False
    XlscSetMarked ActiveWorkbook.Name, ActiveSheet.Name, True
    Tell 6
    XlscSetMarked ActiveWorkbook.Name, ActiveSheet.Name, False
    Tell 7
End Sub
"""

#: Row: what was said before; always, signed out, signed in, sheet, working, marked.
STATES = {
    1: "yes yes yes yes no",  # nothing yet: nothing is ruled out but what the workbook itself shows
    2: "yes no yes yes no",  # signed in
    3: "yes no no no yes",  # at work
    4: "yes yes no no no",  # signed out
    5: "yes yes yes yes no",  # the service refused: signing in anew is possible
    6: "yes yes yes yes no yes",  # marks on this sheet
    7: "yes yes yes yes no no",  # and off
}


@pytest.mark.office
def test_states_follow_sign_in_work_and_marks(tmp_path):
    assert shutil.which("soffice", path=SYSTEM_PATH) is not None
    host = (HERE / "CalcHost.bas").read_text(encoding="utf-8")
    book = build_workbook(
        tmp_path / "states.xlsm",
        sheets=[PlainSheet("Data", [["x"]])],
        host="calc",
        extra_modules={"host": host, "probe": PROBE},
    )
    cells = [f"{column}{row}" for row in STATES for column in "ABCDEF"]
    shown = ask_calc(tmp_path / "profile", book, "StateProbe.ProbeStates", " ".join(cells))["cells"]
    found = {row: " ".join(shown[f"{column}{row}"] for column in "ABCDEF").strip() for row in STATES}
    assert found == STATES
