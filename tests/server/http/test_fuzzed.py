"""Requests made up from the OpenAPI document: whatever comes, the service answers without failing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from xlsc.server.app import create_app
from xlsc.server.options import ServiceOptions
from xlsc.wire.calls import CALLS


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


#: What comes back is documented: its status, its content type, its shape.
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = {f"{verb} {call.path}": (call, verb) for call in CALLS for verb in call.verbs}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_makes_the_service_fail(name: str, fuzzed: dict):
    call, verb = OPERATIONS[name]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", fuzzed["app"])
    operation = schema[f"/{call.path}" if call.at_root else f"/API/{call.path}"][verb]

    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def try_one(case: schemathesis.Case) -> None:
        if "token" in [param.name for param in call.params]:
            case.query["token"] = fuzzed["token"]
            case.query.update({key: fuzzed["key"] for key in ("mapKey", "processId") if key in case.query})
        response = case.call_and_validate(checks=CHECKS)
        if response.status_code != 200:
            assert response.json()["Message"]

    try_one()
