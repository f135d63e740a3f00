"""Messages with places in braces: ``Terms code '{TermsCode}' does not exist.``; a place is any expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlsc.server.expressions.compiling import Expression, Names, compile_expression
from xlsc.server.expressions.failures import EvaluationError, ExpressionError
from xlsc.server.expressions.limits import MAX_LENGTH
from xlsc.server.expressions.scope import Scope
from xlsc.server.expressions.values import to_text

_PART = re.compile(r"(?P<twice>\{\{|\}\})|\{(?P<inner>(?:[^{}'\"]|'[^']*'|\"[^\"]*\")*+)\}|(?P<text>[^{}]+)")
#: Characters of one place's value; a message is read by people.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and expressions in turn."""

    text: str
    parts: tuple[str | Expression, ...]

    def fill(self, scope: Scope) -> str:
        """The message for a row; a place that cannot be worked out shows nothing."""
        return "".join(part if isinstance(part, str) else _shown(part, scope) for part in self.parts)


def compile_template(text: str, names: Names) -> Template:
    """Read a message.

    Raises:
        ExpressionError: A place cannot be read; positions count from the message's begin.

    >>> compile_template("No account '{No}'.", Names(["No"])).fill(Scope(["6100"]))
    "No account '6100'."
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The message is longer than {MAX_LENGTH:,} characters", MAX_LENGTH)
    parts: list[str | Expression] = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            raise ExpressionError("A brace has no counterpart; write {{ for a brace itself", place + 1)
        parts.append(_read_part(match, names))
        place = match.end()
    return Template(text, tuple(parts))


def _read_part(match: re.Match[str], names: Names) -> str | Expression:
    if match["twice"]:
        return match["twice"][0]
    if match["text"] is not None:
        return match["text"]
    try:
        return compile_expression(match["inner"], names)
    except ExpressionError as error:
        raise ExpressionError(error.message, match.start() + 1 + error.position) from error


def _shown(expression: Expression, scope: Scope) -> str:
    try:
        text = to_text(expression.evaluate(scope))
    except EvaluationError:
        return ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
