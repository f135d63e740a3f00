"""A service for all tests of faults, and a bench for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.bench import Bench, open_bench, serving
from xlsc.server.service import Service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture
def bench(service: Service, tmp_path: Path) -> Iterator[Bench]:
    with open_bench(service, tmp_path) as opened:
        yield opened
