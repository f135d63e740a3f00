"""Local checks before anything is sent: all findings in one pass, as values. Nothing here knows a sheet or a service.

Amounts are added as decimals, never as floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal

from xlsc.core.canonical import canonical, parse_number
from xlsc.core.documents import Document, group_documents
from xlsc.core.results import Code, RowError
from xlsc.core.rules import KIND_NAMES, ColumnRule, DocumentRule, Judged, Verdict, quote
from xlsc.core.table import Row, Table
from xlsc.errors import UsageError

__all__ = ["ColumnRule", "DocumentRule", "check_table", "spread"]

_LISTED_ROWS = 3
#: Enough digits to add any amounts without rounding.
_WIDE = Context(prec=400)


def check_table(
    table: Table, rules: Sequence[ColumnRule] = (), document_rules: Sequence[DocumentRule] = ()
) -> list[RowError]:
    """All that is wrong with a table, found in one pass over it, in sheet order.

    Every key column has to have a value, whatever the rules say.

    Raises:
        UsageError: A rule asks for a required column that the table has not, or a document rule names one.
    """
    found: list[RowError] = []
    for index in table.key_indexes:
        name = table.columns[index].name
        message = f"{name} is a key column and must not be blank."
        found += [
            RowError(row.sheet_row, name, None, message, Code.MISSING_KEY)
            for row in table.rows
            if not (row.values[index] or "").strip()
        ]
    for rule in rules:
        found += _check_column(table, rule)
    if document_rules:
        documents = group_documents(table)
        for document_rule in document_rules:
            found += _check_documents(table, documents, document_rule)
    return _in_order(_without_repeats(found), table)


def spread(errors: Sequence[RowError], table: Table) -> list[RowError]:
    """The errors, and one with code DOCUMENT for each faultless row of a document that holds a faulty one.

    A document is taken or refused whole, so those rows cannot go either. Sorted by sheet row; errors without a row
    come last.
    """
    wrong = {error.sheet_row for error in errors}
    added: list[RowError] = []
    for document in group_documents(table):
        numbers = [table.rows[index].sheet_row for index in document.indexes]
        faulty = [number for number in numbers if number in wrong]
        if not faulty or len(faulty) == len(numbers):
            continue
        message = f"{_name_rows(sorted(faulty))} of the same document {'is' if len(faulty) == 1 else 'are'} wrong."
        added += [RowError(number, None, None, message, Code.DOCUMENT) for number in numbers if number not in wrong]
    return _in_order([*errors, *added], table)


def _check_column(table: Table, rule: ColumnRule) -> list[RowError]:
    index = _find_column(table, rule.column)
    if index is None:
        if rule.required:
            raise UsageError(
                f"The required column {rule.column} is not on the sheet.",
                "Restore the headers, or pick the process again.",
            )
        return []
    name = table.columns[index].name
    is_key = table.columns[index].is_key
    judged = Judged(rule)
    first_rows: dict[str, int] = {}
    found: list[RowError] = []
    for row in table.rows:
        value = row.values[index]
        verdicts = judged[value]
        repeat = _judge_repeat(value, row.sheet_row, first_rows) if rule.unique and value else None
        if repeat:
            verdicts = (*verdicts, repeat)
        found += [
            RowError(row.sheet_row, name, value, message, code)
            for code, message in verdicts
            if not (code is Code.REQUIRED and is_key)
        ]
    return found


def _judge_repeat(value: str, sheet_row: int, first_rows: dict[str, int]) -> Verdict:
    text = canonical(value)
    if text is None:
        return None
    first = first_rows.setdefault(text, sheet_row)
    if first == sheet_row:
        return None
    return Code.DUPLICATE, f"{quote(value)} stands in row {first} already; each value may stand only once."


def _check_documents(table: Table, documents: Iterable[Document], rule: DocumentRule) -> list[RowError]:
    indexes = [_need_column(table, column, rule.kind) for column in rule.columns]
    found: list[RowError] = []
    for document in documents:
        if table.key_indexes and not all(document.key):
            continue  # nothing says which document the row belongs to, and its missing key is reported
        rows = [table.rows[index] for index in document.indexes]
        if rule.kind == "balance":
            found += _check_balance(table, rows, indexes)
        elif rule.kind == "total":
            found += _check_total(table, rows, indexes)
        elif rule.kind == "max_rows":
            found += _check_size(rows, rule.limit or 0)
        else:
            for index in indexes:
                found += _check_same(table, rows, index)
    return found


def _add_up(table: Table, rows: Sequence[Row], indexes: Sequence[int]) -> tuple[list[Decimal], list[RowError]]:
    """The sum of each column, blank cells counted as zero; and the cells that hold no number."""
    sums = [Decimal(0) for _ in indexes]
    wrong: list[RowError] = []
    for row in rows:
        for place, index in enumerate(indexes):
            value = row.values[index]
            number = parse_number(value) if value and value.strip() else Decimal(0)
            if number is None:
                message = f"{quote(value or '')} is not {KIND_NAMES['number']}."
                wrong.append(RowError(row.sheet_row, table.columns[index].name, value, message, Code.TYPE))
            else:
                sums[place] = _WIDE.add(sums[place], number)
    return sums, wrong


def _check_total(table: Table, rows: Sequence[Row], indexes: Sequence[int]) -> list[RowError]:
    """Rows whose total is not what the document's parts add up to; rows without a total say nothing."""
    total, part = indexes
    sums, wrong = _add_up(table, rows, [part])
    if wrong:
        return wrong
    name, found = table.columns[total].name, []
    for row in rows:
        value = row.values[total]
        number = parse_number(value) if value and value.strip() else None
        if number is not None and number != sums[0]:
            message = f"{name} is {quote(value or '')}, but {table.columns[part].name} adds up to {_plain(sums[0])}."
            found.append(RowError(row.sheet_row, name, value, message, Code.TOTAL))
    return found


def _check_balance(table: Table, rows: Sequence[Row], indexes: Sequence[int]) -> list[RowError]:
    sums, wrong = _add_up(table, rows, indexes)
    difference = sums[0] if len(sums) == 1 else _WIDE.subtract(sums[0], sums[1])
    if wrong or not difference:
        return wrong
    names = [table.columns[index].name for index in indexes]
    if len(sums) == 1:
        message = f"The document does not balance: {names[0]} adds up to {_plain(sums[0])} instead of 0."
    else:
        message = (
            f"The document does not balance: {names[0]} adds up to {_plain(sums[0])}, {names[1]} to {_plain(sums[1])}."
        )
    return [_balance_error(table, row, indexes, message) for row in rows]


def _balance_error(table: Table, row: Row, indexes: Sequence[int], message: str) -> RowError:
    """The error on the amount that the row has; debit where it has none or both."""
    index = next((index for index in indexes if row.values[index]), indexes[0])
    return RowError(row.sheet_row, table.columns[index].name, row.values[index], message, Code.BALANCE)


def _check_size(rows: Sequence[Row], limit: int) -> list[RowError]:
    if len(rows) <= limit:
        return []
    message = f"The document has {len(rows):,} rows; at most {limit:,} are allowed."
    return [RowError(row.sheet_row, None, None, message, Code.RANGE) for row in rows]


def _check_same(table: Table, rows: Sequence[Row], index: int) -> list[RowError]:
    """Rows that differ from the document's first one."""
    first, name = rows[0], table.columns[index].name
    expected = canonical(first.values[index])
    found: list[RowError] = []
    for row in rows[1:]:
        value = row.values[index]
        if value != first.values[index] and canonical(value) != expected:
            message = (
                f"{name} is {quote(value or '')}, but {quote(first.values[index] or '')} in row {first.sheet_row} "
                "of the same document."
            )
            found.append(RowError(row.sheet_row, name, value, message, Code.SAME_VALUE))
    return found


def _find_column(table: Table, name: str) -> int | None:
    names = table.names
    if name in names:
        return names.index(name)
    folded = name.casefold()
    return next((index for index, other in enumerate(names) if other.casefold() == folded), None)


def _need_column(table: Table, name: str, kind: str) -> int:
    index = _find_column(table, name)
    if index is None:
        message = f"The rule {kind} needs the column {name}, which is not on the sheet."
        raise UsageError(message, "Restore the headers, or correct the rule.")
    return index


def _without_repeats(errors: Iterable[RowError]) -> list[RowError]:
    """The errors, each said once; of two rules that find the wrong type of one cell the first one speaks."""
    kept: dict[tuple[object, ...], RowError] = {}
    for error in errors:
        said = "" if error.code is Code.TYPE else error.message
        kept.setdefault((error.sheet_row, error.column, error.code, said), error)
    return list(kept.values())


def _in_order(errors: Iterable[RowError], table: Table) -> list[RowError]:
    places = {name: index for index, name in enumerate(table.names)}
    last = len(places)
    return sorted(
        errors,
        key=lambda error: (
            error.sheet_row is None,
            error.sheet_row or 0,
            places.get(error.column, last) if error.column else last,
        ),
    )


def _name_rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Row {numbers[0]}"
    if len(numbers) <= _LISTED_ROWS:
        return f"Rows {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    return f"Rows {', '.join(map(str, numbers[:_LISTED_ROWS]))} and {len(numbers) - _LISTED_ROWS} more"


def _plain(number: Decimal) -> str:
    return canonical(f"{number:f}") or "0"
