"""Values as the outbox's columns hold them: run results as JSON, sheet rows as ranges, times as ISO text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from xlsc.core.results import ErrorTable, RunResult, ValidationError
from xlsc.outbox.entries import DocumentState, Entry, Phase, StoredDocument

#: In the order read_entry() takes them.
ENTRY_COLUMNS = (
    "entry_id, phase, service, company_id, process_key, process_id, workbook, sheet, user, host, body_sha256,"
    " begun_utc, run_number, reason, resolved_how, marks_written, answer_sha256, result, runs_before"
)
DOCUMENT_COLUMNS = "position, fingerprint, key_text, sheet_rows, state"


def encode_result(result: RunResult | None) -> str | None:
    """The result as JSON text; None stays None."""
    return None if result is None else json.dumps(asdict(result))


def decode_result(text: str | None) -> RunResult | None:
    """The result that encode_result() wrote."""
    if text is None:
        return None
    fields = json.loads(text)
    found = tuple(ValidationError(v["task"], v["message"], _errors(v["errors"])) for v in fields["validation_errors"])
    return RunResult(**{**fields, "errors": _errors(fields["errors"]), "validation_errors": found})


def without_rows(text: str | None) -> str | None:
    """The result's JSON without the row contents that the service echoed."""
    result = decode_result(text)
    if result is None:
        return None
    bare = tuple(replace(found, errors=ErrorTable()) for found in result.validation_errors)
    return encode_result(replace(result, errors=ErrorTable(), validation_errors=bare))


def encode_rows(sheet_rows: Sequence[int]) -> str:
    """Sheet rows as text in their order: (2, 3, 4, 9) → "2-4,9"."""
    spans: list[list[int]] = []
    for row in sheet_rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)


def decode_rows(text: str) -> tuple[int, ...]:
    """The sheet rows that encode_rows() wrote."""
    spans = [span.split("-") for span in text.split(",") if span]
    return tuple(row for span in spans for row in range(int(span[0]), int(span[-1]) + 1))


def read_document(row: Sequence[object]) -> StoredDocument:
    """A row of DOCUMENT_COLUMNS as a value."""
    index, fingerprint, key_text, sheet_rows, state = row
    assert isinstance(index, int)
    return StoredDocument(
        index, str(fingerprint), str(key_text), decode_rows(str(sheet_rows)), DocumentState(str(state))
    )


def read_entry(row: Sequence[object]) -> Entry:
    """A row of ENTRY_COLUMNS as a value."""
    entry_id, run_number, result, runs_before = row[0], row[12], row[17], row[18]
    assert isinstance(entry_id, int)
    assert isinstance(runs_before, int | None)
    assert isinstance(run_number, int | None)
    assert isinstance(result, str | None)
    texts = [str(value) for value in row]
    return Entry(
        entry_id=entry_id,
        phase=Phase(texts[1]),
        service=texts[2],
        company_id=texts[3],
        process_key=texts[4],
        process_id=texts[5],
        workbook=texts[6],
        sheet=texts[7],
        user=texts[8],
        host=texts[9],
        body_sha256=texts[10],
        begun_utc=datetime.fromisoformat(texts[11]),
        run_number=run_number,
        reason=texts[13],
        resolved_how=texts[14],
        marks_written=bool(row[15]),
        answer_sha256=texts[16],
        result=decode_result(result),
        runs_before=runs_before,
    )


def _errors(fields: dict[str, list[str]]) -> ErrorTable:
    return ErrorTable(tuple(fields["columns"]), [tuple(row) for row in fields["rows"]], list(fields["messages"]))
