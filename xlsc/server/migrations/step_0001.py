"""Step 1: the tables of the first version, as they were then; never changed, whatever becomes of schema.py."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

_metadata = MetaData()

_ID = String(36)
#: SQLite counts rows by itself only in a column of the type INTEGER.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")

Table("schema_version", _metadata, Column("version", Integer, nullable=False))

Table("settings", _metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False))

Table(
    "companies",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
)

Table(
    "users",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("password_is_published", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
)

Table(
    "members",
    _metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("company_id", _ID, ForeignKey("companies.id"), primary_key=True),
    Column("role", String(20), nullable=False),
)

Table(
    "grants",
    _metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("map_key", _ID, primary_key=True),
)

Table(
    "tokens",
    _metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", _ID, ForeignKey("users.id"), nullable=False, index=True),
    Column("company_id", _ID, ForeignKey("companies.id"), nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("revoked", Boolean, nullable=False),
)

Table(
    "sign_in_failures",
    _metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("who", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
)

Table(
    "security_log",
    _metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("call", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
)

Table(
    "audit_log",
    _metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("company_id", _ID, nullable=False),
    Column("call", String(64), nullable=False),
    Column("map_key", _ID, nullable=False),
    Column("run_number", Integer, nullable=True),
)

Table(
    "instances",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

Table(
    "run_counters",
    _metadata,
    Column("map_key", _ID, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

Table(
    "runs",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("map_key", _ID, nullable=False),
    Column("run_number", Integer, nullable=False),
    Column("company_id", _ID, nullable=False),
    Column("user_email", String(254), nullable=False),
    Column("instance_id", _ID, nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger, nullable=True),
    Column("record_count", Integer, nullable=False),
    Column("error_count", Integer, nullable=False),
    Column("error_message", Text, nullable=False),
    UniqueConstraint("map_key", "run_number"),
)

Table(
    "run_errors",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False, index=True),
    Column("tenant_server", String(200), nullable=False),
    Column("tenant_technical", String(200), nullable=False),
    Column("columns", JSON, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("saved", Boolean, nullable=False),
)

Table(
    "run_error_rows",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("error_id", _ID, ForeignKey("run_errors.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("values", JSON, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_run_error_rows_place", "error_id", "position"),
)

Table(
    "outputs",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("run_id", _ID, ForeignKey("runs.id"), nullable=False),
    Column("map_key", _ID, nullable=False, index=True),
    Column("run_number", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("description", String(300), nullable=False),
    Column("file_name", String(300), nullable=False),
    Column("access_key", String(64), nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
)


def make_first_tables(connection: Connection) -> None:
    """Make them all in an empty database."""
    _metadata.create_all(connection)
