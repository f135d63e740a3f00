"""A tree to an evaluating function: names are resolved and arguments counted once, when a process is loaded."""

from __future__ import annotations

import decimal
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xlsc.server.expressions.comparing import is_equal, order
from xlsc.server.expressions.failures import EvaluationError, ExpressionError
from xlsc.server.expressions.forms import FORMS, Evaluate
from xlsc.server.expressions.functions import FUNCTIONS, add_days
from xlsc.server.expressions.limits import NUMBERS
from xlsc.server.expressions.nodes import Binary, Call, Literal, Name, Node, Unary
from xlsc.server.expressions.parser import parse
from xlsc.server.expressions.scope import Scope
from xlsc.server.expressions.values import Value, checked_text, to_moment, to_number, to_text, to_truth, to_whole


class Names:
    """The names that an expression may use.

    Args:
        columns: In the order of the rows that scopes will hold; found exactly, else without regard to case.
        variables: Without regard to case.
    """

    def __init__(self, columns: Sequence[str], variables: Sequence[str] = ()) -> None:
        self._exact = {name: index for index, name in enumerate(columns)}
        self._folded = {name.lower(): index for index, name in reversed(list(enumerate(columns)))}
        self._variables = {name.lower() for name in variables}
        self._known = [*columns, *variables]

    def column(self, name: str) -> int | None:
        """0-based index of a column; None when there is none of the name."""
        found = self._exact.get(name)
        return self._folded.get(name.lower()) if found is None else found

    def is_variable(self, name: str) -> bool:
        """Whether there is such a variable."""
        return name.lower() in self._variables

    def suggest(self, name: str) -> str:
        """The end of a complaint: what may have been meant."""
        return did_you_mean(name, self._known)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """``; did you mean 'x'?``, or nothing."""
    folded = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[close[0]]}'?" if close else ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: As it was written.
        columns: 0-based indexes of the columns it uses.
        tables: Names of the tables it looks into.
    """

    text: str
    columns: frozenset[int]
    tables: frozenset[str]
    evaluate_unchecked: Evaluate = field(repr=False)

    def evaluate(self, scope: Scope) -> Value:
        """Its value for a row.

        Raises:
            EvaluationError: It has none; the message is for the person with the row.
        """
        try:
            return self.evaluate_unchecked(scope)
        except decimal.DivisionByZero as error:
            raise EvaluationError("A number is divided by zero") from error
        except decimal.DecimalException as error:
            raise EvaluationError("A number is too large or has no value") from error


def compile_expression(text: str, names: Names) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: It cannot be read, or uses a name or function that does not exist.

    >>> compile_expression("upper(City) & '!'", Names(["City"])).evaluate(Scope(["Oslo"]))
    'OSLO!'
    """
    compiler = _Compiler(names)
    evaluate = compiler.compile(parse(text), in_rows=False)
    return Expression(text, frozenset(compiler.columns), frozenset(compiler.tables), evaluate)


class _Compiler:
    """Walks down the tree once; remembers what it met."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.columns: set[int] = set()
        self.tables: set[str] = set()

    def compile(self, node: Node, *, in_rows: bool) -> Evaluate:
        if isinstance(node, Literal):
            value = node.value
            return lambda _scope: value
        if isinstance(node, Name):
            return self._name(node)
        if isinstance(node, Unary):
            operand = self.compile(node.operand, in_rows=in_rows)
            return _not(operand) if node.sign == "not" else lambda scope: NUMBERS.minus(to_number(operand(scope)))
        if isinstance(node, Binary):
            make = _BINARY[node.sign]
            return make(self.compile(node.left, in_rows=in_rows), self.compile(node.right, in_rows=in_rows))
        return self._call(node, in_rows=in_rows)

    def _name(self, node: Name) -> Evaluate:
        index = self._names.column(node.name)
        if index is not None:
            self.columns.add(index)
            return _column(index)
        if self._names.is_variable(node.name):
            name = node.name.lower()
            return lambda scope: scope.variables.get(name)
        raise ExpressionError(
            f"There is no column or variable {node.name!r}{self._names.suggest(node.name)}", node.position
        )

    def _call(self, node: Call, *, in_rows: bool) -> Evaluate:
        form = FORMS.get(node.name)
        function = FUNCTIONS.get(node.name)
        if form is None and function is None:
            raise ExpressionError(
                f"There is no function {node.name!r}{did_you_mean(node.name, [*FORMS, *FUNCTIONS])}", node.position
            )
        if form is not None and form.over_rows and in_rows:
            raise ExpressionError(f"{node.name} cannot stand inside another function over rows", node.position)
        inside = in_rows or (form is not None and form.over_rows)
        arguments = [self.compile(argument, in_rows=inside) for argument in node.arguments]
        if form is not None:
            _check_count(node, form.low, form.high)
            evaluate = form.make(node, arguments)
            self._note_table(node)
            return evaluate
        assert function is not None
        _check_count(node, function.low, function.high)
        apply = function.apply
        return lambda scope: apply([argument(scope) for argument in arguments])

    def _note_table(self, node: Call) -> None:
        if node.name in ("lookup", "exists"):
            table = node.arguments[0]
            assert isinstance(table, Literal)
            self.tables.add(str(table.value))


def _column(index: int) -> Evaluate:
    return lambda scope: scope.row[index]


def _check_count(node: Call, low: int, high: int) -> None:
    count = len(node.arguments)
    if low <= count <= high:
        return
    wanted = str(low) if low == high else f"{low} to {high}"
    raise ExpressionError(f"{node.name} takes {wanted} arguments, not {count}", node.position)


def _not(operand: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> Value:
        truth = to_truth(operand(scope))
        return None if truth is None else not truth

    return evaluate


def _and(left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> Value:
        first = to_truth(left(scope))
        if first is False:
            return False
        second = to_truth(right(scope))
        return first if second is True else second

    return evaluate


def _or(left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(scope: Scope) -> Value:
        first = to_truth(left(scope))
        if first is True:
            return True
        second = to_truth(right(scope))
        return first if second is False else second

    return evaluate


def _add(left: Value, right: Value) -> Value:
    moment, number = (right, left) if not _is_moment(left) else (left, right)
    if _is_moment(moment):
        return add_days(moment, to_whole(number, -4_000_000, 4_000_000))
    return NUMBERS.add(to_number(left), to_number(right))


def _subtract(left: Value, right: Value) -> Value:
    if _is_moment(left) and _is_moment(right):
        return to_number(FUNCTIONS["days"].apply([right, left]))
    if _is_moment(left):
        return add_days(to_moment(left), -to_whole(right, -4_000_000, 4_000_000))
    return NUMBERS.subtract(to_number(left), to_number(right))


def _is_moment(value: Value) -> bool:
    return hasattr(value, "year")


def _simple(apply: Callable[[Value, Value], Value]) -> Callable[[Evaluate, Evaluate], Evaluate]:
    return lambda left, right: lambda scope: apply(left(scope), right(scope))


def _ordered(sign: str) -> Callable[[Evaluate, Evaluate], Evaluate]:
    return _simple(lambda left, right: order(sign, left, right))


_BINARY: dict[str, Callable[[Evaluate, Evaluate], Evaluate]] = {
    "or": _or,
    "and": _and,
    "=": _simple(is_equal),
    "<>": _simple(lambda left, right: not is_equal(left, right)),
    "<": _ordered("<"),
    "<=": _ordered("<="),
    ">": _ordered(">"),
    ">=": _ordered(">="),
    "&": _simple(lambda left, right: checked_text(to_text(left) + to_text(right))),
    "+": _simple(_add),
    "-": _simple(_subtract),
    "*": _simple(lambda left, right: NUMBERS.multiply(to_number(left), to_number(right))),
    "/": _simple(lambda left, right: NUMBERS.divide(to_number(left), to_number(right))),
}
