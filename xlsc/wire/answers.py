"""Answers, both ways: bytes ↔ values of core, JSON ↔ XML. The door to answers_read, answers_run and answers_write."""

from __future__ import annotations

from xlsc.wire.answer_body import decode_refusal
from xlsc.wire.answers_read import (
    decode_boolean,
    decode_columns,
    decode_companies,
    decode_connection_processes,
    decode_connections,
    decode_data,
    decode_data_sources,
    decode_history,
    decode_maps,
    decode_outputs,
    decode_public_key,
    decode_run_errors,
    decode_source_processes,
    decode_token,
)
from xlsc.wire.answers_run import decode_run
from xlsc.wire.answers_write import encode, encode_refusal, to_wire

__all__ = [
    "decode_boolean",
    "decode_columns",
    "decode_companies",
    "decode_connection_processes",
    "decode_connections",
    "decode_data",
    "decode_data_sources",
    "decode_history",
    "decode_maps",
    "decode_outputs",
    "decode_public_key",
    "decode_refusal",
    "decode_run",
    "decode_run_errors",
    "decode_source_processes",
    "decode_token",
    "encode",
    "encode_refusal",
    "to_wire",
]
