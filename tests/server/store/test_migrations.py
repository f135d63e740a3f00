"""Stores of every version come up to date with all that they hold, and end as schema.py says."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text

from xlsc.server import migrations, schema
from xlsc.server.accounts import Accounts
from xlsc.server.history import History, RunStart
from xlsc.server.migrations import STEPS, migrate, read_version
from xlsc.server.outputs import Outputs
from xlsc.server.password_hashes import matches
from xlsc.server.store import Store, now_ms, open_store
from xlsc.server.tokens import Tokens
from xlsc.wire.passwords import hmac_form

FIRST = Path(__file__).with_name("store_of_version_1.sql")
KEY = "0b54d5a0-7f0e-4b3c-9a51-a95300a506c5"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Two empty databases of one kind."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("one", "two")]
    else:
        url = request.getfixturevalue("postgresql_url").replace("postgresql:", "postgresql+psycopg:")
        urls = [url, url]
    found = [create_engine(url) for url in urls]
    yield found
    for engine in found:
        engine.dispose()


def describe(engine: Engine) -> dict[str, Any]:
    """Everything about the tables that a program can notice."""
    look = inspect(engine)
    return {
        table: {
            "columns": [
                (c["name"], repr(c["type"]), c["nullable"], str(c["default"])) for c in look.get_columns(table)
            ],
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in look.get_indexes(table)),
            "unique": sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table)),
            "foreign": sorted(
                (tuple(f["constrained_columns"]), f["referred_table"]) for f in look.get_foreign_keys(table)
            ),
        }
        for table in sorted(look.get_table_names())
    }


def test_the_steps_lead_to_what_the_schema_says(engines: list[Engine]):
    with engines[0].begin() as connection:
        assert migrate(connection) == len(STEPS)
    stepped = describe(engines[0])
    reflected = MetaData()
    reflected.reflect(engines[0])
    reflected.drop_all(engines[0])
    schema.metadata.create_all(engines[1])
    assert stepped == describe(engines[1])
    assert set(stepped) == set(schema.metadata.tables)


@pytest.fixture
def first_store(tmp_path: Path) -> Store:
    """A store that the first version left behind."""
    with sqlite3.connect(tmp_path / "service.sqlite3") as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return open_store(None, tmp_path)


def test_a_store_of_the_first_version_keeps_accounts_tokens_and_runs(first_store: Store):
    with first_store.reading() as connection:
        assert read_version(connection) == len(STEPS)
    user, stored = Accounts(first_store).find_user("Ann@example.com") or pytest.fail("The user is gone.")
    assert matches(hmac_form("first-version"), stored)
    caller = Tokens(first_store, now_ms).find("token-of-the-first-version")
    assert (caller.user, caller.company.name, caller.grants) == (user, "Contoso Ltd", {KEY})
    history = History(first_store, "here", now_ms)
    (past,) = history.past_runs(KEY)
    assert (past.run_number, past.record_count, past.error_count, past.errors_saved) == (1, 1, 1, True)
    run = history.find_run(KEY, 1) or pytest.fail("The run is gone.")
    (kept,) = history.saved_errors(run)
    assert (kept.errors.columns, kept.errors.rows) == (("DocumentNo", "Amount"), [("JV001", None)])
    (file,) = Outputs(first_store).of_process(KEY, None)
    assert Outputs(first_store).find(file.access_key) == (KEY, "GL JOURNAL___1.zip", b"PK")
    assert history.start(RunStart(KEY, caller.company.id, user.email, "", "runmap")).run_number == 2
    first_store.close()


def test_a_step_that_breaks_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch):
    def add(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE companies ADD COLUMN motto VARCHAR(20)"))

    def break_off(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE companies ADD COLUMN anthem VARCHAR(20)"))
        raise RuntimeError

    def names() -> set[str]:
        return {column["name"] for column in inspect(store.engine).get_columns("companies")}

    before = names()
    monkeypatch.setattr(migrations, "STEPS", (*STEPS, add, break_off))
    with pytest.raises(RuntimeError), store.writing() as connection:
        migrate(connection)
    with store.reading() as connection:
        assert read_version(connection) == len(STEPS)
    assert names() == before
    monkeypatch.setattr(migrations, "STEPS", (*STEPS, add))
    with store.writing() as connection:
        assert migrate(connection) == 1
    with store.reading() as connection:
        assert read_version(connection) == len(STEPS) + 1
    assert names() == before | {"motto"}
