"""Element names are those of .NET's XmlConvert, for any column name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from xlsc.errors import UsageError
from xlsc.wire.names import decode_name, encode_local_name

#: Characters at which the rules turn, and any others.
TRICKY = st.sampled_from(
    list("_xX0025Fa1-. :·é€ʰ۠क़\u0131\u0132\u037e\u2160\u3005\ufeff\uffff\U00010400\U0010ffff\n\t<&\"'")
)
ESCAPES = st.sampled_from(
    ["_x0020_", "_X0041_", "_x00010400_", "_x005F_", "_xD801_", "_x00110000_", "_x80000041_", "_x", "x0020_"]
)
NAMES = st.lists(TRICKY | ESCAPES | st.characters(), min_size=1, max_size=8).map("".join)

BEYOND_UNICODE = re.compile("_[xX](?!00(?:0|10))[0-7][0-9a-fA-F]{7}_")

CASES = [
    ("DocumentNo", "DocumentNo"),
    ("Posting Date", "Posting_x0020_Date"),
    ("1st", "_x0031_st"),
    ("-a", "_x002D_a"),
    ("a-b.c", "a-b.c"),
    ("a:b", "a_x003A_b"),
    ("a_x0020_b", "a_x005F_x0020_b"),
    ("_x0020_x0020_", "_x005F_x0020_x005F_x0020_"),
    ("_x41_", "_x41_"),
    ("a_X00e9_", "a_x005F_X00e9_"),
    ("Zahl (€)", "Zahl_x0020__x0028__x20AC__x0029_"),
    ("\U00010400", "_x00010400_"),
    ("Größe", "Größe"),
    ("a\u00b7", "a\u00b7"),
    ("\u00b7a", "_x00B7_a"),
    ("x\ud800", "x_xD800_"),
    ("%", "_x0025_"),
]


@pytest.mark.parametrize(("name", "element"), CASES)
def test_known_names_both_ways(name: str, element: str):
    """The rules of XmlConvert.EncodeLocalName, case by case."""
    assert encode_local_name(name) == element
    assert decode_name(element) == name


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("_x0041_", "A"),
        ("a_x20_b", "a_x20_b"),
        ("_xD801__xDC00_", "\U00010400"),
        ("_x00110000_", "_x00110000_"),
        ("_", "_"),
    ],
)
def test_also_decoded(element: str, name: str):
    """What encoding never writes is read as .NET reads it."""
    assert decode_name(element) == name


def test_a_column_needs_a_name():
    with pytest.raises(UsageError, match="no name"):
        encode_local_name("")


@given(NAMES)
@example("_x005F_x005F_")
def test_decoding_undoes_encoding(name: str):
    paired = name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert decode_name(encode_local_name(name)) == paired


@given(NAMES)
def test_every_encoded_name_is_an_element_name(name: str):
    """XML parsers take it, and it holds no prefix."""
    element = etree.Element(encode_local_name(name))
    assert etree.fromstring(etree.tostring(element, encoding="utf-8")).tag == encode_local_name(name)


@pytest.mark.mono
def test_names_are_those_of_dotnet(dotnet: Any, tmp_path: Path):
    """Every character below U+10000 at the start and inside, and some thousand odd names, as .NET writes and reads."""
    names = [chr(code) for code in range(0x10000)] + ["a" + chr(code) for code in range(0x10000)]
    names += _some_names(3000)
    names = [name for name in names if not BEYOND_UNICODE.search(name)]  # .NET doubles what stands before them
    expected = dotnet.names(names, tmp_path)
    wrong = [
        name for name, pair in zip(names, expected, strict=True) if pair != (encode_local_name(name), decode_name(name))
    ]
    assert [ascii(name) for name in wrong[:10]] == []


def _some_names(count: int) -> list[str]:
    found: list[str] = []

    @settings(max_examples=count, database=None, deadline=None)
    @given(NAMES)
    def collect(name: str) -> None:
        found.append(name)

    collect()
    return found
