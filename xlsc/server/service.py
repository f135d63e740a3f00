"""The service as a thing that is started and closed: ``xlsc serve``, ``xlsc demo`` and tests use it."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from xlsc.errors import UsageError
from xlsc.server.app import create_app
from xlsc.server.backend import Backend, open_backend
from xlsc.server.instances import HEARTBEAT_SECONDS
from xlsc.server.listener import TimedServer
from xlsc.server.media_types import choose_media_type
from xlsc.server.options import ServiceOptions
from xlsc.server.outgoing import encode_refusal

LOG = logging.getLogger("xlsc.server")


class Service:
    """A running service; ends with its ``with`` block.

    Args:
        backend: Opened for this service; closed with it.
        listener: A listening server.
    """

    def __init__(self, backend: Backend, listener: TimedServer) -> None:
        self.backend = backend
        self._listener = listener
        self._ended = threading.Event()
        self._closing = threading.Lock()
        self._threads = (
            threading.Thread(target=listener.run, name="xlsc-service", daemon=True),
            threading.Thread(target=self._beat, name="xlsc-heartbeat", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return int(self._listener.effective_port)

    @property
    def url(self) -> str:
        """Its address, such as http://127.0.0.1:8123."""
        host = self.backend.options.host
        if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound to
            host = "127.0.0.1"
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def api_url(self) -> str:
        """The address of its calls, which clients call ApiUrl (P §1.1)."""
        return f"{self.url}/API"

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the service is closed; False when ``seconds`` passed before."""
        return self._ended.wait(seconds)

    def close(self) -> None:
        """Take no more requests, finish those under way, give everything back; a second call does nothing."""
        with self._closing:
            if self._ended.is_set():
                return
            self._listener.stop(self.backend.options.forced_seconds)
            self._ended.set()
            for thread in self._threads:
                thread.join()
            self.backend.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            try:
                self.backend.instances.beat()
                self.backend.instances.end_dead_runs()
            except SQLAlchemyError as error:
                LOG.warning("The store does not answer: %s.", type(error).__name__)


def start_service(options: ServiceOptions) -> Service:
    """Start the service in threads of this process.

    Raises:
        UsageError: The address cannot be used, sample passwords would be reachable from outside, or the store or a
            process file cannot be used.

    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> with start_service(ServiceOptions(pathlib.Path(folder.name))) as service:
    ...     service.api_url.endswith("/API")
    True
    >>> folder.cleanup()
    """
    backend = open_backend(options)
    try:
        refuse_published_passwords(backend)
        return Service(backend, _listen(backend))
    except BaseException:
        backend.close()
        raise


def refuse_published_passwords(backend: Backend) -> None:
    """Keep accounts whose password stands in the manual off the network.

    Raises:
        UsageError: The service would listen beyond this machine, and there are such accounts.
    """
    if backend.options.on_loopback:
        return
    emails = backend.accounts.users_with_published_password()
    if emails:
        message = f"These accounts still have their published password: {', '.join(emails)}."
        hint = (
            f"Change it with `xlsc service user password EMAIL` or close them with `xlsc service user disable EMAIL`, "
            f"then serve on {backend.options.host}; on 127.0.0.1 they work as they are."
        )
        raise UsageError(message, hint)


def _listen(backend: Backend) -> TimedServer:
    options = backend.options

    def write_refusal(status: int, reason: str, accept: str) -> tuple[int, str, bytes]:
        return encode_refusal(status, reason, choose_media_type(accept), blank=options.strict_original)

    try:
        return TimedServer(create_app(options, backend), options, write_refusal)
    except (OSError, ValueError) as error:
        message = f"The service cannot listen on {options.host}:{options.port}: {error}."
        raise UsageError(message, "Choose another --port or --host; --port 0 takes a free one.") from error
