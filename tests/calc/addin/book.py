"""Workbooks with the add-in's real VBA, in the words that Calc's Basic understands, and with buttons on a sheet.

Calc compiles every branch of ``#If`` and knows no declared library, so the directives are resolved here, and the few
procedures that Calc's own VBA objects cannot serve give way to those of Calc*.bas. All others are the add-in's own.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import quoteattr

from xlsc.addin.build import list_modules
from xlsc.addin.build.files import PROJECT_NAME
from xlsc.addin.build.generate import write_callbacks
from xlsc.addin.build.ovba import write_project
from xlsc.addin.build.package import PlainSheet, write_package
from xlsc.addin.build.sources import Kind, Module, read_module
from xlsc.addin.registry import ACTIONS
from xlsc.sheets.ooxml.blank import read_theme

OFFICE = resources.files("xlsc.addin") / "office"
#: The branches that Excel for 64-bit Windows compiles.
WINDOWS = {"Mac": False, "Win64": True}
_PROCEDURE = r"^(?:Public |Private )?(Sub|Function) {name}\b.*?^End \1\n"
_HEAD = re.compile(r"^(?:Public |Private )?(?:Sub|Function) (\w+)", re.MULTILINE)


def resolve_directives(text: str, known: Mapping[str, bool]) -> str:
    r"""Keep the branch of each ``#If`` that holds; they nest.

    >>> resolve_directives("#If Mac Then\na\n#Else\nb\n#End If\nc", {"Mac": False})
    'b\nc'
    """
    kept: list[str] = []
    #: Of each directive around a line: whether its branch is taken, and whether one was taken before.
    around: list[tuple[bool, bool]] = []
    for line in text.split("\n"):
        word = line.strip()
        if word.startswith("#If "):
            holds = _holds(word, known)
            around.append((holds, holds))
        elif word.startswith("#ElseIf "):
            done = around[-1][1]
            around[-1] = (not done and _holds(word, known), done or _holds(word, known))
        elif word.startswith("#Else"):
            around[-1] = (not around[-1][1], True)
        elif word.startswith("#End If"):
            around.pop()
        elif all(taken for taken, _ in around):
            kept.append(line)
    return "\n".join(kept)


def _holds(directive: str, known: Mapping[str, bool]) -> bool:
    condition = directive.split(" ", 1)[1].removesuffix(" Then")
    return not known[condition.removeprefix("Not ")] if condition.startswith("Not ") else known[condition]


def swap_procedures(text: str, stand_in: str) -> str:
    """A module with the procedures of a stand-in in place of its own of the same names."""
    variables, _, procedures = stand_in.partition("\n\n")
    for name in _HEAD.findall(stand_in):
        text = re.sub(_PROCEDURE.format(name=name), "", text, count=1, flags=re.MULTILINE | re.DOTALL)
    lines = text.rstrip("\n").split("\n")
    lines.insert(lines.index("Option Explicit") + 1, variables)
    return "\n".join([*lines, "", procedures])


def python_module() -> str:
    """XlscPython without declared libraries, and with Calc's way to Python's server."""
    text = resolve_directives(_read("XlscPython.bas"), WINDOWS)
    # Calc cannot hand its object for a workbook to another process; its name says as much.
    text = _replace_once(text, '"BOOK_CALLER", ActiveWorkbook\n', '"BOOK_CALLER", ActiveWorkbook.Name\n')
    text = "\n".join(line for line in text.split("\n") if " Declare " not in line)
    return swap_procedures(text, _stand_in("CalcPython.bas"))


def ribbon_module() -> str:
    """XlscRibbon without the types that only Excel has, and without the application's events."""
    text = _read("XlscRibbon.bas") + write_callbacks(ACTIONS)
    text = re.sub(r"IRibbonUI|IRibbonControl", "Object", text)
    text = _replace_once(text, "Private events As XlscEvents\n", "")
    return _replace_once(text, "    Set events = New XlscEvents\n", "")


def list_calc_modules() -> list[Module]:
    """All modules, as Calc takes them."""
    swapped = {"XlscState": "CalcState.bas", "XlscMarks": "CalcMarks.bas"}
    modules = []
    for module in list_modules("calc"):
        text = module.text.replace("\r\n", "\n")
        if module.name in swapped:
            module = read_module(swap_procedures(text, _stand_in(swapped.pop(module.name))), module.kind)
        modules.append(module)
    assert not swapped
    return modules + [read_module(text, Kind.MODULE) for text in (python_module(), ribbon_module())]


def _read(name: str) -> str:
    return (OFFICE / name).read_text(encoding="utf-8")


def _stand_in(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _replace_once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def build_macro_book(path: Path, rows: Sequence[Sequence[str | float | None]] = (), button: str = "") -> Path:
    """A workbook with one sheet Data.

    Args:
        path: Where to.
        rows: From A1 on; a text that begins with "=" is a formula.
        button: The macro of a button on the sheet.
    """
    project = write_project(PROJECT_NAME, list_calc_modules())
    path.write_bytes(write_package("xlsm", project, [PlainSheet("Data", rows)], theme=read_theme()))
    if button:
        _add_button(path, button)
    return path


def _add_button(path: Path, macro: str) -> None:
    """A form's button as Excel itself stores it: a drawing in VML, with the macro it calls."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheet = sheet.replace("</worksheet>", f'<legacyDrawing xmlns:r="{link}" r:id="rId1"/></worksheet>')
    types = parts["[Content_Types].xml"].decode()
    vml = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    parts["[Content_Types].xml"] = types.replace("<Override", vml + "<Override", 1).encode()
    target = f'<Relationship Id="rId1" Type="{link}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = f'<Relationships xmlns="{package}">{target}</Relationships>'.encode()
    parts["xl/drawings/vmlDrawing1.vml"] = _BUTTON.format(macro=quoteattr(macro)[1:-1]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


_BUTTON = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>
</o:shapelayout><v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>
<o:lock v:ext="edit" shapetype="t"/></v:shapetype><v:shape id="_x0000_s1025" type="#_x0000_t201"
 style="position:absolute;margin-left:480pt;margin-top:15pt;width:96pt;height:30pt;z-index:1" o:button="t"
 fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto"><v:fill color2="buttonFace [67]"
 o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/><v:textbox style="mso-direction-alt:auto" o:singleclick="f">
<div style="text-align:center"><font face="Calibri" size="220" color="#000000">Send</font></div></v:textbox>
<x:ClientData ObjectType="Button"><x:Anchor>8, 0, 1, 0, 10, 0, 3, 0</x:Anchor><x:PrintObject>False</x:PrintObject>
<x:AutoFill>False</x:AutoFill><x:FmlaMacro>{macro}</x:FmlaMacro><x:TextHAlign>Center</x:TextHAlign>
<x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape></xml>"""
