"""What a workbook remembers of where its rows go: custom document properties that begin with ``xlsc.``.

They survive Excel, LibreOffice and openpyxl (libreoffice.md §6). Nothing secret is ever among them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from xlsc.sheets.port import Book

_PREFIX = "xlsc."


@dataclass(frozen=True, slots=True)
class Binding:
    """Where the rows of a workbook go; "" for what is not known.

    Attributes:
        service_url: The API's base URL, without a token.
        company_id: GUID of the company.
        company_name: For people.
        process_key: GUID of the process.
        process_id: Its name.
        template_version: Of the template that the workbook was made from.
        columns_hash: Of the process's columns when the headers were written.
    """

    service_url: str = ""
    company_id: str = ""
    company_name: str = ""
    process_key: str = ""
    process_id: str = ""
    template_version: str = ""
    columns_hash: str = ""

    def as_properties(self) -> dict[str, str]:
        """The custom document properties that hold it."""
        values = {f"{_PREFIX}{item.name}": str(getattr(self, item.name)) for item in fields(self)}
        return {name: text for name, text in values.items() if text}

    def as_settings(self) -> dict[str, object]:
        """The settings that the workbook brings along."""
        found = {"service_url": self.service_url, "company_id": self.company_id, "company_name": self.company_name}
        return {name: value for name, value in found.items() if value}


def read_binding(book: Book) -> Binding | None:
    """The workbook's binding; None when it has none."""
    properties = book.read_properties()
    values = {item.name: properties.get(f"{_PREFIX}{item.name}", "") for item in fields(Binding)}
    return Binding(**values) if any(values.values()) else None


def write_binding(book: Book, binding: Binding) -> None:
    """Let the workbook remember; what is "" is taken out."""
    book.write_properties({f"{_PREFIX}{item.name}": getattr(binding, item.name) or None for item in fields(Binding)})
