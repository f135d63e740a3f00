"""docs/processes.md is true: every block is read and run, every expression has the value that stands beside it."""

from __future__ import annotations

import json
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.server.runs.conftest import Firm, MakeFirm
from xlsc.core.results import RunResult
from xlsc.server.expressions import Names, Scope, compile_expression, to_text
from xlsc.server.expressions.forms import FORMS
from xlsc.server.expressions.functions import FUNCTIONS
from xlsc.server.processes.names_known import SYSTEM_VARIABLES
from xlsc.server.runs.connections import open_database
from xlsc.server.runs.lookups import DatabaseLookups
from xlsc.server.runs.typed_rows import RowTypes

MANUAL = (Path(__file__).parents[3] / "docs" / "processes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(toml|sql)\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
EXAMPLES = re.findall(r"^\| `([^`]+)` \| ([^|`]+) \|$", MANUAL[MANUAL.index("## Expressions") :], re.MULTILINE)
COLUMNS = ("OrderNo", "Customer", "Order Date", "Item", "Quantity", "Price", "Class", "Urgent", "Entered")
DAY, LATER = "2026-02-01", "2/3/2026"
ORDER = ("S1", "C1", DAY, "LAMP", "2", "10.50", "A", "yes", "2026-02-01T08:30:00+01:00")
SECOND = ("S1", "C1", LATER, "", "", "", "b", "no", "")
#: What each block is known by.
MARKS = {
    "connections": "Our ERP",
    "process": 'id = "ORDERS"',
    "columns": 'name = "Urgent"',
    "query": 'kind = "query"',
    "csv file": 'kind = "csv"\nfile',
    "excel file": 'kind = "excel"',
    "real-time": 'kind = "real-time"',
    "checks": "exists('customers'",
    "header and lines": 'name = "Order line"',
    "upsert": 'action = "upsert"',
    "update": 'action = "update"',
    "delete": 'action = "delete"',
    "csv line": 'kind = "csv"\n\n',
    "webhook line": "8199/orders",
    "values": "rolling = ",
    "tenants": 'name = "West"',
    "sql tasks": "open customers only",
    "other process": "write the list",
    "file tasks": "keep a copy",
    "webhook task": "tell somebody",
}


def block(name: str) -> str:
    """The one block that holds a mark."""
    (found,) = [body for kind, body in BLOCKS if kind == "toml" and MARKS[name] in body]
    return found


SETUP = next(body for kind, body in BLOCKS if kind == "sql")
PROCESS, FIELDS = block("process"), block("columns")
PLAIN_LINE = '[[lines]]\nname = "Order"\ntable = "orders"\n[lines.map]\norder_no = "OrderNo"\nclass = "Class"\n'


@pytest.fixture
def orders(tmp_path: Path, make_firm: MakeFirm, monkeypatch: pytest.MonkeyPatch) -> Firm:
    """A firm whose database is the manual's."""
    firm = make_firm(tmp_path, "sqlite:///erp.sqlite")
    for table in ("customers", "journals"):
        firm.sql(f"DROP TABLE {table}")
    firm.sql("DROP TABLE notes")
    for statement in filter(str.strip, SETUP.split(";")):
        firm.sql(statement)
    monkeypatch.setenv("HOOK_TOKEN", "t0ken")
    return firm


def run(firm: Firm, parts: str, *rows: tuple[str, ...], own_source: bool = False) -> RunResult:
    """Run the manual's process with these parts; its [process] and [[columns]] are the manual's, too."""
    head = PROCESS.replace('id = "ORDERS"', 'id = "TEST"')
    if "[[tenants]]" in parts:
        head = head.replace('connection = "erp"\n', "")
    (firm.folder / "test.toml").write_text(f"{head}\n{FIELDS}\n{parts}", encoding="utf-8")
    outcome = firm.run(None if own_source else COLUMNS, rows or (ORDER,))
    for path in outcome.outputs:
        with zipfile.ZipFile(path) as archive:
            firm.ran += [(name, {"text": archive.read(name).decode()}) for name in archive.namelist()]
    return outcome.result


def test_connections(orders: Firm):
    (orders.folder / "erp.sql").write_text(SETUP)
    (orders.folder / "connections.toml").write_text(block("connections"))
    (entry,) = orders.catalog.connections.entries.values()
    assert (entry.name, entry.description, entry.setup) == ("erp", "Our ERP", orders.folder / "erp.sql")


def test_process_options(orders: Firm):
    assert not run(orders, PLAIN_LINE, ("", *ORDER[1:])).succeeded
    assert run(orders, PLAIN_LINE, ORDER, ("", *ORDER[1:])).record_count == 1
    assert orders.catalog.definitions[0].stores_errors


def test_columns(orders: Firm):
    result = run(orders, PLAIN_LINE, ("S" * 21, "", "soon", "", "1.5", "x", "", "perhaps", "later"))
    for message in ("longer than 20", "Customer is missing", "'soon' is not a date", "'1.5' is not a whole number"):
        assert message in result.error_message
    assert "'x' is not a number" in result.error_message
    assert "'perhaps' is neither true nor false" in result.error_message


def test_a_query(orders: Firm):
    orders.sql("INSERT INTO orders (order_no, customer_no, class) VALUES ('Q1', 'C1', 'A'), ('Q2', 'C1', 'B')")
    line = '[[lines]]\nname = "Out"\nkind = "csv"\n[lines.map]\nNo = "OrderNo"\n'
    assert run(orders, block("query") + line, own_source=True).record_count == 1
    assert orders.ran == [("Out.csv", {"text": "No\r\nQ1\r\n"})]


def test_a_csv_file(orders: Firm):
    text = "OrderNo;Customer;Class\r\nF1;C1;Größe\r\n"
    (orders.folder / "files" / "orders_0201.csv").write_bytes(text.encode("cp1252"))
    assert run(orders, block("csv file") + PLAIN_LINE, own_source=True).succeeded
    assert orders.sql("SELECT order_no, class FROM orders") == [("F1", "Größe")]


def test_an_excel_file(orders: Firm):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Orders")
    for line in (("OrderNo", "Customer", "Class"), ("X1", "C1", 5)):
        sheet.append(line)
    book.save(orders.folder / "files" / "orders.xlsx")
    assert run(orders, block("excel file") + PLAIN_LINE, own_source=True).succeeded
    assert orders.sql("SELECT order_no, class FROM orders") == [("X1", "5")]


def test_a_real_time_process(orders: Firm):
    run(orders, block("real-time"))
    assert orders.catalog.definitions[0].real_time


def test_checks(orders: Firm):
    wrong = [("S1", "C9", *ORDER[2:]), ("S1", "C1", DAY, "LAMP", "0", *ORDER[5:])]
    result = run(orders, block("checks") + PLAIN_LINE, *wrong)
    assert result.error_message.split("\n") == [
        "Customer 'C9' does not exist.",
        "Quantity '0' of item 'LAMP' is not above zero.",
        "Order 'S1' has 2 customers.",
    ]


def test_header_and_detail_lines(orders: Firm):
    parts = block("header and lines")
    assert run(orders, parts, ORDER, SECOND).succeeded
    assert orders.sql("SELECT * FROM orders") == [("S1", "C1", "2026-02-01", "2026-02-03", 2, 21, "b", None, None)]
    assert orders.sql("SELECT * FROM order_lines") == [("S1", "LAMP", 2, 10.5)]
    assert run(orders, parts, ORDER).error_message == "Order 'S1' was sent before."


def test_upsert_update_and_delete(orders: Firm):
    upsert, update, delete = map(block, ("upsert", "update", "delete"))
    assert run(orders, upsert, ("S1", "C1", *[""] * 7), ("S2", "C3", "", "New", *[""] * 5)).succeeded
    names = "SELECT no, name FROM customers ORDER BY no"
    assert orders.sql(names) == [("C1", "Maple Street Books"), ("C2", "Northside Bakery"), ("C3", "New")]
    assert run(orders, update, ("S1", "C1", "", "", "", "", "OR", "", "")).succeeded
    assert orders.sql("SELECT state FROM customers WHERE no = 'C1'") == [("OR",)]
    for parts in (update, delete):
        assert "There is no row with Customer 'C9'" in run(orders, parts, ("S1", "C9", *[""] * 7)).error_message
    assert run(orders, delete, ORDER).succeeded
    assert orders.sql("SELECT no FROM customers ORDER BY no") == [("C2",), ("C3",)]


def test_csv_lines(orders: Firm):
    assert run(orders, block("csv line")).succeeded
    assert orders.ran == [("Orders.csv", {"text": "Number,Date\r\nS1,01.02.2026\r\n"})]


@pytest.fixture
def hook() -> Iterator[tuple[str, list[Any]]]:
    """An address that takes JSON, and what came with which authorization."""
    taken: list[Any] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, self.headers["Authorization"], json.loads(body)))
            self.send_response(500 if b"S5" in body else 204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_webhook_lines(orders: Firm, hook: tuple[str, list[Any]]):
    url, taken = hook
    parts = block("webhook line").replace("http://127.0.0.1:8199", url)
    assert run(orders, parts, ORDER).succeeded
    (path, authorization, content) = taken[0]
    assert (path, authorization) == ("/orders", "Bearer t0ken")
    assert "S1" in json.dumps(content)
    assert "status 500" in run(orders, parts, ("S5", *ORDER[1:])).error_message


def test_values(orders: Firm):
    parts = block("values")
    assert run(orders, parts, ORDER, ("S2", *ORDER[1:6], "B ", "", ""), ("S3", *ORDER[1:6], "z", "", "")).succeeded
    assert orders.sql("SELECT order_no, source, total, due_date, class, own_no FROM orders ORDER BY order_no") == [
        ("S1", "sheet", 21, "2026-03-31", "retail", "SO000100"),
        ("S2", "sheet", 21, "2026-03-31", "wholesale", "SO000101"),
        ("S3", "sheet", 21, "2026-03-31", "other", "SO000102"),
    ]


def test_tenants(orders: Firm):
    with (orders.folder / "connections.toml").open("a", encoding="utf-8") as stream:
        stream.write('[erp_west]\nurl = "sqlite:///west.sqlite"\n')
    west = Firm(orders.folder, orders.url.replace("erp.sqlite", "west.sqlite"))
    west.sql("CREATE TABLE orders (order_no VARCHAR(20) PRIMARY KEY, class VARCHAR(10))")
    assert run(orders, block("tenants") + PLAIN_LINE).succeeded
    for firm in (orders, west):
        assert firm.sql("SELECT order_no FROM orders") == [("S1",)]
    (definition,) = orders.catalog.definitions
    assert [(tenant.server_name, tenant.technical_name) for tenant in definition.tenants] == [
        ("erp01", "EAST"),
        ("erp02", "WEST"),
    ]


def test_sql_tasks(orders: Firm):
    parts = block("sql tasks") + PLAIN_LINE
    result = run(orders, parts, ORDER, ("S2", "C2", *ORDER[2:]))
    assert (result.record_count, orders.sql("SELECT * FROM orders")) == (0, [])
    assert [error.message for error in result.validation_errors] == ["Customer 'C2' is blocked."]
    assert run(orders, parts, ORDER).succeeded
    notes = [note for (note,) in orders.sql("SELECT note FROM notes")]
    assert notes[0].startswith("stored S1 of 2026-02-01")
    assert notes[1] == "run 2: 1"


def test_another_process_as_task(orders: Firm):
    assert run(orders, block("other process") + PLAIN_LINE).succeeded
    assert orders.ran == [("ORDER LIST", {"GBL_CLASS": "A"})]


def test_file_tasks(orders: Firm):
    files = orders.folder / "files"
    parts = block("file tasks") + PLAIN_LINE
    (files / "orders.csv").write_text("rows")
    assert run(orders, parts).succeeded
    assert sorted(str(path.relative_to(files)) for path in files.rglob("*.csv")) == [
        "copies/orders.csv",
        "done/orders.csv",
    ]
    assert not run(orders, parts).succeeded  # there is no file to copy
    assert not (files / "copies" / "orders.csv").exists()


def test_webhook_tasks(orders: Firm, hook: tuple[str, list[Any]]):
    url, taken = hook
    assert not run(
        orders, block("webhook task").replace("http://127.0.0.1:8199", url) + PLAIN_LINE, ("S1", *[""] * 8)
    ).succeeded
    assert [(path, content["mapId"], content["errors"]) for path, _, content in taken] == [("/failed", "TEST", "1")]


def test_every_block_is_run():
    tests = Path(__file__).read_text(encoding="utf-8").partition("def block(")[2]
    assert [name for name in MARKS if f'"{name}"' not in tests] == []
    assert [body for kind, body in BLOCKS if kind == "toml" and body not in map(block, MARKS)] == []


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_expressions(orders: Firm, text: str, expected: str):
    run(orders, PLAIN_LINE)
    (definition,) = orders.catalog.definitions
    types = RowTypes(definition, COLUMNS)
    rows = [types.read([*ORDER[:5], price, *ORDER[6:]]).values for price in ("10", "20")]
    names = Names([column.name for column in definition.columns], SYSTEM_VARIABLES)
    with open_database(orders.catalog.connections, "erp") as database, database.transaction():
        found = compile_expression(text, names).evaluate(Scope(rows[0], rows, lookups=DatabaseLookups(database, ())))
    assert to_text(found).lower() == expected.strip().lower()


def test_every_function_has_an_example():
    texts = " ".join(text for text, _value in EXAMPLES)
    assert {name for name in (*FUNCTIONS, *FORMS) if not re.search(rf"\b{name}\b", texts)} == set()
