"""Element names: any column name to a local name of XML and back, by the rules of .NET's XmlConvert.

No XML is read or written here. Source: P §2.3 [inf] (columns become elements as a .NET DataSet writes them); the
rules are those of XmlConvert.EncodeLocalName and DecodeName, compared with .NET itself in the tests.
"""

from __future__ import annotations

import re
from functools import lru_cache

from xlsc.errors import UsageError
from xlsc.wire.name_characters import FURTHER, START, to_character_class

_START = to_character_class(START)
_NAME = _START + to_character_class(FURTHER)
#: An underscore that would read as the start of an escape, a wrong first character, any other wrong character.
_TO_ENCODE = re.compile(rf"_(?=[Xx](?:[0-9a-fA-F]{{4}}|[0-9a-fA-F]{{8}})_)|\A[^{_START}]|[^{_NAME}]", re.ASCII)
_TO_DECODE = re.compile(r"_[Xx]([0-9a-fA-F]{8}|[0-9a-fA-F]{4})_", re.ASCII)
_SURROGATES = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=4096)
def encode_local_name(name: str) -> str:
    """The element name of a column, as XmlConvert.EncodeLocalName makes it.

    Args:
        name: Any text; lone surrogates are allowed, as .NET allows them.

    Raises:
        UsageError: The name is empty.

    >>> encode_local_name("Posting Date"), encode_local_name("1st"), encode_local_name("a_x0020_b")
    ('Posting_x0020_Date', '_x0031_st', 'a_x005F_x0020_b')
    """
    if not name:
        raise UsageError("A column has no name.", "Give every column a header.")
    return _TO_ENCODE.sub(_encode_character, _pair_surrogates(name))


@lru_cache(maxsize=4096)
def decode_name(name: str) -> str:
    """The column name of an element, as XmlConvert.DecodeName reads it; what is no escape stays as it is.

    An escape of a number beyond Unicode stays too; .NET writes what stands before it twice then, which is no rule.

    >>> decode_name("Posting_x0020_Date"), decode_name("a_x005F_x0020_b"), decode_name("_x41_")
    ('Posting Date', 'a_x0020_b', '_x41_')
    """
    if "_" not in name:
        return name
    return _pair_surrogates(_TO_DECODE.sub(_decode_character, name))


def _encode_character(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"_x{code:08X}_" if code > 0xFFFF else f"_x{code:04X}_"


def _decode_character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    if code >= 0x8000_0000:
        return chr(code & 0xFFFF)  # .NET's 32-bit number has become negative here, and its low half is taken
    return chr(code) if code <= 0x10FFFF else match[0]


def _pair_surrogates(text: str) -> str:
    """Two halves of one character become that character, as they are one in .NET's UTF-16 texts."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
