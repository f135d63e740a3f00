"""What one worksheet function and one ribbon action are; the tables stand in functions.py and actions.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: When a control can be used. ``sheet``: signed in and a worksheet in front; ``bound``: that, and the workbook
#: remembers a process; ``marked``: the sheet in front carries marks, or may (nobody has said so yet); ``working``:
#: something is under way. Meanwhile only those and the ones that are ``always`` there can be used.
Rule = Literal["always", "signed_out", "signed_in", "sheet", "bound", "marked", "working"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a worksheet function.

    Attributes:
        name: As VBA and Excel's dialog show it.
        help: One sentence; at most 255 characters.
        optional: May be left out; an empty cell counts as left out.
        repeating: The last argument may be given many times (a ParamArray).
    """

    name: str
    help: str
    optional: bool = False
    repeating: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function.

    Attributes:
        name: As it is typed into a cell.
        help: What it gives; at most 255 characters.
        arguments: In order; optional ones last.
        target: ``module:function`` of the Python function that answers.
        category: Where Excel's function list shows it.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    target: str
    category: str = "SmartConnect"


@dataclass(frozen=True, slots=True)
class Action:
    """What one control of the ribbon says and does; where it stands is said by office/ribbon.xml.

    Attributes:
        id: The control's id in ribbon.xml.
        label: Its caption.
        screentip: The tip's title.
        supertip: The tip's sentence.
        keytip: One to three capital letters or digits, typed after Alt and the tab's own; unique.
        image: Name of one of Excel's own pictures (imageMso).
        rule: When it can be used.
        target: ``module:function`` of the Python function that does it.
    """

    id: str
    label: str
    screentip: str
    supertip: str
    keytip: str
    image: str
    rule: Rule
    target: str

    @property
    def macro(self) -> str:
        """The VBA macro without arguments, for Alt+F8, buttons on sheets and tests."""
        return "Xlsc" + self.id[0].upper() + self.id[1:]

    @property
    def callback(self) -> str:
        """The ribbon's own entry to that macro."""
        return f"On{self.macro}"

    @property
    def python(self) -> str:
        """The Python statement which the macro runs."""
        module, function = self.target.split(":")
        return f"import {module}; {module}.{function}()"
