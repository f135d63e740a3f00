"""What a service is started with: one frozen value, made by the command line, the demo and tests."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

#: Half a gibibyte: a full Excel sheet of a dozen filled columns as XML, measured at about 300 MB.
DEFAULT_BODY_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """Where the service keeps its things and how it meets its callers.

    Attributes:
        data: Folder of the store, the process files and the targets of the samples; made when missing.
        host: Address to listen on; anything but loopback refuses the published sample passwords.
        port: TCP port; 0 = any free one.
        database_url: SQLAlchemy URL of the store; None = a SQLite file in ``data``. Never logged:
            it may hold a password.
        processes: Folder of process definitions; None = ``data/processes``.
        strict_original: Refusals answer 200 with a blank body, as the original does (P §1.5 [S4]).
        public_url: Address callers reach the service under, for links in answers; None = the request's own.
        trusted_proxy: Address of a proxy before the service, whose X-Forwarded-For says where callers are.
        samples: Whether a first start makes the sample companies, accounts and processes.
        threads: Requests worked on at the same time.
        body_bytes: Largest request body in bytes.
        body_seconds: A body must be complete after this time, or keep coming faster than ``body_rate``.
        body_rate: Bytes per second that excuse a body from ``body_seconds``.
        forced_seconds: How long ``close`` waits for requests that are being worked on.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    database_url: str | None = None
    processes: Path | None = None
    strict_original: bool = False
    public_url: str | None = None
    trusted_proxy: str | None = None
    samples: bool = True
    threads: int = 8
    body_bytes: int = DEFAULT_BODY_BYTES
    body_seconds: float = 60.0
    body_rate: int = 64 * 1024
    forced_seconds: float = 30.0

    def __repr__(self) -> str:
        return f"ServiceOptions(data={str(self.data)!r}, host={self.host!r}, port={self.port})"

    @property
    def process_folder(self) -> Path:
        """Where the process definitions are."""
        return self.processes if self.processes is not None else self.data / "processes"

    @property
    def output_folder(self) -> Path:
        """Where runs write files before the store takes them."""
        return self.data / "outputs"

    @property
    def on_loopback(self) -> bool:
        """Whether only programs of this machine can reach the service."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
