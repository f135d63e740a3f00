"""Passwords in three forms, and the key of the third."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from xlsc.errors import UnreadableAnswer, UsageError
from xlsc.wire.passwords import (
    Form,
    decrypt,
    encode_password,
    encode_public_key,
    hmac_form,
    parse_public_key,
    recognise,
    rsa_form,
)

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PUBLIC = KEY.public_key()


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("demo", "3H4SKGXm/O4wH291vqrsgncJ5DKzxjy/fYILuqjNhus="),
        ("Passw0rd!", "lAuJ+Ptsyumu2WLmJsSogqT2jLuF3CIdWC/eBVZr8iw="),
    ],
)
def test_hmac_vectors(password: str, text: str):
    """The vectors of P §1.2."""
    assert hmac_form(password) == text
    assert encode_password(password, Form.HMAC) == text
    assert recognise(text, 128) is Form.HMAC


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=25))
def test_rsa_comes_back(password: str):
    text = rsa_form(password, parse_public_key(encode_public_key(PUBLIC)))
    assert len(text) == 172
    assert recognise(text, 128) is Form.RSA
    assert decrypt(text, KEY) == password
    assert decrypt(text.replace("+", " "), KEY) == password


def test_rsa_is_another_text_each_time():
    assert rsa_form("demo", PUBLIC) != rsa_form("demo", PUBLIC)


def test_plain_is_itself():
    assert encode_password("p w", Form.PLAIN) == "p w"


@pytest.mark.parametrize("password", ["demo", "", "a" * 44, "a" * 172 + "=", "Grüße", "QUJD", "=" * 44])
def test_plain_is_recognised(password: str):
    assert recognise(password, 128) is Form.PLAIN


def test_a_public_key_is_read_as_it_is_quoted():
    """A JSON text, .NET's <string>, with escapes, with line breaks in the number (P §1.1)."""
    xml = encode_public_key(PUBLIC)
    wrapped = f'<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">{xml.replace("<", "&lt;")}</string>'
    broken = xml.replace("<Modulus>", "<Modulus>\r\n  ").replace("</M", "\r\n</M")
    for text in (
        xml,
        f'"{xml}"',
        json.dumps(xml),
        json.dumps(xml).replace("/", "\\/"),
        wrapped,
        broken,
        f"\ufeff {xml}\n",
    ):
        assert parse_public_key(text).public_numbers() == PUBLIC.public_numbers()


def test_exponent_is_written_as_seen():
    assert "<Exponent>AQAB</Exponent>" in encode_public_key(PUBLIC)


@pytest.mark.parametrize(
    "text",
    ["", "null", '""', "<html>Sign in</html>", "<RSAKeyValue/>", "<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>",
     "<RSAKeyValue><Modulus>#</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
     "<RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AA==</Exponent></RSAKeyValue>",
     "<RSAKeyValue><Modulus>" + "A" * 100_000 + "</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>"],
)  # fmt: skip
def test_no_key_is_an_unreadable_answer(text: str):
    with pytest.raises(UnreadableAnswer, match="public key"):
        parse_public_key(text)


@pytest.mark.parametrize("text", ["", "demo", hmac_form("demo"), base64.b64encode(bytes(128)).decode()])
def test_what_the_key_did_not_encrypt_is_none(text: str):
    found = decrypt(text, KEY)
    assert found is None or found != "demo"


def test_another_key_does_not_open_it():
    assert decrypt(rsa_form("demo", PUBLIC), OTHER_KEY) != "demo"


def test_password_longer_than_the_key_is_refused():
    with pytest.raises(UsageError, match="too long"):
        rsa_form("x" * 118, PUBLIC)
    with pytest.raises(UsageError, match="public key") as caught:
        encode_password("secret-word", Form.RSA)
    assert "secret-word" not in str(caught.value)
