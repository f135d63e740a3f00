"""Tasks: their stages, what follows their success and failure, validations that stop a run."""

from __future__ import annotations

import pytest

from xlsc.core.results import ErrorTable

PLAIN = """
[[columns]]
name = "No"
key = true
[[columns]]
name = "Name"
[[checks]]
that = "Name <> 'bad'"
message = "Name '{Name}' is bad."
[[lines]]
name = "Customer"
table = "customers"
[lines.map]
no = "No"
name = "Name"
"""
COLUMNS = ("No", "Name")
GOOD, BAD, LAST = ("C1", "Ann"), ("C2", "bad"), ("C3", "Cem")


def note(stage: str, text: str, more: str = "") -> str:
    return f"""
[[tasks]]
name = "{stage} {text}"
stage = "{stage}"
kind = "sql command"
sql = "INSERT INTO notes VALUES ('{text}')"
{more}
"""


def broken(stage: str, more: str = "") -> str:
    return f"""
[[tasks]]
name = "broken"
stage = "{stage}"
kind = "sql command"
sql = "INSERT INTO nowhere VALUES (1)"
{more}
"""


def validation(more: str = "", name: str = "terms known") -> str:
    return f"""
[[tasks]]
name = "{name}"
stage = "map data checks"
kind = "sql validation"
sql = "SELECT code FROM terms WHERE code = :Name"
message = "Terms '{{Name}}' are unknown."
{more}
"""


def notes(firm) -> list[str]:
    return [row[0] for row in firm.sql("SELECT note FROM notes")]


def customers(firm) -> list[str]:
    return [row[0] for row in firm.sql("SELECT no FROM customers ORDER BY no")]


def test_every_stage_in_its_turn(firm):
    stages = ["after map fails", "after map succeeds", "after document succeeds", "after document fails"]
    tasks = [note(stage, stage) for stage in [*stages, "before document", "before map"]]
    firm.write(PLAIN + "".join(tasks))
    firm.run(COLUMNS, [GOOD, BAD])
    # What a failed document's own tasks wrote is taken back with it.
    assert notes(firm) == [
        "before map",
        "before document",
        "after document succeeds",
        "after document fails",
        "after map fails",
    ]
    firm.sql("DELETE FROM notes")
    firm.run(COLUMNS, [LAST])
    assert notes(firm) == ["before map", "before document", "after document succeeds", "after map succeeds"]


def test_a_disabled_task_does_nothing(small_firm):
    small_firm.write(PLAIN + broken("before map", "enabled = false"))
    assert small_firm.run(COLUMNS, [GOOD]).result.succeeded


@pytest.mark.parametrize(
    ("policy", "stored", "succeeded"), [("quit", [], False), ("cancel", [], True), ("go to next step", ["C1"], True)]
)
def test_a_task_before_the_map_that_fails(firm, policy, stored, succeeded):
    firm.write(PLAIN + broken("before map", f'on_failure = "{policy}"') + note("before map", "went on"))
    result = firm.run(COLUMNS, [GOOD]).result
    assert customers(firm) == stored
    assert result.succeeded is succeeded
    assert notes(firm) == (["went on"] if stored else [])
    assert ("broken" in result.error_message) is not bool(stored)


def test_quit_after_success_ends_the_run(small_firm):
    small_firm.write(PLAIN + note("before map", "stop", 'on_success = "quit"'))
    result = small_firm.run(COLUMNS, [GOOD]).result
    assert (result.succeeded, result.record_count, customers(small_firm)) == (False, 0, [])


@pytest.mark.parametrize(
    ("policy", "stored", "counts"),
    [("quit", [], (1, 1)), ("cancel", [], (0, 0)), ("go to next step", ["C1"], (1, 0))],
)
def test_a_task_after_a_document_that_fails_takes_it_back(firm, policy, stored, counts):
    firm.write(PLAIN + broken("after document succeeds", f'on_failure = "{policy}"'))
    result = firm.run(COLUMNS, [GOOD]).result
    assert customers(firm) == stored
    assert (result.record_count, result.error_count) == counts


def test_a_failed_document_can_end_the_run_and_keeps_its_notes(firm):
    firm.write(PLAIN + note("after document fails", "log", 'on_success = "quit"'))
    result = firm.run(COLUMNS, [GOOD, BAD, LAST]).result
    assert customers(firm) == ["C1"]
    assert notes(firm) == ["log"]
    assert (result.record_count, result.error_count, result.succeeded) == (2, 1, False)


def test_a_failing_map_task_makes_the_run_a_failure_after_all(small_firm):
    small_firm.write(PLAIN + broken("after map succeeds"))
    result = small_firm.run(COLUMNS, [GOOD]).result
    assert (result.succeeded, result.error_count, customers(small_firm)) == (False, 0, ["C1"])


def test_a_validation_stops_the_run_before_any_data(firm):
    firm.write(PLAIN + validation() + note("before map", "before"))
    rows = [("C1", "NET30"), ("C2", "NET99"), ("C3", "NET98")]
    outcome = firm.run(COLUMNS, rows)
    result = outcome.result
    assert (customers(firm), notes(firm)) == ([], [])
    assert (result.succeeded, result.record_count, result.error_count) == (False, 0, 2)
    assert list(result.errors.rows) == rows[1:]
    assert list(result.errors.messages) == ["Terms 'NET99' are unknown.", "Terms 'NET98' are unknown."]
    (found,) = result.validation_errors
    assert (found.task, found.message) == ("terms known", "Terms 'NET99' are unknown.")
    assert list(found.errors.rows) == rows[1:]
    assert [list(table.rows) for _, table in outcome.tenant_errors] == [rows[1:]]


def test_without_validation_its_rows_are_left_out(small_firm):
    small_firm.write(PLAIN + validation())
    result = small_firm.run(COLUMNS, [("C1", "NET99")], with_validation=False).result
    assert (result.errors, result.validation_errors) == (ErrorTable(), ())
    assert (result.succeeded, result.error_count) == (False, 1)
    assert result.error_message == "Terms 'NET99' are unknown."


def test_two_validations_both_tell(small_firm):
    second = validation('expect = "no rows"', "not net60").replace("are unknown", "are not used any more")
    small_firm.write(PLAIN + validation() + second)
    result = small_firm.run(COLUMNS, [("C1", "NET60"), ("C2", "NET99")]).result
    assert [error.task for error in result.validation_errors] == ["terms known", "not net60"]
    assert list(result.errors.messages) == ["Terms 'NET60' are not used any more.", "Terms 'NET99' are unknown."]


def test_policies_of_a_validation(small_firm):
    found = []
    for policy in ("go to next step", "cancel"):
        small_firm.write(PLAIN + validation(f'on_failure = "{policy}"'))
        result = small_firm.run(COLUMNS, [("C1", "NET99")]).result
        found.append((result.succeeded, len(result.errors.rows), customers(small_firm)))
        small_firm.sql("DELETE FROM customers")
    assert found == [(True, 0, ["C1"]), (True, 1, [])]


def test_a_validation_that_cannot_be_run_stops_the_run(firm):
    firm.write(PLAIN + validation().replace("FROM terms", "FROM nowhere"))
    result = firm.run(COLUMNS, [("C1", "NET30")]).result
    assert (result.succeeded, customers(firm)) == (False, [])
    assert "terms known" in result.error_message


def test_a_validation_before_a_document_rejects_that_document_only(firm):
    task = validation().replace("map data checks", "before document")
    firm.write(PLAIN + task)
    result = firm.run(COLUMNS, [("C1", "NET30"), ("C2", "NET99")]).result
    assert customers(firm) == ["C1"]
    assert list(result.errors.messages) == ["Terms 'NET99' are unknown."]


def test_a_task_runs_another_process_with_variables(small_firm):
    task = """
[[tasks]]
name = "chain"
stage = "after map succeeds"
kind = "run process"
process = "NEXT"
variables = { GBL_NOTE = "run GBL_WHO" }
[variables]
GBL_WHO = "by ann"
"""
    small_firm.write(PLAIN + task)
    assert small_firm.run(COLUMNS, [GOOD]).result.succeeded
    assert small_firm.ran == [("NEXT", {"GBL_NOTE": "run by ann"})]
    small_firm.write(PLAIN + task.replace("NEXT", "BROKEN"))
    assert not small_firm.run(COLUMNS, [LAST]).result.succeeded


def test_files_are_copied_moved_deleted_and_never_outside(small_firm):
    files = small_firm.folder / "files"
    (files / "in.txt").write_text("x")

    def task(kind: str, file: str, to: str = "") -> str:
        target = f'to = "{to}"' if to else ""
        return f'\n[[tasks]]\nname = "t"\nstage = "before map"\nkind = "{kind}"\nfile = "{file}"\n{target}\n'

    small_firm.write(PLAIN + task("copy file", "in.txt", "old/GBL_NAME.txt") + '\n[variables]\nGBL_NAME = "day"\n')
    assert small_firm.run(COLUMNS, []).result.succeeded
    small_firm.run(COLUMNS, [GOOD], GBL_NAME="week")
    assert (files / "old" / "week.txt").read_text() == "x"
    result = small_firm.run(COLUMNS, [GOOD], GBL_NAME="../../../escaped").result
    assert "outside" in result.error_message
    small_firm.write(PLAIN + task("move file", "in.txt", "done.txt"))
    small_firm.run(COLUMNS, [BAD])
    assert (files / "done.txt").exists()
    assert not (files / "in.txt").exists()
    small_firm.write(PLAIN + task("delete file", "done.txt"))
    small_firm.run(COLUMNS, [BAD])
    assert not (files / "done.txt").exists()
