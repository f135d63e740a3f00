"""The worksheet functions through the bridge that VBA calls, against the embedded service."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy, running_proxy
from xlsc.addin import formulas
from xlsc.addin.bridge import ERROR_NUMBERS, answer
from xlsc.addin.cached import Answers
from xlsc.addin.registry import FUNCTIONS
from xlsc.cli.main import run
from xlsc.errors import NoAnswer, UsageError
from xlsc.server.options import ServiceOptions
from xlsc.server.service import start_service


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    options = ServiceOptions(data=tmp_path_factory.mktemp("formulas"), host="127.0.0.1", port=0)
    with start_service(options) as service, running_proxy(service.port) as found:
        found.victim = b"/API/"
        yield found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XLSC_HOME", str(tmp_path))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    formulas.forget_answers()
    return tmp_path


@pytest.fixture
def signed_in(home: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Proxy:
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    assert run(["login", proxy.url, "--email", "demo@example.com", "--company", "Contoso Ltd", "--json"]) == 0
    monkeypatch.delenv("XLSC_PASSWORD")
    proxy.seen = 0
    return proxy


def ok(name, *arguments):
    found = answer(name, arguments)
    assert found[0] == "ok", found
    return found[1]


def test_processes_and_columns_spill_with_headers(signed_in):
    processes = ok("SC_PROCESSES")
    assert processes[0] == ["Process", "Description"]
    assert ["GL JOURNAL", "Excel journal to general ledger"] in processes
    assert [row[0] for row in ok("SC_PROCESSES", "journal")[1:]] == ["GL JOURNAL", "PURCHASE JOURNAL"]
    columns = ok("SC_COLUMNS", "customers")
    assert columns[1] == ["CustomerNumber", True, True]
    assert ["Remark", False, False] in columns
    assert ["Remark", False] not in ok("SC_MAPPED_COLUMNS", "CUSTOMERS")


def test_data_takes_pairs_and_blocks_of_variables(signed_in):
    by_pair = ok("SC_DATA", "CUSTOMERS BY STATE", "GBL_STATE", "ID")
    by_block = ok("SC_DATA", "CUSTOMERS BY STATE", (("state", "ID"), (None, None)))
    assert by_pair == by_block
    assert by_pair[1] == ["EAGLE05", "Eagle Office Systems", "Boise", "ID", 40000.0]
    assert ok("SC_DATA", "CUSTOMERS BY STATE", "GBL_STATE").startswith("#XLSC A variable's name has no value.")


def test_history_errors_outputs_and_the_last_run(signed_in):
    runs = ok("SC_HISTORY", "PURCHASE JOURNAL")
    assert runs[0] == ["Process", "Run", "Date", "Documents", "Accepted", "Rejected"]
    wrong = next(row for row in runs[1:] if row[5])
    errors = ok("SC_ERRORS", "PURCHASE JOURNAL", wrong[1])
    assert errors[0][:3] == ["Message", "PostingDate", "Batch"]
    assert "on hold" in errors[1][0]
    assert ok("SC_LAST_RUN", "PURCHASE JOURNAL")[0][0] == runs[1][1]
    assert ok("SC_OUTPUTS", "CUSTOMERS BY STATE")[1][2] == "CUSTOMERS BY STATE___1.zip"
    assert len(ok("SC_HISTORY")) == 5


def test_check_finds_what_is_wrong_in_a_block(signed_in):
    headers = ("CustomerNumber", "CustomerName", "CreditLimit")
    assert ok("SC_CHECK", "CUSTOMERS", (headers, ("C1", "Ann", 5.0))) == "OK"
    found = ok("SC_CHECK", "CUSTOMERS", (headers, ("C1", "Ann", 5.0), (None, "Bob", -2146826246)))
    assert [row[:2] for row in found[1:]] == [[3.0, "CustomerNumber"], [3.0, "CreditLimit"]]
    assert ok("SC_CHECK", "CUSTOMERS", 5.0).startswith("#XLSC")


def test_status_and_company(signed_in):
    assert ok("SC_STATUS").startswith("Signed in: demo@example.com, Contoso Ltd, http://127.0.0.1")
    assert ok("SC_COMPANY") == "Contoso Ltd"


def test_ten_thousand_formulas_ask_once_per_question(signed_in):
    for _ in range(10_000):
        ok("SC_COLUMNS", "CUSTOMERS")
    first = signed_in.seen
    assert first == 3
    for _ in range(1000):
        ok("SC_COLUMNS", "customers")
        ok("SC_PROCESSES", "x")
    assert signed_in.seen == first + 1
    formulas.forget_answers()
    ok("SC_COLUMNS", "CUSTOMERS")
    assert signed_in.seen == first + 4


def test_signed_out_and_unknown_are_readable_texts(home, signed_in):
    assert ok("SC_COLUMNS", "CUSTOMRES").startswith("#XLSC There is no process 'CUSTOMRES'")
    assert run(["logout"]) == 0
    formulas.forget_answers()
    assert "You are not signed in" in ok("SC_PROCESSES")


def test_nobody_ever_signed_in(home):
    assert ok("SC_STATUS") == "Not signed in"
    assert ok("SC_COMPANY") == "Not signed in"
    assert ok("SC_PROCESSES").startswith("#XLSC Not signed in")


def test_a_wrong_kind_of_argument_is_a_real_error(signed_in):
    kind, number, _ = answer("SC_ERRORS", ("CUSTOMERS", "first"))
    assert (kind, number) == ("error", ERROR_NUMBERS["#VALUE!"])
    assert answer("SC_NOTHING", ())[1] == ERROR_NUMBERS["#NAME?"]


def test_every_function_of_the_registry_has_its_answer():
    for function in FUNCTIONS:
        module, name = function.target.split(":")
        assert module == "xlsc.addin.formulas"
        assert callable(getattr(formulas, name))


def test_answers_age_and_failures_age_faster():
    now = [0.0]
    asked = []

    def fail():
        asked.append(1)
        raise UsageError("No.", "Wait.")

    answers = Answers(lambda: now[0])
    assert answers.get("q", lambda: len(asked)) == 0
    for _ in range(5):
        with pytest.raises(UsageError):
            answers.get("f", fail)
    assert len(asked) == 1
    now[0] = 20.0
    with pytest.raises(UsageError):
        answers.get("f", fail)
    assert answers.get("q", lambda: "new") == 0
    now[0] = 400.0
    assert answers.get("q", lambda: "new") == "new"
    assert len(asked) == 2


def test_a_service_that_cannot_be_reached_is_tried_once_for_all_questions():
    now = [0.0]
    asked = []

    def fail():
        asked.append(1)
        raise NoAnswer("Nobody there.", "Wait.")

    answers = Answers(lambda: now[0])
    for number in range(50):
        with pytest.raises(NoAnswer):
            answers.get(number, fail)
    assert len(asked) == 1
    now[0] = 20.0
    assert answers.get(1, lambda: "there again") == "there again"
    assert answers.get(2, lambda: "there again") == "there again"


def test_a_slow_answer_holds_excel_for_a_moment_once_and_is_shown_later():
    gate = threading.Event()
    asked = []

    def slow():
        asked.append(1)
        assert gate.wait(60)
        return "late"

    answers = Answers(patience_seconds=0.05)
    for number in range(20):
        with pytest.raises(NoAnswer, match="has not answered within"):
            answers.get(number % 10, slow)
    assert len(asked) <= 8
    gate.set()
    answers.renew()
    assert [answers.get(number, slow) for number in range(10)] == ["late"] * 10


def test_one_slow_answer_does_not_keep_the_others():
    gate = threading.Event()
    answers = Answers(patience_seconds=0.05)
    with pytest.raises(NoAnswer):
        answers.get("slow", lambda: gate.wait(60))
    assert answers.get("quick", lambda: "here") == "here"
    gate.set()


def test_a_fault_of_ours_is_no_answer_and_no_hang():
    answers = Answers()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            answers.get("q", lambda: 1 / 0)


def test_refresh_asks_each_question_once_anew():
    asked = []
    answers = Answers()
    for number in range(30):
        answers.get(number, lambda number=number: asked.append(number) or number)
    answers.renew()
    assert sorted(asked) == sorted([*range(30), *range(30)])
    assert answers.get(7, lambda: "not asked") == 7
    assert len(asked) == 60


def test_a_service_that_hangs_gives_a_readable_text(signed_in, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(formulas, "ANSWERS", Answers(patience_seconds=0.05))
    monkeypatch.setattr("xlsc.client.client.Client.map_list", lambda client: gate.wait(60) and ())
    text = ok("SC_PROCESSES")
    assert text == (
        "#XLSC The service has not answered within 0.05 seconds. Press Refresh on the SmartConnect tab in a moment."
    )
    gate.set()


def test_texts_in_cells_name_buttons_not_commands(home, signed_in):
    for text in (ok("SC_COLUMNS", "NOTHING LIKE IT"), ok("SC_COLUMNS", "CUSTOMRES"), ok("SC_COLUMNS", "")):
        assert text.startswith("#XLSC")
        assert "xlsc " not in text
        assert "--" not in text


def test_a_wrong_number_of_runs_is_said(signed_in):
    assert "from 1 on" in ok("SC_HISTORY", "CUSTOMERS", -3.0)
    assert len(ok("SC_HISTORY", "PURCHASE JOURNAL", 1.0)) == 2
