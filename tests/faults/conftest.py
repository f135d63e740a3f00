"""A service for all tests of faults, and a bench for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import COLUMNS, NUMBERS, Bench, open_bench, serving
from xlsc.cli.main import run
from xlsc.server.service import Service
from xlsc.sheets.files import create_book


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture
def bench(service: Service, tmp_path: Path) -> Iterator[Bench]:
    with open_bench(service, tmp_path) as opened:
        yield opened


@pytest.fixture
def signed_in(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the command line, signed in; child processes have it too."""
    monkeypatch.setenv("XLSC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    assert run(["login", service.api_url, "--email", "demo@example.com", "--company", "Contoso Ltd", "--json"]) == 0
    return tmp_path / "home"


@pytest.fixture
def journal(tmp_path: Path) -> tuple[Path, list[str]]:
    """A workbook of three journals, the last of an unknown account, and their numbers."""
    return write_journal(tmp_path / "book.xlsx", wrong=1)


def write_journal(path: Path, count: int = 3, wrong: int = 0) -> tuple[Path, list[str]]:
    """A workbook of journals of two rows each, the last ones wrong."""
    names = [f"C{next(NUMBERS):06d}" for _ in range(count)]
    rows: list[list[object]] = [list(COLUMNS)]
    for place, name in enumerate(names):
        rows.append(["2026-03-02", name, "9999" if place >= count - wrong else "6100", "file", 5.0, None])
        rows.append(["2026-03-02", name, "1000", "file", None, 5.0])
    book = create_book(path, "Data")
    book.sheet().write(1, 1, rows)  # type: ignore[arg-type]
    book.save()
    return path, names
