"""Requests made up from the OpenAPI document: whatever comes, the service answers without failing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from xlsc.server.app import create_app
from xlsc.server.options import ServiceOptions


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    app = create_app(ServiceOptions(Path(tmp_path_factory.mktemp("fuzzed")) / "service"))
    backend = app.extensions["xlsc"]
    user = backend.accounts.require_user("demo@example.com")
    company = backend.accounts.memberships(user.id)[0].company
    token = backend.tokens.issue(user, company)
    key = backend.processes.of_company(company.id)[0].map_key
    yield {"app": app, "token": token, "key": key}
    backend.close()


@pytest.fixture(scope="module")
def document(fuzzed: dict) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", fuzzed["app"])


schema = schemathesis.pytest.from_fixture("document")


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_no_request_makes_the_service_fail(case: schemathesis.Case, fuzzed: dict):
    if isinstance(case.query, dict) and "token" in case.query:
        case.query["token"] = fuzzed["token"]
        case.query.update({name: fuzzed["key"] for name in ("mapKey", "processId") if name in case.query})
    response = case.call()
    assert response.status_code < 500
    if response.status_code != 200:
        assert response.json()["Message"]
