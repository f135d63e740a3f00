"""Compound files: the container where other writers failed, so it is tested hardest."""

import io
import struct

import olefile
import pytest

from xlsc.addin.build.cfb import NO_STREAM, write_compound_file
from xlsc.errors import UsageError


def open_strictly(content: bytes) -> olefile.OleFileIO:
    return olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_INCORRECT)


def read_entries(content: bytes) -> list[tuple[str, int, int, int, int, int]]:
    """(name, kind, colour, left, right, child) of each directory entry, by following the directory's chain."""
    with open_strictly(content) as ole:
        return [
            (e.name, e.entry_type, e.color, e.sid_left, e.sid_right, e.sid_child) if e else ("", 0, 0, 0, 0, 0)
            for e in (ole.direntries[i] or ole._load_direntry(i) for i in range(len(ole.direntries)))
        ]


def walk(entries, number: int, seen: list[str]) -> int:
    """Visit a search tree in order; returns its height in black entries, and fails where the rules are broken."""
    if number == NO_STREAM:
        return 0
    name, _, color, left, right, _ = entries[number]
    for child in (left, right):
        assert color == 1 or child == NO_STREAM or entries[child][2] == 1, f"two red entries at {name}"
    before = walk(entries, left, seen)
    seen.append(name)
    assert walk(entries, right, seen) == before, f"unequal black height at {name}"
    return before + color


@pytest.mark.parametrize("count", [*range(1, 41), 63, 64, 65, 100, 127, 128, 129, 199, 200])
def test_tree_is_a_valid_search_tree_and_all_content_comes_back(count: int) -> None:
    streams = {f"{'Module' if n % 3 else 'm'}{n}": bytes([n % 251]) * (n * 37 % 5000) for n in range(count)}
    content = write_compound_file({"VBA": streams, "PROJECT": b"p"})
    with open_strictly(content) as ole:
        assert {name: ole.openstream(["VBA", name]).read() for name in streams} == streams
        assert ole.openstream("PROJECT").read() == b"p"
    entries = read_entries(content)
    storage = next(entry for entry in entries if entry[0] == "VBA")
    seen: list[str] = []
    walk(entries, storage[5], seen)
    assert seen == sorted(streams, key=lambda name: (len(name), name.upper()))


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097, 65_024, 65_025, 70_000, 1_000_000])
def test_sizes_around_every_boundary_come_back(size: int) -> None:
    data = bytes(n * 7 % 256 for n in range(size))
    with open_strictly(write_compound_file({"A": data, "B": b"beside"})) as ole:
        assert ole.openstream("A").read() == data
        assert ole.openstream("B").read() == b"beside"


def test_header_says_version_3_and_counts_its_fat_sectors() -> None:
    content = write_compound_file({"A": bytes(200_000)})
    major, order, shift = struct.unpack_from("<HHH", content, 26)
    fat_count = struct.unpack_from("<I", content, 44)[0]
    assert (major, order, shift) == (3, 0xFFFE, 9)
    assert len(content) % 512 == 0
    assert 128 * fat_count >= len(content) // 512 - 1 > 128 * (fat_count - 1)


@pytest.mark.parametrize("tree", [{"": b""}, {"a" * 32: b""}, {"a/b": b""}, {"Same": b"", "SAME": b""}])
def test_names_nobody_could_open_are_refused(tree: dict[str, bytes]) -> None:
    with pytest.raises(UsageError):
        write_compound_file(tree)


def test_more_than_the_header_can_address_is_refused() -> None:
    with pytest.raises(UsageError, match="7 MB"):
        write_compound_file({"A": bytes(7_200_000)})
