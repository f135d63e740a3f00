"""Runs that are cut off, that lose their database, and that happen at the same time: no half document, ever."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from xlsc.server.runs.connections import open_database

PROGRAM = Path(__file__).with_name("slow_run.py")


def start(firm, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), str(firm.folder), str(first), str(count)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "begins\n"
    return running


def heads(firm) -> int:
    return firm.sql("SELECT count(*) FROM journals")[0][0]


def half_documents(firm) -> list[tuple[str, int]]:
    """Journals without exactly four lines, and lines without journal."""
    query = """SELECT l.no, count(*) FROM journal_lines l LEFT JOIN journals j ON j.no = l.no
        GROUP BY l.no, j.no, j.lines HAVING j.no IS NULL OR count(*) <> 4 OR j.lines <> 4"""
    return firm.sql(query) + firm.sql("SELECT no, 0 FROM journals WHERE no NOT IN (SELECT no FROM journal_lines)")


def test_killed_at_a_random_moment(firm, journal):
    firm.write(journal)
    chance = random.Random()
    for attempt in range(3):
        before = heads(firm)
        with start(firm, attempt * 100_000, 50_000) as running:
            while heads(firm) - before < 5:  # so that the kill falls among documents
                time.sleep(0.01)
            time.sleep(chance.random() / 10)
            running.kill()
        assert running.returncode == -9
        assert 5 <= heads(firm) - before < 50_000
        assert half_documents(firm) == []
    assert firm.run(("Doc", "Account", "Amount"), [("N", "61", "1"), ("N", "62", "-1")]).result.succeeded


@pytest.mark.postgresql
def test_a_lost_connection_costs_whole_documents_only(tmp_path, postgresql_url, journal, journal_columns, make_firm):
    firm = make_firm(tmp_path, postgresql_url)
    firm.write(journal)
    with start(firm, 0, 2_000) as running:
        for _ in range(3):
            before = heads(firm)
            while heads(firm) < before + 20:
                time.sleep(0.005)
            firm.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert running.stdout is not None
        counts = running.stdout.readline().split(" ", 2)
    assert half_documents(firm) == []
    records, errors = int(counts[0]), int(counts[1])
    assert (records, running.returncode) == (2_000, 0)
    assert 1 <= errors <= 3, counts
    assert "lost" in counts[2] or "does not answer" in counts[2]
    # A commit that got through without its answer is in the table although its rows came back "in doubt".
    assert 0 <= heads(firm) - (records - errors) <= errors


def test_a_database_that_is_not_there(small_firm, journal, journal_columns):
    small_firm.write(journal)
    file = small_firm.folder / "connections.toml"
    file.write_text('[erp]\nurl = "postgresql://nobody:s3cret@127.0.0.1:9/none"\n')
    rows = [(f"J{i}", "61", "0") for i in range(500)]
    result = small_firm.run(journal_columns, rows).result
    assert (result.record_count, result.error_count, len(result.errors.rows)) == (500, 500, 500)
    assert set(result.errors.messages) == {"The database of the connection 'erp' does not answer."}
    assert "s3cret" not in repr(result)


def test_several_runs_at_once(firm, journal, journal_columns):
    rolling = 'own_no = { rolling = "journal", prefix = "JN", width = 4 }\n'
    firm.write(journal.replace('no = { column = "Doc"', rolling + 'no = { column = "Doc"'))

    def one(number: int) -> bool:
        rows = [(f"R{number}-{doc}", f"6{line}", "0") for doc in range(10) for line in range(4)]
        return firm.run(journal_columns, rows).result.succeeded

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(8)))
    assert (heads(firm), half_documents(firm)) == (80, [])
    numbers = sorted(row[0] for row in firm.sql("SELECT own_no FROM journals"))
    assert numbers == [f"JN{number:04d}" for number in range(1, 81)]


def test_the_same_upserts_at_once(firm, customers, customer_columns):
    firm.write(customers)

    def one(number: int) -> int:
        rows = [(f"C{i}", f"Run {number}", None, None, None, None) for i in range(30)]
        return firm.run(customer_columns, rows).result.error_count

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [0, 0, 0, 0]
    assert firm.sql("SELECT count(*) FROM customers") == [(30,)]


def test_waiting_for_the_disk_comes_back_at_the_end(small_firm):
    small_firm.sql("PRAGMA user_version = 42")
    with open_database(small_firm.catalog.connections, "erp") as database:
        levels = []
        for step in (None, database.sync_late, database.sync):
            if step is not None:
                step()
            with database.transaction():
                levels.append(database.execute(text("PRAGMA synchronous")).scalar_one())
                database.execute(text("INSERT INTO notes VALUES ('x')"))
    assert levels == [2, 1, 2]
    assert small_firm.sql("PRAGMA user_version") == [(42,)]
