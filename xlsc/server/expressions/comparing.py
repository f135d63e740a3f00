"""Equal, less, greater: between values of any kinds, with blanks.

Equality always answers: two blanks are equal, a blank and something else are not. Order does not: compared with a
blank, the answer is blank, which neither fails a check nor lets a row pass a restriction.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from xlsc.server.expressions.failures import EvaluationError
from xlsc.server.expressions.values import Value, is_blank, quoted, to_moment, to_number, to_truth

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_equal(left: Value, right: Value) -> bool:
    """Whether two values mean the same; a text that is no number is different from any number.

    >>> is_equal("50.00", Decimal(50)), is_equal(None, ""), is_equal("a", "A")
    (True, True, False)
    """
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    try:
        if isinstance(left, bool) or isinstance(right, bool):
            return to_truth(left) == to_truth(right)
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            return to_number(left) == to_number(right)
        if isinstance(left, datetime) or isinstance(right, datetime):
            return to_moment(left) == to_moment(right)
    except EvaluationError:
        return False
    return left == right


def order(sign: str, left: Value, right: Value) -> bool | None:
    """Whether ``left sign right``; blank when one of them is.

    Raises:
        EvaluationError: The two cannot be ordered.
    """
    if is_blank(left) or is_blank(right):
        return None
    compare = _ORDERS[sign]
    if isinstance(left, bool) or isinstance(right, bool):
        raise EvaluationError(f"{quoted(left)} and {quoted(right)} have no order")
    if isinstance(left, datetime) or isinstance(right, datetime):
        return bool(compare(to_moment(left), to_moment(right)))
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return bool(compare(to_number(left), to_number(right)))
    return bool(compare(left, right))
