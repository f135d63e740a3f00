"""Signing in and out, and the session that every other flow works in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from xlsc.client.addresses import parse_service_url
from xlsc.client.client import Client
from xlsc.client.signing_in import Credentials, fetch_token, list_companies, pick_company
from xlsc.client.tokens import TokenKey, TokenStore
from xlsc.client.transport import Timeouts, Transport
from xlsc.core.catalog import Company
from xlsc.errors import Refused, UsageError
from xlsc.settings import Settings

__all__ = ["Credentials", "Session", "SignedIn", "open_client", "open_session", "sign_in", "sign_out"]


#: How somebody in Excel signs in.
SIGN_IN = "Press Sign in on the SmartConnect tab."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Where a user has signed in to, and where the token is kept, in words."""

    service: str
    company: Company
    companies: tuple[Company, ...]
    email: str
    kept_in: str


@dataclass(frozen=True, slots=True)
class Session:
    """A client for one user and company; a context manager."""

    client: Client
    settings: Settings

    @property
    def service(self) -> str:
        """The API's base URL."""
        return self.client.service

    def __enter__(self) -> Session:
        """This session."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self.client.close()


def open_client(settings: Settings, token: str = "", renew: Callable[[], str] | None = None) -> Client:
    """A client for the service that the settings name.

    Raises:
        UsageError: No service is named, or its address cannot be used.
    """
    if not settings.service_url:
        raise UsageError(
            "No service is chosen.", "Sign in first: xlsc login URL --email YOU@EXAMPLE.COM.", in_excel=SIGN_IN
        )
    address = parse_service_url(settings.service_url)
    timeouts = Timeouts(settings.connect_timeout_seconds, settings.read_timeout_seconds, settings.run_timeout_seconds)
    return Client(Transport(address, timeouts), token, renew)


def sign_in(settings: Settings, credentials: Credentials, company: str, tokens: TokenStore) -> SignedIn:
    """Get a token for a company and keep it.

    Args:
        settings: Name the service.
        credentials: E-mail address and password.
        company: Id or name; "" = the only one.
        tokens: Where the token is kept.

    Raises:
        UsageError: The user belongs to several companies and none was named, or to none of that name.
        ServiceError: The service refuses or cannot be reached.
    """
    client = open_client(settings)
    try:
        companies = list_companies(client, credentials)
        chosen = pick_company(companies, company)
        token = fetch_token(client, credentials, chosen.id)
        tokens.write(TokenKey(client.service, chosen.id, credentials.email), token)
        return SignedIn(client.service, chosen, companies, credentials.email, tokens.place)
    finally:
        client.close()


def sign_out(settings: Settings, tokens: TokenStore) -> bool:
    """Forget the token of the settings' user and company; whether there was one."""
    return tokens.remove(_token_key(settings))


def open_session(settings: Settings, tokens: TokenStore, ask_password: Callable[[], str] | None = None) -> Session:
    """A session with the token that is kept for the settings' user and company.

    Args:
        settings: Name service, e-mail address and company.
        tokens: Where tokens are kept.
        ask_password: Gives the password when a new token is needed; None = the person has to sign in.

    Raises:
        UsageError: No service, e-mail address or company is chosen.
        Refused: There is no token, and nobody to give the password.
    """
    key = _token_key(settings)
    kept = tokens.read(key)
    renew = None if ask_password is None else _renewer(settings, tokens, key, ask_password)
    if kept is not None:
        return Session(open_client(settings, kept.token, renew), settings)
    if renew is None:
        raise Refused(f"You are not signed in to {key.service}.", "Sign in with: xlsc login.", in_excel=SIGN_IN)
    return Session(open_client(settings, renew(), renew), settings)


def _renewer(
    settings: Settings, tokens: TokenStore, key: TokenKey, ask_password: Callable[[], str]
) -> Callable[[], str]:
    def renew() -> str:
        client = open_client(settings)
        try:
            token = fetch_token(client, Credentials(key.email, ask_password()), key.company_id)
        finally:
            client.close()
        tokens.write(key, token)
        return token

    return renew


def _token_key(settings: Settings) -> TokenKey:
    missing = [name for name in ("service_url", "email", "company_id") if not getattr(settings, name)]
    if missing:
        raise UsageError(
            f"Not signed in: the setting{'s' if len(missing) > 1 else ''} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} empty.",
            "Sign in with: xlsc login URL --email YOU@EXAMPLE.COM.",
            in_excel=SIGN_IN,
        )
    return TokenKey(parse_service_url(settings.service_url).api_url, settings.company_id, settings.email)
