"""Signing in over HTTP: three forms of a password, tokens, refusals, logs."""

import base64
import hashlib
import hmac
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from xlsc.server.throttle import MAX_FAILURES

CONSTANT = "6clDgmNok3WtR8GKYW6N"


def fetch_key(call: Any) -> rsa.RSAPublicKey:
    answer = call.client.post("/v1/public-key", headers={"Accept": "application/json", "Content-Length": "0"})
    assert answer.status_code == 200
    root = ET.fromstring(answer.json)
    assert root.tag == "RSAKeyValue"
    modulus, exponent = (
        int.from_bytes(base64.b64decode(root.findtext(name) or ""), "big") for name in ("Modulus", "Exponent")
    )
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def hmac_form(password: str) -> str:
    digest = hmac.new(CONSTANT.encode(), f"{password}:{CONSTANT}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


@pytest.mark.parametrize("form", ["plain", "hmac", "rsa"])
@pytest.mark.parametrize("password", ["demo", "pässwörd €", "x" * 100, base64.b64encode(b"y" * 32).decode()])
def test_a_password_is_taken_in_each_form(call: Any, form: str, password: str):
    call.backend.accounts.set_password("demo@example.com", password)
    sent = password
    if form == "hmac":
        sent = hmac_form(password)
    if form == "rsa":
        sent = base64.b64encode(fetch_key(call).encrypt(password.encode(), padding.PKCS1v15())).decode()
    answer = call("GetCompanyList", email="DEMO@example.com", password=sent)
    assert answer.status_code == 200
    assert len(answer.json) == 2
    assert set(answer.json[0]) == {"Id", "Name", "SubscriptionExpiry"}


def test_the_key_stays_the_same_across_starts(call: Any):
    numbers = call.backend.sign_in.public_key().public_numbers()
    assert fetch_key(call).public_numbers().n == numbers.n


@pytest.mark.parametrize(
    "password", ["wrong", "", "Demo", "x" * 2000, hmac_form("wrong"), base64.b64encode(bytes(256)).decode()]
)
def test_a_wrong_password_is_refused_without_saying_what_was_wrong(call: Any, password: str):
    answer = call("GetCompanyList", email="demo@example.com", password=password)
    assert answer.status_code in (400, 401)
    assert set(answer.json) == {"Message"}
    unknown = call("GetCompanyList", email="nobody@example.com", password=password)
    assert (unknown.status_code, unknown.json) == (answer.status_code, answer.json)


def test_a_token_is_a_quoted_text_and_valid_for_its_company(call: Any, demo: Any):
    answer = call("GetToken", email="demo@example.com", password="demo", companyId=demo.company)
    assert answer.text == f'"{answer.json}"'
    assert call("validate", token=answer.json).json is True
    assert call("validate", token="nonsense").json is False
    in_xml = call("validate", token=answer.json, accept="application/xml")
    assert ET.fromstring(in_xml.data).text == "true"
    assert in_xml.content_type.startswith("application/xml")


def test_the_two_companies_have_processes_of_their_own(call: Any):
    first, second = call.signed_in(company=0).keys(), call.signed_in(company=1).keys()
    assert first
    assert second
    assert not set(first.values()) & set(second.values())


@pytest.mark.parametrize(
    "name", ["GetMapColumns", "GetMappedMapColumns", "runmap", "GetAllData", "RunMapDataTableWithErrors"]
)
def test_another_companys_process_does_not_exist(call: Any, name: str):
    foreign = next(iter(call.signed_in(company=1).keys().values()))
    answer = call.signed_in(company=0)(name, mapKey=foreign)
    assert answer.status_code == 404


def test_a_company_one_does_not_belong_to_gives_no_token(call: Any):
    other = call.signed_in(company=1).company
    answer = call("GetToken", email="clerk@example.com", password="clerk-demo", companyID=other)
    assert answer.status_code == 403


def test_names_are_matched_in_any_case(call: Any, demo: Any):
    answer = call.client.post(
        "/api/GETTOKEN", query_string={"EMAIL": "demo@example.com", "Password": "demo", "companyid": demo.company}
    )
    assert answer.status_code == 200
    assert call.client.post("/Api/getmaplist", query_string={"Token": answer.json}).json == demo("GetMapList").json


def test_parameters_come_from_a_form_too(call: Any, demo: Any):
    form = {"email": "demo@example.com", "password": "demo", "companyId": demo.company}
    assert call.client.post("/API/GetToken", data=form).status_code == 200


def test_users_with_fewer_rights_see_fewer_processes(call: Any, demo: Any):
    every = set(demo.keys())
    clerk = call.signed_in("clerk@example.com", "clerk-demo")
    reader = call.signed_in("reader@example.com", "reader-demo")
    assert set(reader.keys()) < set(clerk.keys()) < every
    hidden = demo.keys()[sorted(every - set(clerk.keys()))[0]]
    assert clerk("GetMapColumns", mapKey=hidden).status_code == 403
    call.backend.accounts.grant(call.backend.accounts.require_user("clerk@example.com"), hidden)
    assert clerk("GetMapColumns", mapKey=hidden).status_code == 200


def test_a_disabled_users_token_stops_working(call: Any):
    clerk = call.signed_in("clerk@example.com", "clerk-demo")
    call.backend.accounts.set_disabled("clerk@example.com", True)
    assert clerk("GetMapList").status_code == 401
    assert call("validate", token=clerk.token).json is False
    assert call("GetCompanyList", email="clerk@example.com", password="clerk-demo").status_code == 401


def test_guessing_ends_with_429_and_other_users_go_on(call: Any):
    for _ in range(MAX_FAILURES):
        assert call("GetCompanyList", email="clerk@example.com", password="guess").status_code == 401
    assert call("GetCompanyList", email="clerk@example.com", password="clerk-demo").status_code == 429
    assert call("GetCompanyList", email="demo@example.com", password="demo").status_code == 200


def test_the_security_log_holds_reasons_and_no_secrets(call: Any, demo: Any):
    call("GetToken", email="demo@example.com", password="s3cret-try", companyId=demo.company)
    call("GetMapList", token="t0ken-try")
    call("GetCompanyList", email="s3cret-as-e-mail", password="x")
    demo("GetMapColumns", mapKey="11111111-2222-3333-4444-555555555555")
    entries = call.backend.journal.refusals()
    assert [(entry.email, entry.status) for entry in entries] == [
        ("demo@example.com", 404),
        ("", 401),
        ("", 401),
        ("demo@example.com", 401),
    ]
    assert "s3cret" not in repr(entries)
    assert "t0ken" not in repr(entries)


def test_the_older_sign_in_lists_companies_as_products(call: Any, demo: Any):
    answer = call.client.post(
        "/v1/companies", json={"Email": "demo@example.com", "Password": "demo", "ClientName": "x"}
    )
    assert answer.status_code == 200
    assert answer.json["Email"] == "demo@example.com"
    first = answer.json["Products"][0]
    assert (first["Account"]["AccountId"], first["Role"]) == (demo.company, "Administrator")
    assert first["ApiUrl"] == "localhost/API"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"Email": 1, "Password": 2}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"Email": "a@example.com", "Password": "\\ud800"}',
    ],
)
def test_a_sign_in_body_that_is_none_is_refused(call: Any, body: bytes):
    answer = call.client.post("/v1/companies", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["Message"]
