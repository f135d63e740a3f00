"""Targets: SQL actions, CSV in a zip, webhooks, several tenants, counters, translations, restrictions."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

COLUMNS = """
[[columns]]
name = "No"
key = true
[[columns]]
name = "Name"
[[columns]]
name = "Limit"
type = "decimal"
"""
NAMES = ("No", "Name", "Limit")


def line(action: str, fields: str, more: str = "") -> str:
    return COLUMNS + f'[[lines]]\nname = "L"\ntable = "customers"\naction = "{action}"\n{more}\n[lines.map]\n{fields}\n'


@pytest.fixture
def stocked(firm):
    firm.sql("INSERT INTO customers (no, name, credit_limit) VALUES ('C1', 'Ann', 5), ('C2', 'Bob', 6)")
    return firm


def stored(firm) -> list[tuple[str, str, float]]:
    return [(a, b, float(c)) for a, b, c in firm.sql("SELECT no, name, credit_limit FROM customers ORDER BY no")]


def test_update_changes_what_is_there_and_refuses_what_is_not(stocked):
    stocked.write(
        line("update", 'no = "No"\nname = "Name"\ncredit_limit = "Limit"', 'keys = ["no"]\nupdate_blank = false')
    )
    result = stocked.run(NAMES, [("C1", "Anna", None), ("C9", "Zoe", "1")]).result
    assert stored(stocked) == [("C1", "Anna", 5.0), ("C2", "Bob", 6.0)]
    assert list(result.errors.messages) == ["There is no row with No 'C9' in customers."]


def test_delete(stocked):
    stocked.write(line("delete", 'no = "No"', 'keys = ["no"]'))
    result = stocked.run(NAMES, [("C1", None, None), ("C8", None, None)]).result
    assert stored(stocked) == [("C2", "Bob", 6.0)]
    assert result.error_count == 1


def test_upsert_that_breaks_another_rule_of_the_table(stocked):
    stocked.write(line("upsert", 'no = "No"\nname = "Name"', 'keys = ["no"]'))
    result = stocked.run(NAMES, [("C3", None, None), ("C4", "Dee", None)]).result
    assert [row[0] for row in result.errors.rows] == ["C3"]
    assert "refused" in result.errors.messages[0]
    assert [row[0] for row in stocked.sql("SELECT no FROM customers ORDER BY no")] == ["C1", "C2", "C4"]


def test_restriction_translation_constant_and_date(firm):
    fields = """
no = "No"
name = { translate = "Name", table = "names", no_match = "error" }
terms = { constant = "NET30" }
since = { date = "'2024-01-31'", add_months = 1 }
"""
    body = line("insert", fields, 'only_if = "Limit > 0"') + '[translations.names]\nann = "Anna"\n'
    firm.write(body)
    rows = [("C1", " ANN ", "1"), ("C2", "Bob", "1"), ("C3", "ann", "0"), ("C4", "ann", None)]
    result = firm.run(NAMES, rows).result
    assert [tuple(map(str, row)) for row in firm.sql("SELECT no, name, terms, since FROM customers")] == [
        ("C1", "Anna", "NET30", "2024-02-29")
    ]
    assert (result.record_count, list(result.errors.messages)) == (
        4,
        ["name: 'Bob' is not in the translation table 'names'."],
    )


def test_rolling_numbers_have_no_gaps_after_failures(firm):
    body = """
[[columns]]
name = "Doc"
key = true
[[lines]]
name = "Head"
table = "journals"
[lines.map]
own_no = { rolling = "journal", prefix = "JN", width = 4, start = 7 }
no = "Doc"
[[lines]]
name = "Line"
table = "journal_lines"
[lines.map]
no = { calculation = "GlobalRollingColumn" }
account = { calculation = "if(Doc = 'B', blank, 'x')" }
"""
    firm.write(body)
    assert firm.run(("Doc",), [("A",), ("B",), ("C",)]).result.error_count == 1
    firm.run(("Doc",), [("D",)])
    assert firm.sql("SELECT no, own_no FROM journals ORDER BY no") == [
        ("A", "JN0007"),
        ("C", "JN0008"),
        ("D", "JN0009"),
    ]
    assert firm.sql("SELECT no FROM journal_lines ORDER BY no") == [("JN0007",), ("JN0008",), ("JN0009",)]


def test_groups_first_last_min_max_sum(small_firm):
    fields = 'no = { column = "No", group = "group by" }\n'
    parts = [
        ("name", "Name", "last"),
        ("terms", "Name", "first"),
        ("credit_limit", "Limit", "sum"),
        ("visits", "Limit", "max"),
    ]
    fields += "".join(f'{target} = {{ column = "{source}", group = "{group}" }}\n' for target, source, group in parts)
    small_firm.write(line("insert", fields, 'group_by = ["No"]'))
    small_firm.run(NAMES, [("C1", "x", "1.5"), ("C1", "y", "9"), ("C1", "z", "3")])
    assert small_firm.sql("SELECT no, name, terms, credit_limit, visits FROM customers") == [("C1", "z", "x", 13.5, 9)]


def test_csv_holds_the_good_documents_zipped(small_firm):
    body = COLUMNS + '[[checks]]\nthat = "Limit > 0"\nmessage = "no"\n'
    body += '[[lines]]\nname = "Cust: all"\nkind = "csv"\n[lines.map]\n"Customer No" = "No"\nLimit = "Limit"\n'
    small_firm.write(body)
    outcome = small_firm.run(NAMES, [("C1", "a", "1.50"), ("C2", "b", "0"), ('C"3,', "c", "2")])
    (path,) = outcome.outputs
    assert path.name == "TEST___1.zip"
    with zipfile.ZipFile(path) as archive:
        (name,) = archive.namelist()
        rows = list(csv.reader(io.StringIO(archive.read(name).decode())))
    assert rows == [["Customer No", "Limit"], ["C1", "1.5"], ['C"3,', "2"]]
    assert small_firm.run(NAMES, [("C2", "b", "0")]).outputs == ()


def test_two_tenants_each_whole_on_its_own(small_firm):
    second = small_firm.folder.parent / "second.sqlite"
    catalog = small_firm.folder / "connections.toml"
    catalog.write_text(catalog.read_text() + '[second]\nurl = "sqlite:///second.sqlite"\n')
    other = type(small_firm)(small_firm.folder, f"sqlite:///{second}")
    other.sql("CREATE TABLE customers (no VARCHAR(10) PRIMARY KEY, name VARCHAR(3))")
    tenants = '[[tenants]]\nname = "One"\nconnection = "erp"\n[[tenants]]\nname = "Two"\nconnection = "second"\n'
    small_firm.write(tenants + line("insert", 'no = "No"\nname = "Name"'))
    outcome = small_firm.run(NAMES, [("C1", "Ann", None), ("C2", "Robert", None)])
    assert [row[0] for row in small_firm.sql("SELECT no FROM customers ORDER BY no")] == ["C1", "C2"]
    assert other.sql("SELECT no FROM customers") == [("C1",)]
    text = "Name: 'Robert' is longer than 3 characters."
    assert (outcome.result.record_count, outcome.result.error_count) == (2, 1)
    assert list(outcome.result.errors.messages) == [f"Two: {text}"]
    ((tenant, table),) = outcome.tenant_errors
    assert (tenant.name, list(table.messages)) == ("Two", [text])


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.headers["X-Secret"], body))
        self.send_response(500 if body.get("rows", [{}])[0].get("name") == "bad" else 204)
        self.end_headers()

    def log_message(self, *_parts: object) -> None:
        """Quiet."""


@pytest.fixture
def hook():
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    server.got = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_that_refuses_takes_the_document_back(small_firm, hook, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    url = f"http://127.0.0.1:{hook.server_port}/x"
    body = line("insert", 'no = "No"\nname = "Name"')
    body += (
        f'[[lines]]\nname = "Hook"\nkind = "webhook"\nurl = "{url}"\nheaders = {{ X-Secret = "${{HOOK_SECRET}}" }}\n'
    )
    small_firm.write(body + '[lines.map]\nno = "No"\nname = "Name"\n')
    result = small_firm.run(NAMES, [("C1", "Ann", None), ("C2", "bad", None)]).result
    assert hook.got == [
        ("s3cret", {"rows": [{"no": "C1", "name": "Ann"}]}),
        ("s3cret", {"rows": [{"no": "C2", "name": "bad"}]}),
    ]
    assert small_firm.sql("SELECT no FROM customers") == [("C1",)]
    assert list(result.errors.messages) == ["The webhook at 127.0.0.1 answered with status 500."]
    assert "s3cret" not in repr(small_firm.catalog.definitions)


def test_a_webhook_task_tells_how_the_run_went(small_firm, hook):
    url = f"http://127.0.0.1:{hook.server_port}/x"
    task = f'[[tasks]]\nname = "tell"\nstage = "after map succeeds"\nkind = "webhook"\nurl = "{url}"\n'
    small_firm.write(line("insert", 'no = "No"\nname = "Name"') + task)
    small_firm.run(NAMES, [("C1", "Ann", None)])
    ((_, body),) = hook.got
    assert body == {"mapId": "TEST", "runNumber": "1", "processed": "1", "errors": "0", "lastError": ""}


def test_lookups_into_a_view_see_what_the_run_stored(firm):
    firm.sql("CREATE VIEW known AS SELECT no FROM customers")
    check = "[[checks]]\nthat = \"exists('known', 'no', Name)\"\nwhen = \"Name <> 'free'\"\nmessage = \"no\"\n[[lines]]"
    firm.write(line("insert", 'no = "No"\nname = "Name"').replace("[[lines]]", check))
    rows = [("C2", "C1", None), ("C1", "free", None), ("C3", "C1", None)]
    result = firm.run(NAMES, rows).result
    assert [row[0] for row in result.errors.rows] == ["C2"]


def test_a_lookup_refused_before_a_task_wrote_is_asked_again(firm):
    body = line("insert", 'no = "No"\nname = "Name"')
    check = "[[checks]]\nthat = \"exists('terms', 'code', Name)\"\nmessage = \"{Name} unknown\"\n[[lines]]"
    task = """
[[tasks]]
name = "learn"
stage = "after document fails"
kind = "sql command"
sql = "INSERT INTO terms VALUES (:Name, 1)"
"""
    firm.write(body.replace("[[lines]]", check) + task)
    result = firm.run(NAMES, [("C1", "NEW", None), ("C2", "NEW", None)]).result
    assert [row[0] for row in result.errors.rows] == ["C1"]
