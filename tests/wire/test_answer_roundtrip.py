"""Whatever a service answers, in JSON or XML, its client reads to the same value."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xlsc.core.catalog import (
    ColumnInfo,
    Company,
    ConnectionProcess,
    HistoryRun,
    Process,
    ProcessLine,
    RunErrors,
    Tenant,
    TenantErrors,
)
from xlsc.core.results import ErrorTable, RunResult
from xlsc.wire import answers
from xlsc.wire.calls import Answer

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8
) | st.sampled_from(["<&>", "]]>", "a\r\nb", "0", "null", '"', "é\U0001f600"])
NAME = TEXT.filter(lambda text: text.strip() != "" and "\r" not in text)
COUNT = st.integers(0, 2**31 - 1)
#: Names of columns, but not the two that the error table has itself.
COLUMN = NAME.filter(lambda name: not name.startswith("EONERUN"))


@st.composite
def error_tables(draw: Any) -> ErrorTable:
    columns = tuple(draw(st.lists(COLUMN, min_size=1, max_size=4, unique=True)))
    rows = draw(st.lists(st.tuples(*[st.none() | TEXT] * len(columns)), max_size=4))
    return ErrorTable(columns, rows, [draw(TEXT).strip() for _ in rows]) if rows else ErrorTable()


RUNS = st.builds(
    RunResult, map_key=NAME, map_id=NAME, map_description=TEXT, run_number=COUNT, record_count=COUNT, error_count=COUNT,
    succeeded=st.booleans(), error_message=TEXT, errors=error_tables(), validation_errors=st.just(()),
)  # fmt: skip


@given(RUNS, st.booleans())
def test_runs(run: RunResult, as_xml: bool):
    assert answers.decode_run(answers.encode(Answer.RUN, run, as_xml)) == run


@st.composite
def kept_errors(draw: Any) -> RunErrors:
    table = draw(error_tables())
    idents = tuple(draw(st.sampled_from(["", "8b796357"])) for _ in table.rows)
    tenant = TenantErrors(draw(TEXT), draw(TEXT), draw(TEXT), len(table.rows), table, idents)
    return RunErrors(draw(NAME), draw(NAME), draw(TEXT), draw(COUNT), (tenant,))


@given(kept_errors(), st.booleans())
def test_kept_errors(errors: RunErrors, as_xml: bool):
    """Column names are no element names and come back all the same."""
    assert answers.decode_run_errors(answers.encode(Answer.RUN_ERRORS, errors, as_xml)) == errors


@given(st.lists(st.builds(ColumnInfo, NAME, st.booleans())).map(tuple), st.booleans())
def test_columns(columns: tuple[ColumnInfo, ...], as_xml: bool):
    assert answers.decode_columns(answers.encode(Answer.COLUMNS, columns, as_xml)) == columns


@given(st.lists(st.builds(Process, NAME, NAME, TEXT)).map(tuple), st.booleans())
def test_processes(processes: tuple[Process, ...], as_xml: bool):
    assert answers.decode_maps(answers.encode(Answer.MAPS, processes, as_xml)) == processes


@given(st.lists(st.builds(Company, NAME, TEXT, st.none() | NAME)).map(tuple), st.booleans())
def test_companies(companies: tuple[Company, ...], as_xml: bool):
    assert answers.decode_companies(answers.encode(Answer.COMPANIES, companies, as_xml)) == companies


@given(st.lists(st.builds(HistoryRun, NAME, NAME, COUNT, TEXT, COUNT, COUNT, st.booleans())).map(tuple), st.booleans())
def test_history(runs: tuple[HistoryRun, ...], as_xml: bool):
    assert answers.decode_history(answers.encode(Answer.HISTORY, runs, as_xml)) == runs


LINES = st.lists(st.builds(ProcessLine, TEXT, NAME, TEXT, TEXT), max_size=2).map(tuple)
TENANTS = st.lists(st.builds(Tenant, NAME, TEXT, TEXT, TEXT), max_size=2).map(tuple)


@given(
    st.lists(
        st.builds(ConnectionProcess, NAME, NAME, TEXT, TEXT, TEXT, TEXT, st.booleans(), st.booleans(), LINES, TENANTS),
        max_size=3,
    ).map(tuple),
    st.booleans(),
)
def test_processes_of_a_connection(processes: tuple[ConnectionProcess, ...], as_xml: bool):
    written = answers.encode(Answer.CONNECTION_PROCESSES, processes, as_xml)
    assert answers.decode_connection_processes(written) == processes
