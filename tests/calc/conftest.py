"""One office for all tests of this folder; a test during which it died is done once more with a new one."""

import os
from collections.abc import Iterator

import pytest
from _pytest.runner import runtestprotocol

from tests.calc.engine import Engine
from tests.calc.office import Office, missing

OFFICE = Office()


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    reason = missing()
    if reason and os.environ.get("XLSC_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    yield OFFICE
    OFFICE.stop()


@pytest.fixture
def engine(office) -> Iterator[Engine]:
    if not office.is_alive():
        office.start()
    made = Engine(office)
    yield made
    for book in list(made.apps.apps[0].books.books):
        if office.is_alive():
            book.close()


def pytest_runtest_protocol(item, nextitem):
    """Tell a test's failure from the office's: only the latter is tried again, and once."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(report.failed for report in reports) and OFFICE.has_died:
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
