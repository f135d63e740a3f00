import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from xlsc.errors import UsageError
from xlsc.server import schema
from xlsc.server.migrations import STEPS, migrate, read_version
from xlsc.server.store import Store, open_store


def test_a_new_store_has_all_tables_and_the_current_version(store: Store):
    with store.writing() as connection:
        assert read_version(connection) == len(STEPS)
        assert migrate(connection) == 0
        for table in schema.metadata.sorted_tables:
            if table is not schema.schema_version:
                assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_a_newer_store_is_refused(store: Store):
    with store.writing() as connection:
        connection.execute(schema.schema_version.update().values(version=len(STEPS) + 1))
    with store.writing() as connection, pytest.raises(UsageError, match="newer version"):
        migrate(connection)


def test_a_store_opened_again_keeps_what_it_held(tmp_path: Path):
    for _ in range(2):
        store = open_store(None, tmp_path)
        with store.writing() as connection:
            connection.execute(schema.run_counters.insert().values(map_key=os.urandom(8).hex(), last_number=3))
        store.close()
    store = open_store(None, tmp_path)
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.run_counters)).scalar() == 2
    store.close()


def test_what_is_raised_in_a_transaction_takes_everything_back(store: Store):
    def break_off() -> None:
        with store.writing() as connection:
            connection.execute(schema.settings.insert().values(name="a", value="b"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with store.reading() as connection:
        assert connection.execute(select(schema.settings)).all() == []


@pytest.mark.postgresql
def test_instances_that_start_together_make_the_tables_once(tmp_path: Path, postgresql_url: str):
    with ThreadPoolExecutor(5) as pool:
        stores = list(pool.map(lambda _: open_store(postgresql_url, tmp_path), range(5)))
    for store in stores:
        with store.reading() as connection:
            assert connection.execute(select(schema.schema_version.c.version)).scalars().all() == [len(STEPS)]
        store.close()


def test_the_file_is_durable_and_private(tmp_path: Path):
    store = open_store(None, tmp_path)
    with store.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "service.sqlite3").stat().st_mode) == 0o600
    store.close()


@pytest.mark.parametrize("url", ["nonsense", "nodialect://host/db"])
def test_a_url_that_cannot_be_used_is_said_so(url: str, tmp_path: Path):
    with pytest.raises(UsageError, match="database URL"):
        open_store(url, tmp_path)


def test_a_file_where_the_folder_should_be_is_said_so(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'x.sqlite3'}", tmp_path)


def test_a_wrong_password_for_the_database_is_not_repeated(tmp_path: Path):
    with pytest.raises(UsageError) as caught:
        open_store("postgresql://someone:s3cret@127.0.0.1:1/none", tmp_path)
    assert "s3cret" not in str(caught.value)
