"""Every answer of the protocol: one list run both ways in JSON, and what else is understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from xlsc.core.catalog import (
    NO_CONNECTION,
    ColumnInfo,
    Company,
    Connection,
    ConnectionProcess,
    DataSource,
    HistoryRun,
    OutputFile,
    Process,
    ProcessLine,
    RunErrors,
    SourceProcess,
    Tenant,
    TenantErrors,
)
from xlsc.core.results import ErrorTable, RunResult, ValidationError
from xlsc.wire import answers
from xlsc.wire.calls import Answer
from xlsc.wire.datatable import encode_data_set, encode_errors

KEY = "0b54d5a0-7f0e-4b3c-9a51-a95300a506c5"
FAILED = ErrorTable(("DocumentNo", "Amount"), [("JV001", "50"), ("JV001", None)], ["Account 6100 is not valid"] * 2)
RUN = RunResult(KEY, "GL JOURNAL", "Excel journal to GL", 80, 1, 1, False, "Account 6100 is not valid", FAILED)
RUN_JSON = {
    "ErrorCount": 1,
    "Errors": encode_errors(FAILED.columns, FAILED.rows, FAILED.messages),
    "MapDescription": "Excel journal to GL",
    "MapKey": KEY,
    "MapId": "GL JOURNAL",
    "RecordCount": 1,
    "RunNumber": 80,
    "Status": 1,
    "ErrorMessage": "Account 6100 is not valid",
}
GOOD_RUN = RunResult(KEY, "GL JOURNAL", "Excel journal to GL", 81, 2, 0, True, "", ErrorTable())

#: (kind, value, wire form, source)
CASES = [
    (
        Answer.COMPANIES,
        (Company("11111111-2222-3333-4444-555555555555", "Contoso Ltd"),),
        [{"Id": "11111111-2222-3333-4444-555555555555", "Name": "Contoso Ltd", "SubscriptionExpiry": None}],
        "P §1.3",
    ),
    (
        Answer.MAPS,
        (Process(KEY, "GL JOURNAL", "Excel journal to GL"),),
        [{"MapKey": KEY, "MapId": "GL JOURNAL", "MapDescription": "Excel journal to GL"}],
        "P §2.1",
    ),
    (
        Answer.COLUMNS,
        (ColumnInfo("DocumentNo", True), ColumnInfo("Amount")),
        [{"ColumnName": "DocumentNo", "IsRequired": True}, {"ColumnName": "Amount", "IsRequired": False}],
        "P §2.1",
    ),
    (
        Answer.CONNECTIONS,
        (Connection("c1", "Sales", "SalesForce"),),
        [{"Id": "c1", "Description": "Sales", "ConnectionType": "SalesForce"}],
        "P §2.1",
    ),
    (
        Answer.DATA_SOURCES,
        (DataSource("d1", "Bank File", NO_CONNECTION, "", "Microsoft Excel"),),
        [{"Id": "d1", "Description": "Bank File", "ConnectionId": NO_CONNECTION, "Company": "",
          "Type": "Microsoft Excel"}],
        "P §2.1",
    ),
    (
        Answer.CONNECTION_PROCESSES,
        (
            ConnectionProcess(
                KEY, "GL JOURNAL", "Journal", "c1", "NAV", "Rest", True, False,
                (ProcessLine("1", "Header", "header", "h"),), (Tenant("t1", "Contoso", "erp01", "CONTOSO"),),
            ),
        ),
        {"Items": [{
            "mapKey": KEY, "mapId": "GL JOURNAL", "mapDescription": "Journal", "connectionId": "c1",
            "connectionType": "NAV", "destinationType": "Rest", "storesErrors": True, "isOutputProcess": False,
            "lines": [{"lineId": "1", "description": "Header", "technicalName": "header", "technicalValue": "h"}],
            "tenants": [{"tenantId": "t1", "name": "Contoso", "serverName": "erp01", "technicalName": "CONTOSO"}],
        }]},
        "P §2.1 [obs]",
    ),
    (
        Answer.SOURCE_PROCESSES,
        (SourceProcess(KEY, "GL JOURNAL", "Journal", "Excel", "Rest"),),
        [{"Id": KEY, "MapId": "GL JOURNAL", "Description": "Journal", "SourceType": "Excel", "TargetType": "Rest"}],
        "P §2.1",
    ),
    (
        Answer.HISTORY,
        (HistoryRun("r1", "GL JOURNAL", 2, "2024-01-31T14:53:44", 1, 0, False),),
        [{"Id": "r1", "MapId": "GL JOURNAL", "RunNumber": 2, "RunDate": "2024-01-31T14:53:44", "RecordCount": 1,
          "ErrorCount": 0, "ErrorsSaved": False}],
        "P §2.7",
    ),
    (
        Answer.RUN_ERRORS,
        RunErrors(KEY, "GL JOURNAL", "Journal", 147, (
            TenantErrors(
                "e1", "erp01", "CONTOSO", 1, ErrorTable(("Document No",), [("JV001",)], ["Bad batch"]), ("i1",)
            ),
        )),
        {"mapKey": KEY, "mapId": "GL JOURNAL", "mapDescription": "Journal", "runNumber": 147, "runTenants": [{
            "errorId": "e1", "tenantServer": "erp01", "tenantTechnical": "CONTOSO", "errorCount": 1,
            "errorData": {"currentPage": 1, "pageSize": 1000, "recordCount": 1, "columnList": [], "dataRows": [
                {"Document No": "JV001", "EONERUNIDENT": "i1", "EONERUNERRORS": "Bad batch\r\n"}]}}]},
        "P §2.7 [obs]",
    ),
    (
        Answer.OUTPUTS,
        (OutputFile("o1", KEY, 3, "2024-01-31T14:53:44", "Export", "GL___3.zip", "http://example.com/api/getfile?key=k"),),
        [{"outputId": "o1", "processId": KEY, "runNumber": 3, "created": "2024-01-31T14:53:44", "description": "Export",
          "fileName": "GL___3.zip", "outputUri": "http://example.com/api/getfile?key=k"}],
        "P §2.7",
    ),
    (Answer.RUN, RUN, RUN_JSON, "P §2.4 [obs]"),
    (Answer.TOKEN, "c2FtcGxlLXRva2VuLW9wYXF1ZQ==", "c2FtcGxlLXRva2VuLW9wYXF1ZQ==", "P §1.3"),
    (Answer.BOOLEAN, True, True, "P §1.3"),
    (Answer.PUBLIC_KEY, "<RSAKeyValue/>", "<RSAKeyValue/>", "P §1.1"),
]  # fmt: skip

DECODERS: dict[Answer, Any] = {
    Answer.COMPANIES: answers.decode_companies,
    Answer.MAPS: answers.decode_maps,
    Answer.COLUMNS: answers.decode_columns,
    Answer.CONNECTIONS: answers.decode_connections,
    Answer.DATA_SOURCES: answers.decode_data_sources,
    Answer.CONNECTION_PROCESSES: answers.decode_connection_processes,
    Answer.SOURCE_PROCESSES: answers.decode_source_processes,
    Answer.HISTORY: answers.decode_history,
    Answer.RUN_ERRORS: answers.decode_run_errors,
    Answer.OUTPUTS: answers.decode_outputs,
    Answer.RUN: answers.decode_run,
    Answer.TOKEN: answers.decode_token,
    Answer.BOOLEAN: answers.decode_boolean,
    Answer.PUBLIC_KEY: answers.decode_public_key,
}


@pytest.mark.parametrize(("kind", "value", "wire", "source"), CASES, ids=[case[0].value for case in CASES])
def test_written_and_read(kind: Answer, value: object, wire: object, source: str):
    """JSON is exactly this, members in this order; XML holds the same; both are read to the value again."""
    written = answers.encode(kind, value)
    assert written.decode() == json.dumps(wire), source
    assert DECODERS[kind](written) == value, source
    assert DECODERS[kind](answers.encode(kind, value, as_xml=True)) == value, source
    # The wire's own dicts and lists are taken too, in both formats.
    assert answers.encode(kind, wire) == written
    assert DECODERS[kind](answers.encode(kind, wire, as_xml=True)) == value, source


LISTS = [case[0] for case in CASES if isinstance(case[1], tuple)]


@pytest.mark.parametrize("kind", LISTS)
def test_empty_lists(kind: Answer):
    for as_xml in (False, True):
        assert DECODERS[kind](answers.encode(kind, (), as_xml)) == ()


def test_run_in_xml_is_alphabetical():
    """P §2.4 [obs]: RunMapResponse, children in alphabetical order, empty texts as empty elements."""
    text = answers.encode(Answer.RUN, GOOD_RUN, as_xml=True).decode()
    assert text == (
        '<RunMapResponse xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorCount>0</ErrorCount><ErrorMessage/>'
        "<Errors/><MapDescription>Excel journal to GL</MapDescription><MapId>GL JOURNAL</MapId>"
        f"<MapKey>{KEY}</MapKey><RecordCount>2</RecordCount><RunNumber>81</RunNumber><Status>0</Status></RunMapResponse>"
    )
    assert answers.decode_run(text.encode()) == GOOD_RUN


def test_texts_in_xml_are_datacontract_strings():
    """P §2.2 [obs]: the inner document is escaped once, its CR as &#xD;."""
    data = encode_data_set(["DocumentNo"], [("JV001",)])
    body = answers.encode(Answer.DATA, data, as_xml=True).decode()
    assert body.startswith(
        '<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">&lt;MyDataSet&gt;&#xD;\n  '
        "&lt;Table01&gt;&#xD;\n"
    )
    for written in (
        body.encode(),
        answers.encode(Answer.DATA, data),
        data.encode(),
        data.replace("<", "&lt;").encode(),
    ):
        assert answers.decode_data(written) == (["DocumentNo"], [("JV001",)])
    assert answers.decode_data(answers.encode(Answer.DATA, "<MyDataSet/>")) == ([], [])
    assert answers.decode_data(answers.encode(Answer.DATA, "<MyDataSet/>", as_xml=True)) == ([], [])


RUN_XML = (
    "<RunMapResponse{0}><ErrorCount>0</ErrorCount><ErrorMessage/><Errors/><MapDescription>Excel journal to GL"
    "</MapDescription><MapId>GL JOURNAL</MapId><MapKey>" + KEY + "</MapKey><RecordCount>2</RecordCount>"
    "<RunNumber>81</RunNumber><Status>{1}</Status></RunMapResponse>"
)


@pytest.mark.parametrize("status", ["0", "Success", "Successful", "SUCCEEDED", "Completed", " 0 "])
@pytest.mark.parametrize("namespace", ["", ' xmlns="http://schemas.datacontract.org/2004/07/eOne.SmartConnect"'])
def test_successful_runs_in_xml(status: str, namespace: str):
    assert answers.decode_run(RUN_XML.format(namespace, status).encode()) == GOOD_RUN


@pytest.mark.parametrize(("status", "succeeded"), [
    ("0", True), ('"0"', True), ("0.0", False), ("1", False), ("2", False), ('"Failure"', False),
    ('"Successful"', True), ("true", True), ("false", True), ("null", True), ('"whatever"', False),
])  # fmt: skip
def test_status_without_any_error(status: str, succeeded: bool):
    """Numbers and names say it; a truth value, in no known sense, leaves it to the counts; unknown is no success."""
    body = f'{{"ErrorCount": 0, "RecordCount": 2, "RunNumber": 5, "Status": {status}}}'
    assert answers.decode_run(body.encode()).succeeded is succeeded


@pytest.mark.parametrize("status", ["true", "false", "null", "1"])
def test_status_with_failed_documents(status: str):
    body = f'{{"ErrorCount": 1, "RecordCount": 2, "RunNumber": 5, "Status": {status}}}'
    assert answers.decode_run(body.encode()).succeeded is False


@pytest.mark.parametrize("change", [
    lambda run: {name.lower(): value for name, value in run.items()},
    lambda run: {name[0].lower() + name[1:]: value for name, value in run.items()},
    lambda run: {"d": run},
    lambda run: {"RunMapDataTableResult": run},
    lambda run: {**run, "ErrorCount": "1", "RunNumber": "80", "RecordCount": 1.0},
    lambda run: {**run, "Errors": run["Errors"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")},
    lambda run: {**run, "Errors": [
        {"DocumentNo": "JV001", "Amount": "50", "EONERUNERRORS": " Account 6100 is not valid"},
        {"DocumentNo": "JV001", "EONERUNERRORS": "Account 6100 is not valid\r\n"},
    ]},
    lambda run: {**run, "ValidationErrors": None},
    lambda run: {**run, "ValidationErrors": []},
    lambda run: {**run, "Unknown": {"x": [1]}},
])  # fmt: skip
def test_run_in_other_shapes(change: Any):
    read = answers.decode_run(json.dumps(change(RUN_JSON)).encode())
    assert (read.error_count, read.run_number, read.succeeded) == (1, 80, False)
    assert list(read.errors.rows) == FAILED.rows
    assert list(read.errors.messages) == FAILED.messages
    assert read.validation_errors == ()


def test_errors_as_elements_in_xml():
    body = RUN_XML.format("", "1").replace("<Errors/>", f"<Errors>{RUN_JSON['Errors']}</Errors>")
    assert list(answers.decode_run(body.encode()).errors.rows) == FAILED.rows


TABLE = encode_errors(["No"], [("9",)], ["Unknown account"])
FOUND = ErrorTable(("No",), [("9",)], ["Unknown account"])
VALIDATION = [
    (["Account is unknown"], ValidationError("", "Account is unknown")),
    ([{"TaskName": "Accounts", "Message": "1 row", "Errors": TABLE}], ValidationError("Accounts", "1 row", FOUND)),
    ([{"name": "Accounts", "errorMessage": "1 row", "data": TABLE}], ValidationError("Accounts", "1 row", FOUND)),
    ([{"Name": "Accounts", "Xml": TABLE}], ValidationError("Accounts", "", FOUND)),
    (
        [{"Error": "1 row", "Rows": [{"No": "9", "EONERUNERRORS": "Unknown account"}]}],
        ValidationError("", "1 row", FOUND),
    ),
    ([{"Name": "Accounts", "Errors": "1 row is wrong"}], ValidationError("Accounts", "1 row is wrong")),
    ([TABLE], ValidationError("", "", FOUND)),
    (TABLE, ValidationError("", "", FOUND)),
    ({"ValidationError": [{"Name": "Accounts"}]}, ValidationError("Accounts", "")),
    ([{"Foo": 1}], ValidationError("", '{"Foo": 1}')),
    ([["x"]], ValidationError("", '["x"]')),
]


@pytest.mark.parametrize(("given", "expected"), VALIDATION)
def test_validation_errors_of_any_shape(given: object, expected: ValidationError):
    """P §2.6 [?]: found under any known name, kept as text under any other; never dropped."""
    read = answers.decode_run(json.dumps({**RUN_JSON, "ValidationErrors": given}).encode())
    assert read.validation_errors == (expected,)


def test_validation_errors_in_xml():
    items = "<V><TaskName>A</TaskName><Message>m</Message></V><V>x</V>".replace("V>", "ValidationError>")
    inner = f"<ValidationErrors>{items}</ValidationErrors>"
    body = RUN_XML.format("", "1").replace("</RunMapResponse>", f"{inner}</RunMapResponse>")
    assert answers.decode_run(body.encode()).validation_errors == (ValidationError("A", "m"), ValidationError("", "x"))


def test_validation_errors_are_written_under_every_name():
    found = ValidationError("Accounts", "1 row", FOUND)
    run = RunResult(KEY, "GL", "", 1, 1, 1, False, "m", ErrorTable(), (found,))
    wire = json.loads(answers.encode(Answer.RUN, run))
    assert wire["ValidationErrors"] == [
        {"TaskName": "Accounts", "Name": "Accounts", "Message": "1 row", "ErrorMessage": "1 row", "Errors": TABLE}
    ]
    assert answers.decode_run(answers.encode(Answer.RUN, run)).validation_errors == (found,)
    assert answers.decode_run(answers.encode(Answer.RUN, run, as_xml=True)).validation_errors == (found,)


@pytest.mark.parametrize("body", [
    b'"c2FtcGxl+token/=="', b"c2FtcGxl+token/==", b'<string xmlns="urn:x">c2FtcGxl+token/==</string>',
    b' "c2FtcGxl+token/==" \r\n', b'\xef\xbb\xbf"c2FtcGxl+token/=="', b'"\\"c2FtcGxl+token/==\\""',
])  # fmt: skip
def test_tokens(body: bytes):
    assert answers.decode_token(body) == "c2FtcGxl+token/=="


@pytest.mark.parametrize(("body", "truth"), [
    (b"true", True), (b"false", False), (b"True", True), (b'"true"', True), (b"1", True),
    (b'<boolean xmlns="urn:x">false</boolean>', False), (b" false\n", False),
])  # fmt: skip
def test_truth_values(body: bytes, truth: bool):
    assert answers.decode_boolean(body) is truth


def test_lists_in_other_shapes():
    expected = (Process(KEY, "GL JOURNAL", "Journal"),)
    item = {"mapkey": KEY, "MAPID": "GL JOURNAL", "mapDescription": "Journal", "Other": 1}
    inner = f"<MapDescription>Journal</MapDescription><MapId>GL JOURNAL</MapId><MapKey>{KEY}</MapKey>"
    xml = f"<A xmlns='urn:x'><B>{inner}</B></A>"
    for body in (json.dumps([item]), json.dumps({"Items": [item]}), json.dumps({"items": [item]}), xml):
        assert answers.decode_maps(body.encode()) == expected


def test_process_of_an_on_premises_service_is_named_by_its_id():
    """P §2.1 [doc]: there the list has no keys."""
    assert answers.decode_maps(b'[{"MapId": "GL JOURNAL"}]') == (Process("GL JOURNAL", "GL JOURNAL"),)


def test_bodies_in_other_encodings():
    body = '[{"MapId": "GRÖSSE", "MapKey": "k"}]'
    for encoded in (body.encode("utf-8-sig"), body.encode("utf-16")):
        assert answers.decode_maps(encoded) == (Process("k", "GRÖSSE"),)
    latin = "<?xml version='1.0' encoding='iso-8859-1'?><A><B><MapId>GRÖSSE</MapId><MapKey>k</MapKey></B></A>"
    assert answers.decode_maps(latin.encode("latin-1")) == (Process("k", "GRÖSSE"),)


def test_numbers_in_error_rows_keep_their_digits():
    body = json.dumps({"mapKey": KEY, "runTenants": [{"errorData": {"dataRows": [{"A": 1.50, "B": None, "C": True}]}}]})
    tenant = answers.decode_run_errors(body.replace("1.5", "1.50").encode()).tenants[0]
    assert tenant.errors == ErrorTable(("A", "B", "C"), [("1.50", None, "true")], [""])
    assert (tenant.error_count, tenant.idents) == (1, ("",))


def test_half_characters_go_out_in_json_as_numbers():
    assert (
        answers.encode(Answer.COLUMNS, [ColumnInfo("a\ud800")]) == b'[{"ColumnName": "a\\ud800", "IsRequired": false}]'
    )


def test_a_file_is_no_answer_to_encode():
    with pytest.raises(ValueError, match="as it is"):
        answers.encode(Answer.FILE, b"")
