"""The calls that need no token: key, companies, token, validate, and the older sign-in (P §1)."""

from __future__ import annotations

import json
from typing import Any

from flask import g

from xlsc.core.catalog import Company
from xlsc.server.accounts import Membership, User
from xlsc.server.handling import Context
from xlsc.server.incoming import MAX_JSON_BYTES, read_body
from xlsc.server.refusals import Refusal, bad_request, forbidden
from xlsc.wire.passwords import encode_public_key


def public_key(context: Context) -> str:
    """The RSA key as the XML text that .NET reads (P §1.1)."""
    return encode_public_key(context.backend.sign_in.public_key())


def company_list(context: Context) -> list[Company]:
    """The companies of a user."""
    found = _authenticate(context, context.parameters.text("email"), context.parameters.text("password"))
    return [Company(member.company.id, member.company.name) for member in _memberships(context, found)]


def get_token(context: Context) -> str:
    """A token for a user and a company."""
    found = _authenticate(context, context.parameters.text("email"), context.parameters.text("password"))
    wanted = context.parameters.text("companyId")
    for member in _memberships(context, found):
        if member.company.id == wanted:
            return context.backend.tokens.issue(found, member.company)
    raise forbidden("This user does not belong to this company.")


def validate(context: Context) -> bool:
    """Whether a token is valid; a wrong one is an answer, not a refusal (P §1.3)."""
    try:
        context.backend.tokens.find(context.parameters.text("token"))
    except Refusal:
        return False
    return True


def user_with_products(context: Context) -> dict[str, Any]:
    """The user with one product per company, as the older sign-in answered (P §1.3 [obs])."""
    email, password = _read_sign_in(read_body(context.request, MAX_JSON_BYTES))
    found = _authenticate(context, email, password)
    first, _, last = found.name.partition(" ")
    return {
        "UserId": found.id,
        "Email": found.email,
        "FirstName": first,
        "LastName": last,
        "Status": "Active",
        "ChangePasswordAtLogin": False,
        "EmailVerified": True,
        "Products": [_product(context, member) for member in _memberships(context, found)],
    }


def _product(context: Context, member: Membership) -> dict[str, Any]:
    company = member.company
    # Without its scheme, as the original writes it (P §1.1 [obs]).
    api_url = context.base_url.split("://", 1)[-1] + "/API"
    return {
        "ProductId": company.id,
        "Name": "SmartConnect",
        "ProductStatus": "Active",
        "Status": "Active",
        "Role": member.role.value.capitalize(),
        "Type": "User",
        "RegionId": None,
        "RegionName": "",
        "AccountProductUserId": member.user_id,
        "AccountProductId": company.id,
        "Account": {"AccountId": company.id, "Name": company.name, "EQA": False, "Status": "Active", "Currency": ""},
        "Subscription": {
            "AccountProductSubscriptionId": company.id,
            "Status": "Active",
            "HasSupport": False,
            "AdditionalConnections": 0,
            "SubscriptionEndDate": None,
            "Plan": {},
            "ExpiredString": "",
            "Expired": False,
        },
        "Instances": [],
        "WebClientUrl": "",
        "ApiUrl": api_url,
        "ConnectionCount": 0,
        "AccountProductStatusString": "Active",
    }


def _authenticate(context: Context, email: str, password: str) -> User:
    try:
        return context.backend.sign_in.authenticate(email, password, context.address)
    except Refusal as refusal:
        # For the security log, a known address only: what stands in an unknown one may be a password.
        if refusal.security and context.backend.accounts.find_user(email) is not None:
            g.email = email.strip().lower()
        raise


def _memberships(context: Context, found: User) -> list[Membership]:
    return context.backend.accounts.memberships(found.id)


def _read_sign_in(body: bytes) -> tuple[str, str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise bad_request("The body must be an object with Email and Password.")
    fields = {str(name).lower(): text for name, text in value.items()}
    email, password = fields.get("email"), fields.get("password")
    if not isinstance(email, str) or not isinstance(password, str):
        raise bad_request("The body must be an object with Email and Password.")
    return email, password
