"""VBA and ribbon text from the registry: function wrappers, macros, callbacks, and the words of the ribbon."""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from xlsc.addin.entries import Action, Argument, Function
from xlsc.errors import UsageError

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
_MANUAL_CATEGORY = 14  # "User Defined": what Excel shows until XlscDescribeFunctions has run.


def write_functions(functions: Sequence[Function], *, with_attributes: bool = True) -> str:
    """The module of worksheet functions, and the macro that gives Excel their helps.

    Args:
        functions: The registry's functions.
        with_attributes: False leaves procedure attributes out; LibreOffice's Basic does not read them.
    """
    wrappers = [_write_wrapper(function, with_attributes) for function in functions]
    return "\n".join(
        [
            'Attribute VB_Name = "XlscFunctions"',
            "'Written by the build from xlsc/addin/functions.py: change that file instead.",
            "Option Explicit",
            "",
            *wrappers,
            _write_describe(functions),
        ]
    )


def _write_wrapper(function: Function, with_attributes: bool) -> str:
    fixed = [argument for argument in function.arguments if not argument.repeating]
    call = "Array(" + ", ".join(f"XlscArg({argument.name})" for argument in fixed) + ")"
    repeating = [argument.name for argument in function.arguments if argument.repeating]
    lines = [f"Public Function {function.name}({_write_parameters(function.arguments)}) As Variant"]
    if with_attributes:
        lines.append(f"Attribute {function.name}.VB_Description = {quote(function.help)}")
        lines.append(f'Attribute {function.name}.VB_ProcData.VB_Invoke_Func = " \\n{_MANUAL_CATEGORY}"')
    if repeating:
        lines += ["    Dim rest As Variant", f"    rest = {repeating[0]}"]
        call = f"XlscJoin({call}, rest)"
    return "\n".join([*lines, f'    {function.name} = XlscCall("{function.name}", {call})', "End Function", ""])


def _write_parameters(arguments: Iterable[Argument]) -> str:
    return ", ".join(map(_write_parameter, arguments))


def _write_parameter(argument: Argument) -> str:
    if argument.repeating:
        return f"ParamArray {argument.name}() As Variant"
    return f"{'Optional ' if argument.optional else ''}{argument.name} As Variant"


def _write_describe(functions: Sequence[Function]) -> str:
    """A macro that gives Excel's function dialog category, help and argument helps."""
    lines = ["Public Sub XlscDescribeFunctions()", "    On Error Resume Next"]
    for function in functions:
        given = f"Macro:={quote(function.name)}, Category:={quote(function.category)}, Description:="
        parts = [f"    Application.MacroOptions {given}{quote(function.help)}"]
        if function.arguments:
            parts.append(f"ArgumentDescriptions:=Array({', '.join(quote(a.help) for a in function.arguments)})")
        lines.append(", _\n        ".join(parts))
    return "\n".join([*lines, "End Sub", ""])


def write_macros(actions: Sequence[Action]) -> str:
    """The module of macros without arguments: one line of VBA each, to one Python function."""
    subs = (f'Public Sub {action.macro}()\n    RunPython "{action.python}"\nEnd Sub\n' for action in actions)
    head = 'Attribute VB_Name = "XlscMacros"\n\'Written by the build from xlsc/addin/actions.py.\nOption Explicit\n'
    return "\n".join([head, *subs])


def write_callbacks(actions: Sequence[Action]) -> str:
    """The ribbon's callbacks and the rule of each control, to stand after the text of XlscRibbon.bas."""
    subs = (
        f"Public Sub {action.callback}(control As IRibbonControl)\n    {action.macro}\nEnd Sub\n" for action in actions
    )
    return "\n" + "\n".join([*subs, _write_rules(actions)])


def _write_rules(actions: Sequence[Action]) -> str:
    lines = ["Private Function XlscRuleOf(id As String) As String", "    Select Case id"]
    for rule in dict.fromkeys(action.rule for action in actions):
        ids = ", ".join(quote(action.id) for action in actions if action.rule == rule)
        wrapped = textwrap.wrap(ids, 100)
        lines += ["        Case " + " _\n            ".join(wrapped), f"            XlscRuleOf = {quote(rule)}"]
    return "\n".join([*lines, "    End Select", "End Function", ""])


def quote(text: str) -> str:
    """A VBA text literal.

    >>> len(quote('say "yes"'))
    13
    """
    return '"' + text.replace('"', '""') + '"'


def write_ribbon(layout: str, actions: Sequence[Action]) -> bytes:
    """The ribbon's XML: the layout's buttons with the registry's words and callbacks.

    Args:
        layout: office/ribbon.xml.
        actions: The registry's actions.

    Raises:
        UsageError: A button without an action, or an action without a button.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.fromstring(layout)  # noqa: S314 - our own package data
    by_id = {action.id: action for action in actions}
    for button in root.iter(f"{{{NAMESPACE}}}button"):
        action = by_id.pop(button.get("id", ""), None)
        if action is None:
            raise UsageError(f"Button '{button.get('id')}' of ribbon.xml has no action.", "Add it to actions.py.")
        button.attrib.update(_list_attributes(action))
    if by_id:
        raise UsageError(f"No place in the ribbon for: {', '.join(by_id)}.", "Add a button to office/ribbon.xml.")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _list_attributes(action: Action) -> dict[str, str]:
    return {
        "label": action.label,
        "screentip": action.screentip,
        "supertip": action.supertip,
        "keytip": action.keytip,
        "imageMso": action.image,
        "onAction": action.callback,
        "getEnabled": "XlscGetEnabled",
    }
