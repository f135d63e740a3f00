from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xlsc.outbox import DocumentPlan, EntryPlan, Outbox

SCOPE = ("https://service.example.com/SmartConnect", "C-01", "CUSTOMERS")


def make_plan(*fingerprints: str, workbook: str = "customers.xlsx", process_key: str = SCOPE[2]) -> EntryPlan:
    documents = [DocumentPlan(text, f"key {text}", (index + 2,)) for index, text in enumerate(fingerprints)]
    return EntryPlan(SCOPE[0], SCOPE[1], process_key, "P-1", workbook, "Sheet1", "ann@example.com", "0" * 64, documents)


@pytest.fixture
def plan() -> Callable[..., EntryPlan]:
    return make_plan


@pytest.fixture
def scope() -> tuple[str, str, str]:
    return SCOPE


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox.open(tmp_path / "outbox.sqlite") as opened:
        yield opened
