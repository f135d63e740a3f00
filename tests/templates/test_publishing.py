"""What must not leave an author's machine is planted into a template, wherever a workbook can hold it, and found."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from tests.templates.person import at_calc
from xlsc.sheets.files import open_book

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
#: Put together here, so that no file of the project holds a path or a secret.
HOME = "/".join(("", "home", "ann", "templates", "x.xlsx"))
WINDOWS = "\\".join(("C:", "Users", "ann", "x.xlsx"))
SHARE = "\\\\" + "\\".join(("fileserver", "finance", "x.xlsx"))
TOKEN = "https://service.example.com/API/x?a=1&" + "tok" + "en=abcdef123456"
MAIL = "@".join(("ann", "corp.biz"))
PASSWORD = "pass" + "word: Winter2026"


@pytest.fixture
def path(tmp_path) -> Path:
    return Path(shutil.copy(TEMPLATES / "customers.xlsx", tmp_path))


def plant(path, what):
    book = openpyxl.load_workbook(path)
    what(book)
    book.save(path)


def change_part(path, name, change):
    """Write one part of the file anew, or add it."""
    with zipfile.ZipFile(path) as package:
        parts = {item: package.read(item) for item in package.namelist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for item, content in parts.items():
            package.writestr(item, content)


def published(cli, path, *options):
    answer = cli("template", "publish", path, *options, "--json")
    assert answer.json["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer.code == (1 if answer.json["findings"] else 0)
    return answer.json["findings"]


@pytest.mark.parametrize("source", sorted(TEMPLATES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_shipped_templates_are_clean(source, signed_in, tmp_path):
    assert published(signed_in, Path(shutil.copy(source, tmp_path))) == []


@pytest.mark.parametrize("text", [TOKEN, PASSWORD, HOME, WINDOWS, SHARE, "file:///D:/x.txt", MAIL])
@pytest.mark.parametrize("sheet", ["Guide", "Columns"])
def test_in_a_cell_it_is_found_with_the_cell(path, signed_in, text, sheet):
    plant(path, lambda book: book[sheet].__setitem__("H30", f"see {text} there"))
    found = published(signed_in, path)
    assert [f"{sheet}!H30" in finding for finding in found] == [True] * len(found) != []
    assert not any("Winter2026" in finding or "abcdef" in finding for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/home/page",
        "10:30/12:30",
        "either/or",
        "office@example.com",
        "A:B",
        "and/or/home made",
        "token",
        "Password",
        "http://service.example.com/API",
    ],
)
def test_harmless_texts_are_let_through(path, signed_in, text):
    plant(path, lambda book: book["Guide"].__setitem__("H30", text))
    assert published(signed_in, path) == []


def hide(book):
    book.create_sheet("Scratch")["C3"] = PASSWORD
    book["Scratch"].sheet_state = "veryHidden"


def note(book):
    book["Data"]["B1"].comment = Comment("mine", "Ann Author")


def note_text(book):
    book["Data"]["B1"].comment = Comment(f"from {WINDOWS}", "xlsc")


def name(book):
    book.defined_names["Source"] = DefinedName("Source", attr_text=f"'{HOME}'!$A$1")


def formula(book):
    book["Guide"]["H31"] = f'=HYPERLINK("{WINDOWS}","the list")'


def link(book):
    book["Guide"]["H32"].hyperlink = f"file:///{WINDOWS}"
    book["Guide"]["H32"] = "the list"


def creator(book):
    book.properties.creator = "Ann Author"


def last(book):
    book.properties.lastModifiedBy = "Ann Author"


def footer(book):
    book["Data"].oddFooter.left.text = HOME


@pytest.mark.parametrize(
    ("leak", "place"),
    [
        (hide, "Scratch!C3"),
        (note, "the author of the note on Data!B1 names Ann Author"),
        (note_text, "the note on Data!B1"),
        (name, "the defined name Source"),
        (formula, "the formula in Guide!H31"),
        (link, "xl/worksheets/_rels"),
        (creator, "the document property creator names Ann Author"),
        (last, "the document property lastModifiedBy names Ann Author"),
        (footer, "sheet Data"),
    ],
)
def test_elsewhere_in_a_workbook_it_is_found_with_its_place(path, signed_in, leak, place):
    plant(path, leak)
    found = published(signed_in, path)
    assert found
    assert [finding for finding in found if place not in finding] == []


def company(data):
    return data.replace(b"</Properties>", b"<Company>Alder Bakery</Company><Manager>Ann</Manager></Properties>")


def absolute(data):
    inside = f'<x15ac:absPath xmlns:x15ac="urn:x" url="{WINDOWS}"/>'.encode()
    return re.sub(rb"<(?:\w+:)?sheets>", lambda found: inside + found[0], data)


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("docProps/app.xml", company, ["property Company names Alder Bakery", "property Manager names Ann"]),
        ("xl/workbook.xml", absolute, ["the part xl/workbook.xml holds a path of a Windows machine"]),
        (
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            lambda _: f'<Relationships><Relationship Target="{SHARE}"/></Relationships>'.encode(),
            ["externalLink1.xml.rels holds a path of a server"],
        ),
        (
            "xl/connections.xml",
            lambda _: b'<connections><connection connection="Server=s;User=u;Pwd=Winter2026"/></connections>',
            ["the part xl/connections.xml holds a password"],
        ),
        (
            "xl/printerSettings/printerSettings1.bin",
            lambda _: "Ann's printer".encode("utf-16-le").ljust(64, b"\0"),
            ["names Ann's printer"],
        ),
        (
            "xl/persons/person.xml",
            lambda _: b'<personList><person displayName="Ann Author" userId="x"/></personList>',
            ["names Ann Author"],
        ),
        (
            "xl/embeddings/data.bin",
            lambda _: PASSWORD.encode("utf-16-le"),
            ["the part xl/embeddings/data.bin holds a password"],
        ),
    ],
)
def test_in_parts_that_nobody_sees_it_is_found(path, signed_in, part, change, words):
    change_part(path, part, change)
    found = published(signed_in, path, "--keep-company")
    assert [word for word in words if not any(word in finding for finding in found)] == []
    assert len(found) == len(words)


def test_the_company_is_taken_out_and_missed_elsewhere(signed_in, tmp_path):
    path = tmp_path / "t.xlsx"
    assert signed_in("template", "new", "ITEMS", "-o", path).code == 0
    plant(path, lambda book: book["Guide"].__setitem__("H30", "made for CONTOSO LTD"))
    kept = published(signed_in, path, "--keep-company")
    assert kept == []
    assert "xlsc.company_name" in open_book(path).read_properties()
    found = published(signed_in, path)
    assert found == ["Guide!H30 names the service or company that was taken out"]
    assert "xlsc.company_name" not in open_book(path).read_properties()


def test_a_sheet_that_is_not_there_cannot_be_locked(path, signed_in):
    before = path.read_bytes()
    answer = signed_in("template", "publish", path, "--lock", "Daten")
    assert (answer.code, "There are: Data, " in answer.err) == (2, True)
    assert path.read_bytes() == before


@pytest.mark.office
def test_what_the_author_locks_is_locked_and_the_rest_is_used(path, signed_in, office, monkeypatch):
    monkeypatch.setenv("XLSC_LOCK_PASSWORD", "author's word")
    options = [word for sheet in ("Data", "Columns", "Guide") for word in ("--lock", sheet)]
    assert published(signed_in, path, *options, "--lock-password") == []
    with zipfile.ZipFile(path) as package:
        assert not any(b"author's word" in package.read(part) for part in package.namelist())
    with at_calc(office, path) as workbook:
        assert all(workbook.sheet(sheet).isProtected() for sheet in ("Data", "Columns", "Guide"))
        workbook.type("Data", {"A1": "mine", "A2": "L1", "B2": "Ann", "I2": "NET99", "A60": "below"})
        assert workbook.cell("Data", "A1").String == "Customer no."
        assert workbook.cell("Data", "A60").String == "below"
        workbook.type("Data", {"A60": ""})
        workbook.type("Columns", {"C5": "yes"})
        assert workbook.cell("Columns", "C5").String == ""
    report = signed_in("send", path, "--json").json
    assert [error["column"] for error in report["errors"]] == ["TermsCode"]
    with at_calc(office, path) as workbook:
        workbook.type("Data", {"I2": "COD"})
    assert signed_in("send", path, "--failed-only", "--json").json["accepted"] == 1
    with at_calc(office, path, save=False) as workbook:
        assert not workbook.unlock("Data", "wrong")
        assert workbook.unlock("Data", "author's word")
