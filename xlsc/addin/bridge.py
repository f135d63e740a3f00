"""The one door between worksheet functions in VBA and Python: ``udf`` is what XlscBridge.bas calls.

The only place with xlwings' decorators. Values come as Excel stores them (Value2: numbers, texts, truth values, error
numbers, blocks as tuples of rows) and leave the same way.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import xlwings as xw

from xlsc.addin.registry import Function, find_function
from xlsc.core.table import CellError, CellValue
from xlsc.errors import XlscError

logger = logging.getLogger(__name__)

#: What an error cell is in VBA (CVErr) and on the way through COM, by its text. Source: Excel's own constants.
ERROR_NUMBERS = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
    "#GETTING_DATA": 2043,
    "#SPILL!": 2045,
    "#CALC!": 2050,
}
#: COM carries error 2000 + n as 0x800A07D0 + n, read as a signed number.
_COM_BASE = -2146826288 - 2000
_TEXT_OF_ERROR = {_COM_BASE + number: text for text, number in ERROR_NUMBERS.items()}
#: An array with one longer text makes Excel show #VALUE! for the whole of it; a single cell holds 32,767 characters.
MAX_TEXT_IN_ARRAY, MAX_TEXT = 255, 32_767
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's serial dates know no zone

#: ("ok", value) or ("error", number of the error value, why).
Answer = tuple[str, Any] | tuple[str, int, str]


@xw.func
@xw.arg("name", "raw")
@xw.arg("arguments", "raw")
@xw.ret("raw")
def udf(name, arguments):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - xlwings takes type hints for converters
    """What XlscBridge.bas calls: the answer as a list, which COM hands over as one array."""
    return list(answer(name, arguments or ()))


def answer(name: str, arguments: Iterable[Any], find: Callable[[str], Function | None] = find_function) -> Answer:
    """The answer of one worksheet function.

    What a person can mend (not signed in, unknown process, no answer in time) comes as a readable text that begins
    with ``#XLSC``; a wrong argument or a fault as a real error value, which IFERROR catches.

    Args:
        name: The function's name in the registry.
        arguments: Its arguments as Excel stores them; None for one that was left out.
        find: Gives the function of a name; the registry's unless said otherwise.
    """
    function = find(name)
    if function is None:
        return "error", ERROR_NUMBERS["#NAME?"], f"There is no worksheet function {name}."
    values = [read_argument(argument) for argument in arguments]
    try:
        result = _load(function.target)(*values)
    except XlscError as error:
        return "ok", cut(f"#XLSC {error.message} {error.in_excel}", MAX_TEXT_IN_ARRAY)
    except LookupError as error:
        return "error", ERROR_NUMBERS["#N/A"], str(error)
    except Exception as error:  # noqa: BLE001 - a cell has no traceback: any fault becomes #VALUE! and its reason
        logger.warning("%s failed: %s: %s", name, type(error).__name__, error)
        return "error", ERROR_NUMBERS["#VALUE!"], f"{type(error).__name__}: {error}"
    if isinstance(result, CellError):
        return "error", ERROR_NUMBERS.get(result.text, ERROR_NUMBERS["#VALUE!"]), result.text
    return "ok", write_result(result)


def _load(target: str) -> Callable[..., Any]:
    module, name = target.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def read_argument(value: Any) -> Any:  # noqa: ANN401 - whatever COM brings
    """An argument as Python sees it: error numbers become CellError, blocks lists of rows."""
    if isinstance(value, (tuple, list)):
        return [read_argument(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value in _TEXT_OF_ERROR:
        return CellError(_TEXT_OF_ERROR[value])
    return value


def write_result(result: CellValue | Sequence[Sequence[CellValue]]) -> Any:  # noqa: ANN401 - whatever COM takes
    """A result as COM takes it: a plain value, or rows of equal length with their texts short enough for Excel."""
    if isinstance(result, str) or not isinstance(result, Sequence):
        return _write_value(result, MAX_TEXT)
    rows = [list(row) for row in result]
    if not rows or not rows[0]:
        return ""
    width = max(map(len, rows))
    return [[_write_value(value, MAX_TEXT_IN_ARRAY) for value in row] + [""] * (width - len(row)) for row in rows]


def _write_value(value: CellValue, longest: int) -> str | bool | float:
    """Empty is an empty text; dates are Excel's serial numbers; every number is a float."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    if isinstance(value, (date, time, timedelta)):
        return write_serial(value)
    return cut(str(value), longest)


def write_serial(value: date | time | timedelta) -> float:
    """Excel's serial number: days since 1899-12-30, a clock's time as a part of a day.

    >>> write_serial(date(2026, 1, 5))
    46027.0
    """
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis so that it has ``longest`` characters as Excel counts them (UTF-16).

    >>> cut("abcdef", 4)
    'abc…'
    """
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * longest:
        return text
    return encoded[: 2 * (longest - 1)].decode("utf-16-le", errors="ignore") + "…"
