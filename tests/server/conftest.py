"""A private PostgreSQL cluster for the tests that ask for one, and a store on either database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from xlsc.server.store import Store, open_store


def find_postgresql() -> Path | None:
    """The newest installed server's folder of programs."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if homes:
        return homes[-1]
    found = shutil.which("pg_ctl")
    return Path(found).parent if found else None


def as_other_user() -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int]:
    """The loopback port of a cluster that lives as long as the test run."""
    programs = find_postgresql()
    if programs is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("PostgreSQL's server is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("PostgreSQL's server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="xlsc-pg-"))
    prefix = as_other_user()
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    initdb = [programs / "initdb", "-D", data, "-U", "xlsc", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*prefix, *initdb], **run)
    settings = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200"
    )
    control = [*prefix, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", settings, "start"], **run)
    yield port
    subprocess.run([*control, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql_port: int) -> str:
    """A new, empty database."""
    name = f"xlsc_{uuid4().hex}"
    with psycopg.connect(f"host=127.0.0.1 port={postgresql_port} user=xlsc dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return f"postgresql://xlsc@127.0.0.1:{postgresql_port}/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store on each database."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    opened = open_store(url, tmp_path / "service")
    yield opened
    opened.close()
