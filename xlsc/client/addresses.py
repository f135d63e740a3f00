"""Where a service stands: the API base URL and the root of the sign-in calls, from whatever a person types."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from xlsc.errors import UsageError

#: Sign-in host of the cloud service (P §1.1 [doc]); any other service has its sign-in calls at its own root.
CLOUD_LOGIN = "https://login.smartconnect.com"
_CLOUD_HOSTS = (".smartconnect.com", ".azurewebsites.net")


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """``api_url`` ends in the API's base path, ``root_url`` carries ``/v1/public-key``; neither ends in a slash."""

    api_url: str
    root_url: str


def parse_service_url(text: str) -> ServiceAddress:
    """The service's addresses from a URL as people have it: with or without scheme and ``/API``.

    The cloud hands out its API URL without a scheme (P §1.1 [doc]); https is added, http only for this machine.

    Raises:
        UsageError: No host, a user name in the URL, or http to another machine.

    >>> parse_service_url("api.example.com/API").api_url
    'https://api.example.com/API'
    >>> parse_service_url("http://127.0.0.1:8123").api_url
    'http://127.0.0.1:8123/API'
    """
    stripped = text.strip()
    parts = urlsplit(stripped if "://" in stripped else f"//{stripped}")
    host = _host(parts.hostname, stripped)
    if parts.username or parts.password:
        raise UsageError(
            "The service URL holds a user name.",
            "Give the URL alone; the e-mail goes into --email.",
            in_excel="Give the address alone; the e-mail has a field of its own.",
        )
    loopback = is_loopback(host)
    scheme = parts.scheme or ("http" if loopback else "https")
    if scheme not in ("http", "https") or (scheme == "http" and not loopback):
        raise UsageError(
            f"{scheme}://{host} is not a safe address: the token travels in the URL.",
            "Use https; http is for services on this machine only.",
        )
    origin = f"{scheme}://{parts.netloc}"
    path = parts.path.rstrip("/") or "/API"
    return ServiceAddress(origin + path, CLOUD_LOGIN if host.endswith(_CLOUD_HOSTS) else origin)


def _host(host: str | None, text: str) -> str:
    if not host:
        raise UsageError(f"{text!r} is not a service URL.", "Write it like https://host/API or http://127.0.0.1:8123.")
    return host


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
