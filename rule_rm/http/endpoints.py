"""Rotate among several URLs; a failed one rests while another can be asked."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import quote

from urllib3.util import parse_url

from rule_rm.http.transport import HTTPReply, Transport, tls_context

DEFAULT_PATH = "/get_reward"
DEADLINE_HEADER = "X-Request-Deadline"
"""A request's header with the seconds for which its client waits, or the Unix time until which it does."""
_TOKEN = re.compile(r"/t/[^/]*")
"""A token in the path of a URL: `/t/secret`."""
_REWARD = re.compile(rf"(?:{DEFAULT_PATH}(?:/[^/]*)?)?/?\Z")
"""The path of the rewards, with or without a reward type: `/get_reward/math_equal`."""


@dataclass(eq=False)
class Endpoint:
    """One URL that takes requests."""

    url: str
    name: str
    """The URL for logs and messages, without a token, which may be in the query or before the path."""
    rests_until: float = 0.0
    """On the monotonic clock."""
    transport: Transport | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """Return the endpoint of a URL, whose path is /get_reward unless it has one.

        >>> Endpoint.parse("http://127.0.0.1:6000?token=secret").name
        'http://127.0.0.1:6000/get_reward'
        >>> Endpoint.parse("http://127.0.0.1:6000/t/secret").name
        'http://127.0.0.1:6000/get_reward'
        """
        url = parse_url(text)
        if url.auth:
            raise ValueError("an endpoint can't hold a user name or a password; pass token=")
        token, path = _token_and_path(url.path or "")
        if url.scheme not in ("http", "https") or not url.host:
            shown = _TOKEN.sub("/t/…", text.partition("?")[0])
            raise ValueError(f"an endpoint is http://HOST:PORT or http://HOST:PORT/PATH, not {shown!r}")
        url = url._replace(path=token + path, fragment=None)
        return cls(url.url, url._replace(path=path, query=None).url)

    def post(self, body: bytes, until: float) -> HTTPReply:
        """Send a request; see `Transport.exchange`."""
        if self.transport is None:
            raise ValueError(f"{self} was not opened by Endpoints")
        return self.transport.exchange("POST", "", body, until)

    def __str__(self) -> str:
        return self.name


class Endpoints:
    """The endpoints of one client and the connections to them. Threads may share it."""

    def __init__(
        self,
        given: str | Sequence[str],
        headers: Mapping[str, str] = {},
        verify: bool | str = True,
        *,
        says_deadline: bool = False,
    ) -> None:
        """Take a list of URLs, or a string with commas; `verify` is that of `tls_context`.

        Each request has a `DEADLINE_HEADER` if it `says_deadline`. Raises ValueError if there is no URL or
        one can't be used, and OSError for a missing CA file.
        """
        texts = given.split(",") if isinstance(given, str) else given
        self._endpoints = [Endpoint.parse(text.strip()) for text in texts if text.strip()]
        if not self._endpoints:
            raise ValueError("there is no endpoint")
        is_secure = any(endpoint.url.startswith("https:") for endpoint in self._endpoints)
        tls = tls_context(verify) if is_secure else None
        deadline_header = DEADLINE_HEADER if says_deadline else None
        for endpoint in self._endpoints:
            base = parse_url(endpoint.url)
            endpoint.transport = Transport(
                base, headers, tls=tls, name=endpoint.name, deadline_header=deadline_header
            )
        # The many clients of one trainer should not all begin with the first.
        self._turns = itertools.count(random.randrange(len(self)))  # noqa: S311 - it spreads load and guards nothing

    def next(self) -> Endpoint:
        """Return the next of those that may be asked now; if all rest, the one that rests the shortest."""
        now = monotonic()
        ready = [endpoint for endpoint in self._endpoints if endpoint.rests_until <= now]
        if ready:
            return ready[next(self._turns) % len(ready)]
        return min(self._endpoints, key=lambda endpoint: endpoint.rests_until)

    def close(self) -> None:
        """Close the idle connections. A later request opens new ones."""
        for endpoint in self._endpoints:
            if endpoint.transport is not None:
                endpoint.transport.close(for_good=False)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self._endpoints)

    def __len__(self) -> int:
        return len(self._endpoints)

    def __str__(self) -> str:
        return ",".join(map(str, self._endpoints))


def of_reward(url: str, reward_type: str) -> str:
    """Return the URL at which the same server gives rewards of this type.

    >>> of_reward("http://127.0.0.1:6000/t/secret/get_reward?token=secret", "math_equal")
    'http://127.0.0.1:6000/t/secret/get_reward/math_equal?token=secret'
    """
    parsed = parse_url(url)
    path = _REWARD.sub("", parsed.path or "", count=1)
    return parsed._replace(path=f"{path}{DEFAULT_PATH}/{quote(reward_type)}").url


def _token_and_path(path: str) -> tuple[str, str]:
    """Split a path into the token before it, with its slashes, and the rest."""
    token = _TOKEN.match(path)
    end = token.end() if token else 0
    return path[:end], path[end:].rstrip("/") or DEFAULT_PATH
