"""Takes secrets out of texts before anyone sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_PARAMETER = re.compile(r"(?i)\b(token|password|email)=[^&\s'\"<>]*")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with all secrets and all secret URL parameters replaced by ``***``.

    A server may echo the request's URL in an error page; the first 2 KB of such a page are shown to people.
    """
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            if form:
                text = text.replace(form, "***")
    return _PARAMETER.sub(lambda match: f"{match[1]}=***", text)
