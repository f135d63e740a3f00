"""The two tables everything else of the add-in is made from: worksheet functions and ribbon actions.

From them the build writes the VBA wrappers, the callbacks, and the words of the ribbon; the bridge finds the Python
function behind a name; the manual lists them. To add one: an entry here, its Python function, and, for an action, its
place in office/ribbon.xml.
"""

from __future__ import annotations

from typing import Final

from xlsc.addin.actions import ACTIONS
from xlsc.addin.entries import Action, Argument, Function, Rule
from xlsc.addin.functions import FUNCTIONS

__all__ = [
    "ACTIONS",
    "FUNCTIONS",
    "POLL_TARGET",
    "Action",
    "Argument",
    "Function",
    "Rule",
    "find_action",
    "find_function",
]

#: The Python function that Excel calls from time to time while long work is under way (VBA: XlscPoll).
POLL_TARGET: Final = "xlsc.addin.macros:poll"

_FUNCTIONS_BY_NAME: Final = {function.name: function for function in FUNCTIONS}
_ACTIONS_BY_ID: Final = {action.id: action for action in ACTIONS}


def find_function(name: str) -> Function | None:
    """The worksheet function of that name (case does not count), or None.

    >>> find_function("sc_status").target
    'xlsc.addin.formulas:read_status'
    """
    return _FUNCTIONS_BY_NAME.get(name.upper())


def find_action(action_id: str) -> Action | None:
    """The action of a ribbon control's id, or None."""
    return _ACTIONS_BY_ID.get(action_id)
