import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from xlsc.server.options import ServiceOptions
from xlsc.server.postman import collection_text, make_collection
from xlsc.server.service import start_service
from xlsc.wire.calls import CALLS

FILE = Path(__file__).parents[3] / "docs" / "xlsc.postman_collection.json"


def test_the_shipped_collection_is_what_the_list_of_calls_makes():
    assert FILE.read_text(encoding="utf-8") == collection_text()


def test_it_holds_every_call_once():
    assert [item["name"] for item in make_collection()["item"]] == [call.path for call in CALLS]


def test_it_holds_no_token():
    assert {"key": "token", "value": "", "type": "string"} in json.loads(FILE.read_text(encoding="utf-8"))["variable"]


@pytest.mark.slow
def test_newman_runs_the_shipped_collection_against_a_service(newman: list[str], tmp_path: Path):
    report = tmp_path / "report.json"
    with start_service(ServiceOptions(tmp_path / "service")) as service:
        options = ["--env-var", f"host={service.url}", "--reporters", "json", "--reporter-json-export", str(report)]
        done = subprocess.run([*newman, "run", str(FILE), *options], capture_output=True, text=True, timeout=120)
    run = json.loads(report.read_text(encoding="utf-8"))["run"]
    assert run["failures"] == [], [(item["source"]["name"], item["error"]["message"]) for item in run["failures"]]
    assert done.returncode == 0
    assert run["stats"]["requests"] == {"total": len(CALLS), "pending": 0, "failed": 0}
    assert run["stats"]["assertions"]["failed"] == 0
    # Every call was answered with 200, and all but the file with what its schema says.
    assert [item["response"]["code"] for item in run["executions"]] == [200] * len(CALLS)
    names = Counter(check["assertion"] for item in run["executions"] for check in item["assertions"])
    assert names["answers"] == len(CALLS)
    assert names["has the documented shape"] == len(CALLS) - 1
