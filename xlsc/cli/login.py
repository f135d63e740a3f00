"""``xlsc login``, ``logout``, ``whoami``, ``settings``: who works where."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import click

from xlsc.cli.places import current_session, read_password, tokens
from xlsc.cli.printing import json_option, print_json, print_table
from xlsc.client.tokens import TokenKey
from xlsc.errors import UsageError
from xlsc.flows.connect import Credentials, sign_in, sign_out
from xlsc.settings import REGISTRY, Settings, resolve, write_user_settings
from xlsc.wire.passwords import Form


@click.command("login")
@click.argument("url", required=False)
@click.option("--email", help="E-mail address of the user.")
@click.option("--company", default="", help="Name or id of the company; needed when the user belongs to several.")
@click.option(
    "--password-form",
    type=click.Choice([form.value for form in Form]),
    help="How the password is sent; RSA where the service has a key, else HMAC.",
)
@json_option
def login(url: str | None, email: str | None, company: str, password_form: str | None, as_json: bool) -> None:
    """Sign in to the service at URL and remember it.

    The password comes from a prompt, from standard input or from XLSC_PASSWORD, never from an argument. The token is
    kept in the system's keyring, or in a file that only you can read; the command says where.
    """
    settings = resolve({"service_url": url, "email": email})
    if not settings.email:
        raise UsageError("No e-mail address is given.", "Give it with --email YOU@EXAMPLE.COM.")
    form = Form(password_form) if password_form else None
    done = sign_in(settings, Credentials(settings.email, read_password(), form), company, tokens())
    write_user_settings(
        {
            "service_url": done.service,
            "email": done.email,
            "company_id": done.company.id,
            "company_name": done.company.name,
        }
    )
    if as_json:
        print_json(
            {
                "service": done.service,
                "company": done.company.name,
                "company_id": done.company.id,
                "kept_in": done.kept_in,
            }
        )
        return
    click.echo(f"Signed in to {done.service} as {done.email}, company {done.company.name}.")
    click.echo(f"The token is kept in {done.kept_in}; it ends in three months or with: xlsc logout.")


@click.command("logout")
@json_option
def logout(as_json: bool) -> None:
    """Forget the token of the current user and company."""
    settings = resolve()
    gone = sign_out(settings, tokens())
    if as_json:
        print_json({"signed_out": gone})
        return
    click.echo(f"Signed out of {settings.service_url}." if gone else "You were not signed in.")


@click.command("whoami")
@json_option
def whoami(as_json: bool) -> None:
    """Show service, user and company, and whether the token is good."""
    settings = resolve()
    with current_session(settings) as session:
        good = session.client.validate()
        kept = tokens().read(TokenKey(session.service, settings.company_id, settings.email))
    until = kept.expires.date().isoformat() if kept else None
    company = settings.company_name or settings.company_id
    if as_json:
        found = {"service": session.service, "email": settings.email, "company": company, "valid": good, "until": until}
        print_json(found)
        return
    click.echo(f"{settings.email} at {company}, {session.service}.")
    click.echo(f"The token is good until about {until}." if good else "The token is no longer good: xlsc login.")


@click.command("settings")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
def settings(changes: tuple[str, ...], as_json: bool) -> None:
    """Show all settings and where they come from; NAME=VALUE changes one, NAME= takes it out."""
    if changes:
        write_user_settings(dict(_parse(change) for change in changes))
    found = resolve()
    values = {item.name: getattr(found, item.name) for item in fields(Settings) if item.name in REGISTRY}
    if as_json:
        print_json({name: {"value": value, "from": _origin(found, name)} for name, value in values.items()})
        return
    rows = [(name, _shown(value), _origin(found, name), REGISTRY[name].help) for name, value in values.items()]
    print_table(["Setting", "Value", "From", "Meaning"], rows)


def _parse(change: str) -> tuple[str, Any]:
    name, sign, text = change.partition("=")
    setting = REGISTRY.get(name.strip())
    if not sign or setting is None:
        raise UsageError(f"{change!r} changes no setting.", f"Write NAME=VALUE; names are {', '.join(REGISTRY)}.")
    if not text.strip():
        return setting.name, None
    return setting.name, _value(setting.name, setting.kind, text.strip())


def _value(name: str, kind: str, text: str) -> object:
    try:
        if kind == "number":
            return float(text)
        if kind == "count":
            return int(text)
    except ValueError:
        raise UsageError(f"{text!r} is no number for {name}.", f"Write it like {name}=600.") from None
    if kind == "switch":
        return text.casefold() in ("true", "yes", "on", "1")
    return tuple(part.strip() for part in text.split(",")) if kind == "list" else text


def _origin(found: Settings, name: str) -> str:
    return str(found.origins.get(name, "built in"))


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
