"""What is wrong and what to do: each face says it in its own words."""

import ast
import re
from pathlib import Path

import pytest

from xlsc import errors

ROOT = Path(__file__).resolve().parents[1] / "xlsc"
#: Parts that Excel's users hear of; the service and the command line speak to others.
PARTS = ("core", "wire", "client", "sheets", "outbox", "flows", "addin")
HEARD = [ROOT / "settings.py", *(path for part in PARTS for path in sorted((ROOT / part).rglob("*.py")))]
#: Options, and commands of xlsc.
COMMANDS = "login|logout|processes|columns|history|headers|check|send|clear|fix|settle|outbox|log|template|data|run"
COMMANDED = re.compile(rf"(^|\W)--[a-z]|\bxlsc ({COMMANDS}|addin)\b")
#: Said by commands alone: installing the add-in, and finding definitions in a folder.
COMMANDS_ALONE = {"install.py"}


def words(node):
    """All literal text below a node."""
    texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return " ".join(text for text in texts if isinstance(text, str))


def raised():
    """Every place where an error for people is made: (where, its arguments)."""
    names = {name for name in errors.__all__ if name[0].isupper() and not name.isupper()}
    for path in HEARD:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield pytest.param(path.name, node, id=f"{path.relative_to(ROOT)}:{node.lineno}")


@pytest.mark.parametrize(("name", "call"), list(raised()))
def test_a_hint_that_names_a_command_has_words_for_excel_too(name, call):
    if name in COMMANDS_ALONE:
        return
    own = [keyword.value for keyword in call.keywords if keyword.arg == "in_excel"]
    if COMMANDED.search(" ".join(map(words, call.args))):
        assert own, "it names a command or an option: say in_excel what to do there"
    assert not COMMANDED.search(" ".join(map(words, own)))


def test_an_error_without_other_words_says_the_same_everywhere():
    error = errors.UsageError("It is wrong.", "Do it right.")
    assert error.in_excel == error.hint == "Do it right."
    assert str(errors.UnreadableAnswer("No.", "Again.", in_excel="Press it.")) == "No. Again."
