"""Find the proxy for a server: the configured one or, on request, the environment's."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote
from urllib.request import getproxies_environment

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url


class Proxy(NamedTuple):
    """An HTTP proxy."""

    host: str
    port: int
    headers: Mapping[str, str]
    """Credentials, if it wants some."""


def proxy_of_environment(base: Url) -> Proxy | None:
    """Return the proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for this server.

    A server on this machine needs none. Raises ValueError if the proxy's URL can't be used.
    """
    host = (base.host or "").strip("[]")
    if host in ("localhost", "::1") or host.startswith("127."):
        return None
    proxies = getproxies_environment()
    given = proxies.get(base.scheme or "") or proxies.get("all")
    if not given or _is_bypassed(host, base.port, proxies.get("no", "")):
        return None
    return read_proxy(given)


def read_proxy(text: str) -> Proxy:
    """Return the proxy at http://[USER:PASSWORD@]HOST:PORT. Raises ValueError for another URL.

    >>> read_proxy("http://proxy.example:3128")
    Proxy(host='proxy.example', port=3128, headers={})
    """
    try:
        url = parse_url(text if "://" in text else f"http://{text}")
    except LocationParseError:
        url = Url()
    if url.scheme != "http" or not url.host:
        # The URL may hold a password, so it is not quoted.
        raise ValueError("a proxy must be http://HOST:PORT; other schemes, such as socks5, are not supported")
    headers = {}
    if url.auth:
        credentials = base64.b64encode(unquote(url.auth).encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {credentials}"
    return Proxy(url.host.strip("[]"), url.port or 80, headers)


def _is_bypassed(host: str, port: int | None, no_proxy: str) -> bool:
    """Return True if NO_PROXY names the host, a domain above it, or everything.

    >>> _is_bypassed("judge.cluster.local", 8000, "example.com,.cluster.local"), _is_bypassed("b", None, "a")
    (True, False)
    """
    for given in no_proxy.casefold().split(","):
        name = given.strip().removeprefix("*").lstrip(".")
        if given.strip() == "*" or name in (host.casefold(), f"{host.casefold()}:{port}"):
            return True
        if name and host.casefold().endswith(f".{name}"):
            return True
    return False
