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

from xlsc.core.canonical import Memo, Normalise, canonical, canonical_day_first, exact, is_day_first, loose
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

    def __init__(self, raw: Callable[[int], Sequence[str | None]], count: int, indexes: Sequence[int]) -> None:
        self._raw = raw
        self.count = count
        self._indexes = indexes
        self._spellings: dict[Level, list[Memo]] = {Level.EXACT: [Memo(exact) for _ in indexes]}

    def values(self, position: int, level: Level) -> Values:
        """The row's texts in all shared columns."""
        row = self._raw(position)
        return tuple(memo[row[index]] for memo, index in zip(self._memos(level), self._indexes, strict=True))

    def value(self, position: int, place: int, level: Level) -> str | None:
        """The row's text in one shared column, by its place among them."""
        return self._memos(level)[place][self._raw(position)[self._indexes[place]]]

    def key(self, position: int, places: Sequence[int], level: Level) -> Values:
        """The row's texts in some of the shared columns."""
        return tuple(self.value(position, place, level) for place in places)

    def _memos(self, level: Level) -> list[Memo]:
        memos = self._spellings.get(level)
        if memos is None:
            plain = self._canonical_spellings()
            self._spellings[Level.CANONICAL] = [Memo(spell) for spell in plain]
            self._spellings[Level.LOOSE] = [Memo(_then_loose(spell)) for spell in plain]
            memos = self._spellings[level]
        return memos

    def _canonical_spellings(self) -> list[Normalise]:
        """One for each column: whether the day stands first can only be told from all its dates together."""
        return [
            canonical_day_first
            if is_day_first(self._raw(position)[index] for position in range(self.count))
            else canonical
            for index in self._indexes
        ]


def _then_loose(spell: Normalise) -> Normalise:
    return lambda text: loose(spell(text))


class _Pairing:
    """One pairing on its way: which echoed rows wait, which sent rows are taken, and by which messages."""

    def __init__(self, echo: Echo, table: Table, shared: Sequence[tuple[int, int]]) -> None:
        rows = table.rows
        self._echo = _Side(lambda position: echo.rows[position], len(echo.rows), [index for index, _ in shared])
        self._sent = _Side(lambda index: rows[index].values, len(rows), [place for _, place in shared])
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
            if not echoes:
                continue
            rows = self._by_key(self._candidates, self._sent, level, wanted=echoes)
            if level is Level.LOOSE:
                rows = {key: group for key, group in rows.items() if self._is_one_key(group)}
            self._join_agreeing(echoes, rows)
            for key, positions in echoes.items():
                if key in rows:
                    waiting = [position for position in positions if self._answers[position] is None]
                    self._assign(waiting, rows[key], repeats=True)

    def join_by_content(self) -> None:
        """Pair rows without a usable key by at least half of their values, where only one content fits.

        A key that came back and was never sent rules a row out: it belongs to something else.
        """
        waiting = self._unmatched()
        if not waiting:
            return
        rows: Groups = {(): range(self._sent.count)}
        masks = self._agreement({(): waiting}, rows)
        for mask, positions in _ranked(masks):
            fitting = [position for position in positions if self._is_enough(position, mask)]
            for group, found in self._join_on(mask, {(): fitting}, rows, free_only=False):
                if self._is_one_content(found):
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
            wanted = {self._echo.key(position, self._key_places, Level.LOOSE) for position in self._waiting()}
            self._candidates = [
                index
                for index in range(self._sent.count)
                if self._sent.key(index, self._key_places, Level.LOOSE) in wanted
            ]

    def _join_at(self, level: Level) -> None:
        wanted: dict[Values, list[int]] = {}
        for position in self._waiting():
            values = self._echo.values(position, level)
            if any(values):
                wanted.setdefault(values, []).append(position)
        found: dict[Values, list[int]] = {}
        for index in self._candidates if wanted else ():
            values = self._sent.values(index, level)
            if values in wanted:
                found.setdefault(values, []).append(index)
        for values, rows in found.items():
            if level is not Level.LOOSE:
                self._assign(wanted[values], rows, repeats=level is Level.CANONICAL)
            elif self._is_one_content(index for index in rows if not self._taken[index]):
                self._assign(wanted[values], rows, repeats=self._is_one_content(rows))

    def _is_one_content(self, rows: Iterable[int]) -> bool:
        """Whether rows that are loosely equal mean the same; else taking one of them would be a guess."""
        return len({self._sent.values(index, Level.CANONICAL) for index in rows}) <= 1

    def _is_one_key(self, rows: Iterable[int]) -> bool:
        return len({self._sent.key(index, self._key_places, Level.CANONICAL) for index in rows}) == 1

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
            if position in self._repeats:
                continue
            message = self._messages[position]
            place = next_rows.get(message, 0)
            while place < len(rows) and (rows[place], message) in self._said:
                place += 1
            next_rows[message] = place
            if place < len(rows):
                self._take(position, rows[place])
            else:
                self._repeats[position] = rows[0]

    def _take(self, position: int, index: int) -> None:
        self._answers[position] = index
        self._taken[index] = 1
        self._said.add((index, self._messages[position]))

    def _by_key(
        self, positions: Iterable[int], side: _Side, level: Level, wanted: Groups | None = None
    ) -> dict[Values, list[int]]:
        """Positions grouped by their key, those with a blank in it left out; with ``wanted`` only its keys."""
        groups: dict[Values, list[int]] = {}
        for position in positions:
            key = side.key(position, self._key_places, level)
            if all(key) and (wanted is None or key in wanted):
                groups.setdefault(key, []).append(position)
        return groups

    def _join_agreeing(self, echoes: Groups, rows: Groups) -> None:
        """Pair rows of the same document by the columns whose values the document has; the most columns first."""
        several = {key: positions for key, positions in echoes.items() if len(rows.get(key, ())) > 1}
        if several:
            for mask, positions in _ranked(self._agreement(several, rows)):
                chosen = set(positions)
                groups = {key: [p for p in group if p in chosen] for key, group in several.items()}
                for group, found in self._join_on(mask, groups, rows, free_only=True):
                    self._assign(group, found, repeats=False)

    def _agreement(self, echoes: Groups, rows: Groups) -> dict[int, int]:
        """For each echoed row the columns, as bits, whose value some row of its group has too; blanks do not count."""
        masks = {position: 0 for positions in echoes.values() for position in positions}
        for place in self._places:
            wanted = self._wanted_values(echoes, place)
            for key in echoes:
                for index in rows[key]:
                    value = self._sent.value(index, place, Level.CANONICAL)
                    for position in wanted.pop((key, value), ()):
                        masks[position] |= 1 << place
        return masks

    def _wanted_values(self, echoes: Groups, place: int) -> dict[tuple[Values, str | None], list[int]]:
        wanted: dict[tuple[Values, str | None], list[int]] = {}
        for key, positions in echoes.items():
            for position in positions:
                value = self._echo.value(position, place, Level.CANONICAL)
                if value is not None:
                    wanted.setdefault((key, value), []).append(position)
        return wanted

    def _join_on(
        self,
        mask: int,
        echoes: Groups,
        rows: Groups,
        *,
        free_only: bool,
    ) -> list[tuple[list[int], list[int]]]:
        """Echoed and sent rows of the same group that agree in all columns of a mask."""
        places = [place for place in self._places if mask >> place & 1]
        answers: list[tuple[list[int], list[int]]] = []
        for key, positions in echoes.items():
            wanted: dict[Values, list[int]] = {}
            for position in positions:
                wanted.setdefault(self._echo.key(position, places, Level.CANONICAL), []).append(position)
            found: dict[Values, list[int]] = {}
            for index in rows[key] if wanted else ():
                if not (free_only and self._taken[index]):
                    values = self._sent.key(index, places, Level.CANONICAL)
                    if values in wanted:
                        found.setdefault(values, []).append(index)
            answers += [(wanted[values], indexes) for values, indexes in found.items()]
        return answers

    def _is_enough(self, position: int, mask: int) -> bool:
        present = sum(
            1 << place for place in self._places if self._echo.value(position, place, Level.CANONICAL) is not None
        )
        keys = sum(1 << place for place in self._key_places)
        return mask & keys == present & keys and mask.bit_count() * 2 >= present.bit_count()


def _ranked(masks: dict[int, int]) -> list[tuple[int, list[int]]]:
    """The commonest masks, those with most columns first, each with its positions; the empty one left out."""
    common = [mask for mask, _ in Counter(masks.values()).most_common(_MOST_MASKS + 1) if mask][:_MOST_MASKS]
    groups: dict[int, list[int]] = {mask: [] for mask in common}
    for position, mask in masks.items():
        if mask in groups:
            groups[mask].append(position)
    return sorted(groups.items(), key=lambda group: (-group[0].bit_count(), group[0]))
