"""Where requests go: endpoints take turns, and one that failed rests while another can be asked."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from urllib3.util import parse_url

DEFAULT_PATH = "/get_reward"
_TOKEN = re.compile(r"/t/[^/]*")
"""A token before a path, where the server takes one."""
_REWARD = re.compile(rf"(?:{DEFAULT_PATH}(?:/[^/]*)?)?/?\Z")


@dataclass(eq=False)
class Endpoint:
    """One URL that takes requests."""

    url: str
    name: str
    """The URL for logs and messages, without a token, which may stand in the query or before the path."""
    rests_until: float = 0.0
    """On the monotonic clock."""

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """The endpoint of a URL, whose path is /get_reward unless it has one.

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

    def __str__(self) -> str:
        return self.name


class Endpoints:
    """The endpoints of one client; threads may share them."""

    def __init__(self, given: str | Sequence[str]) -> None:
        """From a list, or a text with commas. Raises ValueError if there is none or one is no HTTP URL."""
        texts = given.split(",") if isinstance(given, str) else given
        self._endpoints = [Endpoint.parse(text.strip()) for text in texts if text.strip()]
        if not self._endpoints:
            raise ValueError("there is no endpoint")
        # The many clients of one trainer should not all begin with the first.
        self._turns = itertools.count(random.randrange(len(self)))  # noqa: S311

    def next(self) -> Endpoint:
        """In turn those that may be asked now; if all rest, the one that rests for the shortest time."""
        now = monotonic()
        ready = [endpoint for endpoint in self._endpoints if endpoint.rests_until <= now]
        if ready:
            return ready[next(self._turns) % len(ready)]
        return min(self._endpoints, key=lambda endpoint: endpoint.rests_until)

    @property
    def are_secure(self) -> bool:
        """True if one of them needs TLS."""
        return any(endpoint.url.startswith("https:") for endpoint in self._endpoints)

    def __len__(self) -> int:
        return len(self._endpoints)

    def __str__(self) -> str:
        return ",".join(map(str, self._endpoints))


def of_reward(url: str, reward_type: str) -> str:
    """The URL at which the same server gives rewards of this type.

    >>> of_reward("http://127.0.0.1:6000/t/secret/get_reward?token=secret", "math_equal")
    'http://127.0.0.1:6000/t/secret/get_reward/math_equal?token=secret'
    """
    parsed = parse_url(url)
    path = _REWARD.sub("", parsed.path or "", count=1)
    return parsed._replace(path=f"{path}{DEFAULT_PATH}/{reward_type}").url


def _token_and_path(path: str) -> tuple[str, str]:
    """The token that stands before a path, with its slashes, and the path."""
    token = _TOKEN.match(path)
    end = token.end() if token else 0
    return path[:end], path[end:].rstrip("/") or DEFAULT_PATH
