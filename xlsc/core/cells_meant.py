"""Which cell of a row an error message means: it names the column, or it repeats the cell's value.

Only the text is read; nothing is guessed from what messages usually say. Source: P §2.5 [obs] (one message per row,
no column on the wire).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from xlsc.core.canonical import canonical

#: Characters of a message that are looked into; what stands behind is a stack trace.
_READ = 4_000
_MEMO = 4_096
_SHORTEST_PART = 3

_QUOTED = re.compile(
    r"""(?<!\w)'([^']+)'(?!\w) | "([^"]+)" | `([^`']+)[`'] | “([^”]+)” | ‘([^’]+)’ | «([^»]+)» | „([^“”]+)[“”]
    | \[([^\[\]]+)\] | \(([^()]+)\)""",
    re.VERBOSE,
)
_AFTER_COLON = re.compile(r"[:=]\s*(?=(\S[^\n]*))")
_CUT = re.compile(r"[,;.()](?=\s|$)|\n|\s-\s")
_WORD = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[^\s,;:!?()\[\]{}<>\"'`“”‘’«»„=]+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_A-Za-z0-9]+")
_EDGES = " .,;:!?'\"`()[]"
#: Names of columns that are also small words of a sentence; they count where the sentence shows that it means them.
_SMALL_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "by",
        "for",
        "if",
        "in",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "so",
        "to",
        "the",
    )
)
_INTRODUCED = re.compile(r"(?:\b(?:column|field|property|attribute)s?\s*[:=]?\s*|['\"`“‘«„\[])\Z", re.IGNORECASE)
_FOLLOWED = re.compile(r"\s*(?:[:='\"]|(?:is|are|was|has|must|may|can|cannot|does|should)\b)")
_ABSENT = re.compile(
    r"\b(?:missing|required|mandatory|blank|empty|null|without|(?:has|have|with) no|no value"
    r"|not (?:been )?(?:given|supplied|specified|set))\b",
    re.IGNORECASE,
)


class Evidence(IntEnum):
    """How much speaks for a cell."""

    KEY_NAME = 1
    KEY_VALUE = 2
    NAME = 3
    VALUE = 4


@dataclass(frozen=True, slots=True)
class Meant:
    """The column that a message means in one row: its 0-based index, and how much speaks for it."""

    index: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Message:
    """What a message holds, for one list of columns.

    Attributes:
        named: Columns it names, 0-based, the longest name first.
        hinted: Columns that it names in part or by a word that means something else too; only with their value.
        quoted: Texts in quotes, in brackets, after a colon.
        words: All texts and words in canonical spelling and lower case.
        folded: The message in lower case.
        tells_absence: Whether it says that something is missing.
    """

    named: tuple[int, ...]
    hinted: tuple[int, ...]
    quoted: tuple[str, ...]
    words: frozenset[str]
    folded: str
    tells_absence: bool

    def holds(self, value: str | None) -> bool:
        """Whether the value stands in the message as a whole word, or in quotes."""
        text = _folded(value)
        if not text:
            return False
        if text in self.words:
            return True
        spaced = " " in text and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.folded)
        return bool(spaced)


def find_cell(message: str, table_columns: Sequence[str], row_values: Sequence[str | None]) -> str | None:
    """The column whose cell a message means in a row; None where it says nothing clear.

    A message means a column that it names (whole words, the longest name first, any case, also as ``Credit Limit``
    for CreditLimit), or the only one whose cell holds a text that stands in quotes, in brackets or after a colon, or
    one that it names in part next to the cell's value (``Account 9999`` for AccountNo).

    Args:
        message: For the person.
        table_columns: Names, in the order of the values.
        row_values: Wire texts of the row.

    >>> find_cell("Credit limit must not be negative.", ["CreditLimit", "Terms"], ["-5", "NET30"])
    'CreditLimit'
    >>> find_cell("'ZZ' is not known", ["State", "City"], ["ZZ", "Lima"])
    'State'
    """
    meant = find_meant(message, tuple(table_columns), row_values)
    return table_columns[meant.index] if meant else None


def find_meant(
    message: str, columns: tuple[str, ...], values: Sequence[str | None], keys: Collection[int] = ()
) -> Meant | None:
    """As ``find_cell``, with how much speaks for it.

    Args:
        message: For the person.
        columns: Names, in the order of the values.
        values: Wire texts of the row.
        keys: 0-based positions of the key columns; they are meant only where no other column is, because messages
            often begin with the name of their document.
    """
    read = _read(message[:_READ], columns)
    own = next(_candidates(read, values, keys, of_keys=False), None)
    if own and own[1]:
        return Meant(own[0], Evidence.VALUE)
    key = next(_candidates(read, values, keys, of_keys=True), None)
    # "Journal 'J1' is not balanced: debit 5, credit 6" is about J1, and about no line's debit or credit.
    is_about_document = key and key[1] and sum(index not in keys for index in read.named) > 1
    if own and not is_about_document:
        return Meant(own[0], Evidence.NAME)
    return Meant(key[0], Evidence.KEY_VALUE if key[1] else Evidence.KEY_NAME) if key else None


def _candidates(
    read: _Message, values: Sequence[str | None], keys: Collection[int], *, of_keys: bool
) -> Iterator[tuple[int, bool]]:
    """Columns that may be meant, the likeliest first, each with whether its value speaks for it."""
    named = [index for index in read.named if (index in keys) is of_keys]
    if read.tells_absence:
        yield from ((index, True) for index in named if not _folded(values[index]))
    yield from ((index, True) for index in named if read.holds(values[index]))
    yield from ((index, True) for index in _quoting(read, values) if (index in keys) is of_keys)
    yield from ((index, False) for index in named)
    hinted = [index for index in read.hinted if (index in keys) is of_keys and read.holds(values[index])]
    if len({_folded(values[index]) for index in hinted}) == 1:
        yield hinted[0], True


def _quoting(read: _Message, values: Sequence[str | None]) -> Iterable[int]:
    """Columns whose cell is the only one that holds a quoted text: as it is, else in another spelling."""
    for text in read.quoted:
        for spell in (_stripped, _folded):
            wanted = spell(text)
            holding = [index for index, value in enumerate(values) if value and spell(value) == wanted]
            if holding:
                if len(holding) == 1:
                    yield holding[0]
                break


@lru_cache(maxsize=_MEMO)
def _read(message: str, columns: tuple[str, ...]) -> _Message:
    quoted = tuple(dict.fromkeys(_quoted_texts(message)))
    words = {_folded(text) for text in quoted}
    words.update(_folded(word.strip(_EDGES)) for word in _WORD.findall(message))
    named, small = _named_columns(message, columns)
    parts = {word.casefold() for word in _WORD.findall(message)}
    hinted = [
        index
        for index, name in enumerate(columns)
        if index not in named and any(len(part) >= _SHORTEST_PART and part.casefold() in parts for part in _parts(name))
    ]
    return _Message(
        named=tuple(named),
        hinted=(*small, *hinted),
        quoted=quoted,
        words=frozenset(words - {""}),
        folded=" ".join(message.casefold().split()),
        tells_absence=bool(_ABSENT.search(message)),
    )


def _quoted_texts(message: str) -> Iterable[str]:
    for match in _QUOTED.finditer(message):
        yield next(text for text in match.groups() if text)
    for match in _AFTER_COLON.finditer(message):
        rest = match[1]
        yield rest.strip(_EDGES)
        yield _CUT.split(rest, maxsplit=1)[0].strip(_EDGES)
        yield rest.split(maxsplit=1)[0].strip(_EDGES)


def _named_columns(message: str, columns: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Columns that a message names, the longest name first; and those it may name with a small word."""
    pattern, order = _names(columns)
    if pattern is None:
        return [], []
    exact = {name: index for index, name in enumerate(columns)}
    named: dict[int, None] = {}
    small: dict[int, None] = {}
    for match in pattern.finditer(message):
        index = exact.get(match[0], order[(match.lastindex or 1) - 1])
        if columns[index].casefold() not in _SMALL_WORDS:
            named[index] = None
        elif match[0] == columns[index]:
            meant = _INTRODUCED.search(message[: match.start()]) or _FOLLOWED.match(message, match.end())
            (named if meant else small)[index] = None
    return sorted(named, key=lambda index: -len(columns[index])), [index for index in small if index not in named]


@lru_cache(maxsize=64)
def _names(columns: tuple[str, ...]) -> tuple[re.Pattern[str] | None, list[int]]:
    """One expression with a group per column, the longest name first, and the columns of the groups."""
    order = [index for index in sorted(range(len(columns)), key=lambda index: -len(columns[index])) if columns[index]]
    if not order:
        return None, []
    spellings = (r"[\W_]{0,3}".join(map(re.escape, _parts(columns[index]))) for index in order)
    return re.compile(r"(?<!\w)(?:" + "|".join(f"({spelling})" for spelling in spellings) + r")(?!\w)", re.I), order


def _parts(name: str) -> list[str]:
    """The words of a name: CreditLimit, credit_limit and Credit Limit have the same two."""
    return _PARTS.findall(name) or [name]


def _stripped(text: str) -> str:
    return text.strip()


def _folded(text: str | None) -> str:
    return (canonical(text) or "").casefold()
