"""The answer of a run call to a RunResult: counts, error rows, validation errors (P §2.4–§2.6)."""

from __future__ import annotations

import json

from xlsc.core.results import ErrorTable, RunResult, ValidationError
from xlsc.errors import Refused
from xlsc.wire.answer_body import Members, read_value, to_count, to_items, to_text, unreadable
from xlsc.wire.answers_read import plain, read_error_rows
from xlsc.wire.datatable import decode_error_table
from xlsc.wire.malformed import MalformedXml

#: Texts of Status that mean success; in XML the name of an enumeration that no source prints (P §2.4 [?]).
_SUCCESS = frozenset({"0", "success", "successful", "succeeded", "completed", "complete", "ok"})


def decode_run(body: bytes) -> RunResult:
    """The result of a run, from JSON or from RunMapResponse with or without a namespace.

    Raises:
        UnreadableAnswer: The body is no run result, whatever else it is: the run may have been made all the same.

    Source: P §2.4 [obs], §2.6 [?], §5.1.
    """
    expected = "the result of a run"
    try:
        value = read_value(body, expected)
    except Refused as refused:
        raise unreadable(refused.message, body) from refused
    if not isinstance(value, Members) or value.find("status", "errorcount") is None:
        raise unreadable(f"The service answered with something else than {expected}.", body)
    try:
        return _read_run(value)
    except (MalformedXml, ValueError) as error:
        raise unreadable(f"The service answered with something else than {expected}: {error}", body) from error


def _read_run(value: Members) -> RunResult:
    errors = _read_table(value.find("errors"))
    count = to_count(value.find("errorcount"))
    message = value.text("errormessage")
    nothing_failed = not count and not errors.rows and not message.strip()
    return RunResult(
        map_key=value.text("mapkey"),
        map_id=value.text("mapid"),
        map_description=value.text("mapdescription"),
        run_number=value.count("runnumber"),
        record_count=value.count("recordcount"),
        error_count=count or 0,
        succeeded=_read_status(value.find("status"), nothing_failed),
        error_message=message,
        errors=errors,
        validation_errors=tuple(_read_validation(item) for item in _validation_items(value.find("validationerrors"))),
    )


def _read_status(status: object, nothing_failed: bool) -> bool:
    """Whether the run succeeded; a truth value says so in no known sense, so what the answer holds decides."""
    text = "" if status is None else to_text(status).strip().lower()
    if text in ("", "true", "false"):
        return nothing_failed
    return text in _SUCCESS


def _read_table(value: object) -> ErrorTable:
    if value is None:
        return ErrorTable()
    if isinstance(value, str):
        return decode_error_table(value)
    rows = to_items(value)
    if all(isinstance(row, Members) for row in rows):
        return read_error_rows([row for row in rows if isinstance(row, Members)])[0]
    raise ValueError("its error rows are of no known form")


def _validation_items(value: object) -> list[object]:
    if isinstance(value, Members) and value.find("taskname", "name", "message", "errormessage", "error") is not None:
        return [value]
    if isinstance(value, Members) and len(value.pairs) == 1 and isinstance(value.pairs[0][1], list):
        return value.pairs[0][1]
    return to_items(value)


def _read_validation(item: object) -> ValidationError:
    """One validation error in any of the forms it may have; what is not understood becomes its message."""
    if not isinstance(item, Members):
        text = to_text(item) if not isinstance(item, list) else json.dumps(plain(item), ensure_ascii=False)
        table = _try_table(text)
        return ValidationError("", "", table) if table else ValidationError("", text.strip())
    task = item.text("taskname", "name", "task")
    message = item.text("message", "errormessage", "error", "description").strip()
    given = item.find("errors", "data", "xml", "rows")
    table = _try_table(given)
    if table is None and isinstance(given, str) and given.strip() and not message:
        message = given.strip()
    if not task and not message and table is None:
        message = json.dumps(plain(item), ensure_ascii=False)
    return ValidationError(task, message, table or ErrorTable())


def _try_table(value: object) -> ErrorTable | None:
    if value is None or (isinstance(value, str) and not value.lstrip().startswith(("<", "&lt;"))):
        return None
    try:
        return _read_table(value)
    except (MalformedXml, ValueError):
        return None
