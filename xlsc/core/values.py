"""Cell values to wire texts, one value or a whole block; number formats decide only what is said here.

Nothing about XML and nothing about any adapter. Source: issue of the main job ("as stored" and "as displayed" are a
named choice), P §5.1 (ISO dates, invariant decimals), Excel's published limits (15 digits, 32,767 characters).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import compress, repeat
from typing import Literal, cast

from xlsc.core.canonical import SIGNIFICANT_DIGITS, exact
from xlsc.core.number_formats import Moment, code_format, display_moment, display_number, display_text, pad_code
from xlsc.core.results import Code, RowError
from xlsc.core.table import Block, CellError, CellValue, Column, Row, Table

#: Characters of a cell, counted as UTF-16 code units (Excel's published limit).
MAX_TEXT_LENGTH = 32_767

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_GENERAL = "General"
#: Day that a clock time without a date is stored on (serial 0), and the one Excel's own calendar calls 0 January 1900.
_NO_DATES = (date(1899, 12, 30), date(1899, 12, 31))
#: Types whose equal values have equal texts.
_NUMBERS = frozenset((int, float, Decimal))
#: Below it every whole float shows all its digits.
_EXACT_INTEGERS = 10.0**SIGNIFICANT_DIGITS
#: Distinct values of a column that are remembered.
_MEMO_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class TextOptions:
    """How cell values become texts.

    Attributes:
        dates: "iso" gives 2026-01-31 and 2026-01-31T14:05:00, "us" gives 1/31/2026 and 1/31/2026 2:05:00 PM.
        read: "stored" takes the value itself (code formats such as 00000 keep their zeros), "displayed" takes what
            the number format makes of it; a format that is not understood falls back to "stored".
    """

    dates: Literal["iso", "us"] = "iso"
    read: Literal["stored", "displayed"] = "stored"


class UnencodableValue(ValueError):
    """A value that no text can stand for: an error in the cell, an infinite number, a foreign type.

    Args:
        message: A sentence about the cell, without its address.
        shown: What the cell shows.
    """

    def __init__(self, message: str, shown: str) -> None:
        super().__init__(message)
        self.message = message
        self.shown = shown


_DEFAULT = TextOptions()


def encode_value(value: CellValue, number_format: str = _GENERAL, options: TextOptions = _DEFAULT) -> str | None:
    """The wire text of one cell value; None for an empty cell or one that looks empty.

    Numbers have no exponent and at most the 15 digits that Excel shows, integers and decimals are exact; a text is
    left as it is, with its line ends and the blanks around it.

    Args:
        value: As a sheet adapter gives it.
        number_format: As Excel spells it.
        options: How to read numbers and how to write dates.

    Raises:
        UnencodableValue: The value is a cell error, infinite, or of a type that no cell has.

    >>> encode_value(1001.0), encode_value(0.1 + 0.2), encode_value(42.0, "00000")
    ('1001', '0.3', '00042')
    """
    if value is None:
        return None
    if isinstance(value, str):
        return _encode_text(value, number_format, options)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _encode_number(value, number_format, options)
    if isinstance(value, (date, time, timedelta)):
        return _encode_moment(value, number_format, options)
    if isinstance(value, CellError):
        raise UnencodableValue(f"The cell shows {value.text}; correct its formula or enter a value.", value.text)
    raise UnencodableValue(f"The cell holds a {type(value).__name__}, which has no text.", str(value))


def encode_block(
    block: Block,
    columns: Sequence[Column],
    options: TextOptions = _DEFAULT,
    skip_rows: frozenset[int] = frozenset(),
) -> tuple[Table, list[RowError]]:
    """The rows of a block as wire texts, and all that cannot be sent, in one pass.

    Rows whose cells in the given columns are all blank are left out. A cell that cannot be sent is None in its row,
    which stays, and has an error with code CELL_ERROR, CONTROL_CHARACTER or TOO_LONG.

    Args:
        block: As a sheet gave it.
        columns: In the order of the table; one without ``sheet_column`` is None in every row.
        options: How to read numbers and how to write dates.
        skip_rows: 1-based sheet rows to leave out, such as ``block.hidden_rows``.

    Returns:
        The table, and the errors in sheet order.

    Raises:
        ValueError: A column stands outside the block's area.
    """
    numbers: Sequence[int] = range(block.area.first_row, block.area.first_row + len(block.rows))
    rows = block.rows
    if skip_rows:
        kept = [number not in skip_rows for number in numbers]
        rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
    own_formats = {sheet_column for _, sheet_column in block.formats}
    errors: list[RowError] = []
    texts: list[list[str | None]] = []
    for column in columns:
        cells = _cells(block, column, rows, numbers, column.sheet_column in own_formats)
        texts.append(_encode_column(cells, options, errors))
    wrong = {error.sheet_row for error in errors}
    pairs = zip(numbers, zip(*texts, strict=True), strict=True) if texts else ()
    made = [Row(number, values) for number, values in pairs if any(values) or number in wrong]
    places = {column.name: index for index, column in enumerate(columns)}
    errors.sort(key=lambda error: (error.sheet_row or 0, places[error.column or ""]))
    return Table(tuple(columns), made), errors


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one column: sheet rows, values, and the number format they share, or one for each."""

    name: str
    numbers: Sequence[int]
    values: Sequence[CellValue]
    number_format: str
    own_formats: Sequence[str] | None


def _cells(
    block: Block, column: Column, rows: Sequence[Sequence[CellValue]], numbers: Sequence[int], has_own: bool
) -> _Cells:
    if column.sheet_column is None:
        return _Cells(column.name, numbers, [None] * len(rows), _GENERAL, None)
    index = column.sheet_column - block.area.first_column
    if not 0 <= index < block.area.width:
        raise ValueError(f"column {column.name} stands outside {block.area}")
    shared = block.column_formats[index] if index < len(block.column_formats) else _GENERAL
    own = [block.number_format(number, column.sheet_column) for number in numbers] if has_own else None
    return _Cells(column.name, numbers, [row[index] for row in rows], shared, own)


class _Encoded(dict[CellValue, str | None]):
    """Texts of values of like types and one format; sheets repeat themselves, so equal values are encoded once."""

    def __init__(self, number_format: str, options: TextOptions) -> None:
        super().__init__()
        self._number_format = number_format
        self._options = options

    def __missing__(self, value: CellValue) -> str | None:
        text = encode_value(value, self._number_format, self._options)
        if len(self) < _MEMO_LIMIT:
            self[value] = text
        return text


def _encode_column(cells: _Cells, options: TextOptions, errors: list[RowError]) -> list[str | None]:
    """The texts of one column; what cannot be sent is None and has an error."""
    types = set(map(type, cells.values)) - {type(None)}
    stored = options.read == "stored"
    if types <= {str} and stored:
        given = cast("Sequence[str | None]", cells.values)
        texts = [text if text and not text.isspace() else None for text in given]
    elif cells.own_formats is None and (len(types) == 1 or types <= _NUMBERS):
        texts = _encode_alike(cells, options, errors)
    else:
        texts = _encode_each(cells, options, errors)
    if str in types or not stored:
        _refuse_texts(cells, texts, errors)
    return texts


def _encode_alike(cells: _Cells, options: TextOptions, errors: list[RowError]) -> list[str | None]:
    encoded = _Encoded(cells.number_format, options)
    try:
        return [encoded[value] for value in cells.values]
    except UnencodableValue:
        return _encode_each(cells, options, errors)


def _encode_each(cells: _Cells, options: TextOptions, errors: list[RowError]) -> list[str | None]:
    texts: list[str | None] = []
    formats = cells.own_formats or repeat(cells.number_format)
    for number, value, number_format in zip(cells.numbers, cells.values, formats, strict=False):
        try:
            texts.append(encode_value(value, number_format, options))
        except UnencodableValue as wrong:
            texts.append(None)
            errors.append(RowError(number, cells.name, wrong.shown, wrong.message, Code.CELL_ERROR))
    return texts


def _refuse_texts(cells: _Cells, texts: list[str | None], errors: list[RowError]) -> None:
    """Take out texts that XML or a cell cannot hold; a column without any is looked at once, as a whole."""
    present = [text for text in texts if text]
    longest = max(map(len, present), default=0)
    if longest <= MAX_TEXT_LENGTH // 2 and not _FORBIDDEN.search("".join(present)):
        return
    for index, text in enumerate(texts):
        error = _text_error(cells.numbers[index], cells.name, text) if text else None
        if error:
            texts[index] = None
            errors.append(error)


def _text_error(sheet_row: int, column: str, text: str) -> RowError | None:
    if match := _FORBIDDEN.search(text):
        message = (
            f"The text holds the control character U+{ord(match[0]):04X} at place {match.start() + 1}, "
            "which cannot be sent; delete it."
        )
        return RowError(sheet_row, column, _FORBIDDEN.sub("\ufffd", text), message, Code.CONTROL_CHARACTER)
    length = len(text.encode("utf-16-le")) // 2
    if length > MAX_TEXT_LENGTH:
        message = (
            f"The text is {length:,} characters long; {MAX_TEXT_LENGTH:,} is the most a cell can hold. Shorten it."
        )
        return RowError(sheet_row, column, text, message, Code.TOO_LONG)
    return None


def _encode_text(text: str, number_format: str, options: TextOptions) -> str | None:
    if exact(text) and options.read == "displayed" and "@" in number_format:
        text = display_text(text, number_format)
    return exact(text)


def _encode_number(value: float | Decimal, number_format: str, options: TextOptions) -> str | None:
    text = _number_text(value)
    if text is None or number_format == _GENERAL:
        return text
    number = Decimal(text)
    if options.read == "displayed":
        shown = display_number(number, number_format, text.removeprefix("-"))
        if shown is not None:
            return shown or None
    section = code_format(number_format)
    return pad_code(number, section) if section and "." not in text else text


def _number_text(value: float | Decimal) -> str | None:
    """Shortest text without exponent; floats with the digits that Excel shows, others exact; None for "no number"."""
    if isinstance(value, int):
        return str(int(value))
    if not math.isfinite(value):
        if math.isnan(value):
            return None
        raise UnencodableValue("The cell holds an infinite number, which cannot be sent.", str(value))
    if isinstance(value, Decimal):
        return _plain(value)
    if value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return str(int(value))
    text = repr(value)
    if len(text) <= SIGNIFICANT_DIGITS + 1 and "e" not in text:
        return text
    return _plain(Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}"))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _encode_moment(value: Moment, number_format: str, options: TextOptions) -> str | None:
    if options.read == "displayed":
        shown = display_moment(value, number_format)
        if shown is not None:
            return shown or None
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, datetime):
        value = _to_milliseconds(value)
        if value.date() in _NO_DATES:
            value = value.time()
    elif isinstance(value, time):
        value = _to_milliseconds(datetime.combine(_NO_DATES[0], value)).timetz()
    return _us_text(value) if options.dates == "us" else _iso_text(value)


def _to_milliseconds(value: datetime) -> datetime:
    """Without the noise of Excel's day fractions."""
    noise = value.microsecond % 1000
    if noise == 0:
        return value
    try:
        return value + timedelta(microseconds=1000 - noise if noise >= 500 else -noise)
    except OverflowError:
        return value


def _iso_text(value: date | time) -> str:
    text = value.isoformat()
    if isinstance(value, datetime) and value.tzinfo is None:
        text = text.removesuffix("T00:00:00")
    return re.sub(r"(\.[0-9]*?)0+(?![0-9])", r"\1", text) if "." in text else text


def _us_text(value: date | time) -> str:
    parts: list[str] = []
    if isinstance(value, date):
        parts.append(f"{value.month}/{value.day}/{value.year:04d}")
    if isinstance(value, time) or (isinstance(value, datetime) and value.time() != time()):
        fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
        clock = f"{(value.hour - 1) % 12 + 1}:{value.minute:02d}:{value.second:02d}{fraction}"
        parts.append(f"{clock} {'PM' if value.hour >= 12 else 'AM'}")
    return " ".join(parts)


def _duration_text(value: timedelta) -> str:
    micros = (abs(value) // timedelta(microseconds=1) + 500) // 1000 * 1000
    sign = "-" if value < timedelta() and micros else ""
    seconds, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"
