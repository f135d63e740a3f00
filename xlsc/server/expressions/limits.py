"""How long, deep and large expressions and their values may be: far above need, far below harm."""

from __future__ import annotations

import decimal

#: Characters of an expression, and of a template.
MAX_LENGTH = 4_000
#: Expressions inside each other.
MAX_DEPTH = 60
#: Characters of a text that an expression makes; what an Excel cell holds.
MAX_TEXT = 32_767
#: Decimal places that a number can be rounded to.
MAX_PLACES = 12

#: Numbers are decimals of 34 digits (IEEE 754 decimal128); larger ones are an error, not infinity.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_UP,
    Emax=6144,
    Emin=-6143,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
