"""A company's folder of processes over a real database, and runs of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from xlsc.core.results import ErrorTable, RunResult
from xlsc.server.processes import ProcessCatalog, load_processes
from xlsc.server.runs import RunCall, RunOutcome, RunPorts, read_data, run_process

COMPANY = "6c1f7a52-3f0a-4c55-9f59-0d8f6e1a0001"
TABLES = """
CREATE TABLE terms (code VARCHAR(10) PRIMARY KEY, days INTEGER);
INSERT INTO terms VALUES ('NET30', 30), ('NET60', 60);
CREATE TABLE customers (no VARCHAR(10) PRIMARY KEY, name VARCHAR(20) NOT NULL, terms VARCHAR(10),
  credit_limit NUMERIC(12, 2), since DATE, visits INTEGER);
CREATE TABLE journals (no VARCHAR(20) PRIMARY KEY, lines INTEGER, total NUMERIC(12, 2), own_no VARCHAR(20));
CREATE TABLE journal_lines (no VARCHAR(20), account VARCHAR(10) NOT NULL, amount NUMERIC(12, 2));
CREATE TABLE notes (note VARCHAR(200))
"""
CUSTOMERS = """
[[columns]]
name = "No"
key = true
[[columns]]
name = "Name"
required = true
[[columns]]
name = "Terms"
[[columns]]
name = "Limit"
type = "decimal"
[[columns]]
name = "Since"
type = "date"
[[columns]]
name = "Visits"
[[checks]]
that = "isblank(Terms) or exists('terms', 'code', Terms)"
message = "Terms code '{Terms}' does not exist."
[[checks]]
that = "Limit >= 0"
message = "Limit '{Limit}' is below zero."
[[lines]]
name = "Customer"
table = "customers"
action = "upsert"
keys = ["no"]
[lines.map]
no = "No"
name = "Name"
terms = "Terms"
credit_limit = "Limit"
since = "Since"
visits = "Visits"
"""
CUSTOMER_COLUMNS = ("No", "Name", "Terms", "Limit", "Since", "Visits")
JOURNAL = """
[[columns]]
name = "Doc"
key = true
[[columns]]
name = "Account"
[[columns]]
name = "Amount"
type = "decimal"
[[checks]]
per = "document"
that = "sum(Amount) = 0"
message = "Journal '{Doc}' is not balanced."
[[checks]]
that = "startswith(Account, '6')"
message = "Account '{Account}' does not exist."
[[lines]]
name = "Head"
table = "journals"
group_by = ["Doc"]
duplicate = "Journal '{Doc}' was posted before."
[lines.map]
no = { column = "Doc", group = "group by" }
lines = { calculation = "1", group = "sum" }
total = { calculation = "if(Amount > 0, Amount, 0)", group = "sum" }
[[lines]]
name = "Line"
table = "journal_lines"
[lines.map]
no = "Doc"
account = "Account"
amount = "Amount"
"""
JOURNAL_COLUMNS = ("Doc", "Account", "Amount")


@dataclass
class Firm:
    """A folder of processes, a database called erp, and what other processes were run."""

    folder: Path
    url: str
    ran: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    numbers: int = 0

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows

    def write(self, body: str, head: str = "", name: str = "TEST") -> None:
        """Write a process over the database erp; ``head`` stands in [process]."""
        connection = "" if "[[tenants]]" in body else 'connection = "erp"'
        start = f'[process]\nid = "{name}"\ncompany = "{COMPANY}"\n{connection}\n{head}\n'
        (self.folder / f"{name.lower()}.toml").write_text(start + body, encoding="utf-8")

    @property
    def catalog(self) -> ProcessCatalog:
        return load_processes(self.folder)

    def ports(self) -> RunPorts:
        def run_other(name: str, variables: Mapping[str, str]) -> RunResult:
            self.ran.append((name, dict(variables)))
            return RunResult("", name, "", 1, 0, 0, name != "BROKEN", "", ErrorTable())

        clock = lambda: int(time.time() * 1000)  # noqa: E731
        return RunPorts(self.catalog.connections, self.folder.parent / "out", run_other, clock)

    def run(
        self,
        columns: Sequence[str] | None = None,
        rows: Sequence[Sequence[str | None]] = (),
        with_validation: bool = True,
        **variables: str,
    ) -> RunOutcome:
        """Run the process TEST on rows, or on its own source."""
        self.numbers += 1
        given = None if columns is None else (columns, rows)
        call = RunCall(given, variables, with_validation, "ann@example.com", self.numbers)
        definition = next(item for item in self.catalog.definitions if item.map_id == "TEST")
        return run_process(definition, call, self.ports())

    def read(self, **variables: str) -> tuple[Sequence[str], Sequence[Sequence[str | None]]]:
        return read_data(self.catalog.definitions[0], variables, self.ports())


MakeFirm = Callable[[Path, str], Firm]


@pytest.fixture(name="make_firm")
def give_make_firm() -> MakeFirm:
    """For tests of one database."""
    return make_firm


def make_firm(home: Path, url: str) -> Firm:
    folder = home / "processes"
    (folder / "files").mkdir(parents=True)
    (folder / "connections.toml").write_text(f'[erp]\nurl = "{url}"\n', encoding="utf-8")
    real = url.replace("sqlite:///", f"sqlite:///{home}/").replace("postgresql://", "postgresql+psycopg://")
    firm = Firm(folder, real)
    for statement in TABLES.split(";"):
        firm.sql(statement)
    return firm


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def firm(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    """A firm on each database."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else "sqlite:///erp.sqlite"
    return make_firm(tmp_path, url)


@pytest.fixture
def small_firm(tmp_path: Path) -> Firm:
    """A firm on SQLite, where the database makes no difference."""
    return make_firm(tmp_path, "sqlite:///erp.sqlite")


@pytest.fixture
def journal_columns() -> tuple[str, ...]:
    return JOURNAL_COLUMNS


@pytest.fixture
def customer_columns() -> tuple[str, ...]:
    return CUSTOMER_COLUMNS


@pytest.fixture
def journal() -> str:
    return JOURNAL


@pytest.fixture
def customers() -> str:
    return CUSTOMERS
