"""The small language of process files: calculations, restrictions, checks and the places in messages.

A closed grammar, read by a parser of its own: nothing of Python is evaluated, nothing outside is reached except
lookups that the run engine binds as parameters. Lengths, depths and sizes are bounded, and there are no loops, so
every expression ends. docs/processes.md describes the language.
"""

from __future__ import annotations

from xlsc.server.expressions.compiling import Expression, Names, compile_expression
from xlsc.server.expressions.failures import EvaluationError, ExpressionError
from xlsc.server.expressions.scope import Lookups, Scope
from xlsc.server.expressions.templates import Template, compile_template
from xlsc.server.expressions.values import Value, to_text

__all__ = [
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Lookups",
    "Names",
    "Scope",
    "Template",
    "Value",
    "compile_expression",
    "compile_template",
    "to_text",
]
