"""The older sign-in, v1/companies: its request and the user object that it answers with (P §1.3 [obs])."""

from __future__ import annotations

import json
from dataclasses import dataclass

from xlsc.wire.answer_body import Members, read_value, unreadable


@dataclass(frozen=True, slots=True)
class Product:
    """One company that a user may work in.

    Attributes:
        company_id: GUID, what GetToken calls companyId.
        company_name: Its name; "" where the answer gives none.
        api_url: Address of the calls that need a token, without a scheme as it came.
    """

    company_id: str
    company_name: str
    api_url: str


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Who signed in, and where to."""

    user_id: str
    email: str
    products: tuple[Product, ...]


def encode_sign_in(email: str, password: str, client_name: str = "xlsc") -> bytes:
    """The JSON body of v1/companies; ``password`` in a form of wire/passwords.py."""
    fields = {"Email": email, "Password": password, "ClientName": client_name, "IpAddress": ""}
    return json.dumps(fields).encode("ascii")


def decode_user(body: bytes) -> SignedInUser:
    """The user of v1/companies.

    Raises:
        Refused: The body is blank or says why not.
        UnreadableAnswer: It is no user.
    """
    expected = "a user with products"
    value = read_value(body, expected)
    if not isinstance(value, Members) or value.find("userid", "products") is None:
        raise unreadable(f"The service answered with something else than {expected}.", body)
    products = [item for item in value.items("products") if isinstance(item, Members)]
    return SignedInUser(value.text("userid"), value.text("email"), tuple(_product(item) for item in products))


def _product(item: Members) -> Product:
    account = item.find("account")
    members = account if isinstance(account, Members) else Members(())
    company_id = members.text("accountid") or item.text("productid")
    return Product(company_id, members.text("name") or item.text("name"), item.text("apiurl"))
