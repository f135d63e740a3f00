"""The embedded service behind a faulty wire, a workbook of journals, and an oracle that counts what was posted."""

from __future__ import annotations

import contextlib
import copy
import functools
import itertools
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.cells import STATUS, Content, find_changes, read_content, write_rich_book
from tests.faults.proxy import Proxy, http, running_proxy
from xlsc.client.signing_in import Credentials
from xlsc.client.tokens import FileTokens, TokenKey
from xlsc.flows.connect import Session, open_session, sign_in
from xlsc.flows.work import Work
from xlsc.outbox import Outbox
from xlsc.server.options import ServiceOptions
from xlsc.server.samples import SAMPLE_COMPANIES
from xlsc.server.service import Service, start_service
from xlsc.settings import Settings
from xlsc.sheets.files import open_book
from xlsc.sheets.memory import MemoryBook

COLUMNS = ("PostingDate", "DocumentNo", "AccountNo", "Description", "Debit", "Credit")
USER = "demo@example.com"
NUMBERS = itertools.count(1)


@dataclass
class Ledger:
    """The truth: what stands in the database of the first sample company."""

    path: Path

    def posted(self, documents) -> Counter[str]:
        """How often each document stands there, headers and lines agreeing."""
        with sqlite3.connect(self.path) as connection:
            heads = Counter(row[0] for row in connection.execute("SELECT document_no FROM journals"))
            lines = Counter(row[0] for row in connection.execute("SELECT document_no FROM journal_lines"))
        connection.close()
        for document in documents:
            assert lines[document] == 2 * heads[document], f"half a document: {document}"
        return Counter({document: heads[document] for document in documents if heads[document]})


@dataclass
class Bench:
    """Everything a send needs, and what it must not change."""

    service: Service
    proxy: Proxy
    session: Session
    outbox: Outbox
    book: MemoryBook
    home: Path
    first: list[list[object]] = field(default_factory=list)
    name: str = "book.xlsx"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.service.backend.options.data / "contoso.sqlite")

    @property
    def work(self) -> Work:
        return Work(self.book, str(self.home / self.name), self.session, self.outbox, self.book.save, lambda: None)

    def fill(self, count: int = 3, wrong: int = 0) -> list[str]:
        """Journals of two rows each, the last ones of an unknown account; returns their numbers."""
        names = [f"F{next(NUMBERS):06d}" for _ in range(count)]
        rows: list[list[object]] = [list(COLUMNS)]
        for place, name in enumerate(names):
            account = "9999" if place >= count - wrong else "6100"
            rows.append(["2026-03-02", name, account, "fault", 5.0, None])
            rows.append(["2026-03-02", name, "1000", "fault", None, 5.0])
        self.start_book(rows)
        return names

    def start_book(self, rows: list[list[object]]) -> None:
        """The workbook that the person has, before anything is sent."""
        self.book.sheet().write(1, 1, rows)  # type: ignore[arg-type]
        self.first = self.contents()

    def changes(self) -> list[str]:
        """What changed outside the marks since the workbook was filled."""
        return [] if self.contents() == self.first else ["a value changed"]

    def copy_of_book(self) -> MemoryBook | Path:
        """Another copy of the workbook, as a colleague may have."""
        return copy.deepcopy(self.book)

    def give_book(self, book: MemoryBook | Path) -> Bench:
        """The same bench over another copy."""
        return replace(self, book=book, name="copy.xlsx")  # type: ignore[arg-type]

    def answer(self, **changes: object) -> bytes:
        """A run's answer as the service would give it next, all documents accepted, but for the changes."""
        client = self.session.client
        key = next(item.map_key for item in client.map_list() if item.map_id == "GL JOURNAL")
        number = max((item.run_number for item in client.history_for_process(key)), default=0) + 1
        rows = self.book.sheet().used_area()
        count = (rows.last_row - 1) // 2 if rows else 0
        told = {"ErrorCount": 0, "Errors": "", "MapDescription": "", "MapKey": key, "MapId": "GL JOURNAL",
                "RecordCount": count, "RunNumber": number, "Status": 0, "ErrorMessage": ""}  # fmt: skip
        return http("200 OK", json.dumps(told | changes).encode())

    def statuses(self) -> list[str]:
        block = self.book.sheet().read(self.book.sheet().used_area())
        return [str(row[-1] or "").split(",")[0].split(":")[0] for row in block.rows[1:]]

    def contents(self) -> list[list[object]]:
        area = self.book.sheet().used_area()
        return [list(row[: len(COLUMNS)]) for row in self.book.sheet().read(area).rows]


@dataclass
class FileBench(Bench):
    """A bench whose workbook is a file, opened anew for each send, as the command line does."""

    path: Path = Path("book.xlsx")
    content: Content | None = None

    @property
    def work(self) -> Work:
        book = open_book(self.path)
        save, check = (lambda: book.save(self.path)), (lambda: book.check_save(self.path))
        return Work(book, str(self.path), self.session, self.outbox, save, check)

    def start_book(self, rows: list[list[object]]) -> None:
        write_rich_book(self.path, rows)
        self.content = read_content(self.path)

    def statuses(self) -> list[str]:
        cells = read_content(self.path).cells
        count = len({place for place in self.content.cells if place[1].startswith("B") and "sheet1" in place[0]}) - 1
        found = [cells.get(("xl/worksheets/sheet1.xml", f"{STATUS}{row}")) for row in range(2, count + 2)]
        return [(cell.value if cell else "").split(",")[0].split(":")[0] for cell in found]

    def changes(self) -> list[str]:
        rejected = {row for row, status in enumerate(self.statuses(), start=2) if status.startswith("Rejected")}
        return find_changes(self.content, read_content(self.path), rejected)

    def copy_of_book(self) -> Path:
        return Path(shutil.copyfile(self.path, self.path.with_name("copy.xlsx")))

    def give_book(self, book: MemoryBook | Path) -> FileBench:
        return replace(self, path=book)


@contextlib.contextmanager
def serving(data: Path) -> Iterator[Service]:
    """The embedded service with its samples, its ERP without the keys that would hide a document posted twice."""
    with start_service(ServiceOptions(data=data, host="127.0.0.1", port=0)) as running:
        take_duplicates(data / "contoso.sqlite")
        yield running


def take_duplicates(database: Path) -> None:
    """Let the sample ERP take the same journal as often as it comes: only then does a count of one prove anything."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for table in ("journal_lines", "journals"):
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"CREATE TABLE {table} ({columns})")
        connection.commit()


@functools.cache
def token_of(service: Service) -> tuple[str, str]:
    """The first company's id and a token for it; one sign-in serves all benches of a service."""
    with tempfile.TemporaryDirectory() as folder:
        tokens = FileTokens(Path(folder) / "tokens.json")
        settings = Settings(service_url=service.api_url, email=USER)
        done = sign_in(settings, Credentials(USER, "demo"), SAMPLE_COMPANIES[0][1], tokens)
        kept = tokens.read(TokenKey(done.service, done.company.id, USER))
    assert kept is not None
    return done.company.id, kept.token


@contextlib.contextmanager
def open_bench(service: Service, home: Path, *, on_file: bool = False, run_seconds: float = 5.0) -> Iterator[Bench]:
    """A bench with a home of its own, signed in through its own proxy."""
    home.mkdir(parents=True, exist_ok=True)
    tokens = FileTokens(home / "tokens.json")
    company, token = token_of(service)
    with running_proxy(service.port) as proxy:
        settings = Settings(
            service_url=proxy.url,
            email=USER,
            run_timeout_seconds=run_seconds,
            company_id=company,
        )
        tokens.write(TokenKey(proxy.url, company, USER), token)
        with open_session(settings, tokens) as session, Outbox.open(home / "outbox.sqlite") as outbox:
            parts = (service, proxy, session, outbox, MemoryBook(sheet_name="Data"), home)
            yield FileBench(*parts, path=home / "book.xlsx") if on_file else Bench(*parts)
