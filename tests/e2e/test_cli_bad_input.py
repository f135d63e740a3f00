"""What a person gets wrong at the command line: a sentence, a next step, an exit code, and no file left half done."""

import json
import os
import subprocess
import sys

import openpyxl
import pytest

from tests.e2e.test_cli_main_job import customer, make_book

WRITERS = {
    "save-request": ("send", "{book}", "--dry-run", "--save-request", "{to}/body.xml"),
    "output": ("check", "{book}", "-o", "{to}/marked.xlsx"),
    "headers": ("headers", "{to}/new.xlsx", "--process", "CUSTOMERS"),
    "csv": ("data", "CUSTOMERS BY STATE", "--var", "STATE=WA", "-o", "{to}/rows.csv"),
    "xlsx": ("data", "CUSTOMERS BY STATE", "--var", "STATE=WA", "-o", "{to}/rows.xlsx"),
    "process": ("process", "new", "{to}/own.toml", "--id", "OWN"),
}


@pytest.fixture
def book(signed_in, tmp_path):
    path = tmp_path / "book.xlsx"
    make_book(signed_in, path, [customer(), customer(CustomerNumber=None)])
    return path


def filled(words, book, to):
    return [word.format(book=book, to=to) for word in words]


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_a_file_that_cannot_be_made_is_named_with_a_next_step(signed_in, book, tmp_path, words):
    before = book.read_bytes()
    answer = signed_in(*filled(words, book, tmp_path / "missing"))
    assert answer.code in (2, 4)
    assert str(tmp_path / "missing") in answer.err
    assert "No such file or directory" in answer.err
    assert book.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == ["book.xlsx"]


@pytest.mark.parametrize("name", ["save-request", "output", "headers", "csv", "xlsx"])
def test_a_disk_that_is_full_leaves_no_half_file(signed_in, home, book, tmp_path, name):
    target = tmp_path / "out"
    target.mkdir()

    import resource

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run(
        [sys.executable, "-m", "xlsc", *filled(WRITERS[name], book, target)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=no_room,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode in (2, 4), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert list(target.iterdir()) == []


def test_the_request_never_goes_over_the_workbook(signed_in, book, tmp_path):
    before = book.read_bytes()
    for words in (["--save-request", book], ["--save-request", tmp_path / "o.xlsx", "-o", tmp_path / "o.xlsx"]):
        answer = signed_in("send", book, *words)
        assert answer.code == 2
        assert "is the workbook itself" in answer.err
    assert book.read_bytes() == before


@pytest.mark.parametrize("area", ["A50:F60", "Z99", "A1:L1"])
def test_a_range_beside_the_data_is_a_slip(signed_in, book, area):
    answer = signed_in("send", book, "--range", area)
    assert answer.code == 2
    assert "they stand in rows 2 to 3" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["send", "no-such.xlsx"], "does not exist"),
        (["send"], "Missing argument"),
        (["serve", "--port", "99999999"], "--port"),
        (["no-such-command"], "No such command"),
        (["send", "--no-such-option"], "No such option"),
    ],
)
def test_wrong_arguments_are_json_where_json_is_asked_for(cli, words, said):
    answer = cli(*words, "--json")
    assert answer.code == 2
    assert answer.err == ""
    found = answer.json
    assert found["error"] == "UsageError"
    assert said in found["message"]
    assert found["hint"].startswith("See: xlsc")


def test_every_row_that_was_read_stands_in_the_json(signed_in, book):
    assert signed_in("send", book).code == 1
    report = signed_in("send", book, "--failed-only", "--json").json
    assert [item["state"] for item in report["rows"]] == ["skipped", "rejected"]
    assert report["rows"][0]["reason"] == "not rejected before"
    assert report["read"] == len(report["rows"])


def test_output_into_a_pipe_that_nobody_reads_ends_quietly(cli, signed_in, home):
    """As ``xlsc columns CUSTOMERS | head -1`` does."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "xlsc", "columns", "CUSTOMERS"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_table_in_a_pipe_is_not_squeezed(signed_in):
    shown = signed_in("settings").out
    assert "…" not in shown
    assert any(len(line) > 100 for line in shown.splitlines())


def test_a_protected_sheet_is_not_promised_to_another_file(signed_in, book, tmp_path):
    changed = openpyxl.load_workbook(book)
    changed["Data"].protection.enable()
    changed.save(book)
    answer = signed_in("send", book, "-o", tmp_path / "other.xlsx")
    assert answer.code == 4
    assert "Unprotect Sheet" in answer.err
    assert " -o" not in answer.err
    assert not (tmp_path / "other.xlsx").exists()


def test_nothing_is_shown_twice_as_error_and_json(signed_in, tmp_path):
    answer = signed_in("columns", "NO SUCH", "--json")
    assert answer.code == 3
    assert set(json.loads(answer.out)) == {"error", "message", "hint"}
    assert answer.err == ""
