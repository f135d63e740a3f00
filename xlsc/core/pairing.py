"""Pairs echoed rows with the rows that were sent, by their values: hash joins over ever wider comparison.

Knows of messages only whether two are the same, and of sheets only the order of their rows. Every step looks at each
row a fixed number of times, so the whole is linear. Source: P §2.5 (no row id, values come back normalised, whole
documents fail [obs]; order of rows [?]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import getitem, itemgetter

from xlsc.core.canonical import Memo, Normalise, canonical, canonical_day_first, is_day_first, loose
from xlsc.core.table import Table

#: Values of one row in the columns that are compared.
Values = tuple[str | None, ...]
#: Positions of rows by what they have in common.
Groups = Mapping[Values, Sequence[int]]
#: Ways of agreeing that are tried for rows of which the service changed values; each costs one look at the rows.
_MOST_MASKS = 8


class Level(IntEnum):
    """How texts are compared; equal at one level is equal at the next."""

    EXACT = 0
    CANONICAL = 1
    LOOSE = 2


@dataclass(frozen=True, slots=True)
class Echo:
    """What came back: column names, rows of values, and a message for each row."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    messages: Sequence[str]


def pair_rows(echo: Echo, table: Table) -> list[int | None]:
    """For each echoed row the 0-based index of the row in ``table.rows`` it came from; None where it fits none.

    Rows that are equal in all columns both sides have go together first, then those that are equal in another
    spelling, then rows of the same document: by the columns that agree, then in order. Of equal rows each is taken
    once before one is taken twice. Where codes only become equal by dropping zeros or case, and more than one fits,
    none is taken.
    """
    shared = share_columns(echo.columns, table)
    if not shared or not echo.rows or not table.rows:
        return [None] * len(echo.rows)
    pairing = _Pairing(echo, table, shared)
    pairing.join_whole_rows()
    pairing.join_documents()
    pairing.join_by_content()
    return pairing.finish()


def share_columns(names: Sequence[str], table: Table) -> list[tuple[int, int]]:
    """(index among ``names``, index in the table) of the columns both have, in the table's order.

    A column is found by its name, else by its name in another case, else by its letters and digits alone.
    """
    shared: dict[int, int] = {}
    for spell in (str, str.casefold, _bare):
        places = {spell(name): index for index, name in reversed(list(enumerate(table.names)))}
        for index, name in enumerate(names):
            place = places.get(spell(name))
            if place is not None and index not in shared and place not in shared.values():
                shared[index] = place
    return sorted(shared.items(), key=lambda pair: pair[1])


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum()) or name


class _Side:
    """Rows of one side, reduced to the shared columns, their texts spelled as a level asks."""

    def __init__(self, rows: Sequence[Sequence[str | None]], indexes: Sequence[int]) -> None:
        self.count = len(rows)
        self._rows = rows
        self._indexes = indexes
        self._spellings: dict[Level, list[Memo]] = {}

    def spell(self, places: Sequence[int], level: Level) -> Callable[[int], Values]:
        """A function from a row's position to its texts in some of the shared columns."""
        rows = self._rows
        indexes = [self._indexes[place] for place in places]
        pick = _pick(indexes)
        if level is Level.EXACT:
            return lambda position: pick(rows[position])
        memos = [self._memos(level)[place] for place in places]
        return lambda position: tuple(map(getitem, memos, pick(rows[position])))

    def column(self, positions: Iterable[int], place: int) -> list[str | None]:
        """The canonical texts of some rows in one shared column."""
        rows, index, memo = self._rows, self._indexes[place], self._memos(Level.CANONICAL)[place]
        return [memo[rows[position][index]] for position in positions]

    def _memos(self, level: Level) -> list[Memo]:
        if not self._spellings:
            plain = [self._canonical_spelling(index) for index in self._indexes]
            self._spellings[Level.CANONICAL] = [Memo(spell) for spell in plain]
            self._spellings[Level.LOOSE] = [Memo(_then_loose(spell)) for spell in plain]
        return self._spellings[level]

    def _canonical_spelling(self, index: int) -> Normalise:
        """Whether the day stands first can only be told from all dates of a column together."""
        return canonical_day_first if is_day_first([row[index] for row in self._rows]) else canonical


def _pick(indexes: Sequence[int]) -> Callable[[Sequence[str | None]], Values]:
    if len(indexes) == 1:
        index = indexes[0]
        return lambda row: (row[index],)
    return itemgetter(*indexes) if indexes else lambda _: ()


def _then_loose(spell: Normalise) -> Normalise:
    return lambda text: loose(spell(text))


class _Pairing:
    """One pairing on its way: which echoed rows wait, which sent rows are taken, and by which messages."""

    def __init__(self, echo: Echo, table: Table, shared: Sequence[tuple[int, int]]) -> None:
        self._echo = _Side(echo.rows, [index for index, _ in shared])
        self._sent = _Side([row.values for row in table.rows], [index for _, index in shared])
        self._messages = echo.messages
        self._places = range(len(shared))
        self._key_places = [place for place, (_, index) in enumerate(shared) if table.columns[index].is_key]
        self._answers: list[int | None] = [None] * self._echo.count
        self._taken = bytearray(self._sent.count)
        self._said: set[tuple[int, str]] = set()
        self._repeats: dict[int, int] = {}
        self._candidates: Sequence[int] = range(self._sent.count)

    def join_whole_rows(self) -> None:
        """Pair rows that are equal in all shared columns, level by level, so that none takes another's exact match."""
        self._join_at(Level.EXACT)
        if self._waiting():
            self._narrow()
            self._join_at(Level.CANONICAL)
            self._join_at(Level.LOOSE)

    def join_documents(self) -> None:
        """Pair what is left within its document, found by the key: by agreeing columns, then in order."""
        if not self._key_places:
            return
        for level in Level:
            echoes = self._by_key(self._unmatched(), self._echo, level)
            rows = self._by_key(self._candidates, self._sent, level, wanted=echoes)
            for key, group in rows.items():
                if level is not Level.LOOSE or self._is_one(self._key_places, group):
                    self._join_agreeing(echoes[key], group)
                    waiting = [position for position in echoes[key] if self._answers[position] is None]
                    self._assign(waiting, group, repeats=True)

    def join_by_content(self) -> None:
        """Pair rows without a usable key by at least half of their values, where only one content fits.

        A key that came back and was never sent rules a row out: it belongs to something else.
        """
        waiting = self._unmatched()
        rows = range(self._sent.count)
        for mask, positions in self._agreement(waiting, rows) if waiting else ():
            fitting = [position for position in positions if self._is_enough(position, mask)]
            for group, found in self._join_on(mask, fitting, rows):
                if self._is_one(self._places, found):
                    self._assign(group, found, repeats=True)

    def finish(self) -> list[int | None]:
        """The answers; a row that came back more often than it was sent goes to its equal once more."""
        for position, index in self._repeats.items():
            if self._answers[position] is None:
                self._answers[position] = index
        return self._answers

    def _waiting(self) -> list[int]:
        return [position for position, answer in enumerate(self._answers) if answer is None]

    def _unmatched(self) -> list[int]:
        return [position for position in self._waiting() if position not in self._repeats]

    def _narrow(self) -> None:
        """Leave out sent rows whose key cannot fit any echoed row; nothing later needs them."""
        if self._key_places:
            wanted = set(map(self._echo.spell(self._key_places, Level.LOOSE), self._waiting()))
            key = self._sent.spell(self._key_places, Level.LOOSE)
            self._candidates = [index for index in range(self._sent.count) if key(index) in wanted]

    def _join_at(self, level: Level) -> None:
        waiting = self._waiting()
        if not waiting:
            return
        wanted = _grouped(waiting, self._echo.spell(self._places, level))
        found = _grouped(self._candidates, self._sent.spell(self._places, level), wanted)
        for values, rows in found.items():
            if level is not Level.LOOSE:
                self._assign(wanted[values], rows, repeats=level is Level.CANONICAL)
            elif self._is_one(self._places, [index for index in rows if not self._taken[index]]):
                self._assign(wanted[values], rows, repeats=self._is_one(self._places, rows))

    def _is_one(self, places: Sequence[int], rows: Iterable[int]) -> bool:
        """Whether rows that look alike mean the same in some columns; else taking one of them would be a guess."""
        return len(set(map(self._sent.spell(places, Level.CANONICAL), rows))) <= 1

    def _assign(self, positions: Sequence[int], rows: Sequence[int], *, repeats: bool) -> None:
        """Each echoed row takes a row of its own; with ``repeats`` those left over share one, if with a new message.

        One that brings nothing new is remembered: it may still mean a row that is equal in a wider sense.
        """
        free = [index for index in rows if not self._taken[index]]
        for position, index in zip(positions, free, strict=False):
            self._take(position, index)
        if not repeats:
            return
        next_rows: dict[str, int] = {}
        for position in positions[len(free) :]:
            message = self._messages[position]
            place = next_rows.get(message, 0)
            while place < len(rows) and (rows[place], message) in self._said:
                place += 1
            next_rows[message] = place
            if place < len(rows):
                self._take(position, rows[place])
            else:
                self._repeats.setdefault(position, rows[0])

    def _take(self, position: int, index: int) -> None:
        self._answers[position] = index
        self._taken[index] = 1
        self._said.add((index, self._messages[position]))

    def _by_key(self, positions: Iterable[int], side: _Side, level: Level, wanted: Groups | None = None) -> Groups:
        """Positions grouped by their key, those with a blank in it left out; with ``wanted`` only its keys."""
        groups = _grouped(positions, side.spell(self._key_places, level), wanted)
        return {key: group for key, group in groups.items() if all(key)}

    def _join_agreeing(self, positions: Sequence[int], rows: Sequence[int]) -> None:
        """Pair rows of one document by the columns whose values the document has; the most columns first."""
        free = [index for index in rows if not self._taken[index]]
        if len(free) > 1:
            for mask, group in self._agreement(positions, free):
                for agreeing, found in self._join_on(mask, group, free):
                    self._assign(agreeing, found, repeats=False)

    def _agreement(self, positions: Sequence[int], rows: Sequence[int]) -> list[tuple[int, list[int]]]:
        """The columns, as bits, whose values some of the rows have too, with the echoed rows of which that holds."""
        masks = [0] * len(positions)
        for place in self._places:
            known = set(self._sent.column(rows, place)) - {None}
            for order, value in enumerate(self._echo.column(positions, place)):
                if value in known:
                    masks[order] |= 1 << place
        return _ranked(positions, masks)

    def _join_on(
        self, mask: int, positions: Sequence[int], rows: Iterable[int]
    ) -> list[tuple[Sequence[int], Sequence[int]]]:
        """Echoed and sent rows that agree in all columns of a mask."""
        places = [place for place in self._places if mask >> place & 1]
        wanted = _grouped(positions, self._echo.spell(places, Level.CANONICAL))
        found = _grouped(rows if wanted else (), self._sent.spell(places, Level.CANONICAL), wanted)
        return [(wanted[values], indexes) for values, indexes in found.items()]

    def _is_enough(self, position: int, mask: int) -> bool:
        values = self._echo.spell(self._places, Level.CANONICAL)(position)
        present = sum(1 << place for place, value in enumerate(values) if value is not None)
        keys = sum(1 << place for place in self._key_places)
        return mask & keys == present & keys and mask.bit_count() * 2 >= present.bit_count()


def _grouped(positions: Iterable[int], spell: Callable[[int], Values], wanted: Groups | None = None) -> Groups:
    """Positions by their values, all-blank ones left out; with ``wanted`` only those whose values stand there."""
    groups: dict[Values, list[int]] = {}
    for position in positions:
        values = spell(position)
        if any(values) if wanted is None else values in wanted:
            groups.setdefault(values, []).append(position)
    return groups


def _ranked(positions: Sequence[int], masks: Sequence[int]) -> list[tuple[int, list[int]]]:
    """The commonest masks, those with most columns first, each with its positions; the empty one left out."""
    common = [mask for mask, _ in Counter(masks).most_common(_MOST_MASKS + 1) if mask][:_MOST_MASKS]
    groups: dict[int, list[int]] = {mask: [] for mask in common}
    for position, mask in zip(positions, masks, strict=True):
        if mask in groups:
            groups[mask].append(position)
    return sorted(groups.items(), key=lambda group: (-group[0].bit_count(), group[0]))
