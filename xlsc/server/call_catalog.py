"""The calls about what there is: processes, columns, connections, data sources (P §2.1). Answers in the wire's names."""

from __future__ import annotations

from typing import Any

from xlsc.server.handling import Context
from xlsc.server.processes import Definition


def map_list(context: Context) -> list[dict[str, Any]]:
    """The processes that the caller can run; real-time ones are not listed (P §2.1 [doc])."""
    return [
        {"MapKey": item.map_key, "MapId": item.map_id, "MapDescription": item.description}
        for item in context.definitions()
        if not item.real_time
    ]


def map_columns(context: Context) -> list[dict[str, Any]]:
    """All columns of the process's source."""
    definition = context.definition()
    return _columns(definition, definition.columns)


def mapped_map_columns(context: Context) -> list[dict[str, Any]]:
    """The source columns that are mapped to the target."""
    definition = context.definition()
    return _columns(definition, definition.mapped_columns)
