"""Remember the secrets of this process, and remove them from every text that leaves it.

The reader of a secret (the token, a judge's key) passes it to `remember`. Log lines, errors, explanations,
replies and redirects pass `redact`, in the few places where they leave the process.
"""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

SHORTEST = 8
"""Characters below which a secret is not removed: it would be found in numbers and words that are none."""
HIDDEN = "***"


class _Known:
    """The secrets of this process, in the forms in which they travel."""

    def __init__(self) -> None:
        self.secrets: frozenset[str] = frozenset()
        self.variables: frozenset[str] = frozenset()
        self.pattern: re.Pattern[str] | None = None
        self.forms: tuple[str, ...] = ()
        self.encoded: tuple[bytes, ...] = ()

    def add(self, secret: str) -> None:
        self.secrets |= {secret}
        forms = sorted({form for one in self.secrets for form in _forms(one)}, key=len, reverse=True)
        # Any secret in any of its forms, for example abcdefgh or, in base64, YWJjZGVmZ2.
        self.pattern = re.compile("|".join(map(re.escape, forms)))
        self.forms = tuple(forms)
        self.encoded = tuple(form.encode() for form in forms)


_known = _Known()


def remember(secret: str | None, variable: str | None = None) -> None:
    """Keep a secret out of all output of this process; `variable` is its environment variable."""
    if variable:
        _known.variables |= {variable}
    if secret and len(secret) >= SHORTEST and secret not in _known.secrets:
        _known.add(secret)


def secrets() -> frozenset[str]:
    """Return the secrets, for a child that writes what others read."""
    return _known.secrets


def redact(text: str) -> str:
    """Return the text with every secret replaced.

    >>> remember("a-secret-of-a-doctest")
    >>> redact("Bearer a-secret-of-a-doctest was refused")
    'Bearer *** was refused'
    """
    # Long texts rarely hold one, and are searched for each form faster than for any of them.
    if _known.pattern is None or not any(form in text for form in _known.forms):
        return text
    return _known.pattern.sub(HIDDEN, text)


def redact_bytes(data: bytes) -> bytes:
    """Return text in UTF-8 with every secret replaced."""
    if not any(form in data for form in _known.encoded):
        return data
    return redact(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def holds_secret(variable: str, value: str) -> bool:
    """Return True for an environment variable that a child should not inherit."""
    return variable in _known.variables or any(secret in value for secret in _known.secrets)


def _forms(secret: str) -> set[str]:
    """Return a secret as it may be sent: plain, in a URL, JSON or hex, in base64 after any bytes."""
    forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.encode().hex()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
            # The first characters hold bits of what precedes the secret, the last one of what follows it.
            forms.add(encoded[-(-offset * 8 // 6) : -1])
    return {form for form in forms if len(form) >= SHORTEST}
