"""Take the prefixes off a path before it is looked up.

- `/t/<token>`: the token, for clients that know a URL and can set no header. The path
  in logs and errors no longer contains it.
- `/ng-rollout/<id>`: NeMo-Gym puts it before every path of a resources server while it observes a run.
"""

from __future__ import annotations

import re
from typing import Any

TOKEN = "rule_rm.token"  # noqa: S105 - where the token is kept, not the token
"""The key in the WSGI environment of the token from the path."""
_SLASHES = re.compile("//+")
"""Several slashes in a row: `//`."""
_PREFIX = re.compile(r"(?:/t/(?P<token>[^/]*))?(?:/ng-rollout/[A-Za-z0-9][A-Za-z0-9._-]*(?=/))?")
"""The prefixes of a path: `/t/secret/ng-rollout/7` of `/t/secret/ng-rollout/7/verify`."""


def take_off(environ: dict[str, Any]) -> None:
    """Shorten the path of a WSGI environment, and keep the token that it begins with.

    Several slashes count as one, since a base URL may end in one; a redirect would repeat the token.

    >>> environ = {"PATH_INFO": "//t/secret/ng-rollout/3-1//verify"}
    >>> take_off(environ)
    >>> environ
    {'PATH_INFO': '/verify', 'rule_rm.token': 'secret'}
    """
    path = environ.get("PATH_INFO", "")
    if "//" in path[:2]:
        path = "/" + path.lstrip("/")
    match = _PREFIX.match(path)
    rest = path[match.end() :] if match is not None else path
    environ["PATH_INFO"] = (_SLASHES.sub("/", rest) if "//" in rest else rest) or "/"
    if match is not None and match["token"] is not None:
        environ[TOKEN] = match["token"]
