from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select

from xlsc.core.results import ErrorTable
from xlsc.server import schema
from xlsc.server.history import (
    HISTORY_LENGTH,
    INTERRUPTED,
    MAX_ERROR_ROWS,
    UNSAVED_RUNS,
    History,
    MadeFile,
    RunEnd,
    RunStart,
    TenantRows,
)
from xlsc.server.instances import SILENT_MS, Instances
from xlsc.server.outputs import Outputs
from xlsc.server.store import Store, now_ms, open_store

KEY = "0b54d5a0-7f0e-4b3c-9a51-a95300a506c5"
OTHER = "11111111-7f0e-4b3c-9a51-a95300a506c5"
GOOD = RunEnd(succeeded=True, record_count=2, error_count=0, error_message="")


def start(key: str = KEY) -> RunStart:
    return RunStart(key, "c0ffee00-0000-4000-8000-000000000001", "demo@example.com", "127.0.0.1", "runmap")


def table(*messages: str) -> ErrorTable:
    return ErrorTable(("No", "Größe"), [(str(index), None) for index, _ in enumerate(messages)], messages)


def bad(*messages: str, saved: bool = False) -> RunEnd:
    return RunEnd(False, 1, 1, messages[-1], [TenantRows("erp01", "CONTOSO", table(*messages))], saved=saved)


@pytest.fixture
def history(store: Store) -> History:
    instances = Instances(store, now_ms)
    instances.enter()
    return History(store, instances.id, now_ms)


def test_numbers_count_up_per_process_without_gaps_under_concurrent_callers(history: History):
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda index: history.start(start(KEY if index % 2 else OTHER)), range(60)))
    for key in (KEY, OTHER):
        assert sorted(run.run_number for run in runs if run.map_key == key) == list(range(1, 31))


def test_a_run_under_way_is_not_history_yet(history: History):
    run = history.start(start())
    assert history.past_runs(KEY) == []
    history.finish(run, GOOD)
    assert [(past.run_number, past.record_count, past.errors_saved) for past in history.past_runs(KEY)] == [
        (1, 2, False)
    ]


def test_history_holds_the_last_ten_newest_first(history: History):
    for _ in range(HISTORY_LENGTH + 3):
        history.finish(history.start(start()), GOOD)
    assert [past.run_number for past in history.past_runs(KEY)] == list(range(13, 3, -1))


def test_who_ran_what_is_audited_with_the_number(history: History, store: Store):
    history.start(start())
    with store.reading() as connection:
        row = connection.execute(select(schema.audit_log)).one()
    assert (row.email, row.address, row.map_key, row.run_number) == ("demo@example.com", "127.0.0.1", KEY, 1)


def test_errors_are_found_only_when_saved(history: History):
    run = history.start(start())
    history.finish(run, bad("No such account", "No such account"))
    assert history.saved_errors(run) == []
    assert history.save_errors(run, "ERP01", "contoso", None)
    (saved,) = history.saved_errors(run)
    assert (saved.server, saved.technical, saved.error_count, saved.errors.columns) == (
        "erp01",
        "CONTOSO",
        2,
        ("No", "Größe"),
    )
    assert saved.errors.rows == [("0", None), ("1", None)]
    assert saved.errors.messages == ["No such account", "No such account"]
    assert len(set(saved.idents)) == 2
    assert history.past_runs(KEY)[0].errors_saved


def test_errors_of_a_process_that_stores_them_are_there_at_once(history: History):
    run = history.start(start())
    history.finish(run, bad("wrong", saved=True))
    assert history.saved_errors(run)[0].error_count == 1


def test_errors_of_another_tenant_are_not_saved(history: History):
    run = history.start(start())
    history.finish(run, bad("wrong"))
    assert not history.save_errors(run, "erp01", "FABRIKAM", None)
    assert history.saved_errors(run) == []


def test_given_rows_take_the_place_of_the_runs_own(history: History):
    run = history.start(start())
    history.finish(run, bad("old", "old"))
    assert history.save_errors(run, "erp01", "CONTOSO", table("new"))
    (saved,) = history.saved_errors(run)
    assert saved.errors.messages == ["new"]


def test_at_most_a_thousand_rows_come_back_and_all_are_counted(history: History, store: Store):
    run = history.start(start())
    history.finish(run, bad(*[f"error {index}" for index in range(MAX_ERROR_ROWS + 5)], saved=True))
    (saved,) = history.saved_errors(run)
    assert saved.error_count == MAX_ERROR_ROWS + 5
    assert saved.errors.messages == [f"error {index}" for index in range(MAX_ERROR_ROWS)]
    with store.reading() as connection:  # what nobody can read is not kept
        kept = connection.execute(select(func.count()).select_from(schema.run_error_rows)).scalar()
    assert kept == MAX_ERROR_ROWS


def test_unsaved_errors_go_after_ten_runs_and_saved_ones_stay(history: History, store: Store):
    history.finish(history.start(start()), bad("gone later"))
    kept = history.start(start())
    history.finish(kept, bad("kept", saved=True))
    for _ in range(UNSAVED_RUNS + 1):
        history.finish(history.start(start()), GOOD)
    with store.reading() as connection:
        assert connection.execute(select(schema.run_error_rows.c.message)).scalars().all() == ["kept"]
    assert history.saved_errors(kept)[0].error_count == 1


def test_an_end_that_is_written_twice_counts_once(history: History):
    run = history.start(start())
    history.finish(run, bad("error", saved=True))
    history.finish(run, bad("error", saved=True))
    (saved,) = history.saved_errors(run)
    assert saved.errors.messages == ["error"]


@pytest.mark.postgresql
def test_a_connection_that_breaks_while_the_end_is_written_is_made_anew(tmp_path: Path, postgresql_url: str):
    store = open_store(postgresql_url, tmp_path)
    history = History(store, "here", now_ms)
    run = history.start(start())
    broken: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def break_once(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "INSERT INTO run_errors" in statement and not broken:
            broken.append(statement)
            with psycopg.connect(postgresql_url, autocommit=True) as admin:
                pid = connection.connection.driver_connection.info.backend_pid
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    history.finish(run, bad("error", saved=True))
    assert broken
    (past,) = history.past_runs(KEY)
    assert (past.run_number, past.error_count, past.errors_saved) == (1, 1, True)
    assert history.saved_errors(run)[0].errors.messages == ["error"]
    store.close()


def test_files_are_listed_newest_first_and_found_by_their_key(history: History, store: Store):
    outputs = Outputs(store)
    for number in (1, 2):
        run = history.start(start())
        file = MadeFile(f"ITEMS___{number}.zip", "CSV", b"PK" + bytes([number]))
        history.finish(run, RunEnd(True, 1, 0, "", files=[file]))
    newest, oldest = outputs.of_process(KEY, None)
    assert (newest.run_number, oldest.run_number) == (2, 1)
    assert [file.file_name for file in outputs.of_process(KEY, 1)] == ["ITEMS___1.zip"]
    assert outputs.find(newest.access_key) == (KEY, "ITEMS___2.zip", b"PK\x02")
    assert outputs.find("nothing") is None
    assert newest.access_key != oldest.access_key


def test_runs_of_an_instance_that_fell_silent_are_ended_and_leave_no_gap(store: Store):
    now = [now_ms()]
    dead, alive = Instances(store, lambda: now[0]), Instances(store, lambda: now[0])
    dead.enter()
    number = History(store, dead.id, now_ms).start(start()).run_number
    now[0] += SILENT_MS + 1
    assert alive.enter() == 1
    history = History(store, alive.id, now_ms)
    assert history.start(start()).run_number == number + 1
    (past,) = history.past_runs(KEY)
    assert (past.run_number, past.state, past.error_count) == (number, INTERRUPTED, 1)


def test_runs_of_a_living_instance_are_left_alone(store: Store):
    one, two = Instances(store, now_ms), Instances(store, now_ms)
    one.enter()
    run = History(store, one.id, now_ms).start(start())
    assert two.enter() == 0
    History(store, one.id, now_ms).finish(run, GOOD)
    assert [past.state for past in History(store, two.id, now_ms).past_runs(KEY)] == ["succeeded"]


def test_an_instance_taken_for_dead_comes_back_with_its_next_beat(store: Store):
    now = [now_ms()]
    one, two = Instances(store, lambda: now[0]), Instances(store, lambda: now[0])
    one.enter()
    now[0] += SILENT_MS + 1
    two.enter()
    one.beat()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.instances)).scalar() == 2


def test_an_instance_that_leaves_ends_what_it_did_not_finish(store: Store, tmp_path: Path):
    instance = Instances(store, now_ms)
    instance.enter()
    history = History(store, instance.id, now_ms)
    history.start(start())
    instance.leave()
    assert [past.state for past in history.past_runs(KEY)] == [INTERRUPTED]
