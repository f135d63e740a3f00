from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from xlsc.errors import UsageError
from xlsc.server import schema
from xlsc.server.accounts import Accounts, Role
from xlsc.server.journal import Journal
from xlsc.server.password_hashes import NOBODYS_HASH, PUBLISHED, make_hash, matches
from xlsc.server.refusals import Refusal
from xlsc.server.store import Store, now_ms
from xlsc.server.throttle import MAX_FAILURES, WINDOW_MS, Throttle
from xlsc.server.tokens import Tokens, add_months

COMPANY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_hash_fits_its_own_password_only(one: str, other: str):
    stored = make_hash(one, PUBLISHED)
    assert matches(one, stored)
    assert matches(other, stored) == (one == other)


@pytest.mark.parametrize("password", ["", "demo", "\0" * 32])
def test_no_password_fits_nobodys_hash(password: str):
    assert not matches(password, NOBODYS_HASH)


def test_no_password_and_no_hmac_can_be_read_from_the_store(accounts: Accounts, store: Store):
    accounts.add_user("Ann@Example.com", "Ann", "correct horse")
    with store.reading() as connection:
        row = connection.execute(select(schema.users)).one()
    assert row.email == "ann@example.com"
    assert row.password_hash.startswith("scrypt$16384$8$5$")
    assert "correct" not in repr(row)


def test_the_same_password_is_stored_differently_each_time(accounts: Accounts):
    accounts.add_user("a@example.com", "", "demo")
    accounts.add_user("b@example.com", "", "demo")
    found = [accounts.find_user(email) for email in ("a@example.com", "b@example.com")]
    assert len({stored for entry in found if entry for stored in entry[1:]}) == 2


@pytest.mark.parametrize("email", ["", "ann", "@example.com", "ann@", "a b@example.com"])
def test_what_is_no_e_mail_is_refused(accounts: Accounts, email: str):
    with pytest.raises(UsageError, match="no e-mail"):
        accounts.add_user(email, "", "secret")


def test_an_e_mail_is_taken_once_in_any_case(accounts: Accounts):
    accounts.add_user("ann@example.com", "", "secret")
    with pytest.raises(UsageError, match="already"):
        accounts.add_user("ANN@example.com", "", "secret")


def test_companies_are_found_by_name_or_guid_in_any_case(accounts: Accounts):
    made = accounts.add_company("Contoso Ltd", COMPANY.upper())
    assert made.id == COMPANY
    assert accounts.require_company("contoso LTD") == made == accounts.require_company(COMPANY.upper())
    for taken in ({"name": "Contoso Ltd"}, {"name": "Another", "company_id": COMPANY}):
        with pytest.raises(UsageError, match="already"):
            accounts.add_company(**taken)
    with pytest.raises(UsageError, match="no company"):
        accounts.require_company("Fabrikam")


def test_roles_and_grants_are_changed_and_taken_back(accounts: Accounts):
    ann, contoso = accounts.add_user("ann@example.com", "", "secret"), accounts.add_company("Contoso")
    accounts.set_role(ann, contoso, Role.USER)
    accounts.set_role(ann, contoso, Role.ADMINISTRATOR)
    assert [(member.company, member.role) for member in accounts.memberships(ann.id)] == [(contoso, Role.ADMINISTRATOR)]
    for _ in range(2):
        accounts.grant(ann, COMPANY.upper())
    assert accounts.grants(ann.id) == {COMPANY}
    accounts.withdraw(ann, COMPANY)
    assert accounts.grants(ann.id) == frozenset()


def test_published_passwords_are_known_as_such_until_changed_or_closed(accounts: Accounts):
    accounts.add_user("demo@example.com", "", "demo")
    accounts.add_user("clerk@example.com", "", "clerk-demo")
    accounts.add_user("ann@example.com", "", "another")
    assert accounts.users_with_published_password() == ["clerk@example.com", "demo@example.com"]
    accounts.set_password("demo@example.com", "something else")
    accounts.set_disabled("clerk@example.com", True)
    assert accounts.users_with_published_password() == []


def make_token(accounts: Accounts, tokens: Tokens) -> str:
    ann, contoso = accounts.add_user("ann@example.com", "Ann", "secret"), accounts.add_company("Contoso", COMPANY)
    accounts.set_role(ann, contoso, Role.USER)
    return tokens.issue(ann, contoso)


def test_a_token_stands_for_a_user_and_a_company(accounts: Accounts, store: Store):
    tokens = Tokens(store, now_ms)
    token = make_token(accounts, tokens)
    accounts.grant(accounts.require_user("ann@example.com"), COMPANY)
    caller = tokens.find(token)
    assert (caller.user.email, caller.company.name, caller.role) == ("ann@example.com", "Contoso", Role.USER)
    assert caller.grants == {COMPANY}
    with store.reading() as connection:
        assert token not in repr(connection.execute(select(schema.tokens)).one())


@pytest.mark.parametrize("wrong", ["", "x", "x" * 5000, "\x00", "\udcff"])
def test_what_is_no_token_is_refused(accounts: Accounts, store: Store, wrong: str):
    with pytest.raises(Refusal) as caught:
        Tokens(store, now_ms).find(wrong)
    assert caught.value.status == 401


def test_a_token_lives_three_months_to_the_day(accounts: Accounts, store: Store):
    now = [int(datetime(2024, 1, 15, 10, 0, tzinfo=UTC).timestamp() * 1000)]
    tokens = Tokens(store, lambda: now[0])
    token = make_token(accounts, tokens)
    now[0] = int(datetime(2024, 4, 15, 10, 0, tzinfo=UTC).timestamp() * 1000) - 1
    tokens.find(token)
    now[0] += 1
    with pytest.raises(Refusal, match="expired"):
        tokens.find(token)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [((2024, 11, 30), 3, (2025, 2, 28)), ((2023, 11, 30), 3, (2024, 2, 29)), ((2024, 12, 31), 3, (2025, 3, 31))],
)
def test_months_end_within_the_month(start: tuple[int, int, int], months: int, end: tuple[int, int, int]):
    begun = int(datetime(*start, tzinfo=UTC).timestamp() * 1000)
    assert add_months(begun, months) == int(datetime(*end, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("how", ["disable", "password", "sign out"])
def test_tokens_end_with_the_account_its_password_or_by_hand(accounts: Accounts, store: Store, how: str):
    tokens = Tokens(store, now_ms)
    token = make_token(accounts, tokens)
    if how == "disable":
        accounts.set_disabled("ann@example.com", True)
        accounts.set_disabled("ann@example.com", False)
    elif how == "password":
        accounts.set_password("ann@example.com", "another")
    else:
        assert accounts.end_tokens("ann@example.com") == 1
    with pytest.raises(Refusal):
        tokens.find(token)


def test_expired_tokens_leave_the_store_with_the_next_one(accounts: Accounts, store: Store):
    now = [now_ms()]
    tokens = Tokens(store, lambda: now[0])
    make_token(accounts, tokens)
    now[0] = add_months(now[0], 4)
    tokens.issue(accounts.require_user("ann@example.com"), accounts.require_company("Contoso"))
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.tokens)).scalar() == 1


def test_guessing_is_throttled_per_user_and_address_for_five_minutes(store: Store):
    now = [now_ms()]
    throttle = Throttle(store, lambda: now[0])
    for _ in range(MAX_FAILURES):
        throttle.check("ann@example.com", "10.0.0.1")
        throttle.record_failure("ann@example.com", "10.0.0.1")
    with pytest.raises(Refusal) as caught:
        throttle.check("ANN@example.com", "10.0.0.1")
    assert caught.value.status == 429
    throttle.check("ann@example.com", "10.0.0.2")
    throttle.check("bob@example.com", "10.0.0.1")
    now[0] += WINDOW_MS
    throttle.check("ann@example.com", "10.0.0.1")


def test_the_right_password_forgets_failures_and_old_ones_are_dropped(store: Store):
    now = [now_ms()]
    throttle = Throttle(store, lambda: now[0])
    for _ in range(MAX_FAILURES):
        throttle.record_failure("ann@example.com", "10.0.0.1")
    throttle.forget("ann@example.com", "10.0.0.1")
    throttle.check("ann@example.com", "10.0.0.1")
    now[0] += WINDOW_MS
    throttle.record_failure("bob@example.com", "10.0.0.1")
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.sign_in_failures)).scalar() == 2


def test_refusals_are_listed_newest_first_and_old_ones_go(store: Store):
    journal = Journal(store, now_ms)
    for reason in ("first", "second"):
        journal.record_refusal(("127.0.0.1", "ann@example.com", "GetToken", 401, reason))
    assert [entry.reason for entry in journal.refusals()] == ["second", "first"]
