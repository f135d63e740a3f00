"""Long texts in custom document properties: Excel cuts a value at 255 characters, so they stand in several.

Source: Excel's published limit for text values of custom properties.
"""

from __future__ import annotations

from collections.abc import Mapping

#: All properties of xlsc begin so.
PREFIX = "xlsc."
CHUNK = 240


def split_text(name: str, text: str) -> dict[str, str]:
    """The properties that hold a text: ``name`` itself when it is short, else ``name#1``, ``name#2`` and so on.

    >>> split_text("xlsc.a", "short")
    {'xlsc.a': 'short'}
    """
    if len(text) <= CHUNK:
        return {name: text}
    parts = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    return {f"{name}#{number}": part for number, part in enumerate(parts, start=1)}


def join_texts(properties: Mapping[str, str]) -> dict[str, str]:
    """The texts of all properties, those in several parts put together."""
    found = {name: text for name, text in properties.items() if "#" not in name}
    parts: dict[str, dict[int, str]] = {}
    for name, text in properties.items():
        base, sign, number = name.rpartition("#")
        if sign and number.isdigit():
            parts.setdefault(base, {})[int(number)] = text
    return found | {base: "".join(texts[number] for number in sorted(texts)) for base, texts in parts.items()}


def replace_text(properties: Mapping[str, str], name: str, text: str | None) -> dict[str, str | None]:
    """The changes that make a property hold another text; None takes it out with all its parts."""
    changes: dict[str, str | None] = {old: None for old in properties if old == name or old.rpartition("#")[0] == name}
    return changes | (split_text(name, text) if text is not None else {})
