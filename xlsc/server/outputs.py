"""Files that runs made: kept in the store, so that every instance can hand them out (P §2.7)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from xlsc.server import schema
from xlsc.server.store import Store


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """One output file without its bytes; ``created`` in milliseconds since 1970 UTC."""

    id: str
    map_key: str
    run_number: int
    created: int
    description: str
    file_name: str
    access_key: str


class Outputs:
    """Lists and reads output files."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_process(self, map_key: str, run_number: int | None) -> list[StoredOutput]:
        """The files of a process, newest first; of one run when ``run_number`` is given."""
        table = schema.outputs
        wanted = [column for column in table.c if column.name not in ("content", "run_id")]
        query = select(*wanted).where(table.c.map_key == map_key)
        if run_number is not None:
            query = query.where(table.c.run_number == run_number)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(table.c.run_number.desc(), table.c.file_name)).all()
        return [StoredOutput(*row) for row in rows]

    def find(self, access_key: str) -> tuple[str, str, bytes] | None:
        """(map_key, file name, bytes) of the file with this key; None when there is none."""
        table = schema.outputs
        query = select(table.c.map_key, table.c.file_name, table.c.content).where(table.c.access_key == access_key)
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (row.map_key, row.file_name, bytes(row.content))
