"""Compound File Binary, version 3: the container of vbaProject.bin.

Writes only; no clock, no random number, so equal input gives equal bytes. Nothing here knows what VBA is.
Source: [MS-CFB]; all integers little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xlsc.errors import UsageError

#: Bytes of a sector, of a cell of the mini stream, and the stream size from which sectors are used.
SECTOR, MINI, CUTOFF = 512, 64, 4096
END_OF_CHAIN, FAT_SECTOR, FREE, NO_STREAM = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF, 0xFFFFFFFF
#: FAT sectors the header itself can name; more would need a DIFAT chain (files above 7 MB).
MAX_FAT_SECTORS = 109
_ROOT, _STORAGE, _STREAM = 5, 1, 2
_RED, _BLACK = 0, 1
_HEADER = struct.Struct("<8s16xHHHHH6x9I")
_ENTRY = struct.Struct("<64sHBBIII16xI8x8xIQ")

#: Names to streams; a mapping as value is a storage.
Tree = Mapping[str, "bytes | Tree"]


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    color: int = _BLACK
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM


@dataclass(slots=True)
class _Sectors:
    """Sectors in file order after the FAT, with the chain each belongs to."""

    first: int
    blocks: list[bytes] = field(default_factory=list)
    chain: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Append a chain; returns its first sector's number, or END_OF_CHAIN for nothing."""
        pieces = _split(content, SECTOR)
        if not pieces:
            return END_OF_CHAIN
        start = self.first + len(self.blocks)
        self.blocks.extend(pieces)
        self.chain.extend([*range(start + 1, start + len(pieces)), END_OF_CHAIN])
        return start


def write_compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file that holds ``tree``.

    Args:
        tree: Streams (bytes) and storages (mappings) by name; at most 31 characters a name.

    Raises:
        UsageError: A name is empty, too long or there twice in one storage, or the content exceeds about 7 MB.

    >>> write_compound_file({"PROJECT": b"x"})[:4].hex()
    'd0cf11e0'
    """
    entries = _list_entries(tree)
    mini_stream, mini_fat, mini_starts = _pack_small(entries)
    count = _count_fat_sectors(entries, mini_stream, mini_fat)
    sectors = _Sectors(first=count)
    first_directory = sectors.add(bytes(_padded_size(len(entries) * _ENTRY.size, SECTOR)))
    first_mini_fat = sectors.add(mini_fat)
    first_mini_stream = sectors.add(mini_stream)
    starts = [mini_starts.get(i, 0) for i in range(len(entries))]
    for index, entry in enumerate(entries):
        if len(entry.content) >= CUTOFF:
            starts[index] = sectors.add(entry.content)
    starts[0] = first_mini_stream
    directory = _write_directory(entries, starts, len(mini_stream))
    sectors.blocks[: len(directory) // SECTOR] = _split(directory, SECTOR)
    header = _write_header(count, first_directory, first_mini_fat, len(mini_fat) // SECTOR)
    return header + _write_fat(count, sectors.chain) + b"".join(sectors.blocks)


def _split(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size].ljust(size, b"\0") for at in range(0, len(content), size)]


def _padded_size(size: int, unit: int) -> int:
    return -(-size // unit) * unit


def _sort_key(name: str) -> tuple[int, str]:
    """Order of siblings: length of the UTF-16 name, then the name in capitals."""
    return len(name.encode("utf-16-le")), name.upper()


def _list_entries(tree: Tree) -> list[_Entry]:
    """All directory entries, entry 0 the root, with their search trees."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0] = replace(entries[0], child=_add_children(entries, tree))
    return entries


def _add_children(entries: list[_Entry], tree: Tree) -> int:
    """Append a storage's children; returns the number of the tree's root, or NO_STREAM."""
    names = sorted(tree, key=_sort_key)
    _check_names(names)
    base = len(entries)
    for name in names:
        node = tree[name]
        entries.append(_Entry(name, _STREAM, node) if isinstance(node, bytes) else _Entry(name, _STORAGE))
    for number, left, right, color in _balance(base, len(names)):
        entries[number] = replace(entries[number], left=left, right=right, color=color)
    for offset, name in enumerate(names):
        node = tree[name]
        if not isinstance(node, bytes):
            child = _add_children(entries, node)
            entries[base + offset] = replace(entries[base + offset], child=child)
    return base + len(names) // 2 if names else NO_STREAM


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not name or len(name.encode("utf-16-le")) > 62 or set(name) & set("/\\:!"):
            raise UsageError(
                f"'{name}' cannot name a stream.", "Use 1 to 31 characters, none of them a slash, colon or '!'."
            )
    if len({name.upper() for name in names}) < len(names):
        raise UsageError("Two streams of one storage have the same name.", "Names are compared without case.")


def _balance(base: int, count: int) -> Iterator[tuple[int, int, int, int]]:
    """(entry, left, right, colour) of a search tree over ``count`` sorted entries: the middle is the root.

    Black everywhere but on an incomplete last level, so that each path has the same number of black entries.
    """
    depth = count.bit_length()
    complete = count == (1 << depth) - 1
    pending = [(0, count, 1)] if count else []
    while pending:
        low, high, level = pending.pop()
        middle = (low + high) // 2
        left = base + (low + middle) // 2 if low < middle else NO_STREAM
        right = base + (middle + 1 + high) // 2 if middle + 1 < high else NO_STREAM
        yield base + middle, left, right, _RED if level == depth and not complete else _BLACK
        if low < middle:
            pending.append((low, middle, level + 1))
        if middle + 1 < high:
            pending.append((middle + 1, high, level + 1))


def _pack_small(entries: Sequence[_Entry]) -> tuple[bytes, bytes, dict[int, int]]:
    """(mini stream, its allocation table, first cell by entry) for the streams below CUTOFF."""
    cells: list[bytes] = []
    chain: list[int] = []
    starts: dict[int, int] = {}
    for index, entry in enumerate(entries):
        if entry.kind != _STREAM or len(entry.content) >= CUTOFF:
            continue
        pieces = _split(entry.content, MINI)
        starts[index] = len(cells) if pieces else END_OF_CHAIN
        chain.extend([*range(len(cells) + 1, len(cells) + len(pieces)), END_OF_CHAIN] if pieces else [])
        cells.extend(pieces)
    table = struct.pack(f"<{len(chain)}I", *chain)
    padded = table.ljust(_padded_size(len(table), SECTOR), b"\xff")
    return b"".join(cells), padded, starts


def _count_fat_sectors(entries: Sequence[_Entry], mini_stream: bytes, mini_fat: bytes) -> int:
    """The smallest number of FAT sectors that describes all sectors, its own included."""
    sizes = [len(entries) * _ENTRY.size, len(mini_stream), len(mini_fat)]
    sizes += [len(entry.content) for entry in entries if len(entry.content) >= CUTOFF]
    others = sum(-(-size // SECTOR) for size in sizes)
    count = -(-others // 127)
    if count > MAX_FAT_SECTORS:
        raise UsageError("The VBA project is larger than 7 MB.", "Split it, or take out what is not needed.")
    return count


def _write_directory(entries: Sequence[_Entry], starts: Sequence[int], mini_size: int) -> bytes:
    written = b"".join(
        _write_entry(entry, start, mini_size if entry.kind == _ROOT else len(entry.content))
        for entry, start in zip(entries, starts, strict=True)
    )
    unused = _ENTRY.pack(b"", 0, 0, 0, NO_STREAM, NO_STREAM, NO_STREAM, 0, 0, 0)
    return written + unused * (-len(entries) % (SECTOR // _ENTRY.size))


def _write_entry(entry: _Entry, start: int, size: int) -> bytes:
    name = entry.name.encode("utf-16-le")
    first = 0 if entry.kind == _STORAGE else start
    links = (entry.left, entry.right, entry.child)
    return _ENTRY.pack(name, len(name) + 2, entry.kind, entry.color, *links, 0, first, size)


def _write_header(fat_count: int, first_directory: int, first_mini_fat: int, mini_fat_count: int) -> bytes:
    head = _HEADER.pack(
        bytes.fromhex("D0CF11E0A1B11AE1"),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, fat_count, first_directory, 0, CUTOFF),
        *(first_mini_fat, mini_fat_count, END_OF_CHAIN, 0),
    )
    own = [*range(fat_count), *[FREE] * (MAX_FAT_SECTORS - fat_count)]
    return head + struct.pack(f"<{MAX_FAT_SECTORS}I", *own)


def _write_fat(count: int, chain: Sequence[int]) -> bytes:
    cells = [FAT_SECTOR] * count + list(chain)
    cells += [FREE] * (count * SECTOR // 4 - len(cells))
    return struct.pack(f"<{len(cells)}I", *cells)
