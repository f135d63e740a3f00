"""The ribbon's lint finds each kind of fault, and the real ribbon has none."""

from importlib import resources

import pytest

from xlsc.addin.build import list_modules
from xlsc.addin.build.generate import NAMESPACE, write_ribbon
from xlsc.addin.build.lint import check_ribbon
from xlsc.addin.build.sources import Kind, read_module
from xlsc.addin.registry import ACTIONS
from xlsc.errors import UsageError

LAYOUT = (resources.files("xlsc.addin") / "office" / "ribbon.xml").read_text(encoding="utf-8")
VBA = read_module(
    'Attribute VB_Name = "R"\n'
    "Public Sub Loaded(one As IRibbonUI)\nEnd Sub\n"
    "Public Sub Go(control As IRibbonControl)\nEnd Sub\n"
    "Public Sub Can(control As IRibbonControl, ByRef returnedVal)\nEnd Sub\n"
    "Private Sub Hidden(control As IRibbonControl)\nEnd Sub\n",
    Kind.MODULE,
)
BUTTON = (
    '<button id="a" label="A" screentip="S" supertip="T" keytip="A" imageMso="Help" onAction="Go" getEnabled="Can"/>'
)


def lint(buttons: str) -> list[str]:
    xml = f'<customUI xmlns="{NAMESPACE}" onLoad="Loaded"><group id="g">{buttons}</group></customUI>'
    return check_ribbon(xml.encode(), [VBA])


def test_the_real_ribbon_has_no_findings() -> None:
    assert check_ribbon(write_ribbon(LAYOUT, ACTIONS), list_modules()) == []


def test_a_sound_button_has_no_findings() -> None:
    assert lint(BUTTON) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('id="a"', 'id="g"', "'g' is there 2 times"),
        ('id="a"', 'id="G"', "'g' is there 2 times"),
        ('id="a" ', "", "has no id"),
        ('label="A"', 'label="A" getLabel="Can"', "more than one of label, getLabel"),
        ('imageMso="Help"', 'imageMso="Help" image="x"', "more than one of image"),
        ('imageMso="Help"', 'imageMso="Hlep"', "picture 'Hlep'"),
        ('onAction="Go"', 'onAction="Gone"', "no macro Gone"),
        ('onAction="Go"', 'onAction="Hidden"', "no macro Hidden"),
        ('onAction="Go"', 'onAction="Can"', "wrong arguments"),
        ('getEnabled="Can"', 'getEnabled="Go"', "wrong arguments"),
        ('keytip="A"', 'keytip="a"', "Key tip 'a'"),
        ('supertip="T"', 'supertip=""', "has no supertip"),
    ],
)
def test_each_fault_is_found(old: str, new: str, finding: str) -> None:
    assert any(finding in found for found in lint(BUTTON.replace(old, new)))


def test_a_key_tip_that_hides_another_is_found() -> None:
    longer = BUTTON.replace('id="a"', 'id="b"').replace('keytip="A"', 'keytip="AB"')
    assert lint(BUTTON + longer) == ["Key tip A hides AB."]


def test_a_callback_that_no_control_uses_is_found() -> None:
    assert lint("") == ["No control uses macro Go.", "No control uses macro Can."]


def test_a_button_without_an_action_is_refused() -> None:
    with pytest.raises(UsageError, match="'dance'"):
        write_ribbon(LAYOUT.replace('id="signIn"', 'id="dance"'), ACTIONS)


def test_an_action_without_a_place_is_refused() -> None:
    with pytest.raises(UsageError, match="No place in the ribbon for: signIn"):
        write_ribbon(LAYOUT.replace('<button id="signIn" size="large"/>', ""), ACTIONS)
