"""The store's tables, as SQLAlchemy Core sees them today; how they came to be stands in migrations.py.

Times are whole milliseconds since 1970 UTC, which every database holds alike. Identifiers are texts of 36 characters.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
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

metadata = MetaData()

ID = String(36)
#: SQLite counts rows by itself only in a column of the type INTEGER.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

#: The service's own values: its RSA key.
settings = Table(
    "settings", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False)
)

companies = Table(
    "companies",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("password_is_published", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("user_id", ID, ForeignKey("users.id"), primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), primary_key=True),
    Column("role", String(20), nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("user_id", ID, ForeignKey("users.id"), primary_key=True),
    Column("map_key", ID, primary_key=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", ID, ForeignKey("users.id"), nullable=False, index=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
    Column("revoked", Boolean, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("who", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
)

security_log = Table(
    "security_log",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("call", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("reason", String(300), nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("email", String(254), nullable=False),
    Column("company_id", ID, nullable=False),
    Column("call", String(64), nullable=False),
    Column("map_key", ID, nullable=False),
    Column("run_number", Integer, nullable=True),
)

instances = Table(
    "instances",
    metadata,
    Column("id", ID, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

run_counters = Table(
    "run_counters",
    metadata,
    Column("map_key", ID, primary_key=True),
    Column("last_number", Integer, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("map_key", ID, nullable=False),
    Column("run_number", Integer, nullable=False),
    Column("company_id", ID, nullable=False),
    Column("user_email", String(254), nullable=False),
    Column("instance_id", ID, nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger, nullable=True),
    Column("record_count", Integer, nullable=False),
    Column("error_count", Integer, nullable=False),
    Column("error_message", Text, nullable=False),
    UniqueConstraint("map_key", "run_number"),
)

run_errors = Table(
    "run_errors",
    metadata,
    Column("id", ID, primary_key=True),
    Column("run_id", ID, ForeignKey("runs.id"), nullable=False, index=True),
    Column("tenant_server", String(200), nullable=False),
    Column("tenant_technical", String(200), nullable=False),
    Column("columns", JSON, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("saved", Boolean, nullable=False),
)

run_error_rows = Table(
    "run_error_rows",
    metadata,
    Column("id", ID, primary_key=True),
    Column("error_id", ID, ForeignKey("run_errors.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("values", JSON, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_run_error_rows_place", "error_id", "position"),
)

outputs = Table(
    "outputs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("run_id", ID, ForeignKey("runs.id"), nullable=False),
    Column("map_key", ID, nullable=False, index=True),
    Column("run_number", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("description", String(300), nullable=False),
    Column("file_name", String(300), nullable=False),
    Column("access_key", String(64), nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
)
