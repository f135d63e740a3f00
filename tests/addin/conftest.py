"""The double of Excel with a person in front of it, against the embedded service; as on Windows and as on the Mac."""

import queue
import time
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.excel_double.engine import new_book
from tests.excel_double.host import DoubleHost
from xlsc.addin import acts, formulas, jobs, macros
from xlsc.addin.desk import DESK
from xlsc.addin.registry import ACTIONS
from xlsc.server.options import ServiceOptions
from xlsc.server.service import Service, start_service


def find_macro(name):
    target = next(action.target for action in ACTIONS if action.target.endswith(f":{name}"))
    return getattr(import_module(target.split(":")[0]), name)


class Window:
    """A progress window or an error list: what it was told, and what the person does in it."""

    def __init__(self, *opened) -> None:
        self.opened = opened
        self.told: list[dict] = []
        self.wishes: queue.SimpleQueue = queue.SimpleQueue()
        self.is_closed = False

    def tell(self, message):
        self.told.append(dict(message))

    def hear(self):
        return [] if self.wishes.empty() else [self.wishes.get()]

    def wait(self):
        return self.wishes.get()

    def close(self):
        self.is_closed = True


class Person:
    """Answers dialogs as told, and remembers what was shown."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.shown: list[tuple[str, str]] = []
        self.asked: list[object] = []
        self.said: list[str] = []
        self.windows: list[Window] = []
        self.stops = False

    def show(self, title, text):
        self.shown.append((title, text))

    def say(self, text):
        self.said.append(text)

    def ask(self, title, fields, text=""):
        self.asked.append((title, text, list(fields)))
        answer = self.answers.pop(0)
        return None if answer is None else {field.name: field.value for field in fields} | answer

    def choose(self, title, text, choices):
        self.asked.append((title, text, list(choices)))
        return self.answers.pop(0)

    def give_up(self):
        self.asked.append("given up")

    def open_progress(self, title):
        self.windows.append(Window(title))
        if self.stops:
            self.windows[-1].wishes.put({"stop": True})
        return self.windows[-1]

    def open_errors(self, title, groups):
        self.windows.append(Window(title, groups))
        return self.windows[-1]


class Excel:
    """The double with a person in front of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.book, self.engine = new_book("Data")
        self.person = Person()
        self.app = self.book.app

    @property
    def sheet(self):
        return self.book.sheets[0]

    @property
    def last(self):
        """What was shown last."""
        return self.person.shown[-1][1]

    def start(self, action, *answers):
        self.person.answers = list(answers)
        find_macro(action)()

    def click(self, action, *answers):
        """Click, answer, wait; returns what was shown last."""
        self.start(action, *answers)
        self.wait()
        return self.person.shown[-1][1] if self.person.shown else ""

    def wait(self, until=lambda: not any(job.title != "Errors" for job in jobs.JOBS.active)):
        """Excel's OnTime, until the work is done; a list of errors may stay."""
        deadline = time.monotonic() + 60
        while not until():
            assert time.monotonic() < deadline, [(job.title, job.says) for job in jobs.JOBS.active]
            macros.poll()
            time.sleep(0.01)

    def statuses(self, column):
        rows = self.sheet.range((2, column), (self.sheet.used_range.last_cell.row, column)).options(ndim=1).value
        return [str(value or "").split(",")[0].split(":")[0] for value in rows]

    def told(self):
        """What the ribbon was told, in order."""
        return [call[0].rpartition("!")[2] for call in self.app.impl.macros_run]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with start_service(ServiceOptions(data=tmp_path_factory.mktemp("m"), host="127.0.0.1", port=0)) as running:
        yield running


@pytest.fixture
def polls() -> bool:
    """As on Windows; tests that hold as well on the Mac say so."""
    return True


@pytest.fixture
def excel(service, tmp_path, monkeypatch, polls) -> Iterator[Excel]:
    monkeypatch.setenv("XLSC_HOME", str(tmp_path))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    found = Excel(service)
    for name, value in {"dialogs": found.person, "host": DoubleHost(), "polls": polls, "has_told": False}.items():
        monkeypatch.setattr(DESK, name, value)
    monkeypatch.setattr(DESK, "find_book", lambda: found.book)
    formulas.forget_answers()
    acts.REPORTS.clear()
    yield found
    jobs.JOBS.active.clear()


@pytest.fixture
def signed_in(excel):
    answer = {"service_url": excel.service.api_url, "email": "demo@example.com", "password": "demo"}
    assert "Signed in as demo@example.com" in excel.click("sign_in", answer, {"company": "Contoso Ltd"})
    return excel


@pytest.fixture
def journal(signed_in):
    signed_in.click("pick_process", {"process": "GL JOURNAL"})
    signed_in.click("insert_mapped_headers")
    assert signed_in.sheet.range((1, 1), (1, 6)).value[1] == "DocumentNo"
    stamp = f"M{time.time_ns() % 10**10}"
    rows = []
    for number, account in enumerate(("6100", "9999", "6200")):
        rows.append(["2026-03-02", f"{stamp}{number}", f"'{account}", "macro", 5, None])
        rows.append(["2026-03-02", f"{stamp}{number}", "'1000", "macro", None, 5])
    signed_in.sheet.range((2, 1)).value = rows
    return signed_in
