"""Rules of the VBA text: ASCII, limits, headers; and the traps that our copy of xlwings' module must not have."""

import re
from importlib import metadata, resources

import pytest

from xlsc.addin.build import list_modules
from xlsc.addin.build.sources import Kind, read_module
from xlsc.addin.install import script_name, vba_version
from xlsc.errors import UsageError

PYTHON_MODULE = (resources.files("xlsc.addin") / "office" / "XlscPython.bas").read_text(encoding="utf-8")
CODE = "\n".join(line for line in PYTHON_MODULE.splitlines() if not line.lstrip().startswith("'"))


def test_all_text_is_ascii_with_crlf_and_ends_with_one() -> None:
    for module in list_modules():
        assert module.text.isascii()
        assert module.text.count("\n") == module.text.count("\r\n")
        assert module.text.endswith("\r\n")
        assert not module.text.endswith("\r\n\r\n")


def test_document_and_class_headers_are_excels_own() -> None:
    headers = {module.name: module.text.splitlines()[:8] for module in list_modules()}
    assert headers["ThisWorkbook"] == [
        'Attribute VB_Name = "ThisWorkbook"',
        'Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = True",
    ]
    assert headers["XlscEvents"][1] == 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"'
    assert headers["XlscEvents"][4] == "Attribute VB_PredeclaredId = False"
    assert not headers["XlscBridge"][1].startswith("Attribute")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("x = \u00e4", "ASCII"),
        ("x\t= 1", "tab"),
        ("x = " + "1" * 1000, "longer"),
        ("x = 1 _\n" * 25, "continuations"),
    ],
)
def test_lines_that_vba_would_not_read_are_refused_with_their_number(body: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as refused:
        read_module(f'Attribute VB_Name = "A"\nOption Explicit\n{body}', Kind.MODULE)
    assert "VBA module A" in str(refused.value)


@pytest.mark.parametrize("name", ["", "1A", "A B", "A" * 32, "A-B"])
def test_names_that_vba_would_not_take_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name"):
        read_module(f'Attribute VB_Name = "{name}"\n', Kind.MODULE)


def test_the_vba_names_the_installed_version_of_xlwings_everywhere() -> None:
    installed = metadata.version("xlwings")
    assert set(re.findall(r"xlwings(?:64|32)-([\d.]+)\.dll", CODE)) == {installed}
    assert vba_version() == installed
    assert script_name() == f"xlwings-{installed}.applescript"


def test_the_licence_of_xlwings_stays_in_our_copy() -> None:
    assert "BSD 3-clause" in PYTHON_MODULE
    assert "Zoomer Analytics" in PYTHON_MODULE
    assert "ANY EXPRESS OR IMPLIED WARRANTIES" in PYTHON_MODULE


@pytest.mark.parametrize(
    "trap",
    [
        *("ActiveWorkbook.FullName", "ActiveWorkbook.Path", "ThisWorkbook", ".Sheets", ".Worksheets", "CurDir"),
        *(
            "LICENSE",
            "Conda",
            "pythonw",
            "ADD_WORKBOOK",
            "PYTHONPATH",
            "Scripting",
            "WScript",
            "Shell(",
            'Shell "',
            "ImportPython",
        ),
    ],
)
def test_no_trap_of_the_original_is_left(trap: str) -> None:
    assert trap.lower() not in CODE.lower()


def test_the_servers_command_names_no_workbook_and_keeps_the_current_folder_off_the_path() -> None:
    command = re.search(r"Function XLPyCommand.*?End Function", CODE, re.DOTALL)[0]
    assert "Workbook" not in command
    assert " -P -B -c " in command
    literals = re.findall(r'"((?:[^"]|"")*)"', command)
    told = (literals[0] + r"C:\Py thon\python.exe" + literals[2] + literals[3]).replace('""', '"')
    assert told == ('cmd.exe /K ""C:\\Py thon\\python.exe" -P -B -c "import xlwings; xlwings.serve(\'$(CLSID)\')""')


def test_on_the_mac_too_the_current_folder_stays_off_the_path() -> None:
    (line,) = re.findall(r'parameters = "false.*', CODE)
    assert line == """parameters = "false;;;;;|'" & ReadInterpreter("INTERPRETER_MAC") & "' -P|" & PythonCommand"""


def test_settings_come_from_one_user_file_only() -> None:
    assert re.findall(r"SettingsFile = (.*)", CODE) == [
        'Environ("HOME") & "/xlsc.conf"',
        'Environ("USERPROFILE") & "\\.xlsc\\xlsc.conf"',
    ]


def test_only_the_module_that_starts_python_has_directives_and_declarations() -> None:
    for module in list_modules():
        if module.name != "XlscPython":
            assert not re.search(r"^\s*(#|(Private |Public )?Declare )", module.text, re.MULTILINE), module.name
