"""The columns that an inline schema of .NET declares; types and constraints are of no interest (P §2.5 [obs])."""

from __future__ import annotations

from collections.abc import Iterable

from xlsc.wire.names import decode_name

_MAIN_TABLE = "urn:schemas-microsoft-com:xml-msdata}MainDataTable"


class SchemaReader:
    """Collects the columns of each table while a schema is read.

    In the schema of a data set, an element at the first level is the data set, one at the second a table, one at
    the third a column; what stands between (complexType, choice, sequence) counts for no level.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._tables: dict[str, list[str]] = {}
        self._main = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element inside the schema begins."""
        declared = decode_name(attributes.get("name", ""))
        if name == "attribute" and len(self._open) == 2 and declared:
            self._tables.setdefault(self._open[1], []).append(declared)
        if name != "element":
            return
        self._open.append(declared)
        if len(self._open) == 1:
            self._main = self._main or decode_name(attributes.get(_MAIN_TABLE, ""))
        elif len(self._open) == 2:
            self._tables.setdefault(declared, [])
        elif len(self._open) == 3 and declared:
            self._tables[self._open[1]].append(declared)

    def end(self, name: str) -> None:
        """An element inside the schema ends."""
        if name == "element":
            self._open.pop()

    def columns(self) -> Iterable[str]:
        """The columns of the main table, or of the first one where none is named as such."""
        if self._main in self._tables:
            return self._tables[self._main]
        return next(iter(self._tables.values()), [])
