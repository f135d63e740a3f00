"""The rows that a line sends for a document: restricted, grouped, every target column worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from xlsc.server.expressions import EvaluationError, Scope, Value, to_text
from xlsc.server.expressions.functions import add_days, add_months, greatest, least, month_edge
from xlsc.server.expressions.limits import NUMBERS
from xlsc.server.expressions.values import ZERO, is_blank, to_number, to_truth
from xlsc.server.processes.definition import Line
from xlsc.server.processes.mapping import (
    Calculation,
    Constant,
    DateCalculation,
    Edge,
    Field,
    FromColumn,
    Grouping,
    NoMatch,
    Rolling,
    Translation,
)
from xlsc.server.runs.problems import DocumentProblem

#: Gives the next number of a counter, within the document's transaction.
NextNumber = Callable[[Rolling], str]


def map_rows(line: Line, scope: Scope, labels: Mapping[str, str], next_number: NextNumber) -> list[dict[str, Value]]:
    """Target rows of a line.

    Args:
        line: The line.
        scope: Holds all rows of the document.
        labels: What people call each target column.
        next_number: For rolling numbers.

    Raises:
        DocumentProblem: Some value cannot be worked out or is missing; it tells all of them.
    """
    problems: list[str] = []
    groups = _groups(line, _passing(line, scope))
    rows = [_map_group(line, scope, group, (labels, next_number, problems)) for group in groups]
    if problems:
        raise DocumentProblem(problems)
    return rows


def _passing(line: Line, scope: Scope) -> list[Sequence[Value]]:
    if line.restriction is None:
        return list(scope.rows)
    found = []
    for row in scope.rows:
        try:
            if to_truth(line.restriction.evaluate(scope.with_row(row))) is True:
                found.append(row)
        except EvaluationError as error:
            raise DocumentProblem([f"The restriction of {line.info.description} has no answer: {error}."]) from error
    return found


def _groups(line: Line, rows: Sequence[Sequence[Value]]) -> list[list[Sequence[Value]]]:
    if line.group_by is None:
        return [[row] for row in rows]
    groups: dict[tuple[Value, ...], list[Sequence[Value]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[index] for index in line.group_by), []).append(row)
    return list(groups.values())


def _map_group(
    line: Line,
    scope: Scope,
    group: Sequence[Sequence[Value]],
    tools: tuple[Mapping[str, str], NextNumber, list[str]],
) -> dict[str, Value]:
    labels, next_number, problems = tools
    found: dict[str, Value] = {}
    for field in line.fields:
        try:
            value = _field_value(field, scope, group, next_number)
            if field.required and is_blank(value):
                problems.append(f"{labels[field.target]} is missing.")
            found[field.target] = value
        except EvaluationError as error:
            problems.append(f"{labels[field.target]}: {error}.")
    return found


def _field_value(field: Field, scope: Scope, group: Sequence[Sequence[Value]], next_number: NextNumber) -> Value:
    origin = field.origin
    if isinstance(origin, Rolling):
        return next_number(origin)
    if isinstance(origin, Constant):
        return origin.value
    evaluate = partial(_origin_value, field, scope)
    if len(group) == 1 or field.grouping in (Grouping.FIRST, Grouping.GROUP_BY):
        return evaluate(group[0])
    if field.grouping is Grouping.LAST:
        return evaluate(group[-1])
    return _REDUCE[field.grouping]([evaluate(row) for row in group])


def _origin_value(field: Field, scope: Scope, row: Sequence[Value]) -> Value:
    origin = field.origin
    if isinstance(origin, FromColumn):
        return row[origin.index]
    here = scope.with_row(row)
    if isinstance(origin, Calculation):
        return origin.expression.evaluate(here)
    if isinstance(origin, DateCalculation):
        return _moved(origin, origin.base.evaluate(here))
    assert isinstance(origin, Translation)
    return _translated(origin, origin.source.evaluate(here))


def _moved(origin: DateCalculation, base: Value) -> Value:
    moment = add_days(add_months(base, origin.add_months), origin.add_days)
    return moment if origin.edge is Edge.NONE else month_edge(moment, last=origin.edge is Edge.END)


def _translated(origin: Translation, value: Value) -> Value:
    if is_blank(value):
        return None
    text = to_text(value)
    found = origin.table.get(text.strip().lower())
    if found is not None:
        return found
    if origin.no_match is NoMatch.ERROR:
        raise EvaluationError(f"'{text[:200]}' is not in the translation table '{origin.name}'")
    return {NoMatch.SOURCE: text, NoMatch.BLANK: None, NoMatch.DEFAULT: origin.default}[origin.no_match]


def _sum(values: Sequence[Value]) -> Value:
    total = ZERO
    for value in values:
        total = NUMBERS.add(total, to_number(value))
    return total


_REDUCE: dict[Grouping, Callable[[Sequence[Value]], Value]] = {
    Grouping.MAX: greatest,
    Grouping.MIN: least,
    Grouping.SUM: _sum,
}
