"""Verdicts that several servers share, in a Redis: what a worker of one found, no worker of another computes.

Only pure rewards without services take part, and no timeout: on another machine the same work may be in time.
A verdict's name is a digest of the code, the configuration, the installed packages and the work. So servers
that differ in any of these share nothing. The Redis is trusted: a program that writes there decides rewards.

A Redis that is down, slow or full costs its verdicts and nothing else.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from importlib import metadata
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rule_rm import redaction
from rule_rm.engine.control import Configuration
from rule_rm.engine.messages import decode_score, encode_score
from rule_rm.errors import ConfigurationError
from rule_rm.processes import records
from rule_rm.processes.failures import Failures
from rule_rm.settings.reading import flag
from rule_rm.types import Score, Status

logger = logging.getLogger(__name__)

PASSWORD = "RULE_RM_REDIS_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable with the password."""
SHARED = frozenset({Status.OK, Status.NO_ANSWER, Status.WRONG_FORMAT, Status.REFUSED})
PATIENCE = 0.1
"""Seconds that one question may take: most verdicts of a worker take less than ten times that."""
REST = 5.0
"""Seconds for which a Redis that failed is not asked."""
KEPT = 7 * 86_400
"""Seconds for which a verdict is kept."""
LARGEST = 64 << 10
"""Bytes of a verdict that is shared."""
_PREFIX = b"rule_rm:"


class SharedVerdicts:
    """The verdicts in a Redis; used from any thread, each of which may wait `PATIENCE` seconds."""

    def __init__(self, url: str, configuration: Configuration) -> None:
        """Share the verdicts of this configuration. Raises ConfigurationError if the URL can't be used."""
        self._client, self._errors = _open(url)
        self._scope = _PREFIX + scope(configuration)
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._failures = Failures()
        self._rests_until = 0.0

    def find(self, key: bytes) -> Score | None:
        """Return the verdict on the work with this digest; None if it is not known, or nobody answers."""
        found = self._ask(lambda: self._client.get(self._scope + key))
        if found is None:
            return None
        try:
            score = decode_score(found)
        except ValueError as error:
            self._count("unreadable")
            logger.debug("a shared verdict can't be read: %s", error)
            return None
        self._count("found")
        return score if score.status in SHARED else None

    def keep(self, key: bytes, score: Score) -> None:
        """Share a verdict, if it is one that would be the same elsewhere."""
        if score.status not in SHARED:
            return
        content = encode_score(score)
        if len(content) <= LARGEST and self._ask(
            lambda: self._client.set(self._scope + key, content, ex=KEPT)
        ):
            self._count("kept")

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        with self._lock:
            counts = {name: self._counts[name] for name in ("found", "kept", "failed", "unreadable")}
            return {**counts, "rests": time.monotonic() < self._rests_until}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Return the answer; None if there is none, and for a while after a failure."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            return question()
        except self._errors as error:
            self._rests_until = time.monotonic() + REST
            self._count("failed")
            if self._failures.is_worth_telling():
                logger.warning(
                    "verdicts are not shared for %g s (failure %d): %s", REST, self._failures.count, error
                )
            return None

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._counts[outcome] += 1


def hide_password() -> None:
    """Keep the password out of all output and all children; call it before any child is started."""
    redaction.remember(os.environ.get(PASSWORD), PASSWORD)


def scope(configuration: Configuration) -> bytes:
    """Return the digest of all that a verdict depends on, except the work itself."""
    packages = sorted({f"{one.name} {one.version}" for one in metadata.distributions()})
    machine = [platform.python_version(), platform.machine(), *packages]
    digest = blake2b(records.encode(configuration), digest_size=16)
    digest.update("\0".join(machine).encode())
    return digest.digest()


def _open(url: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return the client of a Redis, which connects when it is first asked, and the errors that it raises."""
    name = flag("shared_verdicts")
    parts = urlsplit(url)
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise ConfigurationError(f"{name}: put the password in the variable {PASSWORD}, not in the URL")
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ConfigurationError(f"{name} needs a package: pip install 'rule-rm[redis]' ({error})") from None
    try:
        client = redis.Redis.from_url(
            url,
            password=os.environ.get(PASSWORD),
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None
    return client, (redis.RedisError, OSError)
