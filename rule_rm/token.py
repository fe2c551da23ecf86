"""The token that requests must carry: read once at start, checked, and never shown again.

It may only have characters that need no escape in a URL. Several trainers accept only a URL, and some split
it at commas. A token that reads differently there than in a header is hard to find.
"""

from __future__ import annotations

import logging
import re
import stat
from pathlib import Path

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings, flag

logger = logging.getLogger(__name__)

VARIABLE = "RULE_RM_TOKEN"
"""The environment variable of the setting."""
_TOKEN = re.compile(r"[A-Za-z0-9._~-]+")
"""A token of unreserved characters of a URL: `s3cret-Key_1`."""


def read_token(settings: Settings) -> str | None:
    """Return the token of the settings, or in the file that they name; None if there is none.

    Raises ConfigurationError, without the token in it, if both are given or the token is invalid.
    """
    token, where = settings.token, f"{VARIABLE} or {flag('token')}"
    if settings.token_file is not None:
        if token is not None:
            raise ConfigurationError(f"{flag('token')} and {flag('token_file')} are both given; keep one")
        where = settings.token_file
        try:
            token = Path(where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigurationError(f"{flag('token_file')} {where}: {reason}") from None
        check_private(Path(where), "file of tokens")
    if token is not None:
        check_token(token, where)
    redaction.remember(token, VARIABLE)
    return token


def check_token(token: str, where: str) -> None:
    """Raise ConfigurationError, without the token in it, if it does not fit into a URL."""
    if not _TOKEN.fullmatch(token):
        raise ConfigurationError(
            f"{where}: a token is letters, digits and any of - . _ ~, as it must fit into a URL; "
            "`openssl rand -hex 32` makes one"
        )


def check_private(path: Path, kind: str) -> None:
    """Log a warning if other users can read a file of secrets, for example a "file of tokens".

    Raises ConfigurationError if they can write it: they would let themselves in.
    """
    mode = path.stat().st_mode
    if mode & stat.S_IWOTH:
        raise ConfigurationError(f"{path}: every user can write this {kind}; `chmod 600 {path}`")
    if mode & stat.S_IROTH:
        logger.warning("every user can read the %s %s; `chmod 600 %s`", kind, path, path)


def check_regular(path: Path) -> None:
    """Raise ConfigurationError for a pipe or a device: it may have no end, and would be waited for."""
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    if not is_regular:
        raise ConfigurationError(f"{path}: it is not a regular file")


def check_exposure(settings: Settings, token: object | None) -> None:
    """Raise ConfigurationError if other machines could use the service without a token.

    Not even `--insecure` lets them run programs without one.
    """
    host = settings.host
    is_local = host in ("localhost", "::1") or host.startswith("127.")
    if token is not None or is_local:
        return
    for name in ("serve_sandbox", "allow_weak_sandbox"):
        if getattr(settings, name):
            raise ConfigurationError(
                f"{flag('host')} {host} with {flag(name)} lets other machines run programs here, and "
                f"there is no token; set {VARIABLE}, which {flag('insecure')} does not replace here"
            )
    if not settings.insecure:
        raise ConfigurationError(
            f"{flag('host')} {host} lets other machines send requests, and there is no token; set {VARIABLE} "
            f"(`openssl rand -hex 32` makes one), or {flag('insecure')} in a network that you trust"
        )
