"""What is wrong with a ribbon that no schema sees: ids, callbacks, exclusive attributes, pictures, key tips."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from xlsc.addin.build.sources import Module

#: Excel's own pictures that the add-in uses; each is a control of Excel's published list, or in wide use.
KNOWN_IMAGES = frozenset(
    {
        *("CalculateNow", "CancelRequest", "ControlProperties", "DataValidation", "Delete", "FileNew", "FileOpen"),
        *("FileSave", "FindDialog", "FunctionWizard", "GoalSeek", "Help", "Info", "Lock", "MacroPlay", "Refresh"),
        *("RefreshAll", "ReviewTrackChanges", "TraceError", "Undo"),
    }
)
#: Attributes of which a control may have one at most.
_EXCLUSIVE = (
    *(("label", "getLabel"), ("screentip", "getScreentip"), ("supertip", "getSupertip"), ("keytip", "getKeytip")),
    *(("image", "imageMso", "getImage"), ("enabled", "getEnabled"), ("visible", "getVisible"), ("size", "getSize")),
    ("id", "idMso", "idQ"),
)
_NEEDED = ("label", "screentip", "supertip", "keytip", "onAction", "getEnabled")
_CONTROL = "control As IRibbonControl"
#: Parameters of a callback, by the attribute that names it; the get… callbacks all have the same.
_PARAMETERS = {"onLoad": re.compile(r"\w+ As IRibbonUI\Z"), "onAction": re.compile(rf"{_CONTROL}\Z")}
_GET_PARAMETERS = re.compile(rf"{_CONTROL}, ByRef \w+\Z")
_SUB = re.compile(r"^(Public |Private )?Sub (\w+)\(([^)]*)\)", re.MULTILINE)


def check_ribbon(ribbon: bytes, modules: Iterable[Module]) -> list[str]:
    """All findings about a ribbon's XML; empty when it is sound.

    Args:
        ribbon: customUI14.xml.
        modules: The VBA that is built with it.
    """
    root = ET.fromstring(ribbon)  # noqa: S314 - built by us
    subs = {m[2]: m[3] for module in modules for m in _SUB.finditer(module.text) if m[1] != "Private "}
    controls = list(root.iter())
    return [
        *_check_ids(controls),
        *(finding for control in controls for finding in _check_control(control)),
        *(finding for control in controls for finding in _check_callbacks(control, subs)),
        *_check_unused(controls, subs),
        *_check_keytips([key for control in controls if _kind(control) != "tab" and (key := control.get("keytip"))]),
    ]


def _kind(control: ET.Element) -> str:
    return control.tag.rpartition("}")[2]


def _name(control: ET.Element) -> str:
    return f"{_kind(control)} '{control.get('id', '?')}'"


def _check_ids(controls: Sequence[ET.Element]) -> Iterator[str]:
    counts = Counter(control.get("id", "").lower() for control in controls if control.get("id"))
    yield from (f"id '{name}' is there {count} times." for name, count in counts.items() if count > 1)


def _check_control(control: ET.Element) -> Iterator[str]:
    for names in _EXCLUSIVE:
        if sum(name in control.attrib for name in names) > 1:
            yield f"{_name(control)} has more than one of {', '.join(names)}."
    if _kind(control) in ("button", "group", "tab", "menu") and not {"id", "idMso", "idQ"} & set(control.attrib):
        yield f"{_name(control)} has no id."
    if _kind(control) == "button":
        yield from (f"{_name(control)} has no {name}." for name in _NEEDED if not control.get(name))
    image = control.get("imageMso")
    if image is not None and image not in KNOWN_IMAGES:
        yield f"{_name(control)}: Excel is not known to have a picture '{image}'."


def _callbacks(control: ET.Element) -> Iterator[tuple[str, str]]:
    return ((key, value) for key, value in control.attrib.items() if key.startswith(("on", "get")))


def _check_callbacks(control: ET.Element, subs: dict[str, str]) -> Iterator[str]:
    for attribute, callback in _callbacks(control):
        pattern = _PARAMETERS.get(attribute, _GET_PARAMETERS)
        if callback not in subs:
            yield f"{_name(control)}: no macro {callback}."
        elif not pattern.match(subs[callback]):
            yield f"{_name(control)}: macro {callback} has the wrong arguments ({subs[callback]})."


def _check_unused(controls: Sequence[ET.Element], subs: dict[str, str]) -> Iterator[str]:
    used = {callback for control in controls for _, callback in _callbacks(control)}
    for name, parameters in subs.items():
        if "IRibbon" in parameters and name not in used:
            yield f"No control uses macro {name}."


def _check_keytips(keytips: Sequence[str]) -> Iterator[str]:
    ordered = sorted(keytips)
    for one, following in pairwise(ordered):
        if following.startswith(one):
            yield f"Key tip {one} hides {following}."
    yield from (f"Key tip '{key}' is not one to three capital letters or digits." for key in keytips if not _KEY(key))


_KEY = re.compile(r"[A-Z0-9]{1,3}\Z").match
