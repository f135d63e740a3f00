"""Passwords at rest: salted scrypt of the password's HMAC form, and of nothing else.

A caller may send a password plain, RSA-encrypted or as its HMAC (P §1.2). The first two yield the plain text, from
which the HMAC form follows; the third is the HMAC form already. So one scrypt hash of the HMAC form serves all three,
and the store holds no value that could be turned back into something a caller may send.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass

#: Two at a time: each takes 16 MB and a processor for as long as it runs.
_HASHING = threading.BoundedSemaphore(2)
_MAX_MEMORY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What trying one password costs: scrypt's n, r and p."""

    n: int
    r: int
    p: int


#: OWASP's recommendation for 16 MB of memory.
STRONG = Cost(2**14, 8, 5)
#: For passwords that stand in the manual: slowing a guess down protects nothing.
PUBLISHED = Cost(2**11, 8, 1)

#: No password fits it, and finding that out costs as much as with any other.
NOBODYS_HASH = f"scrypt${STRONG.n}${STRONG.r}${STRONG.p}${'A' * 22}==${'A' * 43}="


def make_hash(secret: str, cost: Cost = STRONG) -> str:
    """A text to store for ``secret``; differs on each call."""
    salt = secrets.token_bytes(16)
    parts = (_text(salt), _text(_scrypt(secret, salt, cost)))
    return f"scrypt${cost.n}${cost.r}${cost.p}${parts[0]}${parts[1]}"


def matches(secret: str, stored: str) -> bool:
    """Whether ``stored`` was made from ``secret``; takes as long for a wrong one as for the right one."""
    _name, n, r, p, salt, digest = stored.split("$")
    found = _scrypt(secret, base64.b64decode(salt), Cost(int(n), int(r), int(p)))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(secret: str, salt: bytes, cost: Cost) -> bytes:
    with _HASHING:
        return hashlib.scrypt(
            secret.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=cost.n,
            r=cost.r,
            p=cost.p,
            maxmem=_MAX_MEMORY,
            dklen=32,
        )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
