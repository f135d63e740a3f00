"""The compression of VBA text: published vectors, round trips, and a second reader."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oletools.olevba import decompress_stream

from xlsc.addin.build.compression import compress, decompress
from xlsc.errors import UsageError


@pytest.mark.parametrize(
    ("text", "container"),
    [
        (b"", "01"),
        (b"abcdefghijklmnopqrstuv.", "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E"),
        (b"a" * 73, "0103B002614500"),
    ],
)
def test_vectors_of_the_specification(text: bytes, container: str) -> None:
    assert compress(text) == bytes.fromhex(container)
    assert decompress(bytes.fromhex(container)) == text


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=" abAB\r\n=()", max_size=9000).map(str.encode))
def test_every_text_comes_back(text: bytes) -> None:
    container = compress(text)
    assert decompress(container) == text
    if text:
        assert decompress_stream(bytearray(container)) == text


@pytest.mark.parametrize("size", [1, 16, 17, 32, 33, 2048, 2049, 4095, 4096, 4097, 8192, 8193])
def test_chunk_and_token_boundaries(size: int) -> None:
    text = (b"Dim value%d As Long\r\n" * 500)[:size]
    assert decompress(compress(text)) == text
    assert decompress_stream(bytearray(compress(text))) == text


def test_a_full_chunk_that_does_not_shrink_is_stored_raw() -> None:
    noise = random.Random(4).randbytes(4096)
    assert compress(noise)[:3] == b"\x01\xff\x3f"
    assert decompress(compress(noise)) == noise
    with pytest.raises(UsageError, match="plain ASCII"):
        compress(noise[:4000])


@pytest.mark.parametrize("damaged", [b"", b"\x02", bytes.fromhex("0119B00061"), bytes.fromhex("0103B001450000")])
def test_damaged_containers_are_refused(damaged: bytes) -> None:
    with pytest.raises(UsageError):
        decompress(damaged)
