"""Buttons on a built sheet: form controls, which Excel keeps as shapes in VML.

Source: ECMA-376 part 4 (VML), as office-files lists what Excel writes for a form button.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

#: Columns and rows that a button covers.
_WIDE, _HIGH = 2, 2


@dataclass(frozen=True, slots=True)
class Button:
    """A button that runs a macro of its own workbook.

    Attributes:
        text: What it says.
        macro: Name of a public procedure without arguments.
        row: 1-based row of its upper edge.
        column: 1-based column of its left edge.
    """

    text: str
    macro: str
    row: int
    column: int = 1


def write_buttons(sheet_number: int, buttons: Sequence[Button]) -> str:
    """The VML part of a sheet's buttons; ``sheet_number`` keeps the shapes' ids apart."""
    shapes = "".join(_write_shape(sheet_number * 1024 + place, button) for place, button in enumerate(buttons, start=1))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{sheet_number}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/>'
        '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
        f'<o:lock v:ext="edit" shapetype="t"/></v:shapetype>{shapes}</xml>'
    )


def _write_shape(number: int, button: Button) -> str:
    left, top = button.column - 1, button.row - 1
    anchor = f"{left}, 0, {top}, 0, {left + _WIDE}, 0, {top + _HIGH}, 0"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" o:button="t" fillcolor="buttonFace [67]"'
        f' style="position:absolute;margin-left:{left * 48}pt;margin-top:{top * 15}pt;'
        f'width:{_WIDE * 48}pt;height:{_HIGH * 15}pt;z-index:{number}"'
        ' strokecolor="windowText [64]" o:insetmode="auto">'
        '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/>'
        '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
        f'<font face="Calibri" size="220" color="#000000">{escape(button.text)}</font></div></v:textbox>'
        f'<x:ClientData ObjectType="Button"><x:Anchor>{anchor}</x:Anchor><x:PrintObject>False</x:PrintObject>'
        f"<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{escape(button.macro)}</x:FmlaMacro>"
        "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
    )
