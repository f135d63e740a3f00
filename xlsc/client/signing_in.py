"""From e-mail and password to a token: key, companies, token; the password leaves in the strongest form that is taken.

Source: P §1.1, §1.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlsc.client.client import Client
from xlsc.core.catalog import Company
from xlsc.errors import NoAnswer, ServiceError, UsageError
from xlsc.wire.passwords import Form, encode_password, parse_public_key


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in. The password never shows.

    Attributes:
        form: How the password is sent; None = RSA, or HMAC where the service has no key.
    """

    email: str
    password: str
    form: Form | None = None

    def __repr__(self) -> str:
        return f"Credentials({self.email!r})"


def list_companies(client: Client, credentials: Credentials) -> tuple[Company, ...]:
    """The companies of a user.

    Raises:
        ServiceError: The service refuses or cannot be reached.
    """
    return client.company_list(credentials.email, _encoded(client, credentials))


def fetch_token(client: Client, credentials: Credentials, company_id: str) -> str:
    """A token for the company.

    Raises:
        ServiceError: The service refuses or cannot be reached.
    """
    return client.get_token(credentials.email, _encoded(client, credentials), company_id)


def pick_company(companies: tuple[Company, ...], wanted: str) -> Company:
    """The company with this id or name, without regard to case; the only one when none is wanted.

    Raises:
        UsageError: There is none of that name, or several to choose from; the hint lists them.
    """
    names = ", ".join(f"{company.name} ({company.id})" for company in companies)
    if not companies:
        raise UsageError("This user belongs to no company.", "Ask an administrator of the service for access.")
    if not wanted:
        if len(companies) == 1:
            return companies[0]
        raise UsageError(
            "This user belongs to several companies.",
            f"Choose one with --company: {names}.",
            in_excel=f"Name one of them: {names}.",
        )
    folded = wanted.strip().casefold()
    found = [company for company in companies if folded in (company.id.casefold(), company.name.casefold())]
    if len(found) != 1:
        raise UsageError(f"No company {wanted!r} for this user.", f"There are: {names}.")
    return found[0]


def _encoded(client: Client, credentials: Credentials) -> str:
    """The password as it travels; encrypted anew each time, as the padding is random."""
    if credentials.form not in (None, Form.RSA):
        return encode_password(credentials.password, credentials.form)
    try:
        key = parse_public_key(client.public_key())
    except NoAnswer:
        raise
    except ServiceError:
        if credentials.form is Form.RSA:
            raise
        return encode_password(credentials.password, Form.HMAC)
    return encode_password(credentials.password, Form.RSA, key)
