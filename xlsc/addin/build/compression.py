"""The compression of VBA source text: [MS-OVBA] 2.4.1, both directions."""

from __future__ import annotations

from xlsc.errors import UsageError

#: Bytes of text in one chunk.
CHUNK = 4096
_SIGNATURE = 0x01
#: Bits 12-14 of a chunk's header are 0b011; bit 15 says compressed.
_COMPRESSED, _RAW = 0xB000, 0x3FFF
_SHORTEST = 3


def compress(text: bytes) -> bytes:
    """A compressed container that holds ``text``.

    Raises:
        UsageError: The last piece of text grows when compressed; source text never does.

    >>> compress(b"a" * 73).hex()
    '0103b002614500'
    """
    chunks = (text[at : at + CHUNK] for at in range(0, len(text), CHUNK))
    return bytes([_SIGNATURE]) + b"".join(map(_compress_chunk, chunks))


def decompress(container: bytes) -> bytes:
    """The text in a compressed container.

    Raises:
        UsageError: The container is damaged.
    """
    if container[:1] != bytes([_SIGNATURE]):
        raise UsageError("This is no compressed VBA text.", "Build the file again.")
    text = bytearray()
    at = 1
    while at < len(container):
        header = int.from_bytes(container[at : at + 2], "little")
        end = at + (header & 0x0FFF) + 3
        data = container[at + 2 : end]
        if len(data) < end - at - 2:
            raise UsageError("The compressed VBA text is cut off.", "Build the file again.")
        text += _decompress_chunk(data) if header & 0x8000 else data
        at = end
    return bytes(text)


def _offset_bits(produced: int) -> int:
    """Bits of a copy token's offset when ``produced`` bytes (1 or more) of the chunk are there."""
    return max(4, (produced - 1).bit_length())


def _compress_chunk(chunk: bytes) -> bytes:
    data = bytearray()
    recent: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        flags, group = 0, bytearray()
        for bit in range(8):
            if at >= len(chunk):
                break
            offset, length = _find_match(chunk, at, recent)
            if length:
                shift = 16 - _offset_bits(at)
                group += ((offset - 1) << shift | (length - _SHORTEST)).to_bytes(2, "little")
                flags |= 1 << bit
            else:
                length = 1
                group.append(chunk[at])
            for position in range(at, at + length):
                recent.setdefault(chunk[position : position + _SHORTEST], []).append(position)
            at += length
        data.append(flags)
        data += group
    return _wrap_chunk(chunk, bytes(data))


def _wrap_chunk(chunk: bytes, data: bytes) -> bytes:
    if len(data) <= CHUNK:
        return (_COMPRESSED | (len(data) - 1)).to_bytes(2, "little") + data
    if len(chunk) < CHUNK:
        raise UsageError("A piece of VBA text does not compress.", "VBA sources hold plain ASCII text only.")
    return _RAW.to_bytes(2, "little") + chunk


def _find_match(chunk: bytes, at: int, recent: dict[bytes, list[int]]) -> tuple[int, int]:
    """(offset back, length) of the longest earlier match, the nearest of equals; (0, 0) for none."""
    if at == 0 or at + _SHORTEST > len(chunk):
        return 0, 0
    longest = min(len(chunk) - at, (0xFFFF >> _offset_bits(at)) + _SHORTEST)
    best_offset = best_length = 0
    for position in reversed(recent.get(chunk[at : at + _SHORTEST], [])):
        length = _SHORTEST
        while length < longest and chunk[position + length] == chunk[at + length]:
            length += 1
        if length > best_length:
            best_offset, best_length = at - position, length
        if best_length == longest:
            break
    return best_offset, best_length


def _decompress_chunk(data: bytes) -> bytes:
    text = bytearray()
    at = 0
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                break
            if not flags >> bit & 1:
                text.append(data[at])
                at += 1
                continue
            token = int.from_bytes(data[at : at + 2], "little")
            _copy_earlier(text, token)
            at += 2
    return bytes(text)


def _copy_earlier(text: bytearray, token: int) -> None:
    if not text:
        raise UsageError("The compressed VBA text begins with a copy.", "Build the file again.")
    bits = _offset_bits(len(text))
    offset = (token >> (16 - bits)) + 1
    if offset > len(text):
        raise UsageError("The compressed VBA text copies from before its beginning.", "Build the file again.")
    for _ in range((token & (0xFFFF >> bits)) + _SHORTEST):
        text.append(text[-offset])
