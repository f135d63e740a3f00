"""Rolling numbers: counters in the target's own database, so that a number is used if and only if its document is."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, String, Table, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from xlsc.server.processes.mapping import Rolling
from xlsc.server.runs.connections import Database

counters = Table(
    "xlsc_counters",
    MetaData(),
    Column("counter", String(100), primary_key=True),
    Column("last_number", BigInteger, nullable=False),
)


def prepare_counters(database: Database) -> None:
    """Make the table of counters when it is not there yet; in a transaction of its own."""
    with database.transaction():
        if database.columns_of(counters.name) is not None:
            return
    try:
        with database.transaction():
            database.create(counters)
    except SQLAlchemyError:
        with database.transaction():
            database.forget_tables()
            if database.columns_of(counters.name) is None:
                raise  # else another run made it in between
    database.forget_tables()


def next_number(database: Database, rolling: Rolling) -> str:
    """The next number of a counter, with its letters in front; the counter stays locked until the transaction ends."""
    mine = counters.c.counter == rolling.counter
    step = update(counters).where(mine).values(last_number=counters.c.last_number + 1)
    if database.execute(step).rowcount == 0:
        try:
            with database.savepoint():
                start = {"counter": rolling.counter, "last_number": rolling.start - 1}
                database.execute(counters.insert(), start)
        except IntegrityError:
            pass  # another run began the counter in between
        database.execute(step)
    number = int(database.execute(select(counters.c.last_number).where(mine)).scalar_one())
    return f"{rolling.prefix}{number:0{rolling.width}d}"
