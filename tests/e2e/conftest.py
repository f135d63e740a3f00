"""A running service with its samples, and the command line against it, with a home of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from xlsc.cli.main import run
from xlsc.server.options import ServiceOptions
from xlsc.server.service import Service, start_service

CONTOSO = "Contoso Ltd"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("service")
    with start_service(ServiceOptions(data=data, host="127.0.0.1", port=0)) as running:
        yield running


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


Cli = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("XLSC_HOME", str(folder))
    monkeypatch.setenv("XLSC_TOKEN_STORE", "file")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("XLSC_PASSWORD", "XLSC_SERVICE_URL", "XLSC_EMAIL", "XLSC_COMPANY_ID", "XLSC_POLICY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def cli(home: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    def call(*arguments: object) -> Answer:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        shown = capfd.readouterr()
        return Answer(code, shown.out, shown.err)

    return call


@pytest.fixture
def signed_in(cli: Cli, service: Service, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("XLSC_PASSWORD", "demo")
    answer = cli("login", service.api_url, "--email", "demo@example.com", "--company", CONTOSO)
    assert answer.code == 0, answer.err
    monkeypatch.delenv("XLSC_PASSWORD")
    return cli
