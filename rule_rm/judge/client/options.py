"""What the judge's client can be told, checked at start.

The key itself is not among the options: they name the environment variable that holds it, so that no log, no
reply and no dump of a configuration can show it.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from rule_rm.errors import ConfigurationError

_VERSION = re.compile(r"/v\d+\w*(/|$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS = frozenset({"messages", "response_format"})
COMPLETIONS = "/chat/completions"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """How to reach the judge, and within what bounds. Raises ConfigurationError for what can't be meant."""

    urls: tuple[str, ...]
    """OpenAI-compatible servers that serve the same model: http://HOST:PORT, with or without /v1, or the
    whole address up to /chat/completions."""
    model: str
    api_key_env: str = ""
    """The name of the environment variable that holds the key, which is sent as a bearer token. Without it,
    or while the variable is unset, none is sent."""
    timeout: float = 60.0
    """Seconds that a question may take at most, whatever its caller allows: line, tries, pauses and all."""
    attempt_timeout: float = 0.0
    """Seconds that one try may take, so that another endpoint can be asked; 0: all that are left."""
    concurrency: int = 256
    """The most requests in flight, on all endpoints together."""
    requests_per_minute: float = 0.0
    """On all endpoints together, evenly spaced; 0: no limit."""
    tokens_per_minute: float = 0.0
    """Of prompts and replies; 0: no limit. What a question will use is guessed, and set right after it."""
    max_tries: int = 6
    """How often a question is sent at most. What a Retry-After puts off does not count."""
    retry_share: float = 0.2
    """Retries for each question, on average over all of them; 10 a second are always granted."""
    breaker_failures: int = 8
    """Failures in a row after which an endpoint is left alone for a while."""
    outage_patience: float = 10.0
    """Seconds of an outage that questions wait out; after that they fail at once, until the judge is back."""
    cache: str = ""
    """The file that keeps the replies, which several processes may share; "": memory keeps them."""
    cache_mb: float = 128.0
    """MB of replies to keep; the oldest go first. 0: keep none."""
    price_in: float = 0.0
    """For a million tokens of prompts, in whatever currency; `state()` has the sum."""
    price_out: float = 0.0
    """For a million tokens of replies."""
    extra_body: str = ""
    """A JSON object of more fields for the request, such as {"chat_template_kwargs": {"enable_thinking":
    false}}. They replace those of the client, and null leaves one out: {"max_tokens": null,
    "max_completion_tokens": 2000}."""

    def __post_init__(self) -> None:
        if not self.urls:
            raise ConfigurationError("the judge has no URL; give that of an OpenAI-compatible server")
        if not self.model:
            raise ConfigurationError(
                "the judge's model has no name; give the one that its server knows it by"
            )
        if self.api_key_env and not _NAME.fullmatch(self.api_key_env):
            # It may be the key itself, so it is not quoted.
            raise ConfigurationError(
                "api_key_env must be the name of the environment variable that holds the judge's key"
            )
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if not (least <= value <= _MOST) or (value == 0 and name in _ABOVE_0):
                wanted = "above 0" if name in _ABOVE_0 else f"at least {least}"
                raise ConfigurationError(f"{name} of the judge must be {wanted}, at most 1e9, not {value!r}")
        _ = self.addresses, self.key, self.extra

    @property
    def addresses(self) -> tuple[Url, ...]:
        """The base of each endpoint, without /chat/completions."""
        return tuple(_address(url.strip()) for url in self.urls)

    @property
    def key(self) -> str:
        """The key; "" if there is none."""
        key = os.environ.get(self.api_key_env, "").strip() if self.api_key_env else ""
        if not (key.isascii() and key.isprintable()):
            raise ConfigurationError(
                "the judge's key has a line break or another character that no HTTP header can hold"
            )
        return key

    @property
    def extra(self) -> dict[str, Any]:
        """`extra_body`, read."""
        if not self.extra_body.strip():
            return {}
        try:
            fields = json.loads(self.extra_body)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"extra_body of the judge is no JSON: {error}") from None
        if not isinstance(fields, dict):
            raise ConfigurationError('extra_body of the judge must be a JSON object, such as {"top_p": 0.9}')
        for name in sorted(_OURS & set(fields)):
            raise ConfigurationError(f"extra_body of the judge can't hold {name}: every question has its own")
        if fields.get("stream") or fields.get("n", 1) not in (None, 1):
            raise ConfigurationError("extra_body of the judge can't ask for a stream, nor for n replies")
        return fields


_LEAST = {
    "timeout": 0,
    "attempt_timeout": 0,
    "concurrency": 1,
    "requests_per_minute": 0,
    "tokens_per_minute": 0,
    "max_tries": 1,
    "retry_share": 0,
    "breaker_failures": 1,
    "outage_patience": 0,
    "cache_mb": 0,
    "price_in": 0,
    "price_out": 0,
}
_ABOVE_0 = frozenset({"timeout"})
_MOST = 1e9
"""No clock can wait for longer than about that many seconds."""


def _address(text: str) -> Url:
    """The base of an endpoint; a path without a version gets /v1."""
    try:
        url = parse_url(text)
    except LocationParseError:
        url = Url()
    # A password or a token is not quoted.
    shown = text.partition("?")[0]
    if url.auth:
        raise ConfigurationError("the judge's URL can't hold a user name or a password; see api_key_env")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"the judge's URL must be http://HOST:PORT or https://HOST, not {shown!r}")
    path = (url.path or "").rstrip("/")
    if path.endswith(COMPLETIONS):
        path = path.removesuffix(COMPLETIONS)
    elif not _VERSION.search(path):
        path += "/v1"
    return url._replace(path=path, fragment=None)
