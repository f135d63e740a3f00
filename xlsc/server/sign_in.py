"""Signing in: the service's RSA key, the three forms of a password, and who may try how often (P §1.1, §1.2)."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from xlsc.server import schema
from xlsc.server.accounts import Accounts, User
from xlsc.server.password_hashes import NOBODYS_HASH, matches
from xlsc.server.refusals import bad_request, not_signed_in
from xlsc.server.store import Store
from xlsc.server.throttle import Throttle
from xlsc.wire.passwords import Form, decrypt, hmac_form, recognise

KEY_BITS = 2048
KEY_NAME = "rsa_key"
#: An RSA-encrypted password of a 4,096-bit key has 684 characters; anything longer is nobody's.
MAX_PASSWORD_CHARACTERS = 1024
WRONG = "The e-mail or the password is wrong."


class SignIn:
    """Says who a caller is by e-mail and password.

    Args:
        store: Holds the RSA key, which all instances share.
        accounts: The users.
        throttle: Counts failures.
    """

    def __init__(self, store: Store, accounts: Accounts, throttle: Throttle) -> None:
        self._accounts = accounts
        self._throttle = throttle
        self._key = _load_key(store)

    def public_key(self) -> rsa.RSAPublicKey:
        """The key that encrypts passwords."""
        return self._key.public_key()

    def authenticate(self, email: str, password: str, address: str) -> User:
        """The user that e-mail and password belong to.

        Args:
            email: As typed.
            password: Plain, HMAC or RSA form.
            address: Where the caller is, for the throttle.

        Raises:
            Refusal: 400 for missing values, 401 for wrong ones, 429 after too many.
        """
        if not email or not password:
            raise bad_request("The parameters email and password are needed.")
        if len(email) > 254 or len(password) > MAX_PASSWORD_CHARACTERS:
            raise bad_request("The e-mail or the password is too long.")
        if not _is_text(email + password):
            raise bad_request("The e-mail or the password is not a text.")
        self._throttle.check(email, address)
        found = self._accounts.find_user(email)
        # Trying an unknown user takes as long as trying a known one.
        stored = NOBODYS_HASH if found is None else found[1]
        fits = any(matches(candidate, stored) for candidate in self._candidates(password))
        if found is None or not fits or found[0].disabled:
            self._throttle.record_failure(email, address)
            raise not_signed_in(WRONG)
        self._throttle.forget(email, address)
        return found[0]

    def _candidates(self, password: str) -> list[str]:
        """What may be the HMAC form; the sender does not say which form it sent (P §1.2 [inf])."""
        form = recognise(password, self._key.key_size // 8)
        if form is Form.RSA:
            plain = decrypt(password, self._key)
            return [hmac_form(password if plain is None else plain)]
        if form is Form.HMAC:  # or a plain password of that shape
            return [password.replace(" ", "+"), hmac_form(password)]
        return [hmac_form(password)]


def _is_text(text: str) -> bool:
    """JSON can bring halves of characters, which nothing can encode, and databases dislike NUL."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _load_key(store: Store) -> rsa.RSAPrivateKey:
    """The key in the store; the first instance makes it, and of two that start together one wins."""
    text = _read_key(store)
    if text is None:
        made = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            with store.writing() as connection:
                connection.execute(schema.settings.insert().values(name=KEY_NAME, value=pem.decode("ascii")))
        except IntegrityError:
            pass  # another instance was quicker: its key is read below
        text = _read_key(store)
    assert text is not None
    key = serialization.load_pem_private_key(text.encode("ascii"), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _read_key(store: Store) -> str | None:
    query = select(schema.settings.c.value).where(schema.settings.c.name == KEY_NAME)
    with store.reading() as connection:
        return connection.execute(query).scalar()
