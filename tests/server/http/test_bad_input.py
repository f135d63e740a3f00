"""What is wrong with a request is said in a word, in the format asked for, and the service goes on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

from xlsc.server.app import create_app
from xlsc.server.options import ServiceOptions
from xlsc.wire.calls import CALLS

LEVELS = b"".join(b"<a>" for _ in range(50)) + b"x" + b"".join(b"</a>" for _ in range(50))
WIDE = b"<RequestData><Table>" + b"".join(b"<C%d>1</C%d>" % (n, n) for n in range(10_000)) + b"</Table></RequestData>"
BODIES = {
    "empty": b"",
    "blank": b"  \r\n",
    "not XML": b"No;Name\r\n1;Ann",
    "JSON": b'[{"No": 1}]',
    "cut off": b"<RequestData><Table><No>1</No></Tab",
    "DOCTYPE": b"<!DOCTYPE a><RequestData><Table><No>1</No></Table></RequestData>",
    "entity": b'<!DOCTYPE a [<!ENTITY b "c">]><RequestData><Table><No>&b;</No></Table></RequestData>',
    "external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    b"<RequestData><Table><No>&b;</No></Table></RequestData>",
    "laughs": b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    b"<RequestData><Table><No>&c;</No></Table></RequestData>",
    "undefined entity": b"<RequestData><Table><No>&nbsp;</No></Table></RequestData>",
    "control character": b"<RequestData><Table><No>\x01</No></Table></RequestData>",
    "wrong bytes": b'<?xml version="1.0" encoding="utf-8"?><RequestData><Table><No>\xff</No></Table></RequestData>',
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><RequestData/>',
    "10,000 columns": WIDE,
    "a column's name without end": b"<RequestData><Table><C"
    + b"o" * 600
    + b">1</C"
    + b"o" * 600
    + b"></Table></RequestData>",
    "1,001 variables": b"<RequestData><Variables><A>"
    + b"".join(b"<V><Key>GBL_%d</Key><Value>1</Value></V>" % n for n in range(1001))
    + b"</A></Variables><Xml><Table><No>1</No></Table></Xml></RequestData>",
    "50 levels": b"<RequestData><Table><No>" + LEVELS + b"</No></Table></RequestData>",
    "DOCTYPE in an escaped document": b"<RequestData><Xml>&lt;!DOCTYPE a&gt;&lt;DataSet/&gt;</Xml></RequestData>",
}


def customers(demo: Any) -> str:
    return str(demo.keys()["CUSTOMERS"])


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_bad_body_is_refused_and_takes_no_run_number(demo: Any, body: bytes, accept: str):
    key = customers(demo)
    before = demo("GetHistoryForProcess", processId=key, verb="GET").json
    for name in ("RunMapDataTableWithErrors", "runmapdatatable", "runmapxml"):
        answer = demo(name, body, mapKey=key, accept=accept, content_type="text/xml")
        assert answer.status_code == 400, answer.text
        assert answer.content_type.startswith(accept)
        if accept == "application/json":
            assert 0 < len(answer.json["Message"]) < 300
        else:
            assert ElementTree.fromstring(answer.data).findtext("Message")
    assert demo("GetHistoryForProcess", processId=key, verb="GET").json == before


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "text/csv", "multipart/form-data", "image/png"]
)
def test_rows_of_another_content_type_are_refused(demo: Any, content_type: str):
    answer = demo("RunMapDataTableWithErrors", b"<RequestData/>", mapKey=customers(demo), content_type=content_type)
    assert answer.status_code == 415


@pytest.mark.parametrize("body", [b"{", b"[1]", b'[{"Key": "STATE", "Value": "WA"}]', b"[" * 50_000, b"\xff", b"<a/>"])
def test_bad_variables_are_refused(demo: Any, body: bytes):
    for name in ("RunMapWithVariables", "GetAllDataWithVariables", "GetAllData"):
        answer = demo(name, body, mapKey=demo.keys()["CUSTOMERS BY STATE"], content_type="application/json")
        assert answer.status_code == 400, answer.text


def test_compressed_bodies_are_refused(demo: Any):
    answer = demo.client.post(
        "/API/runmapdatatable",
        query_string={"token": demo.token, "mapKey": customers(demo)},
        data=b"\x1f\x8b",
        headers={"Content-Encoding": "gzip", "Content-Type": "text/xml"},
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "key", ["", "nope", "11111111-2222-3333-4444-555555555555", "'; DROP TABLE runs; --", "\0", "x" * 5000]
)
def test_an_unknown_process_is_refused(demo: Any, key: str):
    for name in ("GetMapColumns", "runmap", "GetAllData"):
        assert demo(name, mapKey=key).status_code in (400, 404)


@pytest.mark.parametrize("number", ["", "0x1", "-1", "1.5", "9" * 40, "99999999999", "1; DROP TABLE runs"])
def test_a_run_number_that_is_none_is_refused(demo: Any, number: str):
    answer = demo("GetErrorsForProcessRun", processId=customers(demo), runNumber=number, verb="GET")
    assert answer.status_code == 400


SQL = [
    "'; DROP TABLE customers; --",
    "x' OR '1'='1",
    "1); DELETE FROM runs; --",
    "\\'; SELECT 1 --",
    "GBL_STATE",
    ":xlsc_0",
]


@pytest.mark.parametrize("text", SQL)
def test_sql_in_every_field_is_a_text_like_any_other(demo: Any, text: str):
    keys = demo.keys()
    columns = [item["ColumnName"] for item in demo("GetMapColumns", mapKey=keys["CUSTOMERS"]).json]
    own = {
        "TermsCode": "NET30",
        "CustomerNumber": text[:15],
        "State": "WA",
        "CreditLimit": "1",
        "CustomerSince": "2024-01-31",
    }
    own |= {"Email": "a@example.com"}
    row = "".join(f"<{name}>{escape(own.get(name, text[:10]))}</{name}>" for name in columns)
    body = f"<RequestData><Table>{row}<x_x0027__x003B_DROP>1</x_x0027__x003B_DROP></Table></RequestData>"
    assert demo("RunMapDataTableWithErrors", body, mapKey=keys["CUSTOMERS"]).json["RecordCount"] == 1
    for each in CALLS:
        query = {param.name: text for param in each.params if param.name != "token"}
        refused = demo(each.path, verb=each.verb, **query) if "token" in [p.name for p in each.params] else None
        assert refused is None or each.name == "validate" or refused.status_code in (200, 400, 404)
    variables = json.dumps([{"Key": "GBL_STATE", "Value": text}])
    states = keys["CUSTOMERS BY STATE"]
    data = demo("GetAllDataWithVariables", variables, mapKey=states, content_type="application/json")
    assert ElementTree.fromstring(data.json).findall("Table01") == []
    again = demo("GetAllData", '[{"Key": "GBL_STATE", "Value": "WA"}]', mapKey=states, content_type="application/json")
    numbers = [row.findtext("CustomerNumber") for row in ElementTree.fromstring(again.json)]
    assert "AARON01" in numbers
    assert text[:15] in numbers


def test_a_real_time_process_can_neither_be_listed_nor_run(demo: Any):
    listed = set(demo.keys())
    hidden = [item for item in demo.backend.processes.of_company(demo.company) if item.real_time]
    assert hidden
    for item in hidden:
        assert item.map_id not in listed
        for name in ("runmap", "GetAllData", "RunMapDataTableWithErrors"):
            assert demo(name, b"<RequestData/>" if "Table" in name else None, mapKey=item.map_key).status_code == 400


def test_calls_without_a_valid_token_are_refused(call: Any):
    for each in CALLS:
        if "token" in [param.name for param in each.params] and each.name != "validate":
            query = {param.name: "1" for param in each.params if param.kind == "integer"}
            query |= {
                param.name: "11111111-2222-3333-4444-555555555555" for param in each.params if param.kind == "uuid"
            }
            query |= {param.name: "x" for param in each.params if param.kind == "string" and param.name != "token"}
            for extra in ({}, {"token": ""}, {"token": "nonsense"}):
                assert call(each.path, verb=each.verb, **query, **extra).status_code == 401, each.name


@pytest.mark.parametrize(
    ("path", "verb", "status"),
    [
        ("/API/Nothing", "POST", 404),
        ("/", "GET", 404),
        ("/API/GetMapList", "GET", 405),
        ("/API/GetConnections", "DELETE", 405),
        ("/../etc/passwd", "GET", 404),
        ("/API/GetMapList", "BREW", 405),
        ("/API/GetMapList", "TRACE", 405),
    ],
)
def test_other_paths_and_verbs_are_refused(call: Any, path: str, verb: str, status: int):
    answer = call.client.open(path, method=verb)
    assert answer.status_code == status
    assert answer.json["Message"]


def test_more_rows_than_a_sheet_has_are_refused(demo: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("xlsc.server.call_runs.MAX_ROWS", 100)
    for row in (b"<Table><CustomerNumber>1</CustomerNumber></Table>", b"<Table/>"):
        body = b"<RequestData>" + row * 101 + b"</RequestData>"
        answer = demo("RunMapDataTableWithErrors", body, mapKey=customers(demo))
        assert (answer.status_code, answer.json["Message"]) == (400, "The table has more than 100 rows.")


def test_a_body_over_the_limit_is_refused(tmp_path: Path):
    app = create_app(ServiceOptions(tmp_path, body_bytes=1000))
    answer = app.test_client().post("/v1/companies", data=b"x" * 2000, content_type="application/json")
    assert answer.status_code == 413
    app.extensions["xlsc"].close()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Any]:
    app = create_app(ServiceOptions(tmp_path / "strict", strict_original=True))
    yield app.test_client()
    app.extensions["xlsc"].close()


def test_the_strict_service_refuses_with_a_blank_body(strict: Any):
    for path in ("/API/GetMapList?token=x", "/API/runmap?token=x&mapKey=y", "/API/Nothing", "/API/GetToken?email=a"):
        answer = strict.post(path)
        assert (answer.status_code, answer.data) == (200, b"")
    answer = strict.post("/API/validate?token=x")
    assert answer.json is False
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Methods" not in strict.options("/API/validate").headers


def test_pages_may_call_and_no_credentials_are_shared(call: Any):
    answer = call.client.options("/API/GetMapList", headers={"Origin": "https://sheets.example.com"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_access_log_holds_no_query(call: Any, caplog: pytest.LogCaptureFixture):
    with caplog.at_level("INFO", "xlsc.server.access"):
        call("GetCompanyList", email="demo@example.com", password="s3cret-try")
    assert "GetCompanyList" in caplog.text
    assert "s3cret" not in caplog.text
    assert "demo@example.com" not in caplog.text
