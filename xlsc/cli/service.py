"""``xlsc service``: users, companies, rights and logs of the embedded service, straight in its store."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from xlsc.cli.printing import print_json
from xlsc.cli.serve import store_options
from xlsc.errors import UsageError
from xlsc.server.accounts import Accounts, Company, Role, User
from xlsc.server.catalog import Processes
from xlsc.server.journal import Journal
from xlsc.server.options import ServiceOptions
from xlsc.server.postman import collection_text
from xlsc.server.store import Store, now_ms, open_store

ROLES = click.Choice([role.value for role in Role])
#: Every command prints JSON on demand.
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@dataclass(frozen=True, slots=True)
class Place:
    """Which store the commands work on."""

    data: Path
    database_url: str | None

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, open as long as the block."""
        store = open_store(self.database_url, self.data)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def accounts(self) -> Iterator[Accounts]:
        """The accounts in the store."""
        with self.store() as store:
            yield Accounts(store)


@click.group("service")
@store_options
@click.pass_context
def service(context: click.Context, data: Path, database_url: str | None) -> None:
    """Manage the embedded service's users, companies and rights.

    Works on the store directly, whether the service runs or not; changes count from the next request on.
    """
    context.obj = Place(data, database_url)


@service.group("user")
def user_group() -> None:
    """Users and their passwords."""


@user_group.command("add")
@click.argument("email")
@click.option("--name", default="", help="The user's name.")
@click.option("--company", "companies", multiple=True, help="Company (name or GUID) the user belongs to; repeatable.")
@click.option("--role", type=ROLES, default=Role.USER.value, show_default=True, help="Role in these companies.")
@as_json_option
@click.pass_obj
def add_user(place: Place, email: str, name: str, companies: Sequence[str], role: str, as_json: bool) -> None:
    """Add a user.

    The password is asked for, or read from standard input or XLSC_PASSWORD; never from an argument.
    """
    with place.accounts() as accounts:
        chosen = [accounts.require_company(company) for company in companies]
        user = accounts.add_user(email, name, read_password())
        for company in chosen:
            accounts.set_role(user, company, Role(role))
        _show([_describe(accounts, user)], as_json, f"Added {user.email}.")


@user_group.command("list")
@as_json_option
@click.pass_obj
def list_users(place: Place, as_json: bool) -> None:
    """List users with their companies and roles."""
    with place.accounts() as accounts:
        _show([_describe(accounts, user) for user in accounts.users()], as_json)


@user_group.command("disable")
@click.argument("email")
@as_json_option
@click.pass_obj
def disable_user(place: Place, email: str, as_json: bool) -> None:
    """Close an account; its tokens end at once."""
    with place.accounts() as accounts:
        user = accounts.set_disabled(email, True)
        _show([_describe(accounts, user)], as_json, f"Disabled {user.email}.")


@user_group.command("enable")
@click.argument("email")
@as_json_option
@click.pass_obj
def enable_user(place: Place, email: str, as_json: bool) -> None:
    """Open a closed account again; its old tokens stay ended."""
    with place.accounts() as accounts:
        user = accounts.set_disabled(email, False)
        _show([_describe(accounts, user)], as_json, f"Enabled {user.email}.")


@user_group.command("password")
@click.argument("email")
@as_json_option
@click.pass_obj
def change_password(place: Place, email: str, as_json: bool) -> None:
    """Give a user another password; the user's tokens end at once."""
    with place.accounts() as accounts:
        user = accounts.require_user(email)
        accounts.set_password(email, read_password())
        _show([_describe(accounts, user)], as_json, f"Changed the password of {user.email}.")


@user_group.command("sign-out")
@click.argument("email")
@as_json_option
@click.pass_obj
def sign_out_user(place: Place, email: str, as_json: bool) -> None:
    """Revoke all tokens of a user."""
    with place.accounts() as accounts:
        count = accounts.end_tokens(email)
        _show([{"email": email.lower(), "tokens_revoked": count}], as_json)


@user_group.command("role")
@click.argument("email")
@click.argument("company")
@click.argument("role", type=ROLES)
@as_json_option
@click.pass_obj
def set_role(place: Place, email: str, company: str, role: str, as_json: bool) -> None:
    """Make a user a member of a company, or change the role there."""
    with place.accounts() as accounts:
        user = accounts.require_user(email)
        accounts.set_role(user, accounts.require_company(company), Role(role))
        _show([_describe(accounts, user)], as_json)


@service.group("company")
def company_group() -> None:
    """Companies."""


@company_group.command("add")
@click.argument("name")
@click.option("--id", "company_id", help="GUID of the company; made when left out.")
@as_json_option
@click.pass_obj
def add_company(place: Place, name: str, company_id: str | None, as_json: bool) -> None:
    """Add a company."""
    with place.accounts() as accounts:
        company = accounts.add_company(name, company_id)
        _show([asdict(company)], as_json, f"Added {company.name} as {company.id}.")


@company_group.command("list")
@as_json_option
@click.pass_obj
def list_companies(place: Place, as_json: bool) -> None:
    """List companies with their GUIDs."""
    with place.accounts() as accounts:
        _show([asdict(company) for company in accounts.companies()], as_json)


@service.command("grant")
@click.argument("email")
@click.argument("process")
@click.option("--company", help="Company (name or GUID), where two of them have a process of that name.")
@click.option("--withdraw", is_flag=True, help="Take the right back.")
@click.option("--processes", type=click.Path(file_okay=False, path_type=Path), help="Folder of process definitions.")
@as_json_option
@click.pass_obj
def grant(
    place: Place, /, email: str, process: str, company: str | None, processes: Path | None, **flags: bool
) -> None:
    """Let a user run a process, named by its id or key."""
    with place.accounts() as accounts:
        user = accounts.require_user(email)
        wanted = None if company is None else accounts.require_company(company)
        options = ServiceOptions(place.data, database_url=place.database_url, processes=processes)
        map_key, map_id = _find_process(Processes(options), accounts, process, wanted)
        if flags["withdraw"]:
            accounts.withdraw(user, map_key)
        else:
            accounts.grant(user, map_key)
        word = "no longer" if flags["withdraw"] else "now"
        _show([_describe(accounts, user)], flags["as_json"], f"{user.email} may {word} run {map_id}.")


@service.command("log")
@click.option("--refusals", is_flag=True, help="What was refused, instead of what was run.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Newest entries shown.")
@as_json_option
@click.pass_obj
def log(place: Place, refusals: bool, limit: int, as_json: bool) -> None:
    """Show who ran what, when and from where; or what was refused."""
    with place.store() as store:
        journal = Journal(store, now_ms)
        entries: Sequence[Any] = journal.refusals(limit) if refusals else journal.audits(limit)
        _show([asdict(entry) for entry in entries], as_json)


@service.command("postman")
def postman() -> None:
    """Print the Postman collection of all calls, as docs/xlsc.postman_collection.json holds it."""
    click.echo(collection_text(), nl=False)


def read_password() -> str:
    """The password from XLSC_PASSWORD, a hidden prompt, or the first line of standard input.

    Raises:
        UsageError: There is none.
    """
    password = os.environ.get("XLSC_PASSWORD", "")
    if not password and sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not password:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("No password was given.", "Type it at the prompt, pipe it in, or set XLSC_PASSWORD.")
    return password


def _find_process(processes: Processes, accounts: Accounts, name: str, company: Company | None) -> tuple[str, str]:
    companies = accounts.companies() if company is None else [company]
    found = [
        (definition.map_key, definition.map_id)
        for candidate in companies
        for definition in processes.of_company(candidate.id)
        if name.lower() in (definition.map_id.lower(), definition.map_key.lower())
    ]
    if not found:
        raise UsageError(f"There is no process {name!r}.", "See `xlsc processes`, or name its folder by --processes.")
    if len(found) > 1:
        raise UsageError(f"Several companies have a process {name!r}.", "Say which by --company.")
    return found[0]


def _describe(accounts: Accounts, user: User) -> dict[str, Any]:
    members = accounts.memberships(user.id)
    return {
        "email": user.email,
        "name": user.name,
        "disabled": user.disabled,
        "companies": [{"id": m.company.id, "name": m.company.name, "role": m.role.value} for m in members],
        "processes": sorted(accounts.grants(user.id)),
    }


def _show(rows: Sequence[dict[str, Any]], as_json: bool, text: str | None = None) -> None:
    if as_json:
        print_json(list(rows))
        return
    if text is not None:
        click.echo(text)
        return
    for row in rows:
        click.echo("  ".join(_word(value) for value in row.values()))


def _word(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(f"{item['name']} ({item['role']})" if isinstance(item, dict) else str(item) for item in value)
    return "-" if value is None else str(value)
