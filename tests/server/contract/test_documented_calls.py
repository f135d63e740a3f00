"""Every documented call against the samples, in the shapes that the documentation shows (P §1.3, §2.1–§2.7)."""

import base64
import html
import io
import itertools
import re
import zipfile
from xml.etree import ElementTree

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.server.contract.conftest import CONTOSO, FABRIKAM, Stranger
from xlsc.wire.passwords import hmac_form

NUMBERS = itertools.count(1)
SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
RUN_KEYS = [
    "ErrorCount",
    "Errors",
    "MapDescription",
    "MapKey",
    "MapId",
    "RecordCount",
    "RunNumber",
    "Status",
    "ErrorMessage",
]


def journal(document, account="6100", amount="50", credit=None):
    rows = [("2026-01-31", document, account, amount, ""), ("2026-01-31", document, "2100", "", credit or amount)]
    return "".join(
        f"<Table><PostingDate>{day}</PostingDate><DocumentNo>{no}</DocumentNo><AccountNo>{account}</AccountNo>"
        f"<Debit>{debit}</Debit><Credit>{credit}</Credit></Table>"
        for day, no, account, debit, credit in rows
    )


def name():
    return f"C{next(NUMBERS):05d}"


def test_the_public_key_is_a_quoted_text_and_signs_in(stranger):
    root = stranger.url.removesuffix("/API")
    answer = requests.post(f"{root}/v1/public-key", timeout=10)
    assert answer.text.startswith('"<RSAKeyValue><Modulus>')
    numbers = [
        int.from_bytes(base64.b64decode(re.search(f"<{part}>(.*?)</{part}>", answer.json())[1]), "big")
        for part in ("Modulus", "Exponent")
    ]
    key = rsa.RSAPublicNumbers(numbers[1], numbers[0]).public_key()
    password = base64.b64encode(key.encrypt(b"demo", padding.PKCS1v15())).decode()
    companies = requests.post(
        f"{stranger.url}/GetCompanyList", params={"email": "demo@example.com", "password": password}, timeout=10
    ).json()
    assert [sorted(item) for item in companies] == [["Id", "Name", "SubscriptionExpiry"]] * 2
    assert companies[0]["Id"].lower() == CONTOSO
    assert companies[0]["SubscriptionExpiry"] is None
    assert isinstance(stranger.sign_in(password=password), Stranger)


def test_all_three_password_forms_give_a_token(stranger):
    for password in ("demo", hmac_form("demo")):
        found = stranger.sign_in(password=password)
        assert found.post("validate").text == "true"
    assert Stranger(stranger.url, "no-such-token").post("validate").text == "false"


def test_a_token_is_quoted_json_or_a_string_element(stranger):
    query = {"email": "demo@example.com", "password": "demo", "companyID": CONTOSO}
    text = requests.post(f"{stranger.url}/gettoken", params=query, timeout=10).text
    assert re.fullmatch(r'"[^"]{20,}"', text)
    xml = requests.post(
        f"{stranger.url}/GETTOKEN", params=query, headers={"Accept": "application/xml"}, timeout=10
    ).text
    assert ElementTree.fromstring(xml).tag == "{http://schemas.microsoft.com/2003/10/Serialization/}string"


def test_the_older_sign_in_lists_products(stranger):
    root = stranger.url.removesuffix("/API")
    body = {"Email": "demo@example.com", "Password": "demo", "ClientName": "test", "IpAddress": "127.0.0.1"}
    user = requests.post(f"{root}/v1/companies", json=body, timeout=10).json()
    assert user["Email"] == "demo@example.com"
    assert "://" not in user["Products"][0]["ApiUrl"]
    assert user["Products"][0]["ApiUrl"].endswith("/API")


def test_map_list_and_columns(demo):
    maps = demo.post("GetMapList").json()
    assert [sorted(item) for item in maps] == [["MapDescription", "MapId", "MapKey"]] * len(maps)
    names = [item["MapId"] for item in maps]
    assert names == ["CUSTOMERS", "CUSTOMERS BY STATE", "GL JOURNAL", "ITEMS", "PURCHASE JOURNAL", "SALES ORDERS"]
    columns = demo.post("GetMapColumns", mapKey=demo.key("GL JOURNAL")).json()
    assert columns[:2] == [
        {"ColumnName": "PostingDate", "IsRequired": False},
        {"ColumnName": "DocumentNo", "IsRequired": True},
    ]
    every = {item["ColumnName"] for item in demo.post("GetMapColumns", mapKey=demo.key("CUSTOMERS")).json()}
    mapped = {item["ColumnName"] for item in demo.post("GetMappedMapColumns", mapkey=demo.key("CUSTOMERS")).json()}
    assert every - mapped == {"Remark"}


def test_lists_in_xml_have_the_same_members(demo):
    text = demo.post("GetMapList", headers={"Accept": "application/xml"}).text
    root = ElementTree.fromstring(text)
    names = [item.text for item in root.iter() if item.tag.rpartition("}")[2] == "MapId"]
    assert "GL JOURNAL" in names


def test_connections_sources_and_their_processes(demo):
    connections = demo.get("GetConnections").json()
    assert sorted(connections[0]) == ["ConnectionType", "Description", "Id"]
    items = demo.get("GetProcessesByConnection", connectionId=connections[0]["Id"]).json()["Items"]
    assert {"mapKey", "mapId", "storesErrors", "isOutputProcess", "lines", "tenants"} <= set(items[0])
    assert {"tenantId", "name", "serverName", "technicalName"} == set(items[0]["tenants"][0])
    sources = demo.get("GetDataSources").json()
    assert sorted(sources[0]) == ["Company", "ConnectionId", "Description", "Id", "Type"]
    found = demo.get("GetProcessesForDatasource", dataSourceId=sources[0]["Id"]).json()
    assert sorted(found[0]) == ["Description", "Id", "MapId", "SourceType", "TargetType"]


def test_data_comes_as_escaped_xml_in_a_string_element(demo):
    key = demo.key("CUSTOMERS BY STATE")
    text = demo.post("GetAllData", headers={"Accept": "application/xml"}, mapKey=key).text
    outer = ElementTree.fromstring(text)
    inner = ElementTree.fromstring(outer.text)
    assert inner.tag == "MyDataSet"
    assert {row.tag for row in inner} == {"Table01"}
    assert {row.findtext("State") for row in inner} == {"WA"}
    assert "&#xD;" in text
    assert "<![CDATA[" in html.unescape(text)


@pytest.mark.parametrize(
    "body",
    [
        '[ { "Key": "GBL_STATE", "Value": "ID" } ]',
        '{ "Variables": "[ { Key: \\"GBL_STATE\\", Value: \\"ID\\" } ]", "Xml": "" }',
    ],
)
@pytest.mark.parametrize("method", ["GetAllDataWithVariables", "GetAllData"])
def test_variables_filter_the_data_in_both_forms(demo, body, method):
    key = demo.key("CUSTOMERS BY STATE")
    answer = demo.post(method, body, {"Content-Type": "application/json", "Accept": "application/json"}, mapKey=key)
    inner = ElementTree.fromstring(answer.json())
    assert [row.findtext("CustomerNumber") for row in inner] == ["EAGLE05"]


def test_a_variable_is_bound_and_never_pasted(demo):
    key = demo.key("CUSTOMERS BY STATE")
    body = '[ { "Key": "GBL_STATE", "Value": "x\' OR \'1\'=\'1" } ]'
    answer = demo.post("GetAllDataWithVariables", body, mapKey=key)
    assert list(ElementTree.fromstring(answer.json())) == []


FORMS = {
    "form 1": "<RequestData>{rows}</RequestData>",
    "form 2": "<RequestData><Variables><ArrayOfVariableOfstringstring><VariableOfstringstring><Key>GBL_X</Key>"
    "<Value>1</Value></VariableOfstringstring></ArrayOfVariableOfstringstring></Variables><Xml>{rows}</Xml></RequestData>",
    "empty variables": "<RequestData><Variables/><Xml>{rows}</Xml></RequestData>",
    "data set": "<DataSet>{rows}</DataSet>",
    "declared": '<?xml version="1.0" encoding="utf-8"?><RequestData xmlns:i="http://www.w3.org/2001/XMLSchema-instance">{rows}'
    "</RequestData>",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", ["runmapdatatable", "RunMapDataTableWithErrors"])
def test_rows_run_in_every_documented_form(demo, form, method):
    body = FORMS[form].format(rows=journal(name()))
    answer = demo.post(
        method, body, {"Content-Type": "text/xml", "Accept": "application/json"}, mapKey=demo.key("GL JOURNAL")
    )
    result = answer.json()
    assert (result["RecordCount"], result["ErrorCount"], result["Status"], result["Errors"]) == (1, 0, 0, "")
    assert [key for key in result if key in RUN_KEYS] == RUN_KEYS


@pytest.mark.parametrize("variables", ["<Variables/>", ""])
def test_escaped_xml_runs(demo, variables):
    rows = html.escape(f"<DataSet>{journal(name())}</DataSet>", quote=False)
    body = f"<RequestData>{variables}<Xml>{rows}</Xml></RequestData>"
    result = demo.post("runmapxml", body, {"Content-Type": "application/xml"}, mapKey=demo.key("GL JOURNAL")).json()
    assert (result["RecordCount"], result["ErrorCount"]) == (1, 0)


def test_a_failed_document_returns_all_its_rows_with_a_message(demo):
    good, bad = name(), name()
    body = f"<RequestData>{journal(bad, account='4711')}{journal(good)}</RequestData>"
    result = demo.post("RunMapDataTableWithErrors", body, mapKey=demo.key("GL JOURNAL")).json()
    assert (result["RecordCount"], result["ErrorCount"], result["Status"]) == (2, 1, 1)
    assert "4711" in result["ErrorMessage"]
    root = ElementTree.fromstring(result["Errors"])
    assert root.tag == "NewDataSet"
    schema = root.find(f"{SCHEMA}schema")
    table = schema.find(f"{SCHEMA}element")
    assert table.get("{urn:schemas-microsoft-com:xml-msdata}MainDataTable") == "ErrorTable"
    rows = root.findall("ErrorTable")
    assert [row.findtext("DocumentNo") for row in rows] == [bad, bad]
    assert rows[0].findtext("PostingDate") == "1/31/2026 12:00:00 AM"
    assert list(rows[0])[-1].tag == "EONERUNERRORS"
    assert "Account '4711' does not exist." in rows[0].findtext("EONERUNERRORS")
    assert all(row.findtext("EONERUNERRORS").strip() for row in rows)


def test_a_run_in_xml_has_its_members_in_alphabetical_order(demo):
    body = f"<RequestData>{journal(name())}</RequestData>"
    answer = demo.post("runmapdatatable", body, {"Accept": "application/xml"}, mapKey=demo.key("GL JOURNAL"))
    root = ElementTree.fromstring(answer.text)
    names = [item.tag.rpartition("}")[2] for item in root]
    assert root.tag.rpartition("}")[2] == "RunMapResponse"
    assert names == sorted(names)
    assert {"ErrorCount", "Errors", "RecordCount", "RunNumber", "Status"} <= set(names)


def test_run_numbers_count_up_by_one(demo):
    key = demo.key("PURCHASE JOURNAL")
    body = "<RequestData></RequestData>"
    numbers = [demo.post("runmapdatatable", body, mapKey=key).json()["RunNumber"] for _ in range(4)]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_a_validation_stops_the_run_and_names_its_rows(demo):
    rows = "".join(
        f"<Table><ItemNo>V{number}</ItemNo><Description>{text}</Description><UnitPrice>1</UnitPrice></Table>"
        for number, text in enumerate(("Lamp", "tbd", "Chair"))
    )
    body = f"<RequestData>{rows}</RequestData>"
    key = demo.key("ITEMS")
    result = demo.post("RunMapDataTableWithErrors", body, mapKey=key).json()
    assert result["Status"] == 1
    assert "placeholder" in str(result["ValidationErrors"])
    errors = ElementTree.fromstring(result["Errors"]).findall("ErrorTable")
    assert [row.findtext("ItemNo") for row in errors] == ["V1"]
    plain = demo.post("runmapdatatable", body, mapKey=key).json()
    assert plain["Errors"] == ""
    assert plain["Status"] == 1
    good = body.replace("tbd", "Table")
    assert demo.post("RunMapDataTableWithErrors", good, mapKey=key).json()["RecordCount"] == 3


def test_errors_are_kept_saved_and_read_back(demo):
    key = demo.key("GL JOURNAL")
    document = name()
    run = demo.post(
        "RunMapDataTableWithErrors", f"<RequestData>{journal(document, credit='49')}</RequestData>", mapKey=key
    )
    number = run.json()["RunNumber"]
    connection = demo.get("GetConnections").json()[0]["Id"]
    items = demo.get("GetProcessesByConnection", connectionId=connection).json()["Items"]
    tenant = next(item for item in items if item["mapKey"] == key)["tenants"][0]
    place = {"tenantServer": tenant["serverName"], "tenantTechnicalName": tenant["technicalName"]}
    assert demo.post("SaveProcessErrors", mapKey=key, runNumber=number, **place).text == "true"
    found = demo.get("GetErrorsForProcessRun", processId=key, runNumber=number).json()
    assert {"mapKey", "mapId", "mapDescription", "runNumber", "runTenants"} == set(found)
    data = found["runTenants"][0]["errorData"]
    assert {"currentPage", "pageSize", "recordCount", "columnList", "dataRows"} == set(data)
    assert [row["DocumentNo"] for row in data["dataRows"]] == [document, document]
    assert all(row["EONERUNIDENT"] and "not balanced" in row["EONERUNERRORS"] for row in data["dataRows"])


def test_the_history_holds_the_last_ten_runs_newest_first(demo):
    key = demo.key("GL JOURNAL")
    for _ in range(11):
        demo.post("runmapdatatable", f"<RequestData>{journal(name())}</RequestData>", mapKey=key)
    runs = demo.get("GetHistoryForProcess", processId=key).json()
    numbers = [run["RunNumber"] for run in runs]
    assert numbers == sorted(numbers, reverse=True)
    assert len(runs) == 10
    assert {"Id", "MapId", "RunNumber", "RunDate", "RecordCount", "ErrorCount", "ErrorsSaved"} == set(runs[0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", runs[0]["RunDate"])


def test_samples_have_a_past_with_errors_and_a_file(demo):
    purchase, states = demo.key("PURCHASE JOURNAL"), demo.key("CUSTOMERS BY STATE")
    wrong = next(run for run in demo.get("GetHistoryForProcess", processId=purchase).json() if run["ErrorCount"])
    found = demo.get("GetErrorsForProcessRun", processId=purchase, runNumber=wrong["RunNumber"]).json()
    assert "on hold" in str(found["runTenants"][0]["errorData"]["dataRows"][0])
    files = demo.get("GetOutputsForProcess", processId=states).json()
    assert {"outputId", "processId", "runNumber", "created", "description", "fileName", "outputUri"} == set(files[0])
    archive = zipfile.ZipFile(io.BytesIO(requests.get(files[-1]["outputUri"], timeout=10).content))
    assert b"AARON01" in archive.read(archive.namelist()[0])


def test_runmap_and_variables_run_the_own_source(demo):
    key = demo.key("CUSTOMERS BY STATE")
    plain = demo.post("runmap", mapKey=key).json()
    assert (plain["Status"], plain["RecordCount"]) == (0, 2)
    other = demo.post("RunMapWithVariables", '[{"Key": "GBL_STATE", "Value": "ID"}]', mapKey=key).json()
    assert (other["Status"], other["RecordCount"]) == (0, 1)
    files = demo.get("GetOutputsForProcess", processId=key, runNumber=other["RunNumber"]).json()
    assert re.fullmatch(rf"CUSTOMERS BY STATE___{other['RunNumber']}\.zip", files[0]["fileName"])


def test_rights_and_companies_keep_apart(stranger, demo):
    key = demo.key("GL JOURNAL")
    reader = stranger.sign_in("reader@example.com", "reader-demo")
    assert {item["MapId"] for item in reader.post("GetMapList").json()} == {"ITEMS", "CUSTOMERS BY STATE"}
    fabrikam = stranger.sign_in(company=FABRIKAM)
    assert {item["MapId"] for item in fabrikam.post("GetMapList").json()} == {"CUSTOMERS", "VENDORS"}
    for caller in (reader, fabrikam):
        answer = caller.post("runmapdatatable", f"<RequestData>{journal(name())}</RequestData>", mapKey=key)
        assert 400 <= answer.status_code < 500
        assert answer.json()["Message"]
    assert stranger.sign_in("reader@example.com", "reader-demo", FABRIKAM).status_code in (401, 403)


def test_names_with_blanks_travel_encoded(stranger):
    fabrikam = stranger.sign_in(company=FABRIKAM)
    body = (
        "<RequestData><Table><No>F-77</No><Name>Fig &amp; Sons</Name><E-Mail>fig@example.com</E-Mail>"
        "<Payment_x0020_Terms>30D</Payment_x0020_Terms></Table></RequestData>"
    )
    result = fabrikam.post("RunMapDataTableWithErrors", body, mapKey=fabrikam.key("CUSTOMERS")).json()
    assert (result["RecordCount"], result["ErrorCount"]) == (1, 0), result
    wrong = body.replace("30D", "31D").replace("F-77", "F-78")
    errors = fabrikam.post("RunMapDataTableWithErrors", wrong, mapKey=fabrikam.key("CUSTOMERS")).json()["Errors"]
    row = ElementTree.fromstring(errors).find("ErrorTable")
    assert row.findtext("Payment_x0020_Terms") == "31D"
    assert "'31D'" in row.findtext("EONERUNERRORS")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not xml", 400),
        ("<RequestData><Table>", 400),
        ('<!DOCTYPE x [<!ENTITY a "b">]><RequestData/>', 400),
        ("", 400),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(demo, body, status):
    answer = demo.post("runmapdatatable", body, {"Content-Type": "text/xml"}, mapKey=demo.key("GL JOURNAL"))
    assert answer.status_code == status
    assert answer.json()["Message"]


def test_unknown_things_are_refused(stranger, demo):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert demo.post("GetMapColumns", mapKey=unknown).status_code == 404
    assert demo.post("runmap", mapKey="nonsense").status_code in (400, 404)
    assert Stranger(stranger.url, "bad").post("GetMapList").status_code == 401
    assert requests.post(f"{stranger.url}/GetMapList", timeout=10).status_code in (400, 401)
    assert demo.post("NoSuchCall").status_code == 404
