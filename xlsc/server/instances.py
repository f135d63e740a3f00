"""Service processes that share a store: each says now and then that it lives, and the ends of the dead are written.

A run that was going on when its process was killed ends here: state ``interrupted``, so that its number is no gap.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable

from sqlalchemy import Row, select, update

from xlsc.server import schema
from xlsc.server.history import INTERRUPTED, RUNNING
from xlsc.server.store import Store

#: How often an instance says that it lives, in seconds.
HEARTBEAT_SECONDS = 15.0
#: An instance not heard of for so long is taken for dead, on whatever machine it was.
SILENT_MS = 3 * 60 * 1000
MESSAGE = "The service was stopped during this run; documents that were already sent stay sent."


class Instances:
    """This process's entry among the instances.

    Args:
        store: Shared by all instances.
        clock: Milliseconds since 1970 UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self.id = str(uuid.uuid4())
        self._host = socket.gethostname()[:255]

    def enter(self) -> int:
        """Announce this instance and end the runs of dead ones; returns how many runs were ended."""
        self.beat()
        return self.end_dead_runs()

    def beat(self) -> None:
        """Say that this instance lives; another one may have taken it for dead and dropped its entry."""
        now = self._clock()
        table = schema.instances
        with self._store.writing() as connection:
            if connection.execute(update(table).where(table.c.id == self.id).values(seen=now)).rowcount == 0:
                values = {"host": self._host, "pid": os.getpid(), "started": now, "seen": now}
                connection.execute(table.insert().values(id=self.id, **values))

    def leave(self) -> None:
        """Take this instance off the list; runs it did not finish are ended as interrupted."""
        table = schema.instances
        with self._store.writing() as connection:
            connection.execute(table.delete().where(table.c.id == self.id))
        self.end_dead_runs()

    def end_dead_runs(self) -> int:
        """Write the end of runs whose instance is gone; returns how many there were."""
        table, runs = schema.instances, schema.runs
        with self._store.writing() as connection:
            dead = [row.id for row in connection.execute(select(table)) if self._is_dead(row)]
            connection.execute(table.delete().where(table.c.id.in_(dead)))
            gone = runs.c.instance_id.not_in(select(table.c.id))
            end = {"state": INTERRUPTED, "finished": self._clock(), "error_count": 1, "error_message": MESSAGE}
            return connection.execute(update(runs).where(runs.c.state == RUNNING, gone).values(**end)).rowcount

    def _is_dead(self, row: Row[tuple[object, ...]]) -> bool:
        if row.id == self.id:
            return False
        if self._clock() - row.seen > SILENT_MS:
            return True
        return bool(row.host == self._host and os.name == "posix" and not _is_alive(row.pid))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
