"""The service over HTTP as a stranger meets it: plain requests, nothing of xlsc's client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from xlsc.server.options import ServiceOptions
from xlsc.server.samples import SAMPLE_COMPANIES
from xlsc.server.service import start_service

CONTOSO, FABRIKAM = SAMPLE_COMPANIES[0][0], SAMPLE_COMPANIES[1][0]


@dataclass
class Stranger:
    """Calls the service as the public documentation says."""

    url: str
    token: str = ""

    def post(self, method: str, body: bytes | str | None = None, headers=None, **query):
        query = {"token": self.token, **query} if self.token else query
        data = body.encode() if isinstance(body, str) else body
        return requests.post(f"{self.url}/{method}", params=query, data=data, headers=headers or {}, timeout=30)

    def get(self, method: str, headers=None, **query):
        query = {"token": self.token, **query} if self.token else query
        return requests.get(f"{self.url}/{method}", params=query, headers=headers or {}, timeout=30)

    def sign_in(self, email="demo@example.com", password="demo", company=CONTOSO):
        query = {"email": email, "password": password, "companyId": company}
        answer = requests.post(f"{self.url}/GetToken", params=query, timeout=30)
        return Stranger(self.url, answer.text.replace('"', "")) if answer.ok else answer

    def key(self, name: str) -> str:
        return next(item["MapKey"] for item in self.post("GetMapList").json() if item["MapId"] == name)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with start_service(ServiceOptions(data=tmp_path_factory.mktemp("service"), host="127.0.0.1", port=0)) as service:
        yield Stranger(service.api_url)


@pytest.fixture(scope="module")
def demo(stranger: Stranger) -> Stranger:
    return stranger.sign_in()
