"""Values as a cell shows them: the usual number formats of Excel, with en-US separators. Pure text, no cells.

Understood: decimals, thousands, percent, scaling commas, literals, currency, zero padding, conditions, sections,
dates, clock times, durations, ``@``. Not understood, so that None comes back and the caller takes the stored value:
fractions, exponents, formats that the system decides, names in other languages. ``General`` shows the stored value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from xlsc.core.number_format_dates import Shown, render_moment
from xlsc.core.number_format_tokens import Kind, Section, Token, parse_format, split_sections

#: Excel's own short date shows as the system says; files spell it so (built-in formats 14 and 22).
_SYSTEM_DATES = {"mm-dd-yy": "m/d/yyyy", "m/d/yy h:mm": "m/d/yyyy h:mm"}
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - dates of a sheet have no zone
_CODE = re.compile(r'(?:\[\$-[^\]]*\])?(0{2,}(?:(?:[-/() ]|\\.|"[^"]*")+0+)*)\Z')
_WIDE = Context(prec=800)
#: Longer numbers are no cell's; a cell ends at 1E+308 and a format at 255 characters.
_MOST_DIGITS = 400
#: What a placeholder shows where there is no digit.
_EMPTY = {"0": "0", "?": " "}

Moment = datetime | date | time | timedelta


@lru_cache(maxsize=1024)
def code_format(number_format: str) -> Section | None:
    """The section of a format that only pads a code with zeros, such as ``00000`` or ``000-00-0000``; else None."""
    first = split_sections(number_format)[0]
    match = _CODE.match(first)
    sections = parse_format(match[1]) if match else None
    return sections[0] if sections else None


def pad_code(number: Decimal, section: Section) -> str:
    """A whole number with the zeros and dividers of its code format.

    >>> pad_code(Decimal(123456), code_format("000-00-0000"))
    '000-12-3456'
    """
    sign = "-" if number < 0 else ""
    return sign + _render_whole(section.tokens, f"{abs(number):f}", group=False)


def display_number(number: Decimal, number_format: str, stored: str) -> str | None:
    """A number as Excel shows it; None where the format is not understood.

    Args:
        number: The value with the digits Excel keeps.
        number_format: As Excel spells it.
        stored: The text of its absolute value, for ``General``.

    >>> display_number(Decimal("-1234.5"), "#,##0.00;(#,##0.00)", "1234.5")
    '(1,234.50)'
    """
    sections = parse_format(number_format)
    if sections is None or number.adjusted() > _MOST_DIGITS:
        return None
    section, signed = _pick(sections, number)
    if section is None or section.has(Kind.DATE, Kind.ELAPSED, Kind.HALF_DAY):
        return None
    if section.has(Kind.GENERAL, Kind.TEXT):
        text: str | None = "".join(stored if _is_value(token) else token.text for token in section.tokens)
    else:
        text = _render_number(section.tokens, abs(number))
    if text is None:
        return None
    negative = signed and number < 0 and any(character in "123456789" for character in text)
    return ("-" + text if negative else text).strip()


def display_text(text: str, number_format: str) -> str:
    """A text as Excel shows it: within the format's text section, else as it is.

    >>> display_text("Lima", '"City of "@')
    'City of Lima'
    """
    sections = parse_format(number_format)
    if not sections:
        return text
    section = sections[3] if len(sections) == 4 else sections[-1]
    if not section.has(Kind.TEXT) or section.has(Kind.DIGIT, Kind.DATE, Kind.GENERAL):
        return text
    return "".join(text if token.kind is Kind.TEXT else token.text for token in section.tokens)


def display_moment(value: Moment, number_format: str) -> str | None:
    """A date, clock time or duration as Excel shows it; None where the format is not understood.

    >>> display_moment(datetime(2026, 1, 31, 14, 5), "d mmm yyyy h:mm AM/PM")
    '31 Jan 2026 2:05 PM'
    """
    sections = parse_format(_SYSTEM_DATES.get(number_format.lower(), number_format))
    if not sections or sections[0].condition or not sections[0].has(Kind.DATE, Kind.ELAPSED):
        return None
    try:
        text = render_moment(_shown(value), sections[0])
    except OverflowError:
        return None
    return text.strip() if text else None


def _shown(value: Moment) -> Shown:
    if isinstance(value, timedelta):
        return Shown(_EPOCH + value % timedelta(days=1), value, has_date=False)
    if isinstance(value, time):
        moment = datetime.combine(_EPOCH, value.replace(tzinfo=None))
        return Shown(moment, moment - _EPOCH, has_date=False)
    moment = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())
    return Shown(moment, moment - _EPOCH, has_date=True)


def _is_value(token: Token) -> bool:
    return token.kind in (Kind.GENERAL, Kind.TEXT)


def _pick(sections: Sequence[Section], number: Decimal) -> tuple[Section | None, bool]:
    """The section that shows a number, and whether a minus sign stands before it."""
    if any(section.condition for section in sections):
        return _pick_by_condition(sections, number), True
    numeric = sections[:-1] if len(sections) > 1 and sections[-1].has(Kind.TEXT) else sections[:3]
    if len(numeric) == 1:
        return numeric[0], True
    if number < 0:
        return numeric[1], False
    if number == 0 and len(numeric) == 3:
        return numeric[2], False
    return numeric[0], False


def _pick_by_condition(sections: Sequence[Section], number: Decimal) -> Section | None:
    for section in sections:
        if section.condition is None or _holds(section.condition, number):
            return section
    return None


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    operator, bound = condition
    if operator == "<>":
        return number != bound
    return ("=" in operator and number == bound) or (
        number < bound if operator[0] == "<" else operator[0] == ">" and number > bound
    )


def _render_number(tokens: Sequence[Token], number: Decimal) -> str | None:
    if not any(token.kind is Kind.DIGIT for token in tokens):
        return "".join(token.text for token in tokens)
    if _is_fraction(tokens):
        return None
    point = next((index for index, token in enumerate(tokens) if token.kind is Kind.POINT), len(tokens))
    whole, fraction = tokens[:point], tokens[point:]
    whole, scale, group = _read_commas(whole)
    scale += sum(token.kind is Kind.COMMA for token in fraction)
    percents = sum(token.kind is Kind.PERCENT for token in tokens)
    places = sum(token.kind is Kind.DIGIT for token in fraction)
    shifted = number.scaleb(2 * percents - 3 * scale, _WIDE)
    rounded = shifted.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    whole_digits, _, fraction_digits = f"{rounded:f}".partition(".")
    return _render_whole(whole, whole_digits, group=group) + _render_fraction(fraction, fraction_digits)


def _is_fraction(tokens: Sequence[Token]) -> bool:
    """Whether digits are divided, as in ``# ?/?``: shown as a fraction, which is not understood here."""
    return any(token.text == "/" for token in tokens) and any(token.text in "?#" for token in tokens)


def _read_commas(tokens: Sequence[Token]) -> tuple[list[Token], int, bool]:
    """The tokens without commas, how many thousands they scale by, and whether thousands are set apart."""
    last = max((index for index, token in enumerate(tokens) if token.kind is Kind.DIGIT), default=-1)
    commas = [index for index, token in enumerate(tokens) if token.kind is Kind.COMMA]
    scale = sum(index > last for index in commas)
    kept = [token for token in tokens if token.kind is not Kind.COMMA]
    return kept, scale, scale < len(commas)


def _render_whole(tokens: Sequence[Token], digits: str, *, group: bool) -> str:
    """Digits set into placeholders from the right; what is left over stands at the leftmost one."""
    codes = [token.text for token in tokens if token.kind is Kind.DIGIT]
    left = digits.lstrip("0")
    surplus = max(len(left) - len(codes), 0)
    filled = left[surplus:].rjust(len(codes), "\0")
    slots = [_EMPTY.get(code, "") if digit == "\0" else digit for code, digit in zip(codes, filled, strict=True)]
    if slots:
        slots[0] = left[:surplus] + slots[0]
    else:
        slots = [left]
    if group:
        slots = _grouped(slots)
    if not codes:
        return "".join(token.text for token in tokens) + slots[0]
    rest = iter(slots)
    return "".join(next(rest) if token.kind is Kind.DIGIT else token.text for token in tokens)


def _grouped(slots: Sequence[str]) -> list[str]:
    """The slots with a comma after each third digit from the right."""
    answers: list[str] = []
    count = 0
    for slot in reversed(slots):
        text = ""
        for digit in reversed(slot):
            comma = "," if digit != " " and count and count % 3 == 0 else ""
            text = digit + comma + text
            count += 1
        answers.append(text)
    return answers[::-1]


def _render_fraction(tokens: Sequence[Token], digits: str) -> str:
    pieces: list[str] = []
    place = 0
    for token in tokens:
        if token.kind is Kind.DIGIT:
            rest = digits[place:]
            blank = not rest.strip("0") and token.text != "0"
            pieces.append(rest[0] if not blank else _EMPTY.get(token.text, ""))
            place += 1
        else:
            pieces.append(token.text if token.kind is not Kind.COMMA else "")
    return "".join(pieces)
