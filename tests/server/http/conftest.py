"""A service with its samples, in this process or on a port, and newman from npm."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from xlsc.server.app import create_app
from xlsc.server.backend import Backend
from xlsc.server.options import ServiceOptions

NEWMAN = "6.2.2"


@dataclass(frozen=True)
class Caller:
    """Calls a service in this process, with or without a token."""

    client: FlaskClient
    backend: Backend
    token: str = ""
    company: str = ""

    def __call__(self, name: str, body: bytes | str | None = None, **query: Any) -> TestResponse:
        verb = "GET" if query.pop("verb", "POST") == "GET" else "POST"
        headers = {"Accept": query.pop("accept", "application/json")}
        if self.token:
            query.setdefault("token", self.token)
        content_type = query.pop("content_type", "text/xml" if body else None)
        return self.client.open(
            f"/API/{name}", method=verb, query_string=query, data=body, headers=headers, content_type=content_type
        )

    def signed_in(self, email: str = "demo@example.com", password: str = "demo", company: int = 0) -> Caller:
        """The same with a token for one of the user's companies."""
        found = self("GetCompanyList", email=email, password=password)
        assert found.status_code == 200, found.text
        company_id = found.json[company]["Id"]
        answer = self("GetToken", email=email, password=password, companyId=company_id)
        assert answer.status_code == 200, answer.text
        return Caller(self.client, self.backend, answer.json, company_id)

    def keys(self) -> dict[str, str]:
        """Keys of processes by their id."""
        return {item["MapId"]: item["MapKey"] for item in self("GetMapList").json}


def make_caller(app: Flask) -> Caller:
    return Caller(app.test_client(), app.extensions["xlsc"])


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after a first start: copying it is quicker than making a key and samples each time."""
    folder = tmp_path_factory.mktemp("started") / "service"
    create_app(ServiceOptions(folder)).extensions["xlsc"].close()
    return folder


@pytest.fixture
def call(started_once: Path, tmp_path: Path) -> Iterator[Caller]:
    """A new service with its samples; nobody is signed in."""
    folder = shutil.copytree(started_once, tmp_path / "service")
    app = create_app(ServiceOptions(folder))
    yield make_caller(app)
    app.extensions["xlsc"].close()


@pytest.fixture
def demo(call: Caller) -> Caller:
    """The administrator in the first company."""
    return call.signed_in()


@pytest.fixture(scope="session")
def newman() -> list[str]:
    """The command that runs newman, installed once per machine into the temporary folder."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("npm is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("npm is not installed")
    folder = Path(tempfile.gettempdir()) / f"xlsc-newman-{NEWMAN}"
    program = folder / "node_modules" / "newman" / "bin" / "newman.js"
    if not program.exists():
        folder.mkdir(exist_ok=True)
        install = [npm, "install", "--ignore-scripts", "--no-fund", "--no-audit", f"newman@{NEWMAN}"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            if os.environ.get("XLSC_REQUIRE_ALL") == "1":
                pytest.fail(f"newman cannot be installed: {done.stderr[-500:]}")
            pytest.skip("newman cannot be installed")
    return [node, str(program)]
