"""A process's own SQL, run with its places bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import CursorResult, text

from xlsc.server.expressions import Value
from xlsc.server.processes.bound_sql import BoundSql, Place
from xlsc.server.runs.column_kinds import adapt
from xlsc.server.runs.connections import Database


def place_reader(row: tuple[Value, ...], variables: Mapping[str, Value]) -> Callable[[Place], Value]:
    """A function that gives what a place stands for."""

    def read(place: Place) -> Value:
        return variables.get(place.variable) if place.column is None else row[place.column]

    return read


def bind(sql: BoundSql, row: tuple[Value, ...], variables: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a statement's parameters."""
    read = place_reader(row, variables)
    return {parameter.name: parameter.value(read) for parameter in sql.parameters}


def execute(database: Database, sql: BoundSql, values: Mapping[str, Value]) -> CursorResult[Any]:
    """Run a statement within the database's transaction."""
    driver_values = {name: adapt(value, None, is_sqlite=database.is_sqlite) for name, value in values.items()}
    return database.execute(text(sql.text), driver_values)
