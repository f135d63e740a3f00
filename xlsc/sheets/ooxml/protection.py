"""Protection of a worksheet, with a password that the file holds as a salted hash only.

Source: ECMA-376 part 1 §18.3.1.85 (sheetProtection); MS-OFFCRYPTO §2.4.2.4 (how the hash is spun).
"""

from __future__ import annotations

import base64
import hashlib
import os

SPINS = 100_000
#: What people may still do: 0 stands for allowed. Marks need looks; rows are sorted, filtered, added and deleted.
_ALLOWED = (
    "formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter", "insertHyperlinks",
)  # fmt: skip


def protection_attributes(password: str, salt: bytes | None = None) -> dict[str, str]:
    """Attributes of sheetProtection.

    Args:
        password: Takes the protection off again; "" lets anybody do so.
        salt: 16 bytes; random ones when None.
    """
    found = {"sheet": "1", **dict.fromkeys(_ALLOWED, "0")}
    if not password:
        return found
    salt = os.urandom(16) if salt is None else salt
    value = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for number in range(SPINS):
        value = hashlib.sha512(value + number.to_bytes(4, "little")).digest()
    hashed = {
        "algorithmName": "SHA-512",
        "hashValue": base64.b64encode(value).decode(),
        "saltValue": base64.b64encode(salt).decode(),
        "spinCount": str(SPINS),
    }
    return {**hashed, **found}
