"""The token that requests must carry: read once at start, checked, and never shown again.

It is held to the characters that stand for themselves in a URL. Several trainers know nothing but a URL, some
split it on commas, and a token that reads differently there than in a header is a long search.
"""

from __future__ import annotations

import re
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings, flag

_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")


def read_token(settings: Settings) -> str | None:
    """The token of the settings, or in the file that they name; None if there is none.

    Raises ConfigurationError, without the token in it, if both are given, or what is given is no token.
    """
    token, where = settings.token, flag("token")
    if settings.token_file is not None:
        if token is not None:
            raise ConfigurationError(f"{where} and {flag('token_file')} are both given; keep one")
        where = settings.token_file
        try:
            token = Path(where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigurationError(f"{flag('token_file')} {where}: {reason}") from None
    if token is not None and not _TOKEN.fullmatch(token):
        raise ConfigurationError(
            f"{where}: a token is letters, digits and any of - . _ ~, as it must fit into a URL; "
            "`openssl rand -hex 32` makes one"
        )
    return token
