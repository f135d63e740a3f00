import json
from pathlib import Path

from xlsc.server.postman import collection_text, make_collection
from xlsc.wire.calls import CALLS

FILE = Path(__file__).parents[3] / "docs" / "xlsc.postman_collection.json"


def test_the_shipped_collection_is_what_the_list_of_calls_makes():
    assert FILE.read_text(encoding="utf-8") == collection_text()


def test_it_holds_every_call_once():
    assert [item["name"] for item in make_collection()["item"]] == [call.path for call in CALLS]


def test_it_holds_no_token():
    assert {"key": "token", "value": "", "type": "string"} in json.loads(FILE.read_text(encoding="utf-8"))["variable"]
