"""Loaded into a run of xlwings' own tests: its apps are lists of workbooks in one private LibreOffice."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.calc.engine import App, Apps, Engine
from tests.calc.office import Office

OFFICE = Office()


class SuiteApp(App):
    """An app with workbooks of its own, in the one office; closed with all of them."""

    _ids = itertools.count(1)
    pid = 0

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.pid = next(self._ids)

    def activate(self, steal_focus: bool = False) -> None:
        apps = self.engine.apps.apps
        apps.remove(self)
        apps.insert(0, self)

    def quit(self) -> None:
        self.kill()

    def kill(self) -> None:
        for book in list(self.books.books):
            book.close()
        if self in self.engine.apps.apps:
            self.engine.apps.apps.remove(self)


class SuiteApps(Apps):
    """As many apps as the tests start."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.apps: list[Any] = []

    def add(self, spec: object = None, add_book: bool = True, visible: bool = False) -> SuiteApp:
        app = SuiteApp(self.engine)
        self.apps.insert(0, app)
        if add_book:
            app.books.add()
        return app

    def __getitem__(self, pid: int) -> SuiteApp:
        return next(app for app in self.apps if app.pid == pid)


def pytest_configure(config: pytest.Config) -> None:
    OFFICE.start()
    engine = Engine(OFFICE)
    engine.apps = SuiteApps(engine)
    xw.engines.add(xw.Engine(impl=engine))
    xw.engines["calc"].activate()


OUTCOMES: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = report.nodeid.partition("/")[2]
    if report.when == "call" or report.outcome != "passed":
        OUTCOMES[name] = report.outcome if OUTCOMES.get(name, "passed") == "passed" else OUTCOMES[name]


def pytest_unconfigure(config: pytest.Config) -> None:
    OFFICE.stop()
    Path(os.environ["XLSC_CALC_OUTCOMES"]).write_text(json.dumps(OUTCOMES), encoding="utf-8")
