"""What any value, text, moment or mark goes through on its way into a file and back, on values nobody thought of."""

import string
import tempfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from xlsc.core.addresses import Area
from xlsc.core.marks import CellMark, MarkPlan, RowStatus
from xlsc.core.results import RowState
from xlsc.core.table import CellError
from xlsc.sheets.chunks import join_texts, replace_text, split_text
from xlsc.sheets.files import create_book, open_book
from xlsc.sheets.ooxml.cell_text import decode_text, encode_text, escape_text
from xlsc.sheets.ooxml.serials import Meaning, format_meaning, from_serial, moment_format, to_serial
from xlsc.sheets.port import CellWrite

MILLISECOND = timedelta(milliseconds=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FIRST_DAY = {False: datetime(1900, 1, 1), True: datetime(1904, 1, 1)}
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def to_millisecond(moment):
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@st.composite
def moments(draw):
    from_1904 = draw(st.booleans())
    moment = draw(st.datetimes(min_value=FIRST_DAY[from_1904], max_value=datetime(9999, 12, 31)))
    return to_millisecond(moment), from_1904


@given(moments())
def test_a_moment_comes_back_to_the_millisecond(drawn):
    moment, from_1904 = drawn
    serial = to_serial(moment, from_1904=from_1904)
    assert from_serial(serial, Meaning.DATE, from_1904=from_1904) == moment


@given(moments())
def test_serials_are_those_of_openpyxl(drawn):
    moment, from_1904 = drawn
    theirs = to_excel(moment, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    assert to_serial(moment, from_1904=from_1904) == pytest.approx(theirs, abs=1e-9)


@given(st.timedeltas(min_value=timedelta(days=-9999), max_value=timedelta(days=9999)))
def test_durations_come_back(duration):
    duration = round(duration / MILLISECOND) * MILLISECOND
    assert from_serial(to_serial(duration), Meaning.DURATION) == duration


@given(st.times())
def test_clock_times_come_back(moment):
    moment = to_millisecond(moment)
    assert from_serial(to_serial(moment), Meaning.TIME) == moment


@pytest.mark.parametrize("serial", [60.0, -1.0, 1e9, 2958466.0])
def test_a_serial_that_is_no_day_stays_a_number(serial):
    assert from_serial(serial, Meaning.DATE) == serial


@pytest.mark.parametrize(
    ("number_format", "meaning"),
    [
        ("yyyy-mm-dd", Meaning.DATE),
        ("[$-409]d\\-mmm\\-yy;@", Meaning.DATE),
        ("mmm", Meaning.DATE),
        ("h:mm AM/PM", Meaning.TIME),
        ("mm:ss.0", Meaning.TIME),
        ("[h]:mm", Meaning.DURATION),
        ("[Red]0.00", Meaning.NUMBER),
        ('0" days"', Meaning.NUMBER),
        ('"year" 0', Meaning.NUMBER),
        ("General", Meaning.NUMBER),
        ("@", Meaning.NUMBER),
        ("00000", Meaning.NUMBER),
        ("#,##0_);[Red](#,##0)", Meaning.NUMBER),
        ("0.00E+00", Meaning.NUMBER),
        ("# ?/?", Meaning.NUMBER),
    ],
)
def test_number_formats_tell_moments_from_numbers(number_format, meaning):
    assert format_meaning(number_format) is meaning


@pytest.mark.parametrize("value", [datetime(2026, 1, 31, 9, 30), date(2026, 1, 31), time(9, 30), timedelta(hours=30)])
def test_the_format_of_a_moment_means_that_moment(value):
    meaning = format_meaning(moment_format(value))
    back = from_serial(to_serial(value), meaning)
    assert back in (value, datetime(2026, 1, 31))


@given(TEXTS)
def test_stored_texts_decode_to_what_they_were(text):
    assert decode_text(escape_text(text)) == text
    assert "<" not in encode_text(text)


@given(st.text(string.ascii_lowercase, min_size=1), st.text(max_size=1000))
def test_long_properties_are_cut_and_put_together(name, text):
    parts = split_text(f"xlsc.{name}", text)
    assert all(len(part) <= 255 for part in parts.values())
    assert join_texts(parts) == {f"xlsc.{name}": text}


@given(st.text(max_size=1000), st.text(max_size=1000))
def test_a_replaced_property_leaves_no_part_of_the_old_text(old, new):
    present = {"xlsc.other": "kept", **split_text("xlsc.a", old)}
    for part, text in replace_text(present, "xlsc.a", new).items():
        present.pop(part, None)
        if text is not None:
            present[part] = text
    assert join_texts(present) == {"xlsc.other": "kept", "xlsc.a": new}


VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=4),
    st.datetimes(min_value=datetime(1900, 3, 1), max_value=datetime(9999, 12, 31)).map(to_millisecond),
    st.sampled_from([CellError("#N/A"), CellError("#REF!"), CellError("#DIV/0!")]),
)


def as_read(value):
    if value == "":
        return None
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


@SOME
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_any_values_come_back_from_a_file(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.xlsx"
        book = create_book(path, "Data")
        book.sheet().write(1, 1, rows)
        book.save()
        read = open_book(path).sheet().read(Area(1, 1, len(rows), 3)).rows
    assert [list(row) for row in read] == [[as_read(value) for value in row] for row in rows]


CELLS = st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 30)), st.integers(0, 9), max_size=12)


@SOME
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_single_cells_land_where_openpyxl_finds_them(writes):
    """Cells written in any order, over several passes, stand in order in the file and overwrite each other."""
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.xlsx"
        book = create_book(path, "Data")
        for cells in writes:
            book.sheet().write_cells([CellWrite(row, column, value) for (row, column), value in cells.items()])
            expected |= cells
        book.save()
        sheet = openpyxl.load_workbook(path).active
        assert {
            (cell.row, cell.column): cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        } == expected


@st.composite
def plans(draw):
    """A run over some rows: each gets a status, some of their cells a mark."""
    rows = draw(st.lists(st.integers(2, 14), unique=True, min_size=1, max_size=6))
    marked = draw(st.lists(st.tuples(st.sampled_from(rows), st.integers(1, 5)), unique=True, max_size=8))
    states = {row for row, _ in marked}
    statuses = [
        RowStatus(
            row,
            RowState.REJECTED if row in states else RowState.ACCEPTED,
            "Rejected: x" if row in states else "Accepted",
        )
        for row in sorted(rows)
    ]
    return MarkPlan(1, 6, "sent", statuses, [CellMark(*cell, "wrong") for cell in sorted(marked)], sorted(rows))


def looks_of(path):
    """What openpyxl sees of every cell that has a value or a look."""
    sheet = openpyxl.load_workbook(path)["Data"]
    return {
        cell.coordinate: (
            cell.value,
            *(repr(look) for look in (cell.fill, cell.border, cell.font, cell.number_format, cell.quotePrefix)),
            cell.comment and cell.comment.text,
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.has_style or cell.comment
    }


@pytest.fixture(scope="module")
def coloured(tmp_path_factory):
    """A sheet in all colours, some cells noted."""
    path = tmp_path_factory.mktemp("coloured") / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in range(1, 11):
        for column in range(1, 6):
            cell = sheet.cell(row, column, row * column)
            if (row + column) % 3:
                cell.fill = openpyxl.styles.PatternFill("solid", fgColor=f"FF{row * 20:02X}{column * 40:02X}80")
            cell.number_format = ("General", "0.00", "@")[row % 3]
    sheet["B3"].comment = openpyxl.comments.Comment("look here", "Ann")
    sheet["C12"].fill = openpyxl.styles.PatternFill("darkGrid", fgColor="FF112233")
    book.save(path)
    return path


@SOME
@given(runs=st.lists(plans(), min_size=1, max_size=4), saved=st.booleans())
def test_any_marks_of_any_runs_come_off_without_a_trace(coloured, runs, saved):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(coloured.read_bytes())
        book = open_book(path)
        marked = set()
        for plan in runs:
            book.sheet("Data").apply(plan)
            marked = {cell for cell in marked if cell[0] not in plan.cleared_rows}
            marked |= {(mark.sheet_row, mark.sheet_column) for mark in plan.cells}
            if saved:
                book.save()
                book = open_book(path)
        assert set(book.sheet("Data").marked_cells()) == marked
        assert book.sheet("Data").clear() == len(marked)
        book.save()
        assert looks_of(path) == looks_of(coloured)
