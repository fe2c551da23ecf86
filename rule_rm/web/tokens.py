"""The tokens of a service: the one of the settings, and named ones in a file.

    trainer-1: 5f0c9e…
    colleague: {token: 81ab44…, requests_per_second: 5, max_request_mb: 1}

A name is written to logs, its token never. The file is read again when it
changes: a token whose line is removed is revoked within a second.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings
from rule_rm.settings.reading import did_you_mean
from rule_rm.settings.yaml_file import read_yaml
from rule_rm.token import check_private, check_regular, check_token, read_token

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Seconds between two looks at the file."""
_KEYS = ("token", "requests_per_second", "max_request_mb")
UNNAMED = "token"
"""The name of the token in the settings."""


@dataclass(slots=True)
class Holder:
    """Someone with a token: the name for the log, and limits."""

    name: str
    digest: bytes
    """The SHA-256 of the token, so that all are compared in the same time."""
    requests_per_second: float | None = None
    max_request_mb: float | None = None
    left: float = 0.0
    """Requests that may be sent at once, as of `counted`."""
    counted: float = -math.inf
    """The monotonic time of the last request. 0 may be the start of the machine, a moment ago."""

    def seconds_to_wait(self, now: float) -> float:
        """Count a request; return 0, or the seconds after which it may be sent again."""
        rate = self.requests_per_second
        if rate is None:
            return 0.0
        self.left = min(max(rate, 1.0), self.left + (now - self.counted) * rate)
        self.counted = now
        if self.left < 1.0:
            return (1.0 - self.left) / rate
        self.left -= 1.0
        return 0.0


class Tokens:
    """The tokens that a service takes, used from any thread."""

    def __init__(self, token: str | None, path: Path | None = None) -> None:
        """Take one token, those of a file, or both. Raises ConfigurationError if the file is invalid."""
        self._own = [] if token is None else [Holder(UNNAMED, _digest(token))]
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._named: list[Holder] = []
        if path is not None:
            self._stamp = _stamp(path)
            self._named = read_holders(path)

    @classmethod
    def of(cls, settings: Settings) -> Tokens | None:
        """Return the tokens of the settings; None if everyone may send requests."""
        token = read_token(settings)
        if token is None and settings.tokens is None:
            return None
        return cls(token, None if settings.tokens is None else Path(settings.tokens))

    def find(self, given: Iterable[str]) -> Holder | None:
        """Return who carries one of the tokens, in a time that does not depend on their characters."""
        digests = [_digest(token) for token in given]
        found = None
        for holder in (*self._own, *self._current()):
            for digest in digests:
                if hmac.compare_digest(digest, holder.digest):
                    found = holder
        return found

    def find_pass(self, given: str) -> Holder | None:
        """Return the holder whose pass a browser shows."""
        found = None
        for holder in (*self._own, *self._current()):
            if hmac.compare_digest(_pass(holder.digest).encode(), given.encode("utf-8", "replace")):
                found = holder
        return found

    def seconds_to_wait(self, holder: Holder) -> float:
        """Count a request of a holder; return 0, or the seconds until it may be sent."""
        with self._lock:
            return holder.seconds_to_wait(time.monotonic())

    def _current(self) -> list[Holder]:
        """Return the tokens in the file as it is now; those of before if it can't be read."""
        now = time.monotonic()
        if self._path is None or now - self._looked < LOOK_SECONDS:
            return self._named
        with self._lock:
            self._looked = now
            if (stamp := _stamp(self._path)) == self._stamp:
                return self._named
            self._stamp = stamp
            try:
                check_regular(self._path)
                fresh = read_holders(self._path)
            except ConfigurationError as error:
                logger.error("the tokens stay as they are: %s", error)
                return self._named
            before = {one.name: one for one in self._named}
            for one in fresh:
                if (old := before.get(one.name)) is not None:
                    one.left, one.counted = old.left, old.counted
            self._named = fresh
            names = ", ".join(one.name for one in fresh) or "none"
            logger.info("the tokens were read again: %s", names)
        return self._named


def read_holders(path: Path) -> list[Holder]:
    """Return the holders in a file. Raises ConfigurationError, without a token in it, if it is invalid."""
    content, lines = read_yaml(str(path))
    if not isinstance(content or {}, dict):
        raise ConfigurationError(f"{path}: it must be a mapping of names to tokens")
    check_private(path, "file of tokens")
    found: dict[str, Holder] = {}
    for name, value in (content or {}).items():
        where = f"{path}:{lines.get(str(name), 1)}"
        token, holder = _holder(str(name), value, where)
        if token in found:
            raise ConfigurationError(f"{where}: {name} and {found[token].name} have the same token")
        found[token] = holder
    redaction.remember_all(found, str(path))
    return list(found.values())


def _holder(name: str, value: Any, where: str) -> tuple[str, Holder]:
    """Return a token with its holder."""
    given = value if isinstance(value, Mapping) else {"token": value}
    for key in given:
        if key not in _KEYS:
            raise ConfigurationError(
                f"{where}: {key!r} is none of {', '.join(_KEYS)}{did_you_mean(str(key), _KEYS)}"
            )
    token = given.get("token")
    if not isinstance(token, str):
        raise ConfigurationError(f"{where}: the token of {name} must be a string; put quotes around it")
    check_token(token, where)
    rate, size = (_above_zero(given, key, where) for key in _KEYS[1:])
    return token, Holder(name, _digest(token), rate, size)


def _above_zero(given: Mapping[str, Any], key: str, where: str) -> float | None:
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ConfigurationError(f"{where}: {key} must be a number above 0, not {value!r}")
    return float(value)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def pass_for(token: str) -> str:
    """Return the value that a browser keeps in place of a token; it opens the viewer and nothing else."""
    return _pass(_digest(token))


def _pass(digest: bytes) -> str:
    return hmac.new(digest, b"the viewer of rule_rm", hashlib.sha256).hexdigest()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
