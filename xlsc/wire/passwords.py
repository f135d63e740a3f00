"""The three forms in which a password travels, and the key of the third (P §1.2).

plain    the text itself
HMAC     Base64 of HMAC-SHA256 over "password:K" with the published constant K as its key; 44 characters
RSA      RSAES-PKCS1-v1_5 over the password's UTF-8 with the key of v1/public-key, in Base64; other text each time

No network and no storage here; messages never hold a password.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import padding, rsa

from xlsc.errors import UnreadableAnswer, UsageError

#: The constant that the HMAC form's readers and writers share; it is public (P §1.2 [code]).
HMAC_KEY = "6clDgmNok3WtR8GKYW6N"
#: Bytes of an HMAC-SHA256.
HMAC_BYTES = 32
#: The longest key that is taken: 16,384 bits.
_MAX_KEY_BYTES = 2048
#: Bytes that PKCS #1 v1.5 takes of the key's length for itself.
_PADDING_BYTES = 11

_PART = r"<(?:\w+:)?{0}\s*>\s*([A-Za-z0-9+/=\s]+?)\s*</(?:\w+:)?{0}\s*>"
_MODULUS, _EXPONENT = (re.compile(_PART.format(name)) for name in ("Modulus", "Exponent"))


class Form(StrEnum):
    """How a password is written."""

    PLAIN = "plain"
    HMAC = "hmac"
    RSA = "rsa"


def hmac_form(password: str) -> str:
    """The HMAC form, 44 characters of Base64.

    >>> hmac_form("demo")
    '3H4SKGXm/O4wH291vqrsgncJ5DKzxjy/fYILuqjNhus='
    """
    message = f"{password}:{HMAC_KEY}".encode()
    return base64.b64encode(hmac.new(HMAC_KEY.encode("ascii"), message, hashlib.sha256).digest()).decode("ascii")


def rsa_form(password: str, key: rsa.RSAPublicKey) -> str:
    """The RSA form in Base64; another text each time, as its padding is random. Encode it for a URL.

    Raises:
        UsageError: The password is longer than the key can encrypt.
    """
    plain = password.encode()
    if len(plain) > key.key_size // 8 - _PADDING_BYTES:
        raise UsageError("The password is too long for the service's key.", "Choose a shorter password.")
    return base64.b64encode(key.encrypt(plain, padding.PKCS1v15())).decode("ascii")


def encode_password(password: str, form: Form, key: rsa.RSAPublicKey | None = None) -> str:
    """The password in a form; ``key`` is needed for RSA only.

    Raises:
        UsageError: RSA without a key, or a password too long for it.
    """
    if form is Form.PLAIN:
        return password
    if form is Form.HMAC:
        return hmac_form(password)
    if key is None:
        raise UsageError("The RSA form needs the service's public key.", "Fetch it with the call v1/public-key first.")
    return rsa_form(password, key)


def encode_public_key(key: rsa.RSAPublicKey) -> str:
    """The key as .NET's XML; the call v1/public-key answers with it as a JSON text (P §1.1)."""
    numbers = key.public_numbers()
    modulus, exponent = _to_base64(numbers.n), _to_base64(numbers.e)
    return f"<RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent></RSAKeyValue>"


def parse_public_key(text: str) -> rsa.RSAPublicKey:
    r"""The key of .NET's XML, bare, in the double quotes of JSON, or inside ``<string>`` (P §1.1).

    Raises:
        UnreadableAnswer: The text holds no such key.
    """
    xml = _unquote(text)
    found = [pattern.search(xml) for pattern in (_MODULUS, _EXPONENT)]
    try:
        modulus, exponent = (_from_base64(match[1]) for match in found if match)
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise UnreadableAnswer(
            "The service's public key cannot be read.",
            "Check the sign-in address; it answers v1/public-key with an RSAKeyValue.",
            text,
        ) from error


def recognise(text: str, key_bytes: int) -> Form:
    """Which form a received password most likely has; the sender does not say (P §1.2 [inf]).

    A plain password that is Base64 of just that length is taken for the longer form: a service that can, tries both.

    Args:
        text: As it came, URL-decoded; a blank where a "+" was lost is taken as one.
        key_bytes: Length of the service's key.

    >>> recognise("3H4SKGXm/O4wH291vqrsgncJ5DKzxjy/fYILuqjNhus=", 256), recognise("Passw0rd!", 256)
    (<Form.HMAC: 'hmac'>, <Form.PLAIN: 'plain'>)
    """
    raw = _decode_base64(text)
    if raw is not None and len(raw) == key_bytes:
        return Form.RSA
    return Form.HMAC if raw is not None and len(raw) == HMAC_BYTES else Form.PLAIN


def decrypt(text: str, key: rsa.RSAPrivateKey) -> str | None:
    """The password of the RSA form; None where it is none of this key."""
    raw = _decode_base64(text)
    if raw is None or len(raw) != key.key_size // 8:
        return None
    try:
        return key.decrypt(raw, padding.PKCS1v15()).decode()
    except ValueError:  # of the padding or of UTF-8
        return None


def _unquote(text: str) -> str:
    text = text.strip().lstrip("\ufeff")
    if text.startswith('"'):
        try:
            text = str(json.loads(text))
        except ValueError:
            text = text.strip('"')
    if "&lt;" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">")
    return text


def _to_base64(number: int) -> str:
    return base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode("ascii")


def _from_base64(text: str) -> int:
    raw = base64.b64decode("".join(text.split()), validate=True)
    if len(raw) > _MAX_KEY_BYTES:
        raise ValueError("no key is that long")
    return int.from_bytes(raw, "big")


def _decode_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        return None
