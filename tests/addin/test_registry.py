"""The two tables hold what Excel can take: names, lengths, order of arguments."""

import re
from pathlib import Path

import pytest

from xlsc.addin.registry import ACTIONS, FUNCTIONS, POLL_TARGET, Action, Function, find_action, find_function

VBA_WORDS = {"type", "date", "next", "end", "name", "sub", "function", "rem", "loop", "to", "in", "is", "like", "set"}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_function_fits_excel(function: Function) -> None:
    assert re.fullmatch(r"SC_[A-Z_]{2,28}", function.name)
    assert 0 < len(function.help) <= 255
    assert function.target.startswith("xlsc.addin.formulas:")
    assert find_function(function.name.lower()) is function


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_arguments_fit_vba(function: Function) -> None:
    names = [argument.name for argument in function.arguments]
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) and name not in VBA_WORDS for name in names)
    assert all(argument.help.isascii() and len(argument.help) <= 255 for argument in function.arguments)
    left_out = [argument.optional or argument.repeating for argument in function.arguments]
    assert left_out == sorted(left_out)
    assert not any(argument.repeating for argument in function.arguments[:-1])


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_action_has_words_and_a_target(action: Action) -> None:
    assert all([action.label, action.screentip, action.supertip, action.keytip, action.image])
    assert re.fullmatch(r"xlsc\.addin\.macros(_(connect|errors|books|more))?:[a-z_]+", action.target)
    assert find_action(action.id) is action


def test_names_targets_and_key_tips_are_unique() -> None:
    for values in (
        [function.name for function in FUNCTIONS],
        [function.target for function in FUNCTIONS],
        [action.id.lower() for action in ACTIONS],
        [action.target for action in ACTIONS],
        [action.keytip for action in ACTIONS],
    ):
        assert len(set(values)) == len(values)


def test_functions_promised_to_users_are_there() -> None:
    names = ("PROCESSES", "COLUMNS", "MAPPED_COLUMNS", "DATA", "HISTORY", "ERRORS", "OUTPUTS", "CHECK", "STATUS")
    promised = [f"SC_{name}" for name in (*names, "COMPANY", "LAST_RUN")]
    assert [function.name for function in FUNCTIONS] == promised


def test_unknown_names_give_nothing() -> None:
    assert find_function("SC_RUN") is None
    assert find_action("dance") is None
    assert POLL_TARGET == "xlsc.addin.macros:poll"


def test_the_manual_lists_every_function_and_control() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "addin.md").read_text(encoding="utf-8")
    for function in FUNCTIONS:
        assert f"| `{function.name}(" in manual
        assert f"| {function.help} |" in manual
    for action in ACTIONS:
        assert f"| {action.label} | {action.screentip}. {action.supertip} | {action.keytip} |" in manual
