"""Formats in and out: Accept in every spelling, bodies in every encoding, paths with doubled slashes."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

ACCEPTS = [
    (None, "application/json"),
    ("", "application/json"),
    ("*/*", "application/json"),
    ("application/*", "application/json"),
    ("image/png", "application/json"),
    ("no media type", "application/json"),
    ("application/json, text/plain, */*", "application/json"),
    ("application/json;odata=verbose", "application/json"),
    ("text/json", "text/json"),
    ("application/xml", "application/xml"),
    ("APPLICATION/XML", "application/xml"),
    ("text/xml", "text/xml"),
    ("application/xml; charset=utf-8", "application/xml"),
    ("application/xml;q=0", "application/json"),
    ("application/xml;q=0.2, application/json;q=0.9", "application/json"),
    ("application/xml;q=0.9, application/json;q=0.2", "application/xml"),
    ("*/*;q=0.1, text/xml;charset=utf-8;q=0.5", "text/xml"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
]


def open_validate(client: Any, token: str, accept: str | None) -> Any:
    headers = {} if accept is None else {"Accept": accept}
    return client.post("/API/validate", query_string={"token": token}, headers=headers)


@pytest.mark.parametrize(("accept", "wanted"), ACCEPTS)
def test_accept_chooses_the_format_of_answers_and_refusals(demo: Any, accept: str | None, wanted: str):
    answer = open_validate(demo.client, demo.token, accept)
    assert answer.content_type == f"{wanted}; charset=utf-8"
    text = answer.text if "json" in wanted else ElementTree.fromstring(answer.data).text
    assert text == "true"
    headers = {} if accept is None else {"Accept": accept}
    refusal = demo.client.post("/API/GetMapList", headers=headers)
    assert (refusal.status_code, refusal.content_type) == (401, f"{wanted}; charset=utf-8")


@pytest.mark.parametrize("path", ["/API//validate", "/api/VALIDATE", "/API/validate/", "/Api///Validate//"])
def test_slashes_and_case_of_the_path_do_not_matter(demo: Any, path: str):
    answer = demo.client.open(path, method="POST", query_string={"TOKEN": demo.token})
    assert (answer.status_code, answer.text) == (200, "true")


ROWS = (
    "<RequestData><Table><CustomerNumber>U{}</CustomerNumber><CustomerName>Größe</CustomerName>"
    "<TermsCode>NEVER</TermsCode></Table></RequestData>"
)
BODIES = {
    "utf-8": ("text/xml; charset=utf-8", "utf-8", ""),
    "quoted": ('text/xml; charset="UTF-8"', "utf-8", ""),
    "mark": ("text/xml", "utf-8-sig", ""),
    "a mark before a charset": ("text/xml; charset=iso-8859-1", "utf-8-sig", ""),
    "utf-16 with mark": ("application/xml", "utf-16", '<?xml version="1.0" encoding="utf-16"?>'),
    "utf-16 without mark": ("application/xml; charset=utf-16", "utf-16-le", ""),
    "latin-1 by charset": ("text/xml; charset=iso-8859-1", "iso-8859-1", ""),
    "latin-1 by declaration": ("text/xml", "iso-8859-1", '<?xml version="1.0" encoding="iso-8859-1"?>'),
    "cp1252": ("text/xml; charset=windows-1252", "cp1252", ""),
    "charset over declaration": ("text/xml; charset=utf-8", "utf-8", '<?xml version="1.0" encoding="iso-8859-1"?>'),
    "a declaration left from a text": ("text/xml; charset=utf-8", "utf-8", '<?xml version="1.0" encoding="utf-16"?>'),
}


@pytest.mark.parametrize("name", BODIES)
def test_rows_arrive_in_any_encoding(demo: Any, name: str):
    content_type, encoding, declaration = BODIES[name]
    number = list(BODIES).index(name)
    body = (declaration + ROWS.format(number)).encode(encoding)
    answer = demo("RunMapDataTableWithErrors", body, mapKey=demo.keys()["CUSTOMERS"], content_type=content_type)
    assert answer.status_code == 200, answer.text
    # The row is refused for its terms, so its texts come back as the service read them.
    (row,) = ElementTree.fromstring(answer.json["Errors"]).findall("ErrorTable")
    assert (row.findtext("CustomerNumber"), row.findtext("CustomerName")) == (f"U{number}", "Größe")


@pytest.mark.parametrize("charset", ["klingon", "utf-7", "us-ascii", "rot13"])
def test_an_encoding_that_does_not_fit_is_refused(demo: Any, charset: str):
    body = ROWS.format(99).encode()
    answer = demo("runmapdatatable", body, mapKey=demo.keys()["CUSTOMERS"], content_type=f"text/xml; charset={charset}")
    assert answer.status_code == 400
    assert answer.json["Message"]


PAIRS = "<VariableOfstringstring><Key>GBL_STATE</Key><Value>ID</Value></VariableOfstringstring>"
ARRAY = "http://schemas.datacontract.org/2004/07/eOne.SmartConnect.Engine"
VARIABLES = {
    "A": ("application/json", '[ { "Key": "GBL_STATE", "Value": "ID" } ]'),
    "A without a content type": (None, '[ { "Key": "GBL_STATE", "Value": "ID" } ]'),
    "B": ("application/json", json.dumps({"Variables": '[ { Key: "GBL_STATE", Value: "ID" } ]', "Xml": ""})),
    "A in UTF-16": ("application/json; charset=utf-16", '[ { "Key": "GBL_STATE", "Value": "ID" } ]'.encode("utf-16")),
    "XML": (
        "text/xml",
        f"<RequestData><Variables><ArrayOfVariableOfstringstring>{PAIRS}</ArrayOfVariableOfstringstring></Variables><Xml/>"
        "</RequestData>",
    ),
    "XML alone": (
        "application/xml",
        f'<ArrayOfVariableOfstringstring xmlns="{ARRAY}">{PAIRS}</ArrayOfVariableOfstringstring>',
    ),
}


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("method", ["GetAllData", "GetAllDataWithVariables", "RunMapWithVariables"])
def test_variables_arrive_in_any_form(demo: Any, name: str, method: str):
    content_type, body = VARIABLES[name]
    answer = demo(method, body, mapKey=demo.keys()["CUSTOMERS BY STATE"], content_type=content_type)
    assert answer.status_code == 200, answer.text
    if method == "RunMapWithVariables":
        assert answer.json["RecordCount"] == 1
    else:
        assert "EAGLE05" in answer.json
        assert "AARON01" not in answer.json


def test_rows_beside_variables_are_not_lost_in_silence(demo: Any):
    answer = demo("RunMapWithVariables", ROWS.format(1), mapKey=demo.keys()["CUSTOMERS BY STATE"])
    assert answer.status_code == 400
    assert "runmapdatatable" in answer.json["Message"]


def test_texts_in_xml_are_escaped_as_the_documentation_shows_them(demo: Any):
    answer = demo("GetAllData", mapKey=demo.keys()["CUSTOMERS BY STATE"], accept="application/xml")
    start = (
        '<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">&lt;MyDataSet&gt;&#xD;\n'
        "  &lt;Table01&gt;&#xD;\n"
    )
    assert answer.text.startswith(
        start + "    &lt;CustomerNumber&gt;&lt;![CDATA[AARON01]]&gt;&lt;/CustomerNumber&gt;&#xD;\n"
    )
    assert answer.text.endswith("  &lt;/Table01&gt;&#xD;\n&lt;/MyDataSet&gt;</string>")


def test_messages_of_kept_rows_end_their_lines_as_the_documentation_shows_them(demo: Any):
    body = "<RequestData><Table><DocumentNo>L1</DocumentNo><AccountNo>nope</AccountNo></Table></RequestData>"
    key = demo.keys()["GL JOURNAL"]
    run = demo("RunMapDataTableWithErrors", body, mapKey=key).json
    kept = demo("GetErrorsForProcessRun", processId=key, runNumber=run["RunNumber"], verb="GET").json
    message = kept["runTenants"][0]["errorData"]["dataRows"][0]["EONERUNERRORS"]
    assert message.endswith("\r\n")
    assert message.strip().split("\r\n") == run["ErrorMessage"].split("\n")
