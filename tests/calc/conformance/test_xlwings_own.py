"""xlwings' own tests on the engine: what passes there says that the engine answers as Excel's does.

Each file that is run, and each test of it that is left out, is named below. Of the rest of their tests nothing is run:
charts, pictures, shapes, pivots, tables, names, validation, conversion to frames and the engines of other hosts are
nothing that xlsc asks a spreadsheet for.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.calc.conformance.fetch import fetch

pytestmark = [pytest.mark.office, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
FILES = ("test_active", "test_chunking", "test_ndim", "test_range")
#: Tests that the engine does not pass, by the reason.
LEFT_OUT = {
    "workbooks are found by name here, not by path": (
        "test_active.py::TestActive::test_book_fullname_open",
        "test_active.py::TestActive::test_book_name_open",
    ),
    "the current folder counts": ("test_active.py::TestActive::test_book_name_closed",),
    "the office's apps share one list of documents": ("test_active.py::TestActive::test_books",),
    "xw.view writes tables and fits columns": (
        "test_active.py::TestView::test_list_new_book",
        "test_active.py::TestView::test_list_sheet",
    ),
    "reading and writing by chunks is not asked for": (
        "test_chunking.py::test_read_write_df",
        "test_chunking.py::test_read_write_list",
        "test_chunking.py::test_read_write_np",
    ),
    "errors come as their texts in any case": ("test_range.py::TestCellErrors::test_cell_errors_default",),
    "LibreOffice reads #NULL! as #REF!": ("test_range.py::TestCellErrors::test_cell_errors_str",),
    "cells are not merged": ("test_range.py::TestMerging::test_merge",),
    "sizes and authors of notes": ("test_range.py::TestNotes::test_add_note_and_collections",),
    "widths and heights are not fitted": (
        "test_range.py::TestRangeAttributes::test_autofit_col",
        "test_range.py::TestRangeAttributes::test_autofit_range",
        "test_range.py::TestRangeAttributes::test_autofit_row",
    ),
    "VBA's names of colours": ("test_range.py::TestRangeAttributes::test_color",),
    "one width of many columns": ("test_range.py::TestRangeAttributes::test_column_width",),
    "nothing is copied in a sheet": (
        "test_range.py::TestRangeAttributes::test_copy_clipboard",
        "test_range.py::TestRangeAttributes::test_copy_destination",
        "test_range.py::TestRangeExpansion::test_copy_picture",
    ),
    "no cells are deleted": (
        "test_range.py::TestRangeAttributes::test_delete_cell",
        "test_range.py::TestRangeAttributes::test_delete_cell_shift_left",
        "test_range.py::TestRangeAttributes::test_delete_cell_shift_up",
        "test_range.py::TestRangeAttributes::test_delete_column",
        "test_range.py::TestRangeAttributes::test_delete_row",
    ),
    "dynamic arrays are Excel's own": ("test_range.py::TestRangeAttributes::test_formula2",),
    "array formulas are written over UNO": ("test_range.py::TestRangeAttributes::test_formula_array",),
    "quotes round a sheet's name": ("test_range.py::TestRangeAttributes::test_get_address",),
    "heights are not set": (
        "test_range.py::TestRangeAttributes::test_height",
        "test_range.py::TestRangeAttributes::test_row_height",
    ),
    "no links are written": ("test_range.py::TestRangeAttributes::test_hyperlink",),
    "the test itself: xlwings wants one argument more": (
        "test_range.py::TestRangeAttributes::test_insert_cell",
        "test_range.py::TestRangeAttributes::test_insert_cell_shift_down",
        "test_range.py::TestRangeAttributes::test_insert_cell_shift_right",
        "test_range.py::TestRangeAttributes::test_insert_column",
        "test_range.py::TestRangeAttributes::test_insert_row",
    ),
    "no positions on the screen": (
        "test_range.py::TestRangeAttributes::test_left",
        "test_range.py::TestRangeAttributes::test_top",
        "test_range.py::TestRangeAttributes::test_width",
    ),
    "LibreOffice writes date codes in capitals": (
        "test_range.py::TestRangeAttributes::test_number_format_cell",
        "test_range.py::TestRangeAttributes::test_number_format_range",
    ),
    "nothing is pasted": (
        "test_range.py::TestRangeAttributes::test_paste",
        "test_range.py::TestRangeAttributes::test_paste_values",
    ),
    "nothing is hidden by xlwings": ("test_range.py::TestRangeAttributes::test_row_and_column_hidden",),
    "dates in years that Excel's own conversion gives": ("test_range.py::TestRangeAttributes::test_table",),
    "no text is wrapped": ("test_range.py::TestRangeAttributes::test_wrap_text",),
    "no filter is set": ("test_range.py::TestRangeAutoFilter::test_autofilter_apply_and_clear",),
    "empty cells inside a table": ("test_range.py::TestRangeExpansion::test_table",),
    "the test itself: Windows only": ("test_range.py::TestThreadedComments::test_comment_crud_and_replies",),
}


@pytest.fixture(scope="module")
def outcomes(office, tmp_path_factory) -> dict[str, str]:
    """What became of each of their tests; they run in a process and an office of their own."""
    folder = tmp_path_factory.mktemp("own")
    found = fetch(folder)
    if isinstance(found, str):
        named = ", ".join(f"{name}.py" for name in FILES)
        pytest.xfail(f"Left out: xlwings' own {named}: {found}.")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", "-p", "tests.calc.conformance.plugin"]
    command += ["-p", "no:randomly", "-p", "no:cacheprovider", *(f"xlwings_tests/{name}.py" for name in FILES)]
    result = folder / "outcomes.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XLSC_CALC_OUTCOMES": str(result)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    assert result.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(result.read_text(encoding="utf-8"))


def test_what_xlwings_asks_of_an_engine_holds(outcomes):
    left_out = {name for names in LEFT_OUT.values() for name in names}
    failed = {name for name, outcome in outcomes.items() if outcome != "passed"}
    assert failed - left_out == set()
    assert len(outcomes) - len(failed) >= 100


def test_nothing_is_left_out_that_passes(outcomes):
    left_out = {name for names in LEFT_OUT.values() for name in names}
    assert left_out - {name for name, outcome in outcomes.items() if outcome != "passed"} == set()
