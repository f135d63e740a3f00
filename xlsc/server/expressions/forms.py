"""The functions that see more than their arguments: rows of the document, tables, the clock; and ``if``.

Each form makes an evaluating function from its compiled arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlsc.server.expressions.failures import ExpressionError
from xlsc.server.expressions.functions import greatest, least
from xlsc.server.expressions.limits import NUMBERS
from xlsc.server.expressions.nodes import Call, Literal
from xlsc.server.expressions.scope import Scope
from xlsc.server.expressions.values import ZERO, Value, is_blank, to_number, to_truth

Evaluate = Callable[[Scope], Value]
#: Names of tables and columns: with a schema's name before it at most.
_TABLE = re.compile(r"[^\W\d]\w{0,62}(?:\.[^\W\d]\w{0,62})?")


@dataclass(frozen=True, slots=True)
class Form:
    """How many arguments it takes, whether it looks at all rows, and how it is made."""

    low: int
    high: int
    over_rows: bool
    make: Callable[[Call, Sequence[Evaluate]], Evaluate]


def _make_if(_call: Call, arguments: Sequence[Evaluate]) -> Evaluate:
    condition, then = arguments[0], arguments[1]
    otherwise = arguments[2] if len(arguments) > 2 else lambda _scope: None
    return lambda scope: then(scope) if to_truth(condition(scope)) else otherwise(scope)


def _over_rows(reduce: Callable[[list[Value]], Value]) -> Callable[[Call, Sequence[Evaluate]], Evaluate]:
    def make(_call: Call, arguments: Sequence[Evaluate]) -> Evaluate:
        each = arguments[0] if arguments else lambda _scope: True

        def evaluate(scope: Scope) -> Value:
            if evaluate not in scope.memo:
                scope.memo[evaluate] = reduce([each(scope.with_row(row)) for row in scope.rows])
            return scope.memo[evaluate]

        return evaluate

    return make


def _sum(values: list[Value]) -> Value:
    total = ZERO
    for value in values:
        total = NUMBERS.add(total, to_number(value))
    return total


def _distinct(values: list[Value]) -> Value:
    return Decimal(len({value for value in values if not is_blank(value)}))


def _make_lookup(call: Call, arguments: Sequence[Evaluate]) -> Evaluate:
    table, key_column = _literal_name(call, 0), _literal_name(call, 1)
    wanted = _literal_name(call, 3) if len(arguments) > 3 else key_column
    key = arguments[2]
    return lambda scope: scope.lookups.find(table, key_column, key(scope), wanted)[1]


def _make_exists(call: Call, arguments: Sequence[Evaluate]) -> Evaluate:
    table, key_column = _literal_name(call, 0), _literal_name(call, 1)
    key = arguments[2]
    return lambda scope: scope.lookups.find(table, key_column, key(scope), key_column)[0]


def _literal_name(call: Call, index: int) -> str:
    """Tables and columns are written out in the expression: they never come from a row."""
    node = call.arguments[index]
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise ExpressionError(f"{call.name} takes the names of table and columns in quotes", node.position)
    if not _TABLE.fullmatch(node.value):
        raise ExpressionError(f"{node.value!r} is not the name of a table or column", node.position)
    return node.value


FORMS: dict[str, Form] = {
    "if": Form(2, 3, False, _make_if),
    "iif": Form(2, 3, False, _make_if),
    "today": Form(
        0, 0, False, lambda _c, _a: lambda scope: scope.now.replace(hour=0, minute=0, second=0, microsecond=0)
    ),
    "now": Form(0, 0, False, lambda _c, _a: lambda scope: scope.now),
    "lookup": Form(3, 4, False, _make_lookup),
    "exists": Form(3, 3, False, _make_exists),
    "sum": Form(1, 1, True, _over_rows(_sum)),
    "count": Form(0, 1, True, _over_rows(lambda values: Decimal(sum(not is_blank(value) for value in values)))),
    "countif": Form(1, 1, True, _over_rows(lambda values: Decimal(sum(to_truth(v) is True for v in values)))),
    "min": Form(1, 1, True, _over_rows(least)),
    "max": Form(1, 1, True, _over_rows(greatest)),
    "first": Form(1, 1, True, _over_rows(lambda values: values[0] if values else None)),
    "last": Form(1, 1, True, _over_rows(lambda values: values[-1] if values else None)),
    "distinct": Form(1, 1, True, _over_rows(_distinct)),
    "all": Form(1, 1, True, _over_rows(lambda values: all(to_truth(value) is not False for value in values))),
    "any": Form(1, 1, True, _over_rows(lambda values: any(to_truth(value) is True for value in values))),
}
FORMS["rundate"] = FORMS["today"]
