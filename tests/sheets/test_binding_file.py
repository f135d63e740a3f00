"""What a workbook remembers: kept beside other programs' properties, through openpyxl too, and nothing secret."""

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty

from tests.sheets.foreign_parts import part_names, read_part
from xlsc.errors import UsageError
from xlsc.sheets.binding import Binding, read_binding, write_binding
from xlsc.sheets.files import create_book, open_book

BINDING = Binding(
    service_url="https://api.example.com/" + "very-long-path/" * 40 + "API",
    company_id="11111111-2222-4333-8444-555555555555",
    company_name="Müller & Söhne <GmbH> 株式会社 🧾",
    process_key="99999999-2222-4333-8444-555555555555",
    process_id="GL JOURNAL",
    columns_hash="a" * 64,
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.custom_doc_props.append(StringProperty(name="Client", value="kept as it is"))
    book.custom_doc_props.append(StringProperty(name="xlsc.from_a_later_version", value="kept too"))
    book.save(path)
    return path


def test_a_binding_is_read_back_by_every_reader(path):
    book = open_book(path)
    assert read_binding(book) is None
    write_binding(book, BINDING)
    book.save()
    assert read_binding(open_book(path)) == BINDING
    texts = {item.name: item.value for item in openpyxl.load_workbook(path).custom_doc_props.props}
    assert texts["xlsc.company_name"] == BINDING.company_name
    assert all(len(str(text)) <= 255 for text in texts.values())
    again = openpyxl.load_workbook(path)
    again.save(path)
    assert read_binding(open_book(path)) == BINDING


def test_a_shorter_binding_leaves_nothing_of_the_longer_one(path):
    book = open_book(path)
    write_binding(book, BINDING)
    write_binding(book, Binding(service_url="https://b.example.com/API", process_id="ITEMS"))
    book.save()
    assert read_binding(open_book(path)) == Binding(service_url="https://b.example.com/API", process_id="ITEMS")
    texts = {item.name: item.value for item in openpyxl.load_workbook(path).custom_doc_props.props}
    assert texts == {
        "Client": "kept as it is",
        "xlsc.from_a_later_version": "kept too",
        "xlsc.service_url": "https://b.example.com/API",
        "xlsc.process_id": "ITEMS",
    }


def test_only_names_of_xlsc_are_written_and_shown(path):
    book = open_book(path)
    assert dict(book.read_properties()) == {"xlsc.from_a_later_version": "kept too"}
    with pytest.raises(UsageError, match="Client"):
        book.write_properties({"Client": "mine"})


def test_the_last_property_takes_its_part_with_it(tmp_path):
    path = tmp_path / "book.xlsx"
    book = create_book(path, "Data")
    book.save()
    before = part_names(path)
    write_binding(book, BINDING)
    write_binding(book, Binding())
    book.save()
    assert part_names(path) == before
    assert b"custom" not in read_part(path, "_rels/.rels") + read_part(path, "[Content_Types].xml")


def test_settings_leave_out_what_is_not_known():
    assert Binding(service_url="https://a.example.com", process_id="X").as_settings() == {
        "service_url": "https://a.example.com"
    }
