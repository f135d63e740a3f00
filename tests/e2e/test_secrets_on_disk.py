"""A whole day of work, then every file it left and every word it said is searched for the password and the token."""

import base64
import hashlib
import io
import json
import logging
import urllib.parse
import zipfile
from pathlib import Path

import openpyxl
import pytest

from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service
from xlsc.wire.passwords import hmac_form

PASSWORD = "Grün & +/=<Kiwi>%41 9071"
USER = "ann@example.com"
COMPANY = "Contoso Ltd"


def spellings(secret):
    """A secret as it stands in a text, an address, a form, JSON, XML and base64."""
    quoted = [urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)]
    written = [secret, json.dumps(secret)[1:-1], secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    encoded = [base64.b64encode(secret.encode()).decode().rstrip("=")]
    return {text.encode() for text in quoted + written + encoded + [item.lower() for item in quoted]}


def pieces(path):
    """The bytes of a file, of a workbook each part."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path.name}!{name}", archive.read(name)
    yield path.name, path.read_bytes()


def places_with(secret, folder):
    """Files below a folder that hold a secret in any spelling."""
    wanted = spellings(secret)
    files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    return {name for path in files for name, data in pieces(path) if any(text in data for text in wanted)}


def work_a_day(cli, books):
    """Every command that speaks to the service or leaves a file; returns what they said."""
    book = books / "customers.xlsx"
    said = [cli("processes"), cli("whoami", "--json"), cli("columns", "CUSTOMERS", "--json")]
    said.append(cli("headers", book, "--process", "CUSTOMERS"))
    filled = openpyxl.load_workbook(book)
    names = [cell.value for cell in filled.active[1]]
    for row, terms in enumerate(("NET30", "NET77"), start=2):
        for name, value in (("CustomerNumber", f"S{row}"), ("CustomerName", f"Shop {row}"), ("TermsCode", terms)):
            filled.active.cell(row, names.index(name) + 1, value)
    filled.save(book)
    said += [cli("check", book, "--json"), cli("send", book, "--save-request", books / "request.xml", "--json")]
    said += [cli("send", book, "--failed-only", "-o", books / "out.xlsx"), cli("outbox", "--json"), cli("settle")]
    said += [cli("log", "show", "--json"), cli("log", "export", books / "log.xlsx"), cli("log", "verify")]
    said += [cli("history", "CUSTOMERS", "--json"), cli("errors", "CUSTOMERS", "1"), cli("settings", "--json")]
    said += [cli("data", "CUSTOMERS BY STATE", "-o", books / "data.csv"), cli("run", "CUSTOMERS BY STATE", "--json")]
    return [*said, cli("outputs", "CUSTOMERS BY STATE", "--save", books, "--json")]


@pytest.mark.parametrize("form", ["plain", "hmac", "rsa"])
def test_neither_password_nor_token_is_anywhere_but_in_the_token_store(cli, home, tmp_path, monkeypatch, caplog, form):
    caplog.set_level(logging.DEBUG)
    books, data = tmp_path / "books", tmp_path / "service"
    books.mkdir()
    with start_service(ServiceOptions(data=data, host="127.0.0.1", port=0)) as service:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        add = ("service", "--data", data, "user", "add", USER, "--company", COMPANY, "--role", "administrator")
        said = [cli(*add)]
        monkeypatch.setenv("XLSC_PASSWORD", PASSWORD)
        said.append(cli("login", service.api_url, "--email", USER, "--password-form", form, "--json"))
        assert [answer.code for answer in said] == [0, 0], said
        monkeypatch.delenv("XLSC_PASSWORD")
        kept = next(iter(json.loads((home / "tokens.json").read_text()).values()))
        said += work_a_day(cli, books)
        assert {answer.code for answer in said} == {0, 1}
        monkeypatch.setenv("XLSC_PASSWORD", PASSWORD + "wrong")
        said.append(cli("login", service.api_url, "--email", USER, "--password-form", form))
        assert said[-1].code == 3
        said.append(cli("service", "--data", data, "log", "--json"))
        said.append(cli("service", "--data", data, "log", "--refusals", "--json"))
        after_wrong = cli("processes")
        assert after_wrong.code == 0, after_wrong.err
    shown = "\n".join([caplog.text, *(answer.out + answer.err for answer in said)]).encode()
    token = kept["token"]
    # The search reaches the outbox, the log, the workbook's parts and the service's files: names are found there.
    assert {"outbox.sqlite", "tokens.json"} < places_with(USER, home)
    assert {"customers.xlsx!xl/sharedStrings.xml", "request.xml"} & places_with("Shop 2", books)
    assert places_with(USER, data)
    assert places_with(token, home) == {"tokens.json"}
    for secret in (token, PASSWORD, hmac_form(PASSWORD)):
        assert places_with(secret, books) == set()
        assert places_with(secret, data) == set()
        assert [text for text in spellings(secret) if text in shown] == []
    assert places_with(PASSWORD, home) == places_with(hmac_form(PASSWORD), home) == set()


def test_the_search_itself_finds_what_it_looks_for(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/part.xml", f"<a>{PASSWORD.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}"
        )
    (tmp_path / "log").write_text(f"GET /?password={urllib.parse.quote_plus(PASSWORD)}&x")
    (tmp_path / "clean").write_text(hashlib.sha256(PASSWORD.encode()).hexdigest())
    assert places_with(PASSWORD, tmp_path) == {"book.xlsx!xl/part.xml", "log"}
