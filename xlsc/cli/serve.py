"""``xlsc serve``: the embedded service in the foreground, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from platformdirs import user_data_path

from xlsc.errors import UsageError
from xlsc.server.options import DEFAULT_BODY_BYTES, ServiceOptions
from xlsc.server.service import Service, start_service

Command = TypeVar("Command", bound=Callable[..., Any])
MEBIBYTE = 1024 * 1024


def default_data() -> Path:
    """Where the service keeps its things when no folder is named."""
    return user_data_path("xlsc", appauthor=False) / "service"


def store_options(command: Command) -> Command:
    """The options that say which store is meant; shared by ``serve`` and ``service``."""
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data,
        show_default="the user's data folder",
        help="Folder of the store and the process files.",
    )
    database = click.option(
        "--database",
        "database_url",
        envvar="XLSC_DATABASE",
        metavar="URL",
        help="SQLAlchemy URL of the store instead of a SQLite file in the data folder; "
        "better given in XLSC_DATABASE when it holds a password.",
    )
    return data(database(command))


@click.command("serve", epilog="The calls are listed at /openapi.json; docs/service.md describes them.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8123, show_default=True, help="TCP port; 0 = a free one."
)
@store_options
@click.option(
    "--processes",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of process definitions instead of DATA/processes.",
)
@click.option("--strict-original", is_flag=True, help="Refuse with a blank body, as the original service does.")
@click.option("--public-url", metavar="URL", help="Address callers reach the service under, for links in answers.")
@click.option(
    "--trusted-proxy",
    metavar="ADDRESS",
    help="Address of a proxy before the service: callers are where its X-Forwarded-For says, in logs and limits.",
)
@click.option("--no-samples", is_flag=True, help="Start an empty service: no sample companies, users and processes.")
@click.option("--threads", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at the same time.")
@click.option(
    "--max-body",
    type=click.IntRange(1, 64 * 1024),
    default=DEFAULT_BODY_BYTES // MEBIBYTE,
    show_default=True,
    help="Largest request body in MiB.",
)
@click.option("--quiet", is_flag=True, help="No line per request.")
@click.option("--json", "as_json", is_flag=True, help="Say where the service is as one line of JSON.")
def serve(max_body: int, no_samples: bool, quiet: bool, as_json: bool, **chosen: Any) -> None:  # noqa: ANN401
    """Start the embedded service and keep it running.

    A first start makes two sample companies with processes and users; they can be reached from this machine only.
    """
    if chosen["public_url"] and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", chosen["public_url"]):
        raise UsageError("--public-url is no address.", "Write it as https://rehearsal.example.com.")
    options = ServiceOptions(samples=not no_samples, body_bytes=max_body * MEBIBYTE, **chosen)
    _log_to_stderr(quiet)
    with start_service(options) as service:
        _say_where(service, as_json)
        _wait_for_the_end(service)


def _say_where(service: Service, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"url": service.url, "api_url": service.api_url, "port": service.port}))
    else:
        click.echo(f"The service runs at {service.api_url} (Ctrl+C ends it).")
        if "demo@example.com" in service.backend.accounts.users_with_published_password():
            click.echo("Sign in as demo@example.com with the password demo.")
    sys.stdout.flush()


def _wait_for_the_end(service: Service) -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        while not service.wait(1.0):  # short waits: Windows delivers Ctrl+C between them only
            pass
    except KeyboardInterrupt:
        click.echo("The service ends; runs under way are finished first.", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _log_to_stderr(quiet: bool) -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("xlsc.server.access").setLevel(logging.WARNING if quiet else logging.INFO)
