"""The bridge: arguments and answers as Excel stores them; and the real xlwings.udfs over stand-ins of pywin32."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.addin.bridge import answer, cut, read_argument, write_result
from xlsc.addin.registry import Function
from xlsc.core.table import CellError
from xlsc.errors import NoAnswer


def echo(*given: Any) -> Any:
    return [[str(value) for value in given]] if given else None


def give_rows() -> Any:
    return [["name", "when"], ["x" * 300, date(2026, 1, 5)], [None]]


def time_out() -> Any:
    raise NoAnswer("The service did not answer within 60 s.", "Try again.")


def find_nothing() -> Any:
    raise LookupError("no run yet")


def give_error() -> Any:
    return CellError("#DIV/0!")


def ask(target: Any, *given: Any) -> Any:
    function = Function("SC_TEST", "For this test.", (), f"{__name__}:{target.__name__}")
    return answer("SC_TEST", given, lambda name: function)


def test_a_value_comes_back_as_a_block() -> None:
    assert ask(echo, "A", 2.0) == ("ok", [["A", "2.0"]])


def test_nothing_is_an_empty_text() -> None:
    assert ask(echo) == ("ok", "")


def test_rows_are_made_rectangular_and_their_texts_fit_an_array() -> None:
    kind, rows = ask(give_rows)
    assert kind == "ok"
    assert rows[0] == ["name", "when"]
    assert rows[1] == ["x" * 254 + "…", 46027.0]
    assert rows[2] == ["", ""]


def test_what_a_person_can_mend_is_a_readable_text() -> None:
    assert ask(time_out) == ("ok", "#XLSC The service did not answer within 60 s. Try again.")


@pytest.mark.parametrize(
    ("target", "given", "number"), [(find_nothing, (), 2042), (give_rows, ("too many",), 2015), (give_error, (), 2007)]
)
def test_faults_are_real_error_values(target: Any, given: tuple[Any, ...], number: int) -> None:
    kind, found, _ = ask(target, *given)
    assert (kind, found) == ("error", number)


def test_an_unknown_function_is_a_name_error() -> None:
    assert answer("SC_NOTHING", ())[:2] == ("error", 2029)


@pytest.mark.parametrize(
    ("number", "text"),
    [(-2146826246, "#N/A"), (-2146826273, "#VALUE!"), (-2146826281, "#DIV/0!"), (-2146826243, "#SPILL!")],
)
def test_error_cells_are_recognised_inside_blocks(number: int, text: str) -> None:
    assert read_argument(((1.0, number), ("x", None))) == [[1.0, CellError(text)], ["x", None]]


@pytest.mark.parametrize("value", [True, 5, 5.5, "text", None])
def test_other_arguments_stay_as_they_are(value: Any) -> None:
    assert read_argument(value) is value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, True),
        (7, 7.0),
        (Decimal("1.25"), 1.25),
        (datetime(2026, 1, 5, 12, tzinfo=UTC), 46027.5),
        (date(1900, 3, 1), 61.0),
        (time(6), 0.25),
        (timedelta(days=2, hours=12), 2.5),
        (CellError("#N/A"), "#N/A"),
        ("y" * 40_000, "y" * 32_766 + "…"),
        ([], ""),
        ([[]], ""),
    ],
)
def test_values_are_written_as_excel_stores_them(value: Any, written: Any) -> None:
    found = write_result(value)
    assert found == written
    assert type(found) is type(written)


@given(st.text(), st.integers(min_value=1, max_value=20))
def test_cut_never_exceeds_its_length_and_keeps_the_beginning(text: str, longest: int) -> None:
    found = cut(text, longest)
    assert len(found.encode("utf-16-le", "surrogatepass")) // 2 <= longest
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


def test_real_xlwings_calls_the_bridge() -> None:
    calls = [["SC_NOTHING", []], ["SC_STATUS", [1, [[1.5, "x"], [None, True]], 3, 4]]]
    program = Path(__file__).with_name("call_real_udfs.py")
    done = subprocess.run(
        [sys.executable, program], input=json.dumps(calls), capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    assert said["answers"][0] == ["error", 2029, "There is no worksheet function SC_NOTHING."]
    assert said["answers"][1][:2] == ["error", 2015]
    assert said["info"] == {"name": "udf", "sub": False, "async_mode": None, "volatile": False}
