from openapi_spec_validator import OpenAPIV31SpecValidator

from xlsc.server.app import ROUTES
from xlsc.server.handlers import HANDLERS
from xlsc.server.openapi import make_openapi
from xlsc.server.openapi_answers import ANSWERS
from xlsc.wire.calls import CALLS, Answer


def test_the_document_is_valid_openapi_3_1():
    document = make_openapi("http://127.0.0.1:8123")
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1.")


def test_it_lists_every_call_with_every_verb_and_parameter():
    paths = make_openapi("http://127.0.0.1:8123")["paths"]
    for call in CALLS:
        item = paths[f"/{call.path}" if call.at_root else f"/API/{call.path}"]
        assert sorted(item) == sorted(verb.lower() for verb in call.verbs)
        for operation in item.values():
            assert [param["name"] for param in operation["parameters"]] == [param.name for param in call.params]


def test_operations_have_names_of_their_own():
    document = make_openapi("http://127.0.0.1:8123")
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


def test_every_answer_but_files_has_a_shape():
    assert set(ANSWERS) == set(Answer) - {Answer.FILE}


def test_every_call_has_a_route_and_a_handler_and_there_are_no_others():
    assert set(HANDLERS) == {call.name for call in CALLS}
    assert list(ROUTES.values()) == list(CALLS)
