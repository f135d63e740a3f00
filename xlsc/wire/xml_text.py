"""The characters of XML: which ones it can hold, how they are escaped, and bytes of any encoding to UTF-8.

No elements here. Source: XML 1.0, productions Char, CharRef, EncodingDecl.
"""

from __future__ import annotations

import codecs
import re

from xlsc.wire.malformed import MalformedXml

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'
#: What stands between texts that are checked or escaped together; XML cannot hold it, so no text has it.
SEPARATOR = "\0"

#: Every character that XML 1.0 cannot hold.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ALLOWED_BYTES = bytes([0x09, 0x0A, 0x0D, *range(0x20, 0x100)])
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_REFERENCE = re.compile(r"&[^;&<]{0,8};?")
_CHARACTER_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")

_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: Character sets that are taken, by the names Python gives them; others (idna, utf-7 …) are no business of XML.
_CHARSETS = re.compile(r"utf-8|ascii|iso8859-\d+|cp\d+|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)")


def is_clean(data: bytes, separators: int = 0) -> bool:
    """Whether UTF-8 text holds only characters that XML can hold, and as many separators as said."""
    if data.translate(None, _ALLOWED_BYTES) != b"\0" * separators:
        return False
    return data.isascii() or not any(character in data for character in _NONCHARACTERS)


def escape(text: str) -> str:
    r"""Text as element content from which every XML reader gets the same text back, line ends too.

    >>> escape("a<b & c]]>\r\n")
    'a&lt;b &amp; c]]&gt;&#xD;\n'
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if "]" in text:
        text = text.replace("]]>", "]]&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#xD;")
    return text


def unescape(text: str, less_than: str = "<") -> str:
    """Element content to text: the five names and numbers of characters.

    Args:
        text: Raw content.
        less_than: What to write for "<", which a caller may want to keep apart from the start of a tag.

    Raises:
        MalformedXml: An ampersand starts something else, or a number is no character of XML.

    >>> unescape("a &lt; b &amp;amp; c &#x20AC;")
    'a < b &amp; c €'
    """
    if "&" not in text:
        return text
    # Each reference that occurs is replaced in one step; looking for those that do not would take longer.
    found = set(_REFERENCE.findall(text))
    characters = {"&lt;": less_than, "&gt;": ">", "&quot;": '"', "&apos;": "'"}
    numbers = found - characters.keys() - {"&amp;"}
    if not all(map(_CHARACTER_REFERENCE.fullmatch, numbers)):
        raise MalformedXml("The XML refers to an entity; only the five of XML itself are taken.")
    if numbers:
        text = _CHARACTER_REFERENCE.sub(_read_reference, text)
        found |= {"&lt;", "&amp;"}
    for name in found & characters.keys():
        text = text.replace(name, characters[name])
    return text.replace("&amp;", "&") if "&amp;" in found else text


def _read_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF or FORBIDDEN.match(chr(code)):
        raise MalformedXml(f"The XML refers to character {code}, which it cannot hold.")
    # What is given by its number must not start a reference or a tag once more.
    return {0x26: "&amp;", 0x3C: "&lt;"}.get(code) or chr(code)


def replace_forbidden(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot hold; for answers, which must go out in any case."""
    return FORBIDDEN.sub("\ufffd", text)


def to_utf8(xml: bytes | str, charset: str = "") -> bytes:
    """An XML document as UTF-8 without byte order mark and leading blanks; a declaration stays where it is.

    Args:
        xml: The document. What the bytes show counts before ``charset``, and this before what is declared; in a str
            neither has a meaning.
        charset: Of the content type, "" where it says none (RFC 7303 §3).

    Raises:
        MalformedXml: The encoding is unknown, or the bytes are not of it.
    """
    if isinstance(xml, str):
        return _encode(xml.lstrip("\ufeff \t\r\n"))
    charset = _find_charset(xml, charset)
    if charset == "utf-8":
        return xml.removeprefix(codecs.BOM_UTF8).lstrip()
    try:
        return _encode(xml.decode(charset).lstrip("\ufeff \t\r\n"))
    except UnicodeDecodeError as error:
        raise MalformedXml(f"The bytes are not {charset}, from byte {error.start + 1} on.") from error


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedXml(f"Character {error.start + 1} of the XML is half a character.") from error


def _find_charset(xml: bytes, given: str) -> str:
    if xml.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if xml.startswith(b"<\0"):
        return "utf-16-le"
    if xml.startswith(b"\0<"):
        return "utf-16-be"
    if xml.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if given:
        return _check_charset(given)
    declared = _DECLARED.match(xml)
    return _check_charset(declared[1].decode("ascii")) if declared else "utf-8"


def _check_charset(declared: str) -> str:
    if declared.lower().startswith(("utf-16", "utf-32", "ucs-2", "iso-10646-ucs")):
        return "utf-8"  # the bytes show that it is not: somebody encoded the text anew and kept its declaration
    try:
        charset = codecs.lookup(declared).name
    except LookupError:
        charset = ""
    if not _CHARSETS.fullmatch(charset):
        raise MalformedXml(f"The encoding {declared[:40]} is not known.")
    return charset
