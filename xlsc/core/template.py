"""Templates as values: columns with their words and rules, as the Columns sheet and the text definitions say them.

Nothing here knows a file or a service. What a guess says (a type with a question mark) shapes cells and never refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

from xlsc.core.markers import BLANK_MARKER, SKIP_MARKER
from xlsc.core.rules import ColumnRule, DocumentRule
from xlsc.core.shapes import describe_shape, shape_pattern
from xlsc.errors import UsageError

TypeName = Literal["text", "number", "integer", "date", "boolean"]
CheckName = Literal["", "unique", "debit", "credit", "balance", "same in document", "total", "part of total"]
TYPES: tuple[TypeName, ...] = ("text", "number", "integer", "date", "boolean")
CHECKS: tuple[CheckName, ...] = (
    "", "unique", "debit", "credit", "balance", "same in document", "total", "part of total",
)  # fmt: skip
DATA_SHEET = "Data"
#: Stands before the name of a range that lists choices; a sign of equality would make a formula of it.
LIST_SIGN = "list:"
#: Of what xlsc writes. 2: Pattern, Skip marker and Order on the Columns sheet, which has its columns by their headers.
LAYOUT_VERSION = 2
#: Fields whose text may end in a question mark: learned, shown, and never a reason to refuse.
_GUESSED = ("required", "length", "choices")
_FORMATS = {"text": "@", "number": "#,##0.00", "integer": "0", "date": "yyyy-mm-dd", "boolean": "General"}
_YES = frozenset(("yes", "y", "true", "x", "1"))
_NO = frozenset(("", "no", "n", "false", "0"))


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column of a template.

    Attributes:
        column: Technical name in the process.
        caption: What the header says; the name when "".
        key: Whether it groups rows into documents.
        required: Whether every row needs a value.
        type: What values are; ends in "?" for a guess.
        length: Longest text in characters; 0 = any.
        number_format: As Excel spells it; the type's own when "".
        choices: The only values that are allowed; or one text, ``list:`` and the name of a range that lists them.
        pattern: What a value looks like, as shapes.py reads it; "" = anything.
        check: A check beyond the value itself.
        skip_marker: Cell text that counts as an empty cell; "" = none.
        default: What is sent for an empty cell of a row that has other values.
        example: What the Guide shows.
        help: Input message of the cells.
        sheet: Where it stands, when header and lines have sheets of their own; "" = the data sheet. Keys stand on both.
        order: Place from left to right, from 1; 0 = as listed.
        guesses: Field and text of what was learned ("required", "length", "choices"); shown with ?, refuses nothing.
    """

    column: str
    caption: str = ""
    key: bool = False
    required: bool = False
    type: str = "text"
    length: int = 0
    number_format: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    check: str = ""
    skip_marker: str = ""
    default: str = ""
    example: str = ""
    help: str = ""
    sheet: str = ""
    order: int = 0
    guesses: tuple[tuple[str, str], ...] = ()

    @property
    def header(self) -> str:
        """What the header says."""
        return self.caption or self.column

    @property
    def plain_type(self) -> TypeName:
        """The type without the mark of a guess."""
        return cast(TypeName, self.type.rstrip("?"))

    @property
    def is_guess(self) -> bool:
        """Whether nobody has confirmed the type."""
        return self.type.endswith("?")

    @property
    def choices_name(self) -> str:
        """The named range that lists the choices; "" where they stand here."""
        first = self.choices[0] if len(self.choices) == 1 else ""
        return first[len(LIST_SIGN) :].strip() if first.startswith(LIST_SIGN) else ""

    @property
    def cell_format(self) -> str:
        """Number format of its cells."""
        return self.number_format or _FORMATS[self.plain_type]


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """A variable of a process's own source, filled into a named cell above the data (P §2.2).

    Attributes:
        name: With GBL_ in front; also the cell's name.
        caption: What stands beside the cell; the name when "".
        default: What the cell holds at first.
        help: Input message of the cell.
    """

    name: str
    caption: str = ""
    default: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class TemplateChart:
    """A chart of a run log: ``stacked`` columns or a ``line`` of the columns named, over the latest runs."""

    title: str
    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A template.

    Attributes:
        process: Id of the process.
        title: What the Guide calls it.
        steps: What a person does, in order.
        columns: From left to right.
        version: Of the template; begins at that of the layout.
        formulas: Headers and formulas of columns that are never sent; ``{row}`` is the row's number.
        blank_marker: Cell text that sets a value to empty.
        skip_marker: Cell text that leaves a value unchanged.
        lists: Names and values of the named ranges that choices refer to.
        variables: Of the process's own source; they stand above the data.
        charts: Of a run log, whose columns are those of the log.
    """

    process: str
    title: str
    columns: tuple[TemplateColumn, ...]
    steps: tuple[str, ...] = ()
    version: int = LAYOUT_VERSION
    formulas: tuple[tuple[str, str], ...] = ()
    blank_marker: str = BLANK_MARKER
    skip_marker: str = SKIP_MARKER
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    variables: tuple[TemplateVariable, ...] = ()
    charts: tuple[TemplateChart, ...] = ()

    @property
    def header_row(self) -> int:
        """1-based row of the headers: the first, or below the variables."""
        return len(self.variables) + 3 if self.variables else 1


#: Headers of the Columns sheet, and the fields they stand for.
HEADERS: Mapping[str, str] = {
    "Column": "column",
    "Caption": "caption",
    "Key": "key",
    "Required": "required",
    "Type": "type",
    "Length": "length",
    "Format": "number_format",
    "Choices": "choices",
    "Pattern": "pattern",
    "Check": "check",
    "Skip marker": "skip_marker",
    "Default": "default",
    "Example": "example",
    "Help": "help",
    "Sheet": "sheet",
    "Order": "order",
}
_GUESSES: tuple[tuple[str, str], ...] = (
    (r"date|since|until|\bday\b", "date?"),
    (r"amount|debit|credit|price|quantity|qty|limit|total|rate|cost", "number?"),
)


def guess_type(name: str) -> str:
    """A type from a column's name; the service tells none (P §2.1 [obs]), so it is only a guess.

    >>> guess_type("PostingDate"), guess_type("Credit Limit"), guess_type("AccountNo")
    ('date?', 'number?', 'text')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()
    return next((found for pattern, found in _GUESSES if re.search(pattern, words)), "text")


def write_row(column: TemplateColumn) -> list[str | float | None]:
    """A column as a row of the Columns sheet."""
    cells: list[str | float | None] = []
    guesses = dict(column.guesses)
    for name in HEADERS.values():
        value = getattr(column, name)
        if name in guesses:
            cells.append(f"{guesses[name]} ?")
        elif isinstance(value, bool):
            cells.append("yes" if value else None)
        elif isinstance(value, tuple):
            cells.append("; ".join(value) or None)
        else:
            cells.append(value or None)
    return cells


def read_row(cells: Mapping[str, object], place: str | Callable[[str], str]) -> TemplateColumn:
    """A row of the Columns sheet as a column.

    Args:
        cells: Values by field name.
        place: Where the row stands, for messages; or what says where a field of it stands.

    Raises:
        UsageError: A word is none that is known; names its cell and the words there are.
    """
    where = (lambda _field: place) if isinstance(place, str) else place
    texts = {name: _text(cells.get(name)) for name in HEADERS.values()}
    guesses = tuple((name, texts[name][:-1].strip()) for name in _GUESSED if texts[name].endswith("?"))
    texts |= {name: "" for name, _ in guesses}
    kind = (texts["type"] or "text").casefold()
    if kind.rstrip("?") not in TYPES:
        raise UsageError(
            f"{where('type')}: the type {texts['type']!r} is unknown.", f"Write one of {', '.join(TYPES)}."
        )
    if texts["check"].casefold() not in CHECKS:
        known = ", ".join(filter(None, CHECKS))
        raise UsageError(
            f"{where('check')}: the check {texts['check']!r} is unknown.", f"Write one of {known}, or leave it out."
        )
    if texts["pattern"]:
        shape_pattern(texts["pattern"], where("pattern"))
    return TemplateColumn(
        column=texts["column"],
        caption=texts["caption"],
        key=_switch(texts["key"], where("key")),
        required=_switch(texts["required"], where("required")),
        type=kind,
        length=_whole(texts["length"], where("length"), "length"),
        number_format=texts["number_format"],
        choices=tuple(part.strip() for part in texts["choices"].split(";") if part.strip()),
        pattern=texts["pattern"],
        check=texts["check"].casefold(),
        skip_marker=texts["skip_marker"],
        default=texts["default"],
        example=texts["example"],
        help=texts["help"],
        sheet=texts["sheet"],
        order=_whole(texts["order"], where("order"), "order"),
        guesses=guesses,
    )


def in_order(columns: Sequence[TemplateColumn]) -> tuple[TemplateColumn, ...]:
    """The columns from left to right: those with an order by it, the others behind in the order of the list."""
    return tuple(sorted(columns, key=lambda item: item.order or len(columns) + max(c.order for c in columns) + 1))


def _switch(text: str, place: str) -> bool:
    """Yes or no; a word that is neither is refused, since a column would be unchecked in silence."""
    if text.casefold() in _YES:
        return True
    if text.casefold() not in _NO:
        raise UsageError(f"{place}: {text!r} is neither yes nor no.", "Write yes, or leave the cell empty.")
    return False


def data_sheets(columns: Sequence[TemplateColumn]) -> tuple[str, ...]:
    """Names of the sheets that hold data: one, or header and lines in the order of their columns."""
    names = dict.fromkeys(item.sheet for item in columns if item.sheet and not item.key)
    return tuple(names) or (DATA_SHEET,)


def columns_of(columns: Sequence[TemplateColumn], sheet: str) -> tuple[TemplateColumn, ...]:
    """The columns that stand on a sheet; keys stand on every one."""
    return tuple(item for item in columns if item.key or (item.sheet or DATA_SHEET) == sheet)


def column_rules(
    columns: Sequence[TemplateColumn], lists: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> list[ColumnRule]:
    """The checks on values; guesses make none.

    Args:
        columns: Of the template.
        lists: Values of the named ranges that choices refer to, by name.
    """
    return [
        ColumnRule(
            item.column,
            required=item.required or item.key,
            kind="text" if item.is_guess else item.plain_type,
            max_length=item.length or None,
            choices=(lists.get(item.choices_name) if item.choices_name else item.choices) or None,
            pattern=shape_pattern(item.pattern, item.column) if item.pattern else None,
            shape=describe_shape(item.pattern),
            unique=item.check == "unique",
        )
        for item in columns
    ]


def document_rules(columns: Sequence[TemplateColumn]) -> list[DocumentRule]:
    """The checks on documents: balance, totals, columns that are the same throughout."""
    named = {check: [item.column for item in columns if item.check == check] for check in CHECKS}
    rules = [DocumentRule("balance", (name,)) for name in named["balance"]]
    if named["debit"] and named["credit"]:
        rules.append(DocumentRule("balance", (named["debit"][0], named["credit"][0])))
    if named["total"] and named["part of total"]:
        rules.append(DocumentRule("total", (named["total"][0], named["part of total"][0])))
    if named["same in document"]:
        rules.append(DocumentRule("same_value", tuple(named["same in document"])))
    return rules


def _whole(text: str, place: str, what: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise UsageError(f"{place}: the {what} {text!r} is no whole number.", "Write a number, like 15.")
    return int(text or 0)


def _text(value: object) -> str:
    """A cell's text; 15 and not 15.0 for a number that Excel keeps as a float."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
