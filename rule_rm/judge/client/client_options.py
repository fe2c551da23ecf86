"""The options of a judge's client, checked at start.

The key itself is not an option: `api_key_env` names the environment variable that holds it. So no log, no
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

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.http.proxies import Proxy, proxy_of_environment, read_proxy
from rule_rm.judge.client.question import CHAT, RAW

_VERSION = re.compile(r"/v\d+\w*(/|$)|/deployments/[^/]+$")
"""A path that is complete, with a version or Azure's deployment: `/v1beta/openai`,
`/openai/deployments/judge`."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""The name of an environment variable: `JUDGE_API_KEY`."""
_AZURE = re.compile(r"\.azure\.(?:com|us|cn)$")
"""The end of a host of Azure's: `name.openai.azure.com`."""
_OURS = frozenset({"messages", "response_format"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """The judge's address, and the limits of requests to it.

    Raises ConfigurationError if a value is invalid.
    """

    urls: tuple[str, ...]
    """OpenAI-compatible servers of the same model: http://HOST:PORT, with or without /v1, or the whole
    address up to /chat/completions."""
    model: str
    """The name by which the servers know the model."""
    api_key_env: str = ""
    """The environment variable that holds the key. Without it, or while it is unset, no key is sent."""
    api_key_header: str = ""
    """The header that carries the key, such as api-key. "" means `Authorization: Bearer`, or api-key for
    Azure: a host of Azure's, or an api-version in the URL.
    """
    proxy: str = ""
    """http://HOST:PORT; "" means that of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which servers on this machine
    never need; "none" means none."""
    timeout: float = 60.0
    """Seconds that a question may take at most, even if its caller allows more: queue, attempts and
    pauses.
    """
    attempt_timeout: float = 0.0
    """Seconds that one attempt may take, so that another server can be asked; 0 means all that are left."""
    concurrency: int = 256
    """Requests in flight at most, on all servers together."""
    requests_per_minute: float = 0.0
    """On all servers together, evenly spaced; 0 means unlimited."""
    tokens_per_minute: float = 0.0
    """Of prompts and replies; 0 means unlimited. Usage is estimated up front and corrected afterwards."""
    max_tries: int = 6
    """Attempts per question at most, not counting those that a Retry-After put off."""
    retry_share: float = 0.2
    """Retries per question, on average over all of them; 10 a second are always granted."""
    breaker_failures: int = 8
    """Failures in a row after which a server is left alone for a while."""
    outage_patience: float = 10.0
    """Seconds of an outage that questions wait out; after that they fail at once, until the judge is back."""
    cache: str = ""
    """The file that keeps replies, which several processes may share; "" means memory."""
    cache_mb: float = 128.0
    """MB of replies to keep; the oldest go first. 0 keeps none."""
    price_in: float = 0.0
    """The price of a million tokens of prompts, in any currency; `state()` has the sum."""
    price_out: float = 0.0
    """The price of a million tokens of replies."""
    extra_body: str = ""
    """A JSON object of more fields for the request, such as {"chat_template_kwargs": {"enable_thinking":
    false}}. They replace the client's own; null leaves one out, as in {"seed": null}."""

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
        _ = self.addresses, self.key, self.extra, self.proxies

    @property
    def addresses(self) -> tuple[Url, ...]:
        """The base of each server, without /chat/completions."""
        return tuple(_address(url.strip()) for url in self.urls)

    @property
    def proxies(self) -> tuple[Proxy | None, ...]:
        """The proxy of each server, None where there is none."""
        if self.proxy == "none":
            return (None,) * len(self.urls)
        try:
            if self.proxy:
                return (read_proxy(self.proxy),) * len(self.urls)
            return tuple(map(proxy_of_environment, self.addresses))
        except ValueError as error:
            where = "proxy of the judge" if self.proxy else "the environment's proxy for the judge"
            raise ConfigurationError(f"{where}: {error}") from None

    @property
    def key(self) -> str:
        """The key; "" if there is none."""
        key = os.environ.get(self.api_key_env, "").strip() if self.api_key_env else ""
        if not (key.isascii() and key.isprintable()):
            raise ConfigurationError(
                "the judge's key has a line break or another character that no HTTP header can hold"
            )
        redaction.remember(key, self.api_key_env)
        return key

    def headers(self, address: Url) -> dict[str, str]:
        """Return the header with the key for a server, if there is a key."""
        if not self.key:
            return {}
        if self.api_key_header and self.api_key_header.casefold() != "authorization":
            return {self.api_key_header: self.key}
        if not self.api_key_header and is_azure(address):
            return {"api-key": self.key}
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of `extra_body`."""
        if not self.extra_body.strip():
            return {}
        try:
            fields = json.loads(self.extra_body)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"extra_body of the judge is not JSON: {error}") from None
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


def is_azure(address: Url) -> bool:
    """Return True for a server of Azure's, which takes its key in another header."""
    return bool(_AZURE.search(address.host or "")) or "api-version=" in (address.query or "")


def _address(text: str) -> Url:
    """Return the base of a server; a path without a version gets /v1."""
    try:
        url = parse_url(text)
    except LocationParseError:
        url = Url()
    # The query may hold a password or a token, so it is not quoted.
    shown = text.partition("?")[0]
    if url.auth:
        raise ConfigurationError("the judge's URL can't hold a user name or a password; see api_key_env")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"the judge's URL must be http://HOST:PORT or https://HOST, not {shown!r}")
    path = (url.path or "").rstrip("/")
    for end in (CHAT, RAW):
        if path.endswith(end):
            return url._replace(path=path.removesuffix(end), fragment=None)
    if not path and _AZURE.search(url.host):
        path = "/openai"
    if not _VERSION.search(path):
        path += "/v1"
    return url._replace(path=path, fragment=None)
