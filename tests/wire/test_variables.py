"""GBL_ variables in every form of the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.errors import UsageError
from xlsc.wire.datatable import decode_request, encode_rows
from xlsc.wire.malformed import MalformedText
from xlsc.wire.variables import check_variable_name, decode_variables, encode_request_data, encode_variables

NAMES = st.from_regex(r"GBL_[A-Z0-9_]{1,10}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=10)
VARIABLES = st.dictionaries(NAMES, TEXTS, max_size=4)

#: (body, source)
SAME = [
    ('[ { "Key": "GBL_DEPT", "Value": "SALES" }, { "Key": "GBL_YEAR", "Value": "2024" } ]', "form A, P §2.2"),
    (
        '{ "Variables": "[ { Key: \\"GBL_DEPT\\", Value: \\"SALES\\" }, { Key: \\"GBL_YEAR\\", Value: \\"2024\\" } ]",'
        ' "Xml": "" }',
        "form B, P §2.2",
    ),
    ('{"variables": [{"key": "GBL_DEPT", "value": "SALES"}, {"KEY": "GBL_YEAR", "VALUE": 2024}]}', "names in any case"),
    ("{'Variables': \"[{'Key': 'GBL_DEPT', 'Value': 'SALES'}, {Key: 'GBL_YEAR', Value: 2024,},]\"}", "single quotes"),
    ('{"GBL_DEPT": "SALES", "GBL_YEAR": "2024"}', "an object of names"),
    ('\ufeff[{"Key":"GBL_DEPT","Value":"SALES"},{"Key":"GBL_YEAR","Value":"2024"}]', "byte order mark"),
]


@pytest.mark.parametrize(("body", "source"), SAME)
def test_forms_that_mean_the_same(body: str, source: str):
    assert decode_variables(body) == {"GBL_DEPT": "SALES", "GBL_YEAR": "2024"}, source
    assert decode_variables(body.encode()) == {"GBL_DEPT": "SALES", "GBL_YEAR": "2024"}, source


@pytest.mark.parametrize(
    "body", ["", "  ", "[]", "null", "{}", '{"Variables": "", "Xml": ""}', '{"Variables": null}', '""']
)
def test_no_variables(body: str):
    assert decode_variables(body) == {}


def test_values_of_other_kinds_become_texts():
    body = '[{"Key":"GBL_A","Value":1.50},{"Key":"GBL_B","Value":true},{"Key":"GBL_C","Value":null},{"Key":"GBL_D"}]'
    assert decode_variables(body) == {"GBL_A": "1.50", "GBL_B": "true", "GBL_C": "", "GBL_D": ""}


def test_text_inside_the_lenient_form_is_never_changed():
    """Words, commas and quotes inside a value are the value."""
    value = 'it\'s Key: "x", } ] true, \\ end'
    inner = f'[ {{ Key: "GBL_A", Value: {json.dumps(value)} }} ]'
    assert decode_variables(json.dumps({"Variables": inner})) == {"GBL_A": value}
    single = "[{Key: 'GBL_A', Value: 'say \"hi\" it\\'s, ]'}]"
    assert decode_variables(json.dumps({"Variables": single})) == {"GBL_A": 'say "hi" it\'s, ]'}


REFUSED = [
    ('[{"Key": "GBL_A", "Value": "1"}', "not JSON"),
    ("<x/>", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ('[{"Key": "GBL_A"}, {"Key": "GBL_A"}]', "twice"),
    ('[{"Key": "Department", "Value": "1"}]', "'Department' is not the name of a variable"),
    ('[{"Key": "GBL_", "Value": "1"}]', "not the name"),
    ('[{"Key": "GBL_A; drop", "Value": "1"}]', "not the name"),
    ('[{"Value": "1"}]', "no Key"),
    ('["GBL_A"]', "no Key"),
    ("3", "list of objects"),
    ('[{"Key": "GBL_A", "Value": {"x": 1}}]', "not a text"),
    (b"\xfd\xfe\xff", "not UTF-8"),
    (b"\xff\xfe\xfd", "not UTF-16"),
    (json.dumps([{"Key": f"GBL_{n}", "Value": ""} for n in range(1001)]), "list of objects"),
]


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_refused(body: str | bytes, reason: str):
    with pytest.raises(MalformedText, match=reason):
        decode_variables(body)


@given(VARIABLES)
def test_what_is_written_is_read(variables: dict[str, str]):
    assert decode_variables(encode_variables(variables)) == variables
    assert decode_variables(encode_request_data(variables)) == variables
    assert decode_request(encode_rows(["A"], [("1",)], variables)).variables == variables


@pytest.mark.parametrize("name", ["", "STATE", "GBL_", "GBL_A B", "gbl"])
def test_names_without_the_prefix_are_refused_before_sending(name: str):
    with pytest.raises(UsageError, match="not the name of a variable"):
        encode_variables({name: "1"})


def test_names_may_be_in_any_case():
    assert check_variable_name("Gbl_State") == "Gbl_State"
